// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
import { platform } from '@/platform'
import { clearToken, saveToken, token } from './token'
import type { Login, Methods } from './types'

/** The codes of errors that the client tells apart; the others only show their message. */
export const NOT_LOGGED_IN = -32001
export const NOT_FOUND = -32003
export const ALREADY = -32007
/** The server was not reached, or gave no answer that can be read. */
export const NETWORK = 0

const OPEN: ReadonlySet<string> = new Set([
  'catalog.options', 'organizer.list', 'privacy.get', 'session.get', 'session.list',
])

/** An error that the server answered: a message, and perhaps one for each field. */
export class RpcError extends Error {
  constructor(
    readonly code: number, message: string,
    readonly fields: Record<string, string> = {},
  ) {
    super(message)
  }
}

interface Answer {
  result?: unknown
  error?: ErrorBody
}

/** The error member of an answer. */
export interface ErrorBody {
  code: number
  message: string
  data?: { fields?: Record<string, string> }
}

export function asError({ code, message, data }: ErrorBody): RpcError {
  return new RpcError(code, message, data?.fields)
}

/** Returns the address of a path of the server, as answers have it ('/demo/training/…'). */
export async function address(path: string): Promise<string> {
  const { server } = await platform.config()
  return server + path
}

/** Returns the address below the bridge of our database. */
export async function bridge(path: string): Promise<string> {
  const { database } = await platform.config()
  return address(`/${database}/training/${path}`)
}

/** The headers with which the server knows the caller. */
export function headers(): Record<string, string> {
  const bearer = token()
  return bearer ? { Authorization: `Bearer ${bearer}` } : {}
}

async function post(method: string, params: object): Promise<unknown> {
  const url = await bridge('rpc')
  const given = Object.fromEntries(
    Object.entries(params).filter(([, value]) => value !== null && value !== undefined))
  const answer = await new Promise<Answer>((resolve, reject) => {
    uni.request({
      url,
      method: 'POST',
      header: { 'Content-Type': 'application/json', ...headers() },
      data: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: given }),
      success: ({ data }) => {
        if (data && typeof data === 'object') resolve(data as Answer)
        else reject(new RpcError(NETWORK, '服务器暂时没有响应，请稍后重试。'))
      },
      fail: () => reject(new RpcError(NETWORK, '网络连接不上，请检查网络后重试。')),
    })
  })
  if (answer.error) throw asError(answer.error)
  return answer.result
}

let loggingIn: Promise<void> | undefined

/** Logs in unless that is done already. */
export async function logIn(): Promise<void> {
  if (token()) return
  loggingIn ??= (async () => {
    const code = await platform.loginCode()
    const login = await post('auth.login', { code }) as Login
    saveToken(login.token, login.expires_at)
  })().finally(() => { loggingIn = undefined })
  return loggingIn
}

/** Does something that needs a login, logging in (again) where needed. */
export async function loggedIn<T>(action: () => Promise<T>): Promise<T> {
  await logIn()
  return again(action)
}

async function again<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    if (!(error instanceof RpcError) || error.code !== NOT_LOGGED_IN) throw error
    clearToken()
    await logIn()
    return action()
  }
}

/** Calls a method of the bridge; parameters that are null are left out. */
export async function call<M extends keyof Methods>(
  method: M, params: Methods[M]['params'],
): Promise<Methods[M]['result']> {
  const action = () => post(method, params)
  const result = await (OPEN.has(method) ? again(action) : loggedIn(action))
  return result as Methods[M]['result']
}
