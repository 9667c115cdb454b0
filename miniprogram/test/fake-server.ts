// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
/**
 * A server of the contract's shapes without any rule, for development and for the tests of
 * the pages. It also serves the built H5 pages and stands in for the WeChat sandbox.
 */
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type {
  InvoiceView, InvoiceWish, Methods, Profile, Registration, RegistrationForm, SavedTitle, Session,
} from '../src/api/types'
import { PORTRAIT, PROOF } from './portraits'

const H5 = fileURLToPath(new URL('../dist/build/h5', import.meta.url))
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css',
  '.json': 'application/json', '.png': 'image/png',
}

class Refusal extends Error {
  constructor(readonly code: number, message: string, readonly fields?: Record<string, string>) {
    super(message)
  }
}

const options = (...labels: string[]) => labels.map((label, index) => ({ value: index + 1, label }))
const OPTIONS: Methods['catalog.options']['result'] = {
  sexes: [{ value: 'male', label: '男' }, { value: 'female', label: '女' }],
  educations: options('中专', '大专', '本科', '硕士研究生'),
  majors: options('道路与桥梁工程', '港口与航道工程', '隧道工程', '机电工程'),
  subjects: options('监理理论基础知识', '工程质量与安全监理'),
  industries: [{ value: 'highway', label: '公路' }, { value: 'waterway', label: '水运' }],
  exam_types: [{ value: 'normal', label: '正常考试' }, { value: 'retake', label: '补考' }],
  work_years: [
    { value: 'one_or_more', label: '满一年' }, { value: 'less_than_one', label: '不满一年' }],
  invoice_kinds: [
    { value: 'electronic', label: '电子普票' }, { value: 'paper', label: '纸质专票' }],
}
const ORGANIZERS = [
  { id: 1, name: '华东监理业务培训中心', notice: '请在规定时间内完成报名和缴费；培训地点和时间以本单位通知为准。' },
  { id: 2, name: '中南监理业务培训中心', notice: '冬季班教室安排将于开班前一周公布，请留意消息通知。' },
]

function session(id: number, name: string, unit: number, changes: Partial<Session> = {}): Session {
  const place = { venue: '交通职业培训学校一号楼报告厅', starts_on: '2027-01-03', ends_on: '2027-01-07' }
  return {
    id, name, organizer: { id: unit, name: ORGANIZERS[unit - 1].name }, industry: null,
    opens_at: '2026-11-13T09:00:00+08:00', closes_at: '2026-12-13T18:00:00+08:00',
    exam_date: '2027-01-08', fee: 120000, status: 'open', seats_left: 73,
    regions: [
      { id: 1, name: '上海', capacity: 60, seats_left: 41, ...place },
      { id: 2, name: '江苏', capacity: 60, seats_left: 32, ...place },
      { id: 3, name: '浙江', capacity: 60, seats_left: 0, ...place }],
    fees: [
      { exam_type: 'normal', subject: null, amount: 120000 },
      { exam_type: 'retake', subject: { id: 1, name: '监理理论基础知识' }, amount: 30000 },
      { exam_type: 'retake', subject: { id: 2, name: '工程质量与安全监理' }, amount: 30000 }],
    subjects: OPTIONS.subjects, notice: '请携带身份证原件报到。', waiting_list: false,
    work_proof_years: ['one_or_more'],
    refund_rules: ['2027年1月2日前申请，退还全部费用。', '2027年1月2日后不予退款。', '报到后不予退款。'],
    ...changes,
  }
}

const SESSIONS = [
  session(1, '2026年第四期公路水运监理业务培训班', 1),
  session(2, '2026年第六期公路监理业务培训班', 2, {
    industry: 'highway', status: 'full', seats_left: 0, waiting_list: true }),
  session(3, '2027年第一期水运监理业务培训班', 2, { industry: 'waterway', status: 'upcoming' }),
]

const FORM: RegistrationForm = {
  session: 1, region: 2, mobile: '13800138000', education: 3, education_proof: 'proof',
  work_years: 'one_or_more', work_proof: 'work', major: 1, subjects: [1, 2], exam_type: 'normal',
  photo: 'photo', industry: 'highway', employer: '华路工程监理有限公司',
  certificate_address: '上海市黄浦区人民路 128 号', textbook_same_address: true,
  invoice: { kind: 'electronic', title: 1, email: 'trainee@example.com' },
}

function invoice(changes: Partial<InvoiceView> = {}): InvoiceView {
  return {
    kind: 'electronic', kinds: ['electronic', 'paper'],
    title: { id: 1, name: '华路工程监理有限公司' }, email: 'trainee@example.com', amount: null,
    state: 'wished', state_text: '缴费后开具', failure: null, number: null, issued_on: null,
    files: [], courier: null, courier_number: null, reissue: null, reissue_refusal: null,
    request_until: null, actions: ['change'], ...changes,
  }
}

const TO_ISSUE = invoice({ state: 'draft', state_text: '待开票', amount: 120000 })
const ISSUED = invoice({
  state: 'issued', state_text: '已开票', amount: 120000, number: '26312000000012345678',
  issued_on: '2026-06-02', actions: ['reissue', 'download'],
  files: (['pdf', 'ofd', 'xml'] as const).map(kind => ({
    kind, name: `发票.${kind}`, size: 48000, url: `/demo/training/invoice/8/${kind}`,
    expires_at: '2099-01-01T00:00:00+08:00' })),
})
const NO_INVOICE = invoice({
  kind: null, title: null, email: null, state: 'none', state_text: '未申请发票',
  request_until: '2027-06-30', actions: ['request'] })

type Changes = Pick<Registration, 'label' | 'label_text' | 'state'> & Partial<Registration>

function registration(id: number, changes: Changes): Registration {
  const document = (file: string) => ({
    file, url: `/demo/training/file/${file}`, mime_type: 'image/svg+xml', warnings: [] })
  const { name, organizer, refund_rules } = SESSIONS[0]
  return {
    id, number: `2026${String(id).padStart(6, '0')}`, session: { id: 1, name },
    region: { id: 2, name: '江苏' }, exam_date: '2027-01-08', amount: 120000,
    submitted_at: '2026-11-20T10:26:00+08:00', actions: [], organizer,
    venue: '交通职业培训学校一号楼报告厅', starts_on: '2027-01-03', ends_on: '2027-01-07',
    exam: null, form: FORM, reject_reason: null, marks: {}, waiting_position: null,
    payment: { amount: 120000, deadline: null, paid_at: null }, refund: null, refundable: null,
    refund_rules,
    invoice: invoice(),
    documents: {
      photo: document('photo'), education_proof: document('proof'), work_proof: document('work') },
    results: [], certificate: null,
    ...changes,
  }
}

const PAID = { amount: 120000, deadline: null, paid_at: '2026-11-21T09:12:00+08:00' }
const refund = (state: NonNullable<Registration['refund']>['state']) => ({
  state, amount: 120000, reason: '工作安排有变，无法参加本期培训。', reject_reason: null,
  requested_at: '2026-11-22T14:00:00+08:00' })

/** One registration of every label. */
function everyLabel(): Registration[] {
  return [
    registration(1, { label: 'reviewing', label_text: '审核中', state: 'submitted', actions: ['cancel'] }),
    registration(2, {
      label: 'rejected', label_text: '审核不通过', state: 'rejected', actions: ['resubmit', 'cancel'],
      reject_reason: '学历证明图片不清晰，请重新上传清晰的学历在线查询结果。',
      marks: { education_proof: '图片不清晰，请重新上传。', employer: '与工作证明不一致，请核对。' } }),
    registration(3, {
      label: 'to_pay', label_text: '待支付', state: 'approved', actions: ['pay', 'cancel'],
      payment: {
        amount: 120000, paid_at: null,
        deadline: new Date(Date.now() + 40 * 3_600_000).toISOString() } }),
    registration(4, {
      label: 'paid', label_text: '已支付', state: 'paid', refundable: 120000, payment: PAID,
      actions: ['refund', 'attendance', 'admission', 'invoice'], invoice: TO_ISSUE,
      exam: {
        number: '260115000012', venue: '上海市交通学校教学楼', room: '第3考场', address: '二楼东侧', seat: 12,
        schedule: ['监理理论基础知识 2027-01-08 09:00–11:00', '工程质量与安全监理 2027-01-08 14:00–16:00'] } }),
    registration(5, {
      label: 'refunding', label_text: '退款审核中', state: 'paid', payment: PAID, invoice: TO_ISSUE,
      refund: refund('requested') }),
    registration(6, {
      label: 'refund_refused', label_text: '退款失败', state: 'paid', payment: PAID, invoice: null,
      actions: ['invoice'],
      refund: { ...refund('rejected'), reject_reason: '教材已寄出，按规定不予退款。' } }),
    registration(7, { label: 'waiting', label_text: '候补中', state: 'waiting', waiting_position: 2, actions: ['cancel'] }),
    registration(8, {
      label: 'completed', label_text: '已完成', state: 'completed', exam_date: '2026-06-08', payment: PAID,
      actions: ['certificate', 'invoice'], invoice: ISSUED, certificate: { number: 'JL2026000018', issued_on: '2026-06-20' },
      results: [
        { subject: { id: 1, name: '监理理论基础知识' }, result: 'passed', label: '合格', score: 82.5 },
        { subject: { id: 2, name: '工程质量与安全监理' }, result: 'passed', label: '合格', score: null }] }),
    registration(9, { label: 'rejected', label_text: '审核未通过', state: 'rejected', exam_date: '2026-06-08' }),
    registration(10, { label: 'refunded', label_text: '已退款', state: 'refunded', exam_date: '2026-06-08', refund: refund('done') }),
    registration(11, { label: 'cancelled', label_text: '已取消', state: 'cancelled', exam_date: '2026-06-08' }),
    registration(12, { label: 'expired', label_text: '已过期未支付', state: 'expired', exam_date: '2026-06-08' }),
  ]
}

const REQUIRED = [
  'region', 'mobile', 'education', 'education_proof', 'work_years', 'major', 'exam_type', 'photo',
  'industry', 'employer', 'certificate_address']

function checked(form: Record<string, unknown>) {
  const empty = REQUIRED.filter(name => form[name] === undefined || form[name] === '')
  const fields = Object.fromEntries(empty.map(name => [name, '请填写此项。']))
  const invoice = form.invoice as Record<string, unknown> | undefined
  if (invoice && !invoice.title) fields['invoice.title'] = '请选择发票抬头。'
  if (Object.keys(fields).length) throw new Refusal(-32004, '有些内容需要修改。', fields)
}

/** What a test may look at and change. */
export interface World {
  url: string
  profile: Profile
  registrations: Registration[]
  titles: SavedTitle[]
  accepted: boolean
  /** What was uploaded, by kind: the multipart body. */
  uploads: Record<string, Buffer>
  /** How often payment.status still says "to pay" after the cashier. */
  slowPayments: number
  /** The identity number of somebody with another WeChat account. */
  boundNumber: string
  /** The names of the methods that were called, with their parameters. */
  calls: [string, Record<string, unknown>][]
}

type Answers = {
  [M in keyof Methods]: (params: Methods[M]['params']) => Methods[M]['result']
}

function methods(world: World): Answers {
  const found = (id: number) => {
    const one = world.registrations.find(item => item.id === id)
    if (!one) throw new Refusal(-32003, '没有找到这条报名。')
    return one
  }
  const change = (id: number, changes: Partial<Registration>) => Object.assign(found(id), changes)
  const wished = (id: number, wish: InvoiceWish, invoice: InvoiceView) => {
    if (!wish.title) throw new Refusal(-32004, '请选择发票抬头。', { title: '请选择发票抬头。' })
    const { name } = world.titles.find(title => title.id === wish.title)!
    const { kind, email } = wish
    return change(id, { invoice: { ...invoice, kind, email, title: { id: wish.title, name } } }).invoice!
  }
  const privacy = () => ({
    version: '2026-11', accepted: world.accepted,
    text: '我们为办理监理业务培训报名收集和使用您的个人信息。\n\n一、收集的信息：姓名、性别、身份证号码、手机号、学历证明、工作证明、证件照片等。\n\n二、用途：资格审核、收费与开票、编排考场、制作证件和证书、发送通知。' })
  return {
    'auth.login': () => ({ token: 'token', expires_at: '2099-01-01T00:00:00+08:00', trainee: { confirmed: true } }),
    'auth.logout': () => true,
    'auth.phone': () => ({ mobile: '13900139000' }),
    'catalog.options': () => OPTIONS,
    'invoice.change': ({ registration, ...wish }) =>
      wished(registration, wish, found(registration).invoice!),
    'invoice.get': ({ registration }) => found(registration).invoice ?? NO_INVOICE,
    'invoice.reissue': ({ registration, reason, ...wish }) => {
      if (!reason) throw new Refusal(-32004, '请填写换开理由。', { reason: '请填写换开理由。' })
      return wished(registration, wish, {
        ...ISSUED, reissue: 'requested', actions: ['download'] })
    },
    'invoice.request': ({ registration, ...wish }) => wished(registration, wish, TO_ISSUE),
    'invoice_title.delete': ({ id }) => {
      world.titles = world.titles.filter(title => title.id !== id)
      return true
    },
    'invoice_title.list': () => world.titles,
    'invoice_title.save': (form) => {
      if (!form.name) throw new Refusal(-32004, '请输入单位名称。', { name: '请输入名称。' })
      if (form.kind === 'unit' && !/^[0-9A-Z]{15,20}$/.test(form.tax_number ?? '')) {
        throw new Refusal(-32004, '税号有误。', { tax_number: '税号应为 15—20 位数字或大写字母。' })
      }
      const title = { ...form, id: form.id ?? world.titles.length + 1, warnings: [] }
      world.titles = [title, ...world.titles.filter(({ id }) => id !== title.id)]
      return title
    },
    'message.list': () => ({
      unread: 1, next: null,
      items: [
        { id: 2, title: '审核通过', body: '您报名的2026年第四期公路水运监理业务培训班已审核通过，请在截止时间前支付。', sent_at: '2026-11-21T09:00:00+08:00', read: false, registration: 3 },
        { id: 1, title: '已提交报名', body: '您的报名正在审核，请留意消息通知。', sent_at: '2026-11-20T10:26:00+08:00', read: true, registration: 1 }] }),
    'message.read': () => true,
    'message.subscribed': () => true,
    'message.templates': () => [{ id: 'template-1', moment: 'submit' }],
    'organizer.list': () => ORGANIZERS,
    'payment.prepay': ({ registration }) => ({
      timeStamp: '1', nonceStr: 'nonce', package: `prepay_id=${registration}`, signType: 'RSA', paySign: 'sign' }),
    'payment.status': ({ registration: id }) => {
      if (world.slowPayments-- <= 0) {
        change(id, { label: 'paid', label_text: '已支付', state: 'paid', actions: ['refund'], payment: PAID })
      }
      return found(id)
    },
    'privacy.accept': () => {
      world.accepted = true
      return privacy()
    },
    'privacy.get': privacy,
    'profile.claim': () => true,
    'profile.get': () => world.profile,
    'profile.save': (form) => {
      if (!world.profile.locked && form.name !== undefined && !/^\d{17}[\dX]$/.test(form.id_number ?? '')) {
        throw new Refusal(-32004, '身份证号码有误。', { id_number: '身份证号码应为 18 位：17 位数字加一位数字或 X。' })
      }
      if (form.id_number === world.boundNumber) {
        throw new Refusal(-32007, '该身份证号码已绑定其他微信账号，请申请换绑。')
      }
      return Object.assign(world.profile, form, { locked: true, id_number: '4213**********4312' })
    },
    'refund.request': ({ registration, reason }) => {
      if (!reason) throw new Refusal(-32004, '请填写退款理由。', { reason: '请填写退款理由。' })
      return change(registration, {
        label: 'refunding', label_text: '退款审核中', actions: [], refund: { ...refund('requested'), reason } })
    },
    'registration.cancel': ({ id }) =>
      change(id, { label: 'cancelled', label_text: '已取消', state: 'cancelled', actions: [] }),
    'registration.get': ({ id }) => found(id),
    'registration.list': ({ tab }) => ({
      next: null,
      items: world.registrations.filter(item => (item.exam_date > '2026-11-23') === (tab === 'current')) }),
    'registration.resubmit': (form) => {
      checked(form as never)
      return change(form.id, {
        label: 'reviewing', label_text: '审核中', state: 'submitted', actions: ['cancel'],
        reject_reason: null, marks: {} })
    },
    'registration.submit': (form) => {
      checked(form as never)
      const made = registration(world.registrations.length + 1, {
        label: 'reviewing', label_text: '审核中', state: 'submitted', actions: ['cancel'] })
      world.registrations.unshift(made)
      return made
    },
    'session.get': ({ id }) => {
      const one = SESSIONS.find(item => item.id === id)
      if (!one) throw new Refusal(-32003, '没有找到这个期次。')
      return one
    },
    'session.list': ({ organizer }) => ({
      next: null, items: SESSIONS.filter(item => !organizer || item.organizer.id === organizer) }),
    'ticket.get': ({ registration, kind }) => ({
      url: `/demo/training/ticket/${registration}/${kind}`, expires_at: '2099-01-01T00:00:00+08:00' }),
  }
}

function send(response: ServerResponse, body: string | Buffer, type: string, status = 200) {
  response.writeHead(status, { 'Content-Type': type }).end(body)
}

const json = (response: ServerResponse, body: object, status = 200) =>
  send(response, JSON.stringify(body), 'application/json', status)

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts)
}

/** Answers a JSON-RPC request. */
export function answer(world: World, text: string): object {
  const { id, method, params = {} } = JSON.parse(text)
  world.calls.push([method, params])
  try {
    const result = methods(world)[method as 'auth.login'](params)
    return { jsonrpc: '2.0', id, result }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { code, message, fields } = error
    return { jsonrpc: '2.0', id, error: { code, message, data: { fields } } }
  }
}

function redirect(response: ServerResponse, target: URL, values: Record<string, string>) {
  for (const [name, value] of Object.entries(values)) target.searchParams.set(name, value)
  response.writeHead(302, { Location: target.href }).end()
}

async function respond(world: World, request: IncomingMessage, response: ServerResponse) {
  const url = new URL(request.url!, world.url)
  const [, first, , third, fourth] = url.pathname.split('/')
  if (first === 'h5') {
    const name = url.pathname.slice(4) || 'index.html'
    if (name === 'config.json') {
      return json(response, { server: '', database: 'demo', appid: 'wx', sandbox: world.url })
    }
    return send(response, readFileSync(join(H5, name)), TYPES[extname(name)])
  }
  if (first === 'sandbox') {
    const target = new URL(url.searchParams.get('redirect_uri')!)
    const state = url.searchParams.get('state') ?? ''
    return redirect(response, target, url.pathname.endsWith('login') ? { code: 'code', state } : { result: 'ok' })
  }
  if (third === 'rpc') return json(response, answer(world, String(await bodyOf(request))))
  if (third === 'upload') {
    const body = await bodyOf(request)
    const [, kind] = /name="kind"\r\n\r\n(\w+)/.exec(body.toString('latin1'))!
    world.uploads[kind] = body
    const file = { photo: 'photo', education_proof: 'proof', work_proof: 'work', avatar: 'photo' }[kind]
    return json(response, {
      file, url: `/demo/training/file/${file}`, mime_type: 'image/svg+xml', warnings: [] })
  }
  if (third === 'file') return send(response, fourth === 'photo' ? PORTRAIT : PROOF, 'image/svg+xml')
  if (third === 'ticket' || third === 'invoice') return send(response, `paper ${url.pathname}`, 'text/plain')
  return json(response, { error: { code: -32003, message: '没有找到。' } }, 404)
}

/** Returns a world in which one trainee has a registration of every label. */
export function newWorld(url: string): World {
  return {
    url,
    profile: {
      name: '王朝', sex: 'male', id_number: '4213**********4312', mobile: '13800138000', email: null,
      address: '上海市黄浦区人民路 128 号', employer: '华路工程监理有限公司', avatar: null, locked: true },
    registrations: everyLabel(),
    titles: [{
      id: 1, kind: 'unit', name: '华路工程监理有限公司', tax_number: '913101150000000015', address: '人民路 128 号',
      phone: '021-58001234', bank: '中国工商银行上海分行', bank_account: '6222021001112223334',
      mailing_address: '上海市黄浦区人民路 128 号', warnings: [] }],
    accepted: true, uploads: {}, slowPayments: 0, boundNumber: '11010519491231002X',
    calls: [],
  }
}

/** Starts the server on a free port. */
export async function startFakeServer(): Promise<World & { close(): void }> {
  const server = createServer((request, response) => {
    respond(world, request, response).catch((error: Error) => send(response, String(error), 'text/plain', 500))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const world = { ...newWorld(`http://127.0.0.1:${port}`), close: () => { server.close() } }
  return world
}
