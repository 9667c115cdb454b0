# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from functools import wraps

from sql.operators import Equal

from trytond.i18n import gettext
from trytond.model import (
    Exclude, Index, ModelSQL, ModelView, Unique, Workflow, fields)
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool
from trytond.pyson import Bool, Eval
from trytond.transaction import Transaction

from . import clock
from .exceptions import (
    AlreadyRegistered, NotFound, ReasonRequired, SessionFull, WrongState)
from .form import Form, check_caller, session_of
from .locking import lock
from .session import EXAM_TYPES, INDUSTRIES, SUBJECT_ORDER

WORK_YEARS = [
    ('one_or_more', "One Year or More"),
    ('less_than_one', "Less than One Year"),
    ]
INVOICE_KINDS = [
    ('electronic', "Electronic Invoice"),
    ('paper', "Paper Special Invoice"),
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


def move(state):
    """Return a workflow transition that refuses what it can not do.

    Tryton passes over the records whose state does not allow the transition; here
    that is an error, and each move leaves an event.

    :raises WrongState: some record can not make the move.
    """
    def decorator(func):
        transition = Workflow.transition(state)(func)

        @wraps(func)
        def wrapper(cls, registrations, *args, **kwargs):
            Event = Pool().get('training.registration.event')
            registrations = lock(registrations)
            for registration in registrations:
                if (registration.state, state) not in cls._transitions:
                    raise WrongState(gettext(
                            'supervision_training.msg_registration_move',
                            registration=registration.rec_name,
                            state=registration.state_string))
            note = transition(cls, registrations, *args, **kwargs)
            Event.record(registrations, state, note)
        return wrapper
    return decorator


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
    admission_number = fields.Char("Admission Number", readonly=True)
    room = fields.Char("Room", readonly=True)
    seat = fields.Char("Seat", readonly=True)
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
    trainee_id_number = fields.Function(
        fields.Char("ID Number"), 'get_trainee', searcher='search_trainee')
    photo_image = fields.Function(fields.Binary("Photo"), 'get_image')
    education_proof_image = fields.Function(
        fields.Binary("Education Proof", filename='education_proof_name'),
        'get_image')
    education_proof_name = fields.Function(fields.Char("Education Proof"), 'get_name')
    work_proof_image = fields.Function(
        fields.Binary("Work Proof", filename='work_proof_name'), 'get_image')
    work_proof_name = fields.Function(fields.Char("Work Proof"), 'get_name')
    warnings = fields.Function(
        fields.Text("Warnings", states={'invisible': ~Bool(Eval('warnings'))}),
        'get_warnings')

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
        cls._transitions |= {
            ('rejected', 'submitted'),
            ('waiting', 'submitted'),
            ('rejected', 'waiting'),
            ('submitted', 'rejected'),
            ('waiting', 'rejected'),
            ('submitted', 'approved'),
            ('approved', 'submitted'),
            ('approved', 'paid'),
            ('approved', 'expired'),
            ('submitted', 'cancelled'),
            ('waiting', 'cancelled'),
            ('rejected', 'cancelled'),
            ('approved', 'cancelled'),
            ('paid', 'checked_in'),
            ('checked_in', 'paid'),
            ('checked_in', 'completed'),
            ('paid', 'refunded'),
            ('checked_in', 'refunded'),
            }
        states = {
            'approve': ['submitted'],
            'reject': ['submitted', 'waiting'],
            'undo': ['approved'],
            'check_in': ['paid'],
            'undo_check_in': ['checked_in'],
            'settle': ['approved'],
            }
        icons = {
            'approve': 'tryton-ok',
            'reject': 'tryton-cancel',
            'undo': 'tryton-undo',
            'check_in': 'tryton-ok',
            'undo_check_in': 'tryton-undo',
            'settle': 'tryton-refresh',
            }
        cls._buttons.update({
                name: {
                    'invisible': ~Eval('state').in_(allowed),
                    'icon': icons[name],
                    'depends': ['state'],
                    }
                for name, allowed in states.items()})

    def get_rec_name(self, name):
        return f'{self.number} {self.trainee.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return ['OR',
            ('number', *clause[1:]),
            ('trainee.name', *clause[1:]),
            ('mobile', *clause[1:]),
            ('employer', *clause[1:]),
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

    def get_warnings(self, name):
        "What a reviewer should look at twice"
        texts = []
        for kind in ['photo', 'education_proof', 'work_proof']:
            if document := getattr(self, kind):
                texts += [
                    f'{document.kind_string}: {w}' for w in document.warning_texts]
        until = self.education_valid_until
        if until and until < clock.today():
            texts.append(gettext('supervision_training.msg_education_expired'))
        return '\n'.join(texts)

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
            'admission': held and bool(session.admission_published)
            and bool(self.admission_number),
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

    @classmethod
    def submit(cls, trainee, client_ref, values):
        """Register a trainee, holding a seat: the registration in its final state.

        Runs best in READ COMMITTED: the trainee's row is locked first, so that of
        two submits of one person the second sees the first, and the seat is taken
        last.

        :param client_ref: the same reference again returns the first registration.
        :param values: the form; see :class:`form.Form`.
        :raises InvalidFields, RegistrationClosed, AlreadyRegistered, SessionFull:
        """
        trainee, = lock([trainee])
        same = cls.search([
                ('trainee', '=', trainee.id), ('client_ref', '=', client_ref)])
        if same:
            return same[0]
        check_caller(trainee)
        session = session_of(values)
        if cls.search([
                    ('trainee', '=', trainee.id),
                    ('session', '=', session.id),
                    ('state', 'in', cls.live_states),
                    ], limit=1):
            raise AlreadyRegistered(gettext(
                    'supervision_training.msg_already_registered'))
        registration = cls(
            **Form(trainee, session, values).clean(),
            trainee=trainee, company=session.company, client_ref=client_ref,
            number=cls.next_number(), submitted_at=clock.now(), state='submitted')
        registration._queue_when_full()
        registration.save()
        registration._submitted()
        return cls(registration.id)

    @classmethod
    def next_number(cls):
        pool = Pool()
        ModelData = pool.get('ir.model.data')
        Sequence = pool.get('ir.sequence')
        return Sequence(ModelData.get_id(
                'supervision_training', 'sequence_registration')).get()

    def _queue_when_full(self):
        "Choose the waiting list before the seat is tried, if others wait already"
        region = self.session_region
        if self.session.waiting_list and (
                not region.seats_left or self.search([
                        ('session_region', '=', region.id),
                        ('state', '=', 'waiting')], limit=1)):
            self.state = 'waiting'

    def _submitted(self, note=None):
        "Leave the traces of a submission and, last, take the seat"
        pool = Pool()
        Event = pool.get('training.registration.event')
        Notification = pool.get('training.notification')
        Event.record([self], self.state, note)
        Notification.post(self, self.state)
        if self.state == 'submitted':
            try:
                self.session_region.take_seat()
            except SessionFull:
                if not self.session.waiting_list:
                    raise
                self.state = 'waiting'
                self.save()

    def resubmit(self, values):
        """Submit a rejected registration again, keeping its history.

        :raises InvalidFields, RegistrationClosed, SessionFull, WrongState:
        """
        trainee, = lock([self.trainee])
        registration, = lock([self])
        check_caller(trainee)
        if registration.state != 'rejected':
            raise WrongState(gettext('supervision_training.msg_registration_move',
                    registration=registration.number,
                    state=registration.state_string))
        session = session_of({**values, 'session': registration.session.id})
        clean = Form(trainee, session, values).clean()
        before = registration._summary()
        for field, value in clean.items():
            setattr(registration, field, value)
        registration.state = 'submitted'
        registration.submitted_at = clock.now()
        registration.reject_reason = None
        registration.marks = []
        registration._queue_when_full()
        registration.save()
        after = registration._summary()
        registration._submitted('\n'.join(
                f'{field}: {before[field]} → {value}'
                for field, value in after.items() if before[field] != value))
        return type(self)(self.id)

    def _summary(self):
        "Return what the trainee typed, by label, to tell what a resubmit changed"
        names = [
            'session_region', 'mobile', 'education', 'education_proof',
            'education_code', 'education_valid_until', 'work_years', 'work_proof',
            'major', 'exam_type', 'photo', 'industry', 'employer',
            'certificate_address', 'textbook_address', 'invoice_kind',
            'invoice_title', 'invoice_email']
        labels = self.fields_get(names)
        summary = {}
        for name in names:
            value = getattr(self, name)
            if name in {'photo', 'education_proof', 'work_proof'}:
                value = f'#{value.id}' if value else ''
            elif labels[name]['type'] == 'selection':
                value = getattr(self, f'{name}_string')
            elif isinstance(value, ModelSQL):
                value = value.rec_name
            summary[labels[name]['string']] = value or ''
        summary[self.fields_get(['subjects'])['subjects']['string']] = '、'.join(
            s.name for s in self.subjects)
        return summary

    @classmethod
    def withdraw(cls, registrations):
        """Cancel for the trainee, before paying.

        An order that is open at WeChat is closed first; when it turns out to be
        paid the registration is paid.

        :raises WrongState: it is paid, or over.
        """
        Payment = Pool().get('training.payment')
        Payment.close_open(registrations)
        cls.cancel(registrations)

    # What staff do

    @classmethod
    @ModelView.button
    def approve(cls, registrations):
        "Let the trainee pay; who has nothing to pay is paid"
        cls._approve(registrations)
        cls.pay([r for r in registrations if not r.amount])

    @classmethod
    @move('approved')
    def _approve(cls, registrations):
        Notification = Pool().get('training.notification')
        for registration in registrations:
            hours = registration.session.payment_hours
            registration.payment_deadline = clock.now() + dt.timedelta(hours=hours)
            registration.save()
            if registration.amount:
                Notification.post(registration, 'approved')

    @classmethod
    @ModelView.button_action('supervision_training.wizard_registration_reject')
    def reject(cls, registrations):
        pass

    @classmethod
    def refuse(cls, registrations, reasons, text=None, marks=None):
        """Reject with reasons that the trainee reads.

        :param reasons: stock reasons (training.reject_reason).
        :param text: a reason in the reviewer's own words.
        :param marks: a remark by field of the form.
        :raises ReasonRequired: neither reasons nor text nor marks.
        """
        marks = dict(marks or {})
        texts = [r.text for r in reasons]
        marks = {**{r.field: r.text for r in reasons if r.field}, **marks}
        reason = '\n'.join(filter(None, [*texts, (text or '').strip()]))
        if not reason and not marks:
            raise ReasonRequired(gettext('supervision_training.msg_reason_required'))
        cls._reject(registrations, reason or '\n'.join(marks.values()), marks)

    @classmethod
    @move('rejected')
    def _reject(cls, registrations, reason, marks):
        pool = Pool()
        Mark = pool.get('training.registration.mark')
        Notification = pool.get('training.notification')
        cls.write(registrations, {'reject_reason': reason})
        Mark.create([
                {'registration': r.id, 'field': field, 'text': text}
                for r in registrations for field, text in marks.items()])
        for registration in registrations:
            Notification.post(registration, 'rejected', reason=reason)
        cls.release_seats(registrations)
        return reason

    @classmethod
    @ModelView.button
    def undo(cls, registrations):
        "Take an approval back, as long as nothing was paid"
        Pool().get('training.payment').close_open(registrations)
        cls._undo(registrations)

    @classmethod
    @move('submitted')
    def _undo(cls, registrations):
        cls.write(registrations, {'payment_deadline': None})

    @classmethod
    @ModelView.button
    @move('checked_in')
    def check_in(cls, registrations):
        for registration in registrations:
            if registration.label == 'refunding':
                raise WrongState(gettext(
                        'supervision_training.msg_check_in_refunding',
                        registration=registration.rec_name))

    @classmethod
    @ModelView.button
    @move('paid')
    def undo_check_in(cls, registrations):
        pass

    @classmethod
    @ModelView.button
    def settle(cls, registrations):
        "Ask WeChat whether the registrations are paid"
        Pool().get('training.payment').settle(registrations)

    @classmethod
    def allocate(cls, registrations):
        """Give an admission number and a seat to those who have none yet.

        The number is the day of the exam, the session's region and the seat, which
        counts up by region in the order of registration. Nobody gets a number that
        was given before, also to who left.
        """
        for registration in registrations:
            if registration.admission_number:
                continue
            place, = lock([registration.session_region])
            seat = cls.search([
                    ('session_region', '=', place.id),
                    ('admission_number', '!=', None),
                    ], count=True) + 1
            region = list(registration.session.regions).index(place) + 1
            day = registration.session.exam_date
            registration.admission_number = f'{day:%y%m%d}{place.id:05}{seat:04}'
            registration.seat = f'{region}-{seat:03}'
            registration.save()

    # What follows from the rest

    @classmethod
    @move('paid')
    def pay(cls, registrations):
        "Mark as paid; who moves money in is training.payment"
        pool = Pool()
        Invoice = pool.get('training.invoice')
        Notification = pool.get('training.notification')
        cls.write(registrations, {'paid_at': clock.now()})
        cls.allocate([
                r for r in registrations if r.session.admission_published])
        for registration in registrations:
            Invoice.wish(registration)
            Notification.post(registration, 'paid')

    @classmethod
    @move('completed')
    def complete(cls, registrations):
        pass

    @classmethod
    @move('cancelled')
    def cancel(cls, registrations):
        cls.release_seats(registrations)

    @classmethod
    def cancel_with_session(cls, registrations):
        "Cancel, or give all the money back, as the session does not take place"
        pool = Pool()
        Payment = pool.get('training.payment')
        Refund = pool.get('training.refund')
        Notification = pool.get('training.notification')
        for registration in registrations:
            Payment.close_open([registration])
            registration, = lock([registration])
            if registration.state in {'paid', 'checked_in'}:
                Refund.give_back(registration)
            elif registration.state in cls.live_states:
                cls.cancel([registration])
            Notification.post(registration, 'session_cancelled')

    @classmethod
    @move('expired')
    def expire(cls, registrations):
        Notification = Pool().get('training.notification')
        for registration in registrations:
            Notification.post(registration, 'expired')
        cls.release_seats(registrations)

    @classmethod
    @move('refunded')
    def refunded(cls, registrations):
        cls.release_seats(registrations)

    @classmethod
    def expire_unpaid(cls):
        "Close the orders whose time is over and free the seats (a scheduled task)"
        Payment = Pool().get('training.payment')
        for registration in cls.search([
                    ('state', '=', 'approved'),
                    ('payment_deadline', '<=', clock.now()),
                    ]):
            Payment.close_open([registration])
            registration, = lock([registration])
            if registration.state == 'approved':
                cls.expire([registration])
            Transaction().commit()

    @classmethod
    def release_seats(cls, registrations):
        "Free the seats that the registrations hold, as they stop holding them"
        for registration in registrations:
            if registration.state in cls.seat_states:
                registration.session_region.release_seat()

    @classmethod
    def promote(cls, session_region):
        """Hand a seat to the first in the waiting list.

        :returns: whether somebody took it.
        """
        Notification = Pool().get('training.notification')
        for registration in cls.search([
                    ('session_region', '=', session_region.id),
                    ('state', '=', 'waiting'),
                    ], order=[('submitted_at', 'ASC'), ('id', 'ASC')], limit=1):
            cls._promote([registration])
            Notification.post(registration, 'promoted')
            return True
        return False

    @classmethod
    @move('submitted')
    def _promote(cls, registrations):
        pass

    @classmethod
    def fill_seats(cls):
        "Hand free seats to those who wait (a scheduled task)"
        waiting = cls.search([
                ('state', '=', 'waiting'), ('session.state', '=', 'open')])
        for region in dict.fromkeys(r.session_region for r in waiting):
            while region.seats_left and cls.search([
                        ('session_region', '=', region.id),
                        ('state', '=', 'waiting')], limit=1):
                region.take_seat()
                cls.promote(region)
                region = type(region)(region.id)


class RegistrationSubject(ModelSQL, ModelView):
    __name__ = 'training.registration-training.subject'

    registration = fields.Many2One(
        'training.registration', "Registration", required=True, ondelete='CASCADE')
    subject = fields.Many2One(
        'training.subject', "Subject", required=True, ondelete='RESTRICT')
    result = fields.Selection([
            (None, ""),
            ('passed', "Passed"),
            ('failed', "Failed"),
            ('absent', "Absent"),
            ], "Result", sort=False)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(Index(t, (t.registration, Index.Equality())))


class Mark(ModelSQL, ModelView):
    "A reviewer's remark about a field of the form"
    __name__ = 'training.registration.mark'

    registration = fields.Many2One(
        'training.registration', "Registration", required=True, readonly=True,
        ondelete='CASCADE')
    field = fields.Char("Field", required=True, readonly=True)
    text = fields.Text("Text", required=True, readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(Index(t, (t.registration, Index.Equality())))
