# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
from sql.operators import Equal

from trytond.i18n import gettext
from trytond.model import (
    Exclude, Index, ModelSQL, ModelView, Unique, Workflow, fields)
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool
from trytond.pyson import Bool, Eval

from . import clock
from .company import OfUnits
from .exceptions import NotFound
from .session import EXAM_TYPES, INDUSTRIES, SUBJECT_ORDER

WORK_YEARS = [
    ('one_or_more', "One Year or More"),
    ('less_than_one', "Less than One Year"),
    ]
INVOICE_KINDS = [
    ('electronic', "Electronic Invoice"),
    ('paper', "Paper Special Invoice"),
    ]
MARKED_FIELDS = [
    ('education', "Education"),
    ('education_proof', "Education Proof"),
    ('work_years', "Years of Work"),
    ('work_proof', "Work Proof"),
    ('major', "Major"),
    ('subjects', "Subjects"),
    ('photo', "Photo"),
    ('employer', "Employer"),
    ('certificate_address', "Certificate Address"),
    ]
REFUNDING = ['requested', 'approved', 'processing', 'failed']

# What the trainee sees, by the states that it is derived from.
LABELS = {
    'reviewing': [('state', '=', 'submitted')],
    'waiting': [('state', '=', 'waiting')],
    'rejected': [('state', '=', 'rejected')],
    'to_pay': [('state', '=', 'approved')],
    'paid': ['OR',
        [('state', '=', 'checked_in'),
            ['OR', ('refund', '=', None), ('refund.state', 'not in', REFUNDING)]],
        [('state', '=', 'paid'), ('refund', '=', None)]],
    'refunding': [
        ('state', 'in', ['paid', 'checked_in']), ('refund.state', 'in', REFUNDING)],
    'refunded': [('state', '=', 'refunded')],
    'refund_refused': [('state', '=', 'paid'), ('refund.state', '=', 'rejected')],
    'completed': [('state', '=', 'completed')],
    'cancelled': [('state', '=', 'cancelled')],
    'expired': [('state', '=', 'expired')],
    }
_LABEL_OF_STATE = {
    'submitted': 'reviewing',
    'approved': 'to_pay',
    'checked_in': 'paid',
    }


class Registration(Workflow, ModelSQL, ModelView):
    __name__ = 'training.registration'
    _rec_name = 'number'

    live_states = [
        'submitted', 'waiting', 'rejected', 'approved', 'paid', 'checked_in',
        'completed']
    seat_states = ['submitted', 'approved', 'paid', 'checked_in', 'completed']

    number = fields.Char("Number", required=True, readonly=True)
    client_ref = fields.Char("Client Reference", required=True, readonly=True)
    trainee = fields.Many2One(
        'training.trainee', "Trainee", required=True, readonly=True,
        ondelete='RESTRICT')
    company = fields.Many2One(
        'company.company', "Organizing Unit", required=True, readonly=True,
        ondelete='RESTRICT')
    session = fields.Many2One(
        'training.session', "Session", required=True, readonly=True,
        ondelete='RESTRICT')
    session_region = fields.Many2One(
        'training.session.region', "Region", required=True, readonly=True,
        ondelete='RESTRICT', domain=[('session', '=', Eval('session', -1))])
    submitted_at = fields.DateTime("Submitted", required=True, readonly=True)
    mobile = fields.Char("Mobile", required=True, readonly=True)
    education = fields.Many2One(
        'training.education', "Education", required=True, readonly=True,
        ondelete='RESTRICT')
    education_proof = fields.Many2One(
        'training.document', "Education Proof", required=True, readonly=True,
        ondelete='RESTRICT')
    education_code = fields.Char(
        "Verification Code", readonly=True,
        help="The online verification code of the education proof.")
    education_valid_until = fields.Date("Verification Valid Until", readonly=True)
    work_years = fields.Selection(
        WORK_YEARS, "Years of Work", required=True, readonly=True)
    work_proof = fields.Many2One(
        'training.document', "Work Proof", readonly=True, ondelete='RESTRICT')
    major = fields.Many2One(
        'training.major', "Major", required=True, readonly=True, ondelete='RESTRICT')
    subjects = fields.Many2Many(
        'training.registration-training.subject', 'registration', 'subject',
        "Subjects", order=SUBJECT_ORDER, readonly=True)
    exam_type = fields.Selection(
        EXAM_TYPES, "Exam Type", required=True, readonly=True)
    photo = fields.Many2One(
        'training.document', "Photo", required=True, readonly=True,
        ondelete='RESTRICT')
    industry = fields.Selection(
        INDUSTRIES, "Industry", required=True, readonly=True)
    employer = fields.Char("Employer", required=True, readonly=True)
    certificate_address = fields.Char(
        "Certificate Address", required=True, readonly=True)
    textbook_same_address = fields.Boolean(
        "Textbooks to the Same Address", readonly=True)
    textbook_address = fields.Char("Textbook Address", readonly=True)
    invoice_kind = fields.Selection(
        [(None, "")] + INVOICE_KINDS, "Invoice", readonly=True)
    invoice_title = fields.Many2One(
        'training.invoice.title', "Invoice Title", readonly=True,
        ondelete='RESTRICT')
    invoice_email = fields.Char("Invoice E-mail", readonly=True)
    currency = fields.Function(
        fields.Many2One('currency.currency', "Currency"), 'get_currency')
    amount = Monetary(
        "Amount", currency='currency', digits='currency', required=True,
        readonly=True)
    payment_deadline = fields.DateTime(
        "Payment Deadline", readonly=True,
        states={'invisible': ~Bool(Eval('payment_deadline'))})
    paid_at = fields.DateTime("Paid", readonly=True)
    reject_reason = fields.Text(
        "Reason of Rejection", readonly=True,
        states={'invisible': ~Bool(Eval('reject_reason'))})
    marks = fields.One2Many(
        'training.registration.mark', 'registration', "Marks", readonly=True)
    payments = fields.One2Many(
        'training.payment', 'registration', "Payments", readonly=True)
    refund = fields.Many2One(
        'training.refund', "Refund", readonly=True, ondelete='RESTRICT',
        help="The last refund that was asked for.")
    events = fields.One2Many(
        'training.registration.event', 'registration', "History", readonly=True)
    state = fields.Selection([
            ('submitted', "Submitted"),
            ('waiting', "Waiting List"),
            ('rejected', "Rejected"),
            ('approved', "Approved"),
            ('paid', "Paid"),
            ('checked_in', "Checked In"),
            ('completed', "Completed"),
            ('cancelled', "Cancelled"),
            ('expired', "Expired"),
            ('refunded', "Refunded"),
            ], "State", required=True, readonly=True, sort=False)
    label = fields.Function(
        fields.Selection([
                ('reviewing', "Under Review"),
                ('waiting', "In the Waiting List"),
                ('rejected', "Not Approved"),
                ('to_pay', "To Pay"),
                ('paid', "Paid"),
                ('refunding', "Refund under Review"),
                ('refunded', "Refunded"),
                ('refund_refused', "Refund Failed"),
                ('completed', "Completed"),
                ('cancelled', "Cancelled"),
                ('expired', "Expired Unpaid"),
                ], "Label", sort=False),
        'get_label', searcher='search_label')
    state_string = state.translated('state')
    label_string = label.translated('label')
    work_years_string = work_years.translated('work_years')
    exam_type_string = exam_type.translated('exam_type')
    industry_string = industry.translated('industry')
    invoice_kind_string = invoice_kind.translated('invoice_kind')
    trainee_name = fields.Function(
        fields.Char("Name"), 'get_trainee', searcher='search_trainee')
    trainee_sex = fields.Function(fields.Char("Sex"), 'get_trainee')
    trainee_id_number_masked = fields.Function(
        fields.Char("ID Number"), 'get_trainee', searcher='search_trainee')
    photo_image = fields.Function(fields.Binary("Photo"), 'get_image')
    education_proof_image = fields.Function(
        fields.Binary("Education Proof", filename='education_proof_name'),
        'get_image')
    education_proof_name = fields.Function(fields.Char("Education Proof"), 'get_name')
    work_proof_image = fields.Function(
        fields.Binary("Work Proof", filename='work_proof_name'), 'get_image')
    work_proof_name = fields.Function(fields.Char("Work Proof"), 'get_name')

    @classmethod
    def __setup__(cls):
        for field in (cls.number, cls.mobile):
            field.search_unaccented = False
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('number_unique', Unique(t, t.number),
                'supervision_training.msg_number_unique'),
            ('client_ref_unique', Unique(t, t.trainee, t.client_ref),
                'supervision_training.msg_client_ref_unique'),
            ('live_unique',
                Exclude(t, (t.trainee, Equal), (t.session, Equal),
                    where=t.state.in_(cls.live_states)),
                'supervision_training.msg_already_registered'),
            ]
        cls._sql_indexes.update({
                Index(t, (t.trainee, Index.Equality()), (t.id, Index.Range())),
                Index(t, (t.session, Index.Equality()),
                    (t.session_region, Index.Equality()),
                    (t.state, Index.Equality())),
                Index(t, (t.company, Index.Equality()),
                    (t.state, Index.Equality()), (t.id, Index.Range())),
                Index(t, (t.mobile, Index.Equality())),
                Index(t, (t.employer, Index.Similarity())),
                Index(t, (t.payment_deadline, Index.Range()),
                    where=t.state == 'approved'),
                })
        cls._order = [('id', 'ASC')]

    def get_rec_name(self, name):
        return f'{self.number} {self.trainee.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return ['OR',
            ('number', *clause[1:]),
            ('trainee.name', *clause[1:]),
            ('mobile', *clause[1:]),
            ('employer', *clause[1:]),
            ('trainee.id_number', *clause[1:]),
            ]

    def get_currency(self, name):
        return self.company.currency.id

    @classmethod
    def get_label(cls, registrations, name):
        labels = {}
        for registration in registrations:
            state, refund = registration.state, registration.refund
            label = _LABEL_OF_STATE.get(state, state)
            if state in {'paid', 'checked_in'} and refund:
                if refund.state in REFUNDING:
                    label = 'refunding'
                elif refund.state == 'rejected' and state == 'paid':
                    label = 'refund_refused'
            labels[registration.id] = label
        return labels

    @classmethod
    def search_label(cls, name, clause):
        _, operator, value = clause
        values = value if isinstance(value, (list, tuple, set)) else [value]
        chosen = set(values) & LABELS.keys()
        if operator in {'!=', 'not in'}:
            chosen = LABELS.keys() - chosen
        elif operator not in {'=', 'in'}:
            raise NotImplementedError(f"label {operator}")
        return ['OR', ('id', '=', None), *(LABELS[label] for label in chosen)]

    @property
    def label_text(self):
        "Return the label in the manual's words, which differ in the ended tab"
        if self.label == 'rejected' and self.session.ended:
            return gettext('supervision_training.msg_label_rejected_ended')
        return self.label_string

    def get_trainee(self, name):
        name = name.removeprefix('trainee_')
        return getattr(self.trainee, 'sex_string' if name == 'sex' else name)

    @classmethod
    def search_trainee(cls, name, clause):
        return [('trainee.' + name.removeprefix('trainee_'), *clause[1:])]

    def get_image(self, name):
        document = getattr(self, name.removesuffix('_image'))
        return document.data if document else None

    def get_name(self, name):
        document = getattr(self, name.removesuffix('_name'))
        return document.file_name if document else None

    @property
    def number_in_queue(self):
        "Return the place in the waiting list, None outside of it"
        if self.state == 'waiting':
            return self.search([
                    ('session_region', '=', self.session_region.id),
                    ('state', '=', 'waiting'),
                    ('id', '<=', self.id),
                    ], count=True)

    @property
    def refundable(self):
        "Return the amount (yuan) that a refund asked for now gives, None if refused"
        if self.state != 'paid' or not self.amount or self.label == 'refunding':
            return None
        return self.session.refundable(self.amount)

    @property
    def actions(self):
        "Return what the trainee may do now: exactly what would succeed"
        session = self.session
        now = clock.now()
        region = self.session_region
        held = self.state in {'paid', 'checked_in'} and self.label != 'refunding'
        allowed = {
            'resubmit': self.state == 'rejected' and session.accepts_registrations
            and (session.waiting_list or any(r.seats_left for r in session.regions)),
            'pay': self.state == 'approved' and now < self.payment_deadline
            and Pool().get('training.merchant').of(region.company) is not None,
            'cancel': self.state in {'submitted', 'waiting', 'rejected', 'approved'},
            'refund': self.refundable is not None,
            'attendance': held and bool(session.attendance_published),
            'admission': held and bool(session.admission_published) and self.seated,
            }
        return [action for action, is_allowed in allowed.items() if is_allowed]

    # What the trainee does

    @classmethod
    def of(cls, trainee, id):
        """Return the registration of a trainee by its id.

        :raises NotFound: there is none, or it is another's.
        """
        try:
            registration, = cls.search([('id', '=', id), ('trainee', '=', trainee)])
        except ValueError:
            raise NotFound(gettext('supervision_training.msg_registration_missing'))
        return registration


class RegistrationSubject(OfUnits, ModelSQL, ModelView):
    __name__ = 'training.registration-training.subject'
    _companies_path = 'registration.company'

    registration = fields.Many2One(
        'training.registration', "Registration", required=True, ondelete='CASCADE')
    subject = fields.Many2One(
        'training.subject', "Subject", required=True, ondelete='RESTRICT')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(Index(t, (t.registration, Index.Equality())))


class Mark(OfUnits, ModelSQL, ModelView):
    "A reviewer's remark about a field of the form"
    __name__ = 'training.registration.mark'
    _companies_path = 'registration.company'

    registration = fields.Many2One(
        'training.registration', "Registration", required=True, readonly=True,
        ondelete='CASCADE')
    field = fields.Selection(
        MARKED_FIELDS, "Field", required=True, readonly=True, sort=False)
    text = fields.Text("Text", required=True, readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(Index(t, (t.registration, Index.Equality())))
