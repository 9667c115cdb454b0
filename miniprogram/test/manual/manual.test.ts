// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
/**
 * Plays the manual from the first page to the last against a real server with the WeChat
 * sandbox, as `scripts/demo` runs them. SERVER says where it is.
 */
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { launch } from '../e2e/browser'
import { draw } from '../e2e/pictures'
import { PORTRAIT, PROOF } from '../portraits'
import { logInStaff, type Staff } from './staff'

const { SERVER, DATABASE = 'demo', STAFF = 'manager1', PASSWORD = 'demo-2026', PICTURES } = process.env
if (!SERVER) throw new Error('Say where the server is: SERVER=http://127.0.0.1:8000 npm run test:manual')

let browser: Browser
let page: Page
let staff: Staff
let files: { photo: string, proof: string }
let registration: number

beforeAll(async () => {
  browser = await launch()
  staff = await logInStaff(`${SERVER}/${DATABASE}`, STAFF, PASSWORD)
  files = {
    photo: await draw(browser, PORTRAIT, 658), proof: await draw(browser, PROOF, 1000) }
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, locale: 'zh-CN' })
  page = await context.newPage()
  page.setDefaultTimeout(20_000)
})
afterAll(() => browser.close())
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await shoot('failure')
})

const by = (name: string) => page.getByTestId(name).last()
const input = (name: string) => by(name).locator('input, textarea')
const text = (words: string) => page.getByText(words).last()

async function shoot(name: string) {
  if (PICTURES) await page.screenshot({ path: `${PICTURES}/manual-${name}.png` })
}

async function open(path: string) {
  await page.goto('about:blank')
  await page.goto(`${SERVER}/h5/#/${path}`)
}

async function choose(name: string, option: string) {
  await by(name).click()
  await page.getByRole('radio', { name: option }).last().click()
}

async function give(name: string, file: string) {
  const chooser = page.waitForEvent('filechooser')
  await by(name).click()
  await (await chooser).setFiles(file)
}

/** Returns a valid identity number of a man that is hardly in use. */
function identityNumber(): string {
  const order = String(Math.floor(Math.random() * 500) * 2 + 1).padStart(3, '0')
  const born = `19${70 + Math.floor(Math.random() * 30)}0${1 + Math.floor(Math.random() * 9)}1${Math.floor(Math.random() * 10)}`
  const number = `110105${born}${order}`
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  const sum = weights.reduce((total, weight, index) => total + weight * Number(number[index]), 0)
  return number + '10X98765432'[sum % 11]
}

async function seeLabel(label: string) {
  await open(`pages/registration/registration?id=${registration}`)
  await by('label').waitFor()
  expect(await by('label').innerText()).toBe(label)
}

describe('the manual', () => {
  it('step 1: the profile is completed and locks', async () => {
    await open('')
    await by('profile').click()
    await page.getByRole('button', { name: '新的微信用户' }).click()
    await by('accept').click()
    await input('name').fill('王朝')
    await by('sex-male').click()
    await input('id_number').fill('421345199003124312')
    await input('mobile').fill('1234567899')
    await by('save').click()
    await text('确定无误').click()
    await page.locator('[data-field="id_number"] [role=alert]').waitFor()
    await shoot('profile-errors')
    await input('id_number').fill(identityNumber())
    await input('mobile').fill('13800138000')
    await input('employer').fill('华路工程监理有限公司')
    await by('save').click()
    await text('确定无误').click()
    await page.waitForURL(/#\/$|home/)
    await open('pages/profile/profile')
    await text('*已报名，信息不能修改').waitFor()
  })

  it('step 2: the registration is filled in and submitted', async () => {
    await open('')
    await by('sessions').click()
    await page.getByTestId('session').filter({ hasText: '报名中' }).first().click()
    await by('submit').click()
    await page.locator('[data-field="photo"] [role=alert]').waitFor()
    await shoot('register-errors')
    await by('region').click()
    await page.getByRole('radio').and(page.locator(':not([aria-disabled=true])')).first().click()
    await choose('education', '本科')
    await give('education_proof', files.proof)
    await by('work_years-one_or_more').click()
    await give('work_proof', files.proof)
    await choose('major', '隧道工程')
    await by('exam_type-normal').click()
    await give('photo', files.photo)
    await by('use-photo').click()
    for (const kind of ['education_proof', 'work_proof', 'photo']) await by(`${kind}-uploaded`).waitFor()
    await by('industry-highway').click()
    await input('certificate_address').fill('北京市朝阳区和平里 8 号')
    await by('wants_invoice-true').click()
    await by('invoice.kind-electronic').click()
    await by('add-title').click()
    await input('name').fill('华路工程监理有限公司')
    await input('tax_number').fill('91310115000000015')
    await by('save').click()
    await page.waitForURL(/register/)
    await input('invoice.email').fill('trainee@example.com')
    await shoot('register')
    await by('submit').click()
    await text('已提交报名申请').waitFor()
    await by('view').click()
    await page.waitForURL(/registration\?id=/)
    registration = Number(/id=(\d+)/.exec(page.url())![1])
    await seeLabel('审核中')
  })

  it('step 3: it is rejected with a reason, and submitted again', async () => {
    await staff.reject(registration, '报名单位与工作证明不一致，请核对后修改。', ['employer'])
    await seeLabel('审核不通过')
    await text('报名单位与工作证明不一致').waitFor()
    await shoot('rejected')
    await by('resubmit').click()
    await page.locator('[data-field="employer"] [role=alert]').waitFor()
    await input('employer').fill('江河水运监理咨询有限公司')
    await by('submit').click()
    await text('已提交报名申请').waitFor()
    await seeLabel('审核中')
  })

  it('step 3: it is approved and paid', async () => {
    await staff.approve(registration)
    await seeLabel('待支付')
    await by('pay').click()
    await text('支付前请阅读退款规则').waitFor()
    await by('wechat-pay').click()
    await page.getByRole('button', { name: '取消' }).click()
    await by('wechat-pay').click()
    await page.getByRole('button', { name: '立即支付' }).click()
    await by('result').waitFor()
    expect(await by('result').innerText()).toBe('已支付')
    await shoot('paid')
    await open('pages/exams/exams')
    await text('已支付').waitFor()
    await open('pages/messages/messages')
    await by('message').first().waitFor()
    await shoot('messages')
  })

  it('step 4: a refund is asked for and refused', async () => {
    await seeLabel('已支付')
    await by('refund').click()
    await input('reason').fill('工作安排有变，无法参加。')
    await by('submit').click()
    await text('提交申请').click()
    await text('知道了').click()
    await seeLabel('退款审核中')
    await staff.refuseRefund(registration, '教材已寄出，按规定不予退款。')
    await seeLabel('退款失败')
    await text('教材已寄出').waitFor()
  })
})
