// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
]

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS })
}

/** Keeps a picture for the guide in the folder that PICTURES names. */
export async function picture(page: Page, name: string) {
  const folder = process.env.PICTURES
  if (folder) await page.screenshot({ path: `${folder}/h5-${name}.png` })
}

/** A phone that notes what must not happen: console errors and requests to elsewhere. */
export interface Phone {
  context: BrowserContext
  page: Page
  problems: string[]
  /** Opens a page of the client and waits until its content is there. */
  open(path: string): Promise<void>
}

/**
 * @param url the server's origin, also the only one that may be asked
 * @param width px
 */
export async function phone(browser: Browser, url: string, width = 390, height = 844): Promise<Phone> {
  const context = await browser.newContext({
    viewport: { width, height }, isMobile: true, hasTouch: true, locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
  })
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', error => problems.push(String(error)))
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(message.text())
  })
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url())
    if (protocol.startsWith('http') && origin !== url) problems.push(`asked ${request.url()}`)
  })
  page.setDefaultTimeout(15_000)

  async function open(path: string) {
    await page.goto('about:blank')
    await page.goto(`${url}/h5/#/${path}`)
    await ready()
  }

  async function ready() {
    await page.locator('.frame').first().waitFor()
    await page.waitForFunction(() => !document.querySelector('.skeleton'))
  }

  return { context, page, problems, open }
}
