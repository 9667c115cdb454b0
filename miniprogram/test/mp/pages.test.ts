// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { answer, newWorld, type World } from '../fake-server'
import { BUILD, type Host, startHost } from './host'

const { pages } = JSON.parse(readFileSync(new URL('../../src/pages.json', import.meta.url), 'utf-8')) as {
  pages: { path: string }[]
}
const QUERIES: Record<string, Record<string, string>> = {
  register: { session: '1' }, registration: { id: '2' }, pay: { registration: '3' },
  refund: { registration: '4' }, ticket: { registration: '4', kind: 'admission' },
  waiting: { registration: '1' }, crop: { path: 'photo.jpg' }, wish: { registration: '4', wish: 'change' },
}
/** A text of the server that a page shows itself, not by a component. */
const SHOWN: Record<string, string> = {
  home: '华东监理业务培训中心', sessions: '2026年第四期公路水运监理业务培训班', register: '请携带身份证原件报到',
  titles: '华路工程监理有限公司', exams: '2026年第四期公路水运监理业务培训班', registration: '审核不通过',
  pay: '¥1,200.00', wish: '提交税务机关开具之前', ticket: '准考证', messages: '审核通过', notices: '冬季班教室安排', privacy: '2026-11',
}
const PAY = 'pages/pay/pay'

let world: World
let host: Host
let problems: unknown[]
let paid: Record<string, unknown> | Error

beforeEach(() => {
  problems = []
  vi.spyOn(console, 'error').mockImplementation((...values) => problems.push(values))
  vi.spyOn(console, 'warn').mockImplementation((...values) => problems.push(values))
  world = newWorld('https://training.example.org')
  paid = { errMsg: 'requestPayment:ok' }
  host = startHost({
    login: () => ({ code: 'code-of-wx.login' }),
    request: ({ data }) => ({ statusCode: 200, data: answer(world, data as string) }),
    requestPayment: () => paid,
    requestSubscribeMessage: ({ tmplIds }) => ({
      errMsg: 'ok', ...Object.fromEntries((tmplIds as string[]).map(id => [id, 'accept'])) }),
    showModal: () => ({ confirm: true, cancel: false }),
    getImageInfo: () => ({ width: 900, height: 1200 }),
  })
})
afterEach(() => vi.restoreAllMocks())

const called = (method: string) =>
  world.calls.filter(([name]) => name === method).map(([, params]) => params)

describe('every page', () => {
  it.each(pages.map(({ path }) => path))('%s renders', async (path) => {
    const name = path.split('/')[1]
    const page = await host.open(path, QUERIES[name])
    expect(problems).toEqual([])
    expect(JSON.stringify(page.data)).toContain(SHOWN[name] ?? '')
  })
})

describe('the folder', () => {
  it('can be uploaded: below the 2 MB of WeChat, with its project and our appid', () => {
    const names = readdirSync(BUILD, { recursive: true }) as string[]
    const sizes = names.map(name => statSync(BUILD + name)).filter(entry => entry.isFile())
    expect(sizes.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(2 * 1024 ** 2)
    const read = (path: string) => JSON.parse(readFileSync(path, 'utf-8'))
    const { appid } = read(fileURLToPath(new URL('../../config.json', import.meta.url)))
    expect(read(`${BUILD}project.config.json`)).toMatchObject({ appid, compileType: 'miniprogram' })
  })
})

describe('logging in', () => {
  it('takes the code of wx.login, once', async () => {
    await host.open('pages/exams/exams')
    await host.open('pages/messages/messages')
    expect(host.calls.login).toHaveLength(1)
    expect(called('auth.login')).toEqual([{ code: 'code-of-wx.login' }])
    expect(host.calls.request.at(-1)!.header).toMatchObject({ Authorization: 'Bearer token' })
  })
})

describe('the code on a poster', () => {
  it('opens its session', async () => {
    await host.open('pages/sessions/sessions', { scene: 's%3D1' })
    expect(host.calls.navigateTo).toEqual([
      expect.objectContaining({ url: '/pages/register/register?session=1' })])
  })

  it('shows all the sessions when it names none', async () => {
    const page = await host.open('pages/sessions/sessions', { scene: 's%3D1%3B' })
    expect(host.calls.navigateTo).toBeUndefined()
    expect(JSON.stringify(page.data)).toContain(SHOWN.sessions)
  })
})

describe('paying', () => {
  it('hands the order to wx.requestPayment and asks the server what became of it', async () => {
    const page = await host.open(PAY, { registration: '3' })
    await host.press(page, PAY, 'wechat-pay')
    expect(host.calls.requestPayment[0]).toMatchObject({
      timeStamp: '1', nonceStr: 'nonce', package: 'prepay_id=3', signType: 'RSA', paySign: 'sign' })
    expect(called('payment.status')).toEqual([{ registration: 3 }])
    expect(world.registrations.find(({ id }) => id === 3)!.label).toBe('paid')
    expect(problems).toEqual([])
  })

  it('believes nobody who cancels', async () => {
    paid = new Error('requestPayment:fail cancel')
    const page = await host.open(PAY, { registration: '3' })
    await host.press(page, PAY, 'wechat-pay')
    expect(host.calls.showModal[0]).toMatchObject({ title: '支付未完成' })
    expect(called('payment.status')).toEqual([])
  })

  it('says when WeChat Pay does not open', async () => {
    paid = new Error('requestPayment:fail no permission')
    const page = await host.open(PAY, { registration: '3' })
    await host.press(page, PAY, 'wechat-pay')
    expect(host.calls.showModal[0]).toMatchObject({ content: '微信支付没有打开，请稍后重试。' })
  })
})

describe('registering', () => {
  it('asks for messages at the tap, and tells the server', async () => {
    const path = 'pages/register/register'
    const page = await host.open(path, { session: '1' })
    await host.press(page, path, 'submit')
    expect(host.calls.requestSubscribeMessage[0].tmplIds).toEqual(['template-1'])
    expect(called('message.subscribed')).toEqual([{ templates: { 'template-1': 'accept' } }])
    expect(called('registration.submit')).toHaveLength(1)
  })
})
