# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""The shapes on the wire, from which the OpenRPC document is generated.

Money is integer fen, identifiers are integers, a file is an opaque string, dates are
ISO 8601 (moments carry China's offset, +08:00).
"""
import datetime as dt
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Item = TypeVar('Item')

Sex = Literal['male', 'female']
Industry = Literal['highway', 'waterway']
WorkYears = Literal['one_or_more', 'less_than_one']
ExamType = Literal['normal', 'retake']
InvoiceKind = Literal['electronic', 'paper']
TitleKind = Literal['unit', 'person']
Tab = Literal['current', 'ended']
Label = Literal[
    'reviewing', 'waiting', 'rejected', 'to_pay', 'paid', 'refunding', 'refunded',
    'refund_refused', 'completed', 'cancelled', 'expired']
State = Literal[
    'submitted', 'waiting', 'rejected', 'approved', 'paid', 'checked_in',
    'completed', 'cancelled', 'expired', 'refunded']
SessionStatus = Literal['upcoming', 'open', 'full', 'closed', 'finished', 'cancelled']
Action = Literal[
    'resubmit', 'pay', 'cancel', 'refund', 'invoice', 'attendance', 'admission',
    'certificate']
InvoiceState = Literal[
    'none', 'wished', 'draft', 'exported', 'failed', 'issued', 'reversed', 'cancelled']
InvoiceAction = Literal['change', 'request', 'reissue', 'download']
Ticket = Literal['attendance', 'admission', 'certificate']
Answer = Literal['accept', 'reject', 'ban', 'filter']
Fen = Annotated[int, Field(ge=0, description="Amount in fen (1/100 yuan)")]
File = Annotated[str, Field(max_length=64, description="Opaque name of an upload")]
Text = Annotated[str, Field(max_length=200)]
LongText = Annotated[str, Field(max_length=500)]


class Input(BaseModel):
    """What a client sends: unknown members are refused."""
    model_config = ConfigDict(extra='forbid')


class Option(BaseModel):
    """A choice of a drop-down."""
    value: int | str
    label: str


class Named(BaseModel):
    """A record as a reference."""
    id: int
    name: str


class Page(BaseModel, Generic[Item]):
    """A part of a list; `next` is the cursor of the following part."""
    items: list[Item]
    next: str | None = None


class LoginTrainee(BaseModel):
    """The trainee of a login: whether the identity is already confirmed."""
    confirmed: bool


class Login(BaseModel):
    """A login: send `token` as `Authorization: Bearer`."""
    token: str
    expires_at: dt.datetime
    trainee: LoginTrainee


class Privacy(BaseModel):
    """The privacy notice and whether the caller has accepted this version."""
    version: str
    text: str
    accepted: bool


class Mobile(BaseModel):
    """A mobile number."""
    mobile: str


class Profile(BaseModel):
    """个人信息. `id_number` is masked; `locked` fields can no longer be changed."""
    name: str | None
    sex: Sex | None
    id_number: str | None
    mobile: str | None
    email: str | None
    address: str | None
    employer: str | None
    avatar: File | None
    locked: bool


class ProfileForm(Input):
    """What of the profile is saved; an empty text empties a field."""
    name: Text | None = None
    sex: Sex | None = None
    id_number: Text | None = None
    mobile: Text | None = None
    email: Text | None = None
    address: LongText | None = None
    employer: Text | None = None
    avatar: File | None = None


class Options(BaseModel):
    """The choices of the registration form."""
    sexes: list[Option]
    educations: list[Option]
    majors: list[Option]
    subjects: list[Option]
    industries: list[Option]
    exam_types: list[Option]
    work_years: list[Option]
    invoice_kinds: list[Option]


class Organizer(BaseModel):
    """An organizing unit (组织单位)."""
    id: int
    name: str
    notice: str | None


class SessionItem(BaseModel):
    """A session (期次) in the list; `fee` is that of the normal exam."""
    id: int
    name: str
    organizer: Named
    industry: Industry | None
    opens_at: dt.datetime
    closes_at: dt.datetime
    exam_date: dt.date
    fee: Fen | None
    status: SessionStatus
    seats_left: int


class SessionRegion(BaseModel):
    """A region (地区) of a session; `id` is the region's."""
    id: int
    name: str
    venue: str | None
    starts_on: dt.date | None
    ends_on: dt.date | None
    capacity: int
    seats_left: int


class Fee(BaseModel):
    """A line of the price list; without `subject` it covers all of them."""
    exam_type: ExamType
    subject: Named | None
    amount: Fen


class Session(SessionItem):
    """A session with all that the registration form needs."""
    regions: list[SessionRegion]
    fees: list[Fee]
    subjects: list[Option]
    notice: str | None
    waiting_list: bool
    work_proof_years: list[WorkYears]
    refund_rules: list[str]


class InvoiceWish(Input):
    """需要发票: kind, one of the caller's titles, where to send it."""
    kind: InvoiceKind
    title: int
    email: Text


class RegistrationForm(Input):
    """The registration form (在线报名) as the trainee fills it in."""
    session: int
    region: int
    mobile: Text
    education: int
    education_proof: File
    education_code: Text | None = None
    education_valid_until: dt.date | None = None
    work_years: WorkYears
    work_proof: File | None = None
    major: int
    subjects: list[int]
    exam_type: ExamType
    photo: File
    industry: Industry
    employer: Text
    certificate_address: LongText
    textbook_same_address: bool = True
    textbook_address: LongText | None = None
    invoice: InvoiceWish | None = None


class Submit(RegistrationForm):
    """A new registration; `client_ref` is the client's own key of this form."""
    client_ref: Annotated[str, Field(min_length=8, max_length=64)]


class Resubmit(RegistrationForm):
    """A rejected registration submitted again."""
    id: int


class RegistrationItem(BaseModel):
    """A registration in 我的考试; `label_text` is the label in the manual's words."""
    id: int
    number: str
    session: Named
    region: Named
    exam_date: dt.date
    label: Label
    label_text: str
    state: State
    amount: Fen
    submitted_at: dt.datetime
    actions: list[Action]


class PaymentView(BaseModel):
    """The payment of a registration; pay before `deadline`."""
    amount: Fen
    deadline: dt.datetime | None
    paid_at: dt.datetime | None


class RefundView(BaseModel):
    """The last refund that the trainee asked for."""
    state: Literal['requested', 'approved', 'processing', 'done', 'rejected', 'failed']
    amount: Fen
    reason: str
    reject_reason: str | None
    requested_at: dt.datetime


class InvoiceFile(BaseModel):
    """A file of an issued invoice; `url` is signed and short-lived."""
    kind: Literal['pdf', 'ofd', 'xml']
    name: str
    size: int
    url: str
    expires_at: dt.datetime


class InvoiceView(BaseModel):
    """The invoice of a registration, and what the trainee may do with it.

    `state` is `none` when there is no wish, `wished` until the payment. `reissue`
    tells of the trainee's wish for another invoice (申请换开). `request_until` is the
    last day for 补开.
    """
    kind: InvoiceKind | None
    kinds: list[InvoiceKind]
    title: Named | None
    email: str | None
    amount: Fen | None
    state: InvoiceState
    state_text: str
    failure: str | None
    number: str | None
    issued_on: dt.date | None
    files: list[InvoiceFile]
    courier: str | None
    courier_number: str | None
    reissue: Literal['requested', 'granted', 'refused'] | None
    reissue_refusal: str | None
    request_until: dt.date | None
    actions: list[InvoiceAction]


class InvoiceForm(InvoiceWish):
    """What the trainee asks for of the invoice of a registration."""
    registration: int


class Reissue(InvoiceForm):
    """申请换开: what the other invoice should say, and why."""
    reason: LongText


class DocumentView(BaseModel):
    """An uploaded document; `url` is signed and short-lived."""
    file: File
    url: str
    mime_type: str
    warnings: list[str]


class ResultView(BaseModel):
    """The published result of a subject, in words `label`; `score` may be none."""
    subject: Named
    result: Literal['passed', 'failed', 'absent', 'disqualified']
    label: str
    score: float | None


class ExamView(BaseModel):
    """What the admission ticket (准考证) tells, once it can be printed."""
    number: str
    venue: str | None
    room: str | None
    address: str | None
    seat: int | None
    schedule: list[str]


class CertificateView(BaseModel):
    """The certificate (合格证书) of who passed all the subjects."""
    number: str
    issued_on: dt.date


class Documents(BaseModel):
    """The documents of a registration."""
    photo: DocumentView
    education_proof: DocumentView
    work_proof: DocumentView | None


class Registration(RegistrationItem):
    """A registration, whole; `marks` are the reviewer's remarks by field."""
    organizer: Named
    venue: str | None
    starts_on: dt.date | None
    ends_on: dt.date | None
    exam: ExamView | None
    form: RegistrationForm
    reject_reason: str | None
    marks: dict[str, str]
    waiting_position: int | None
    payment: PaymentView
    refund: RefundView | None
    refundable: Fen | None
    refund_rules: list[str]
    invoice: InvoiceView | None
    documents: Documents
    results: list[ResultView]
    certificate: CertificateView | None


class Title(Input):
    """发票抬头; a person's title needs only the name."""
    id: int | None = None
    kind: TitleKind = 'unit'
    name: Text
    tax_number: Text | None = None
    address: Text | None = None
    phone: Text | None = None
    bank: Text | None = None
    bank_account: Text | None = None
    mailing_address: Text | None = None


class SavedTitle(Title):
    """A title as kept, with warnings about the tax number."""
    id: int
    warnings: list[str] = []


class Prepay(BaseModel):
    """What `wx.requestPayment` takes."""
    timeStamp: str
    nonceStr: str
    package: str
    signType: str
    paySign: str


class PaymentStatus(BaseModel):
    """Where the registration stands after asking WeChat."""
    state: State
    label: Label
    label_text: str


class Link(BaseModel):
    """A short-lived address of a file."""
    url: str
    expires_at: dt.datetime


class Message(BaseModel):
    """A message (消息通知) to the trainee."""
    id: int
    title: str
    body: str
    sent_at: dt.datetime
    read: bool
    registration: int | None


class Messages(Page[Message]):
    """The messages, with the number of the unread ones."""
    unread: int


class Template(BaseModel):
    """A subscribe-message template and the taps at which to ask for it."""
    id: str
    moment: Literal['submit', 'pay', 'refund']
