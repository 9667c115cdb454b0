// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startFakeServer } from '../fake-server'
import { launch, phone, type Phone, picture } from './browser'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf-8')

/** Every page, by the name of its picture. */
const PAGES: Record<string, string> = {
  home: 'pages/home/home',
  profile: 'pages/profile/profile',
  sessions: 'pages/sessions/sessions',
  register: 'pages/register/register?session=1',
  resubmit: 'pages/register/register?registration=2',
  titles: 'pages/titles/titles',
  invoice: 'pages/invoice/invoice',
  waiting: 'pages/waiting/waiting?registration=1',
  exams: 'pages/exams/exams',
  rejected: 'pages/registration/registration?id=2',
  paid: 'pages/registration/registration?id=4',
  pay: 'pages/pay/pay?registration=3',
  refund: 'pages/refund/refund?registration=4',
  invoiced: 'pages/registration/registration?id=8',
  wish: 'pages/wish/wish?registration=8&wish=reissue',
  ticket: 'pages/ticket/ticket?registration=4&kind=admission',
  messages: 'pages/messages/messages',
  notices: 'pages/notices/notices',
  privacy: 'pages/privacy/privacy',
}

let world: Awaited<ReturnType<typeof startFakeServer>>
let browser: Browser
beforeAll(async () => {
  world = await startFakeServer()
  browser = await launch()
})
afterAll(async () => {
  await browser.close()
  world.close()
})

async function loggedIn(width: number): Promise<Phone> {
  const mobile = await phone(browser, world.url, width)
  await mobile.open('pages/exams/exams')
  return mobile
}

interface Violation {
  id: string
  impact: string
  nodes: { html: string }[]
}

async function violations({ page }: Phone): Promise<string[]> {
  await page.evaluate(AXE)
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } }
    return (await axe.run()).violations
  })
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html.slice(0, 160)).join(' | ')}`)
}

function overflow({ page }: Phone): Promise<number> {
  return page.evaluate(() =>
    document.documentElement.scrollWidth - document.documentElement.clientWidth)
}

describe.each([390, 320])('at %i px', (width) => {
  let mobile: Phone
  beforeAll(async () => { mobile = await loggedIn(width) })
  afterAll(() => mobile.context.close())

  it.each(Object.entries(PAGES))('%s stands', async (name, path) => {
    await mobile.open(path)
    expect(await mobile.page.locator('.frame').innerText()).not.toBe('')
    expect(await overflow(mobile)).toBe(0)
    expect(await violations(mobile)).toEqual([])
    expect(mobile.problems).toEqual([])
    if (width === 390) await picture(mobile.page, name)
  })

  it('holds large text', async () => {
    for (const path of Object.values(PAGES)) {
      await mobile.open(path)
      await mobile.page.addStyleTag({ content: '.frame { --scale: 1.4 !important }' })
      expect(await overflow(mobile), path).toBe(0)
    }
  })
})
