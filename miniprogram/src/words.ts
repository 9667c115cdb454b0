// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
/** The words of the wire's states that do not come with a text of their own. */
import type { Fee, InvoiceView, Option, Registration, RefundView, Session } from '@/api/types'

type Tone = 'good' | 'warn' | 'danger' | 'brand' | 'quiet'

export const LABEL_TONES: Record<Registration['label'], Tone> = {
  reviewing: 'brand', waiting: 'warn', rejected: 'danger', to_pay: 'warn', paid: 'good',
  refunding: 'warn', refunded: 'quiet', refund_refused: 'danger', completed: 'good',
  cancelled: 'quiet', expired: 'quiet',
}

/** What a person does next, by label. */
export const NEXT_STEPS: Record<Registration['label'], string> = {
  reviewing: '后台正在审核，请留意消息通知。',
  waiting: '名额已满，正在候补；有名额时会通知您。',
  rejected: '请查看未通过的原因，修改后重新报名。',
  to_pay: '审核已通过，请在截止时间前完成支付。',
  paid: '报名已完成，请留意组织单位通知并按时参加。',
  refunding: '退款申请已提交，等待后台审核。',
  refunded: '退款已原路退回，一般 1—3 个工作日到账。',
  refund_refused: '退款申请未获同意。',
  completed: '您已参加本期考试。',
  cancelled: '本次报名已取消。',
  expired: '超过支付期限，名额已释放，可另行报名。',
}

/** Where a registration is on its way, counted from 0; 4 is the end. */
export const STEPS: Partial<Record<Registration['label'], number>> = {
  reviewing: 1, rejected: 1, to_pay: 2, paid: 4, completed: 4,
}

export const SESSION_STATUS: Record<Session['status'], { text: string, tone: Tone }> = {
  upcoming: { text: '未开始', tone: 'brand' },
  open: { text: '报名中', tone: 'good' },
  full: { text: '名额已满', tone: 'warn' },
  closed: { text: '已截止', tone: 'quiet' },
  finished: { text: '已结束', tone: 'quiet' },
  cancelled: { text: '已取消', tone: 'danger' },
}

export const REFUND_STATES: Record<RefundView['state'], { text: string, tone: Tone }> = {
  requested: { text: '待审核', tone: 'warn' },
  approved: { text: '已同意，等待退款', tone: 'brand' },
  processing: { text: '微信退款处理中', tone: 'brand' },
  done: { text: '已退款', tone: 'good' },
  rejected: { text: '不予退款', tone: 'danger' },
  failed: { text: '微信退款失败，工作人员正在处理', tone: 'warn' },
}

export const INVOICE_TONES: Record<InvoiceView['state'], Tone> = {
  none: 'quiet', wished: 'quiet', draft: 'warn', exported: 'brand', failed: 'danger',
  issued: 'good', reversed: 'quiet', cancelled: 'quiet',
}

export const REISSUES: Record<NonNullable<InvoiceView['reissue']>, string> = {
  requested: '待审核', granted: '已同意，正在办理', refused: '未同意',
}

/** What a trainee may ask for of an invoice. */
export const WISHES = {
  change: {
    name: '修改发票信息', advice: '提交税务机关开具之前，可以修改发票信息。',
    after: '发票信息已修改。',
  },
  request: {
    name: '补开发票', advice: '报名时没有申请发票的，可以在此补开。',
    after: '开票申请已提交，开具后会通知您。',
  },
  reissue: {
    name: '申请换开', advice: '发票已开具，修改需要换开：原发票红冲后，按新的信息重新开具，由工作人员审核。',
    after: '换开申请已提交，请留意消息通知。',
  },
}

/** The papers that are printed, with what to do with them. */
export const PAPERS = {
  attendance: { name: '听课证', advice: '请打印听课证，培训期间随身携带，并携带身份证原件报到。' },
  admission: { name: '准考证', advice: '请打印准考证，考试当天与身份证原件一并携带入场。' },
  certificate: { name: '合格证书', advice: '扫描证书上的二维码可查验真伪。' },
}

export const INDUSTRIES = { highway: '公路', waterway: '水运' }

export const EXAM_TYPES: Record<Fee['exam_type'], string> = { normal: '正常考试', retake: '补考' }

/** The names of the registration form's fields, in the form's order. */
export const FIELDS = {
  session: '期次',
  region: '地区',
  mobile: '手机号',
  education: '学历',
  education_proof: '学历证明',
  education_code: '在线验证码',
  education_valid_until: '验证有效期',
  work_years: '工作年限',
  work_proof: '工作证明',
  major: '专业',
  subjects: '报考科目',
  exam_type: '考试类型',
  photo: '上传照片',
  industry: '培训行业',
  employer: '报名单位',
  certificate_address: '证书邮寄地址',
  textbook_same_address: '教材邮寄地址',
  textbook_address: '其他教材邮寄地址',
  'invoice.kind': '开票类型',
  'invoice.title': '发票抬头',
  'invoice.email': '电子邮箱',
} as const

export type FieldName = keyof typeof FIELDS

/** Returns the words of a value, '' for one that is not among the options. */
export function named(options: Option[], value: unknown): string {
  return options.find(option => option.value === value)?.label ?? ''
}

/** The note at what is confirmed for good. */
export const LOCKED = '已报名，信息不能修改'

/** 特别说明, as the manual has it. */
export const SPECIAL_NOTES = [
  '培训人员可以选择开通报名的任一组织单位进行培训报名；',
  '报名并不能确定其确切的培训安排，请随时关注所报组织单位的相关通知，不要耽误您的培训；',
  '培训人员在确定相关安排后，请及时按照相关培训的时间安排打印听课证及相关考核准考证；',
  '报名人员需要准备相关的电子照片，请参见相关要求。',
]
