// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startFakeServer } from '../fake-server'
import { PORTRAIT } from '../portraits'
import { launch, phone, type Phone, picture as keep } from './browser'
import { draw } from './pictures'

const HOME = /#\/$/

let world: Awaited<ReturnType<typeof startFakeServer>>
let browser: Browser
let mobile: Phone
let page: Page
let picture: string

beforeAll(async () => {
  browser = await launch()
  picture = await draw(browser, PORTRAIT, 900)
})
afterAll(() => browser.close())
beforeEach(async () => {
  world = await startFakeServer()
  mobile = await phone(browser, world.url)
  page = mobile.page
})
afterEach(async () => {
  await mobile.context.close()
  world.close()
})

const by = (name: string) => page.getByTestId(name).last()
const field = (name: string) => page.locator(`uni-page:last-of-type [data-field="${name}"]`)
const input = (name: string) => by(name).locator('input, textarea')
const button = (name: string) => page.getByRole('button', { name }).last()
const called = (method: string) =>
  world.calls.filter(([name]) => name === method).map(([, params]) => params)

const shoot = (name: string) => keep(page, name)

async function choose(name: string, option: string) {
  await by(name).click()
  await page.getByRole('radio', { name: option }).last().click()
}

async function give(name: string) {
  const chooser = page.waitForEvent('filechooser')
  await by(name).click()
  await (await chooser).setFiles(picture)
}

async function fillIn() {
  await choose('region', '江苏')
  await choose('education', '本科')
  await give('education_proof')
  await by('work_years-one_or_more').click()
  await give('work_proof')
  await choose('major', '隧道工程')
  await by('exam_type-normal').click()
  await by('industry-highway').click()
  await give('photo')
  await by('use-photo').click()
  await by('photo-uploaded').waitFor()
}

describe('a new trainee', () => {
  beforeEach(() => {
    world.accepted = false
    Object.assign(world.profile, {
      name: null, sex: null, id_number: null, mobile: null, address: null, employer: null,
      locked: false })
  })

  it('logs in, agrees, and confirms the profile after mending it', async () => {
    await mobile.open('pages/home/home')
    await expectText('点击登录')
    await by('profile').click()
    await by('accept').click()
    await input('name').fill('王朝')
    await by('sex-male').click()
    await input('id_number').fill('42134519900312431')
    await by('save').click()
    await page.getByText('确定无误').click()
    await field('id_number').getByRole('alert').waitFor()
    expect(await field('id_number').innerText()).toContain('身份证号码应为 18 位')
    await shoot('profile-error')
    await input('id_number').fill('421345199003124312')
    expect(await field('id_number').getByRole('alert').count()).toBe(0)
    await by('save').click()
    await page.getByText('确定无误').click()
    await page.waitForURL(HOME)
    expect(world.profile.locked).toBe(true)
    expect(world.accepted).toBe(true)
    expect(mobile.problems).toEqual([])
  })

  it('can claim an identity that is bound to another account', async () => {
    world.accepted = true
    await mobile.open('pages/profile/profile')
    await input('name').fill('李华')
    await by('sex-male').click()
    await input('id_number').fill(world.boundNumber)
    await by('save').click()
    await page.getByText('确定无误').click()
    await page.getByText('申请换绑', { exact: true }).click()
    await expectText('换绑申请已提交')
    expect(called('profile.claim')).toEqual([{ name: '李华', id_number: world.boundNumber }])
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain(world.boundNumber)
  })

  it('is led home without agreeing', async () => {
    await mobile.open('pages/profile/profile')
    await by('accept').waitFor()
    await button('暂不同意').click()
    await page.waitForURL(HOME)
    expect(called('privacy.accept')).toEqual([])
  })

  it('must confirm the profile before registering', async () => {
    world.accepted = true
    await mobile.open('pages/register/register?session=1')
    await expectText('请先完善个人信息')
    await button('完善个人信息').click()
    await page.waitForURL(/profile/)
  })
})

async function expectText(text: string) {
  await page.getByText(text).last().waitFor()
}

describe('registering', () => {
  it('puts errors at their fields and goes to the first', async () => {
    await mobile.open('pages/register/register?session=1')
    await by('submit').click()
    await field('photo').getByRole('alert').waitFor()
    expect(await field('region').innerText()).toContain('请填写此项')
    await page.waitForFunction(() => {
      const { top, bottom } = document.querySelector('[data-field="region"]')!.getBoundingClientRect()
      return top >= 44 && bottom < innerHeight
    })
    await shoot('register-errors')
    await choose('region', '上海')
    expect(await field('region').getByRole('alert').count()).toBe(0)
    expect(await field('photo').getByRole('alert').count()).toBe(1)
  })

  it('shows full regions and lets nobody choose them', async () => {
    await mobile.open('pages/register/register?session=1')
    await by('region').click()
    await shoot('register-regions')
    const full = page.getByRole('radio', { name: '浙江' })
    expect(await full.getAttribute('aria-disabled')).toBe('true')
    await full.click({ force: true })
    expect(await page.getByRole('dialog').count()).toBe(1)
    await page.keyboard.press('Escape')
    expect(await page.getByRole('dialog').count()).toBe(0)
  })

  it('is done once, with an invoice, from a draft that survives leaving', async () => {
    await mobile.open('pages/register/register?session=1')
    await fillIn()
    await input('employer').fill('江河水运监理咨询有限公司')
    await shoot('register-filled')
    await page.waitForFunction(() =>
      localStorage.getItem('draft:session:1')?.includes('江河水运'))
    await mobile.open('pages/home/home')
    await mobile.open('pages/register/register?session=1')
    await expectText('已恢复上次填写')
    expect(await input('employer').inputValue()).toBe('江河水运监理咨询有限公司')
    await by('photo-uploaded').waitFor()

    await by('wants_invoice-true').click()
    await by('invoice.kind-electronic').click()
    await by('add-title').click()
    await input('name').fill('天平公路工程咨询有限公司')
    await input('tax_number').fill('123')
    await by('save').click()
    await field('tax_number').getByRole('alert').waitFor()
    await input('tax_number').fill('91310115000000002X')
    await field('tax_number').getByRole('alert').waitFor({ state: 'detached' })
    await by('save').click()
    await page.waitForURL(/register/)
    expect(await by('invoice.title').innerText()).toContain('天平公路工程咨询有限公司')
    await input('invoice.email').fill('trainee@example.com')
    await by('submit').click()
    await page.waitForURL(/waiting/)
    await expectText('已提交报名申请')

    const submits = called('registration.submit')
    expect(new Set(submits.map(form => form.client_ref)).size).toBe(1)
    expect(submits.at(-1)).toMatchObject({
      session: 1, region: 2, education: 3, photo: 'photo', education_proof: 'proof',
      employer: '江河水运监理咨询有限公司', subjects: [1, 2], textbook_same_address: true,
      invoice: { kind: 'electronic', title: 2, email: 'trainee@example.com' } })
    expect(await page.evaluate(() => localStorage.getItem('draft:session:1'))).toBeNull()
    await by('home').click()
    await page.waitForURL(HOME)
  })

  it('forgets a title that is deleted meanwhile', async () => {
    await mobile.open('pages/register/register?session=1')
    await by('wants_invoice-true').click()
    await choose('invoice.title', '华路工程监理有限公司')
    await page.getByText('管理发票抬头').click()
    await button('删除').click()
    await page.locator('.uni-modal__btn_primary').click()
    await expectText('还没有发票抬头')
    await page.goBack()
    expect(await by('invoice.title').innerText()).toContain('请选择发票抬头')
  })

  it('carries what is typed over to another session', async () => {
    await mobile.open('pages/register/register?session=1')
    await choose('major', '隧道工程')
    const before = called('session.get').length
    await choose('session', '2026年第四期公路水运')
    expect(called('session.get')).toHaveLength(before)
    await mobile.open('pages/register/register?session=3')
    await choose('major', '机电工程')
    await choose('session', '2026年第六期')
    await expectText('可提交报名排队候补')
    expect(await by('major').innerText()).toContain('机电工程')
  })

  it('tries a broken upload again by itself, then on demand', async () => {
    await mobile.open('pages/register/register?session=1')
    let broken = 1
    await page.route(/training\/upload/, route => (broken-- > 0 ? route.abort() : route.continue()))
    await give('work_proof')
    await by('work_proof-uploaded').waitFor()
    broken = 3
    await give('education_proof')
    await field('education_proof').getByText('上传中断').waitFor()
    await shoot('register-broken')
    await button('重试上传').click()
    await by('education_proof-uploaded').waitFor()
  })

  it('opens a rejected registration with the remarks at their fields', async () => {
    await mobile.open('pages/registration/registration?id=2')
    await expectText('学历证明图片不清晰')
    await by('resubmit').click()
    await page.waitForURL(/register\?registration=2/)
    await field('employer').getByText('与工作证明不一致').waitFor()
    await input('employer').fill('江河水运监理咨询有限公司')
    await by('submit').click()
    await page.waitForURL(/waiting/)
    expect(called('registration.resubmit')).toMatchObject([
      { id: 2, employer: '江河水运监理咨询有限公司', education_proof: 'proof' }])
  })

  it('lets the photo be cropped to the size that is asked for', async () => {
    await mobile.open('pages/register/register?session=1')
    await give('photo')
    await by('use-photo').waitFor()
    await shoot('crop')
    await by('use-photo').click()
    await by('photo-uploaded').waitFor()
    expect(jpegSize(world.uploads.photo)).toEqual({ width: 658, height: 926 })
  })
})

/** Returns the size of the JPEG inside a multipart body. */
function jpegSize(body: Buffer) {
  for (const marker of [0xc0, 0xc2]) {
    const at = body.indexOf(Buffer.from([0xff, marker, 0x00, 0x11, 0x08]))
    if (at >= 0) return { height: body.readUInt16BE(at + 5), width: body.readUInt16BE(at + 7) }
  }
}

describe('my exams', () => {
  it('have every label in its tab', async () => {
    await mobile.open('pages/exams/exams')
    const labels = async () => page.locator('.tag').allInnerTexts()
    await by('registration').waitFor()
    expect(await labels()).toEqual([
      '审核中', '审核不通过', '待支付', '已支付', '退款审核中', '退款失败', '候补中'])
    await by('tab-ended').click()
    await expectText('已完成')
    expect(await labels()).toEqual(['已完成', '审核未通过', '已退款', '已取消', '已过期未支付'])
    await shoot('exams-ended')
  })

  it('say what to do when there are none', async () => {
    world.registrations = []
    await mobile.open('pages/exams/exams')
    await expectText('还没有进行中的报名')
    await shoot('exams-empty')
    await button('去报名').click()
    await page.waitForURL(/sessions/)
  })

  it('are paid at the cashier, and the server has the last word', async () => {
    world.slowPayments = 1
    await mobile.open('pages/pay/pay?registration=3')
    await expectText('支付前请阅读退款规则')
    await by('wechat-pay').click()
    await by('result').waitFor()
    expect(await by('result').innerText()).toBe('已支付')
    expect(called('payment.status')).toHaveLength(2)
    expect(page.url()).not.toContain('result=')
    await shoot('paid-result')
  })

  it('can be refunded for a reason', async () => {
    await mobile.open('pages/registration/registration?id=4')
    await by('refund').click()
    await by('submit').click()
    await page.getByText('提交申请').click()
    await field('reason').getByRole('alert').waitFor()
    await input('reason').fill('工作安排有变，无法参加。')
    await by('submit').click()
    await page.getByText('提交申请').click()
    await page.getByText('知道了').click()
    await page.waitForFunction(() =>
      document.querySelector('[data-testid="label"]')?.textContent?.includes('退款审核中'))
    expect(called('refund.request').at(-1)).toEqual({
      registration: 4, reason: '工作安排有变，无法参加。' })
  })

  it('can be cancelled', async () => {
    await mobile.open('pages/registration/registration?id=1')
    await by('cancel').click()
    await shoot('cancel')
    await page.locator('.uni-modal__btn_primary').click()
    await expectText('已取消')
    expect(called('registration.cancel')).toEqual([{ id: 1 }])
  })

  it('show the results and the certificate', async () => {
    await mobile.open('pages/registration/registration?id=8')
    const results = await by('results').innerText()
    for (const words of ['监理理论基础知识', '82.5 分', '合格', 'JL2026000018']) {
      expect(results).toContain(words)
    }
    await shoot('results')
    await by('certificate').click()
    await expectText('扫描证书上的二维码可查验真伪')
    await by('open').click()
    await expectText('paper /demo/training/ticket/8/certificate')
  })

  it('change what the invoice says until it is issued', async () => {
    await mobile.open('pages/registration/registration?id=4')
    await by('invoice-change').click()
    await by('kind-paper').click()
    await input('email').fill('finance@example.com')
    await by('submit').click()
    await page.getByText('知道了').click()
    await page.waitForFunction(() =>
      document.querySelector('uni-page:last-of-type [data-testid="invoice"]')?.textContent?.includes('纸质专票'))
    expect(called('invoice.change')).toEqual([
      { registration: 4, kind: 'paper', title: 1, email: 'finance@example.com' }])
  })

  it('ask for an invoice that nobody asked for before', async () => {
    await mobile.open('pages/registration/registration?id=6')
    expect(await by('invoice').innerText()).toContain('未申请发票')
    await by('invoice-request').click()
    await by('kind-electronic').click()
    await input('email').fill('trainee@example.com')
    await by('submit').click()
    await field('title').getByRole('alert').waitFor()
    await choose('title', '华路工程监理有限公司')
    await by('submit').click()
    await expectText('开票申请已提交')
  })

  it('open the issued invoice, and ask for another', async () => {
    await mobile.open('pages/registration/registration?id=8')
    expect(await by('invoice').innerText()).toContain('26312000000012345678')
    await by('invoice-reissue').click()
    await by('submit').click()
    await field('reason').getByRole('alert').waitFor()
    await input('reason').fill('单位名称填写有误。')
    await by('submit').click()
    await page.getByText('知道了').click()
    await expectText('待审核')
    await by('file-pdf').click()
    await expectText('paper /demo/training/invoice/8/pdf')
  })

  it('open their papers', async () => {
    await mobile.open('pages/registration/registration?id=4')
    await by('admission').click()
    await expectText('第3考场，二楼东侧')
    await by('open').click()
    await expectText('paper /demo/training/ticket/4/admission')
  })
})

describe('when things go wrong', () => {
  it('a login that this page did not ask for is not used', async () => {
    await page.goto(`${world.url}/h5/?code=evil&state=evil#/pages/exams/exams`)
    await by('registration').waitFor()
    expect(called('auth.login')).toEqual([{ code: 'code' }])
    expect(page.url()).not.toContain('code=')
  })

  it('a page says so and tries again', async () => {
    let down = true
    await page.route(/training\/rpc/, route => (down ? route.abort() : route.continue()))
    await page.goto(`${world.url}/h5/#/pages/notices/notices`)
    await expectText('网络连接不上')
    await shoot('offline')
    down = false
    await button('重试').click()
    await expectText('华东监理业务培训中心')
  })
})
