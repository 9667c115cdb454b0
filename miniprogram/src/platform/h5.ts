// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
/** A browser; the WeChat sandbox's pages stand in for WeChat. See types.ts. */
import type { Prepay } from '@/api/types'
import { drawPhoto, PHOTO } from './picture'
import type { Answers, Area, Chosen, Config, Paid } from './types'

export { improveAccessibility } from './h5-accessibility'

const STATE = 'login-state'
const USUAL_TEXT = 16
const LARGEST_TEXT = 1.5

export const silentLogin = false
export const nativeButtons = false

let loaded: Promise<Config> | undefined

export function config(): Promise<Config> {
  return loaded ??= load()
}

async function load(): Promise<Config> {
  const answer = await fetch('config.json', { cache: 'no-cache' })
  const config: Config = await answer.json()
  return { ...config, server: config.server || location.origin }
}

const never = new Promise<never>(() => {})

/** Returns a parameter with which another page came back, and removes all of them. */
function cameBackWith(...names: string[]): (string | null)[] {
  const query = new URLSearchParams(location.search)
  const values = names.map(name => query.get(name))
  if (values[0]) history.replaceState(history.state, '', location.pathname + location.hash)
  return values
}

export async function loginCode(): Promise<string> {
  const [code, returned] = cameBackWith('code', 'state')
  const expected = sessionStorage.getItem(STATE)
  sessionStorage.removeItem(STATE)
  if (code && expected && returned === expected) return code
  const { appid, sandbox } = await config()
  const state = crypto.getRandomValues(new Uint32Array(2)).join('-')
  sessionStorage.setItem(STATE, state)
  const asked = new URLSearchParams({ appid, redirect_uri: location.href, state })
  location.assign(`${sandbox}/sandbox/login?${asked}`)
  return never
}

export async function pay(prepay: Prepay): Promise<Paid> {
  const { appid, sandbox } = await config()
  const asked = new URLSearchParams({ appid, ...prepay, redirect_uri: location.href })
  location.assign(`${sandbox}/sandbox/cashier?${asked}`)
  return never
}

export function paymentReturn(): Paid | null {
  return cameBackWith('result')[0] as Paid | null
}

const PICTURES = 'image/jpeg,image/png'

export const chooseImage = () => choose(PICTURES)
export const chooseDocument = () => choose(`${PICTURES},application/pdf`)

function choose(accept: string): Promise<Chosen | null> {
  const input = document.createElement('input')
  input.type = 'file'
  input.accept = accept
  return new Promise((resolve) => {
    input.onchange = () => {
      const file = input.files?.[0]
      resolve(file ? { path: URL.createObjectURL(file), name: file.name } : null)
    }
    input.oncancel = () => resolve(null)
    input.click()
  })
}

export async function openFile(url: string): Promise<void> {
  location.assign(url)
}

export async function crop(path: string, area: Area): Promise<string> {
  const image = new Image()
  image.src = path
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = PHOTO.width
  canvas.height = PHOTO.height
  drawPhoto(canvas.getContext('2d')!, image, area)
  const blob = await new Promise<Blob | null>(resolve =>
    canvas.toBlob(resolve, 'image/jpeg', 0.92))
  if (!blob) throw new Error('照片没有裁剪成功，请重试。')
  return URL.createObjectURL(blob)
}

export async function askSubscription(): Promise<Answers | null> {
  return null
}

export function textScale(): number {
  const probe = document.createElement('span')
  probe.style.fontSize = 'medium'
  document.body.append(probe)
  const scale = parseFloat(getComputedStyle(probe).fontSize) / USUAL_TEXT
  probe.remove()
  return Math.min(Math.max(scale, 1), LARGEST_TEXT)
}
