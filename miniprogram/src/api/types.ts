// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
// Made from openrpc.json by scripts/generate-types.mjs: do not edit.

/** The certificate (合格证书) of who passed all the subjects. */
export interface CertificateView {
  issued_on: string
  number: string
}

/** An uploaded document; `url` is signed and short-lived. */
export interface DocumentView {
  /** Opaque name of an upload */
  file: string
  mime_type: string
  url: string
  warnings: Array<string>
}

/** The documents of a registration. */
export interface Documents {
  education_proof: DocumentView
  photo: DocumentView
  work_proof: DocumentView | null
}

/** What the admission ticket (准考证) tells, once it can be printed. */
export interface ExamView {
  address: string | null
  number: string
  room: string | null
  schedule: Array<string>
  seat: number | null
  venue: string | null
}

/** A line of the price list; without `subject` it covers all of them. */
export interface Fee {
  /** Amount in fen (1/100 yuan) */
  amount: number
  exam_type: "normal" | "retake"
  subject: Named | null
}

/** A file of an issued invoice; `url` is signed and short-lived. */
export interface InvoiceFile {
  expires_at: string
  kind: "pdf" | "ofd" | "xml"
  name: string
  size: number
  url: string
}

/** The invoice of a registration, and what the trainee may do with it.

`state` is `none` when there is no wish, `wished` until the payment. `reissue`
tells of the trainee's wish for another invoice (申请换开). `request_until` is the
last day for 补开. */
export interface InvoiceView {
  actions: Array<"change" | "request" | "reissue" | "download">
  amount: number | null
  courier: string | null
  courier_number: string | null
  email: string | null
  failure: string | null
  files: Array<InvoiceFile>
  issued_on: string | null
  kind: "electronic" | "paper" | null
  kinds: Array<"electronic" | "paper">
  number: string | null
  reissue: "requested" | "granted" | "refused" | null
  reissue_refusal: string | null
  request_until: string | null
  state: "none" | "wished" | "draft" | "exported" | "failed" | "issued" | "reversed" | "cancelled"
  state_text: string
  title: Named | null
}

/** 需要发票: kind, one of the caller's titles, where to send it. */
export interface InvoiceWish {
  email: string
  kind: "electronic" | "paper"
  title: number
}

/** A short-lived address of a file. */
export interface Link {
  expires_at: string
  url: string
}

/** A login: send `token` as `Authorization: Bearer`. */
export interface Login {
  expires_at: string
  token: string
  trainee: LoginTrainee
}

/** The trainee of a login: whether the identity is already confirmed. */
export interface LoginTrainee {
  confirmed: boolean
}

/** A message (消息通知) to the trainee. */
export interface Message {
  body: string
  id: number
  read: boolean
  registration: number | null
  sent_at: string
  title: string
}

/** The messages, with the number of the unread ones. */
export interface Messages {
  items: Array<Message>
  next?: string | null
  unread: number
}

/** A mobile number. */
export interface Mobile {
  mobile: string
}

/** A record as a reference. */
export interface Named {
  id: number
  name: string
}

/** A choice of a drop-down. */
export interface Option {
  label: string
  value: number | string
}

/** The choices of the registration form. */
export interface Options {
  educations: Array<Option>
  exam_types: Array<Option>
  industries: Array<Option>
  invoice_kinds: Array<Option>
  majors: Array<Option>
  sexes: Array<Option>
  subjects: Array<Option>
  work_years: Array<Option>
}

/** An organizing unit (组织单位). */
export interface Organizer {
  id: number
  name: string
  notice: string | null
}

export interface PageRegistrationItem {
  items: Array<RegistrationItem>
  next?: string | null
}

export interface PageSessionItem {
  items: Array<SessionItem>
  next?: string | null
}

/** Where the registration stands after asking WeChat. */
export interface PaymentStatus {
  label: "reviewing" | "waiting" | "rejected" | "to_pay" | "paid" | "refunding" | "refunded" | "refund_refused" | "completed" | "cancelled" | "expired"
  label_text: string
  state: "submitted" | "waiting" | "rejected" | "approved" | "paid" | "checked_in" | "completed" | "cancelled" | "expired" | "refunded"
}

/** The payment of a registration; pay before `deadline`. */
export interface PaymentView {
  /** Amount in fen (1/100 yuan) */
  amount: number
  deadline: string | null
  paid_at: string | null
}

/** What `wx.requestPayment` takes. */
export interface Prepay {
  nonceStr: string
  package: string
  paySign: string
  signType: string
  timeStamp: string
}

/** The privacy notice and whether the caller has accepted this version. */
export interface Privacy {
  accepted: boolean
  text: string
  version: string
}

/** 个人信息. `id_number` is masked; `locked` fields can no longer be changed. */
export interface Profile {
  address: string | null
  avatar: string | null
  email: string | null
  employer: string | null
  id_number: string | null
  locked: boolean
  mobile: string | null
  name: string | null
  sex: "male" | "female" | null
}

/** The last refund that the trainee asked for. */
export interface RefundView {
  /** Amount in fen (1/100 yuan) */
  amount: number
  reason: string
  reject_reason: string | null
  requested_at: string
  state: "requested" | "approved" | "processing" | "done" | "rejected" | "failed"
}

/** A registration, whole; `marks` are the reviewer's remarks by field. */
export interface Registration {
  actions: Array<"resubmit" | "pay" | "cancel" | "refund" | "invoice" | "attendance" | "admission" | "certificate">
  /** Amount in fen (1/100 yuan) */
  amount: number
  certificate: CertificateView | null
  documents: Documents
  ends_on: string | null
  exam: ExamView | null
  exam_date: string
  form: RegistrationForm
  id: number
  invoice: InvoiceView | null
  label: "reviewing" | "waiting" | "rejected" | "to_pay" | "paid" | "refunding" | "refunded" | "refund_refused" | "completed" | "cancelled" | "expired"
  label_text: string
  marks: Record<string, string>
  number: string
  organizer: Named
  payment: PaymentView
  refund: RefundView | null
  refund_rules: Array<string>
  refundable: number | null
  region: Named
  reject_reason: string | null
  results: Array<ResultView>
  session: Named
  starts_on: string | null
  state: "submitted" | "waiting" | "rejected" | "approved" | "paid" | "checked_in" | "completed" | "cancelled" | "expired" | "refunded"
  submitted_at: string
  venue: string | null
  waiting_position: number | null
}

/** The registration form (在线报名) as the trainee fills it in. */
export interface RegistrationForm {
  certificate_address: string
  education: number
  education_code?: string | null
  /** Opaque name of an upload */
  education_proof: string
  education_valid_until?: string | null
  employer: string
  exam_type: "normal" | "retake"
  industry: "highway" | "waterway"
  invoice?: InvoiceWish | null
  major: number
  mobile: string
  /** Opaque name of an upload */
  photo: string
  region: number
  session: number
  subjects: Array<number>
  textbook_address?: string | null
  textbook_same_address?: boolean
  work_proof?: string | null
  work_years: "one_or_more" | "less_than_one"
}

/** A registration in 我的考试; `label_text` is the label in the manual's words. */
export interface RegistrationItem {
  actions: Array<"resubmit" | "pay" | "cancel" | "refund" | "invoice" | "attendance" | "admission" | "certificate">
  /** Amount in fen (1/100 yuan) */
  amount: number
  exam_date: string
  id: number
  label: "reviewing" | "waiting" | "rejected" | "to_pay" | "paid" | "refunding" | "refunded" | "refund_refused" | "completed" | "cancelled" | "expired"
  label_text: string
  number: string
  region: Named
  session: Named
  state: "submitted" | "waiting" | "rejected" | "approved" | "paid" | "checked_in" | "completed" | "cancelled" | "expired" | "refunded"
  submitted_at: string
}

/** The published result of a subject, in words `label`; `score` may be none. */
export interface ResultView {
  label: string
  result: "passed" | "failed" | "absent" | "disqualified"
  score: number | null
  subject: Named
}

/** A title as kept, with warnings about the tax number. */
export interface SavedTitle {
  address?: string | null
  bank?: string | null
  bank_account?: string | null
  id: number
  kind?: "unit" | "person"
  mailing_address?: string | null
  name: string
  phone?: string | null
  tax_number?: string | null
  warnings?: Array<string>
}

/** A session with all that the registration form needs. */
export interface Session {
  closes_at: string
  exam_date: string
  fee: number | null
  fees: Array<Fee>
  id: number
  industry: "highway" | "waterway" | null
  name: string
  notice: string | null
  opens_at: string
  organizer: Named
  refund_rules: Array<string>
  regions: Array<SessionRegion>
  seats_left: number
  status: "upcoming" | "open" | "full" | "closed" | "finished" | "cancelled"
  subjects: Array<Option>
  waiting_list: boolean
  work_proof_years: Array<"one_or_more" | "less_than_one">
}

/** A session (期次) in the list; `fee` is that of the normal exam. */
export interface SessionItem {
  closes_at: string
  exam_date: string
  fee: number | null
  id: number
  industry: "highway" | "waterway" | null
  name: string
  opens_at: string
  organizer: Named
  seats_left: number
  status: "upcoming" | "open" | "full" | "closed" | "finished" | "cancelled"
}

/** A region (地区) of a session; `id` is the region's. */
export interface SessionRegion {
  capacity: number
  ends_on: string | null
  id: number
  name: string
  seats_left: number
  starts_on: string | null
  venue: string | null
}

/** A subscribe-message template and the taps at which to ask for it. */
export interface Template {
  id: string
  moment: "submit" | "pay" | "refund"
}

/** Every method of the bridge: its parameters and its result. */
export interface Methods {
  /** Log in with the code of wx.login. */
  'auth.login': {
  params: {
    code: string
  }
  result: Login
  }
  /** End the caller's login. */
  'auth.logout': {
  params: object
  result: boolean
  }
  /** Return the phone number behind the code of a getPhoneNumber button. */
  'auth.phone': {
  params: {
    code: string
  }
  result: Mobile
  }
  /** Return the choices of the registration form. */
  'catalog.options': {
  params: object
  result: Options
  }
  /** Change kind, title or e-mail, until the invoice goes to the tax bureau. */
  'invoice.change': {
  params: {
    kind: "electronic" | "paper"
    title: number
    email: string
    registration: number
  }
  result: InvoiceView
  }
  /** Return the invoice of a registration, also when there is none yet. */
  'invoice.get': {
  params: {
    registration: number
  }
  result: InvoiceView
  }
  /** Ask for another invoice in the place of an issued one (换开). */
  'invoice.reissue': {
  params: {
    kind: "electronic" | "paper"
    title: number
    email: string
    registration: number
    reason: string
  }
  result: InvoiceView
  }
  /** Ask for the invoice of what is paid already (补开). */
  'invoice.request': {
  params: {
    kind: "electronic" | "paper"
    title: number
    email: string
    registration: number
  }
  result: InvoiceView
  }
  /** Delete a title; registrations that use it keep it. */
  'invoice_title.delete': {
  params: {
    id: number
  }
  result: boolean
  }
  /** Return the caller's invoice titles. */
  'invoice_title.list': {
  params: object
  result: Array<SavedTitle>
  }
  /** Save a title, a new one without an id. */
  'invoice_title.save': {
  params: {
    id?: number | null
    kind?: "unit" | "person"
    name: string
    tax_number?: string | null
    address?: string | null
    phone?: string | null
    bank?: string | null
    bank_account?: string | null
    mailing_address?: string | null
  }
  result: SavedTitle
  }
  /** Return the caller's messages, the newest first. */
  'message.list': {
  params: {
    cursor?: string | null
    limit?: number
  }
  result: Messages
  }
  /** Mark messages of the caller as read, all of them without ids. */
  'message.read': {
  params: {
    ids?: Array<number> | null
  }
  result: boolean
  }
  /** Keep what the caller answered to wx.requestSubscribeMessage. */
  'message.subscribed': {
  params: {
    templates: Record<string, "accept" | "reject" | "ban" | "filter">
  }
  result: boolean
  }
  /** Return the subscribe-message templates and when to ask for them. */
  'message.templates': {
  params: object
  result: Array<Template>
  }
  /** Return the organizing units (组织单位). */
  'organizer.list': {
  params: object
  result: Array<Organizer>
  }
  /** Return what wx.requestPayment takes. */
  'payment.prepay': {
  params: {
    registration: number
  }
  result: Prepay
  }
  /** Return where a registration stands, asking WeChat when we do not know yet. */
  'payment.status': {
  params: {
    registration: number
  }
  result: PaymentStatus
  }
  /** Record that the caller accepts the present privacy notice. */
  'privacy.accept': {
  params: {
    version: string
  }
  result: Privacy
  }
  /** Return the privacy notice; nobody needs to be logged in to read it. */
  'privacy.get': {
  params: object
  result: Privacy
  }
  /** Ask staff to move an identity, bound to another account, to the caller's. */
  'profile.claim': {
  params: {
    name: string
    id_number: string
  }
  result: boolean
  }
  /** Return the caller's profile. */
  'profile.get': {
  params: object
  result: Profile
  }
  /** Save any part of the profile. */
  'profile.save': {
  params: {
    name?: string | null
    sex?: "male" | "female" | null
    id_number?: string | null
    mobile?: string | null
    email?: string | null
    address?: string | null
    employer?: string | null
    avatar?: string | null
  }
  result: Profile
  }
  /** Ask for the money back (申请退款). */
  'refund.request': {
  params: {
    registration: number
    reason: string
  }
  result: Registration
  }
  /** Cancel a registration before paying. */
  'registration.cancel': {
  params: {
    id: number
  }
  result: Registration
  }
  /** Return a registration of the caller, whole. */
  'registration.get': {
  params: {
    id: number
  }
  result: Registration
  }
  /** Return the caller's registrations (我的考试), the newest first. */
  'registration.list': {
  params: {
    tab: "current" | "ended"
    label?: "reviewing" | "waiting" | "rejected" | "to_pay" | "paid" | "refunding" | "refunded" | "refund_refused" | "completed" | "cancelled" | "expired" | null
    cursor?: string | null
    limit?: number
  }
  result: PageRegistrationItem
  }
  /** Submit a rejected registration again (重新报名). */
  'registration.resubmit': {
  params: {
    session: number
    region: number
    mobile: string
    education: number
    /** Opaque name of an upload */
    education_proof: string
    education_code?: string | null
    education_valid_until?: string | null
    work_years: "one_or_more" | "less_than_one"
    work_proof?: string | null
    major: number
    subjects: Array<number>
    exam_type: "normal" | "retake"
    /** Opaque name of an upload */
    photo: string
    industry: "highway" | "waterway"
    employer: string
    certificate_address: string
    textbook_same_address?: boolean
    textbook_address?: string | null
    invoice?: InvoiceWish | null
    id: number
  }
  result: Registration
  }
  /** Register for a session; the same client_ref returns the same registration. */
  'registration.submit': {
  params: {
    session: number
    region: number
    mobile: string
    education: number
    /** Opaque name of an upload */
    education_proof: string
    education_code?: string | null
    education_valid_until?: string | null
    work_years: "one_or_more" | "less_than_one"
    work_proof?: string | null
    major: number
    subjects: Array<number>
    exam_type: "normal" | "retake"
    /** Opaque name of an upload */
    photo: string
    industry: "highway" | "waterway"
    employer: string
    certificate_address: string
    textbook_same_address?: boolean
    textbook_address?: string | null
    invoice?: InvoiceWish | null
    client_ref: string
  }
  result: Registration
  }
  /** Return a session with its regions, fees, subjects and rules. */
  'session.get': {
  params: {
    id: number
  }
  result: Session
  }
  /** Return the sessions to come, the next exam first. */
  'session.list': {
  params: {
    organizer?: number | null
    industry?: "highway" | "waterway" | null
    cursor?: string | null
    limit?: number
  }
  result: PageSessionItem
  }
  /** Return a short-lived link to a paper of a registration (PDF). */
  'ticket.get': {
  params: {
    registration: number
    kind: "attendance" | "admission" | "certificate"
  }
  result: Link
  }
}
