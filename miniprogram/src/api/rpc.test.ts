// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { fakeUni } from '../../test/uni'
import { call, RpcError } from './rpc'
import { saveToken } from './token'

vi.mock('@/platform', () => ({
  platform: {
    config: async () => ({ server: 'https://x.example', database: 'demo', appid: '', sandbox: '' }),
    loginCode: vi.fn(async () => 'code'),
  },
}))

interface Sent {
  url: string
  header: Record<string, string>
  method: string
  params: object
}

let sent: Sent[]
let answers: Record<string, (turn: number) => object>

beforeEach(() => {
  sent = []
  answers = { 'auth.login': () => ({ result: { token: 'new', expires_at: '2099-01-01T00:00:00+08:00' } }) }
  const { uni } = fakeUni()
  uni.request.mockImplementation(({ url, header, data, success, fail }) => {
    const { method, params } = JSON.parse(data)
    const turn = sent.filter(one => one.method === method).length
    sent.push({ url, header, method, params })
    if (answers[method]) success({ data: answers[method](turn) })
    else fail()
  })
})

const methods = () => sent.map(({ method }) => method)
const login = (expires = '2099-01-01T00:00:00+08:00') => saveToken('old', expires)
const notLoggedIn = { error: { code: -32001, message: '请重新登录。' } }

describe('a call', () => {
  it('logs in first, once for all that wait', async () => {
    answers['profile.get'] = () => ({ result: { name: '王朝' } })
    answers['message.list'] = () => ({ result: { items: [], unread: 0 } })
    await Promise.all([call('profile.get', {}), call('message.list', {})])
    expect(methods()).toEqual(['auth.login', 'profile.get', 'message.list'])
    expect(sent[1]).toMatchObject({
      url: 'https://x.example/demo/training/rpc', header: { Authorization: 'Bearer new' } })
  })

  it('needs no login where everybody may look', async () => {
    answers['organizer.list'] = () => ({ result: [] })
    expect(await call('organizer.list', {})).toEqual([])
    expect(methods()).toEqual(['organizer.list'])
  })

  it('logs in again when the server forgot the login, but not for ever', async () => {
    login()
    answers['profile.get'] = turn => (turn ? { result: {} } : notLoggedIn)
    await call('profile.get', {})
    expect(methods()).toEqual(['profile.get', 'auth.login', 'profile.get'])
    answers['profile.get'] = () => notLoggedIn
    await expect(call('profile.get', {})).rejects.toMatchObject({ code: -32001 })
  })

  it('does not use an expired login', async () => {
    login('2020-01-01T00:00:00+08:00')
    answers['profile.get'] = () => ({ result: {} })
    await call('profile.get', {})
    expect(methods()).toEqual(['auth.login', 'profile.get'])
  })

  it('leaves out what is null', async () => {
    answers['session.list'] = () => ({ result: { items: [] } })
    await call('session.list', { organizer: null, cursor: null, limit: 5 })
    expect(sent[0].params).toEqual({ limit: 5 })
  })

  it('fails with the message and the fields of the answer', async () => {
    login()
    answers['profile.save'] = () => ({
      error: { code: -32004, message: '有误', data: { fields: { name: '请填写姓名。' } } } })
    const error = await call('profile.save', {}).catch((problem: unknown) => problem)
    expect(error).toBeInstanceOf(RpcError)
    expect(error).toMatchObject({ code: -32004, message: '有误', fields: { name: '请填写姓名。' } })
  })

  it('says when the server can not be reached, or answers nonsense', async () => {
    await expect(call('organizer.list', {})).rejects.toThrow('网络连接不上')
    answers['organizer.list'] = () => '<html>' as unknown as object
    await expect(call('organizer.list', {})).rejects.toThrow('暂时没有响应')
  })
})
