# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
from decimal import Decimal

from trytond.cache import MemoryCache
from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Workflow, fields
from trytond.pool import Pool
from trytond.pyson import Bool, Eval
from trytond.transaction import Transaction

from . import clock
from .exceptions import WeChatFailure, WrongState

INDUSTRIES = [
    ('highway', "Highway"),
    ('waterway', "Waterway"),
    ]
EXAM_TYPES = [
    ('normal', "Normal Exam"),
    ('retake', "Retake"),
    ]
SUBJECT_ORDER = [('subject.sequence', 'ASC'), ('subject.id', 'ASC')]


# What the bridge keeps of sessions: lists and other records that they name change
# rarely, so nobody sees them longer than this after a change.
shown = MemoryCache(
    'training.session.shown', duration=dt.timedelta(seconds=5), context=False)


def status(state, opens_at, closes_at, seats_left):
    "Return what a trainee can do now with a session of a state and times (UTC)"
    if state in {'finished', 'cancelled', 'closed'}:
        return state
    now = clock.now()
    if state == 'draft' or now < opens_at:
        return 'upcoming'
    if now >= closes_at:
        return 'closed'
    return 'open' if seats_left else 'full'


class ShownMixin:
    "What trainees are shown of a session"
    __slots__ = ()

    @classmethod
    def on_modification(cls, mode, records, field_names=None):
        super().on_modification(mode, records, field_names=field_names)
        shown.clear()


class Session(ShownMixin, Workflow, ModelSQL, ModelView):
    __name__ = 'training.session'

    _states = {'readonly': Eval('state').in_(['finished', 'cancelled'])}

    name = fields.Char(
        "Name", required=True, states=_states,
        help="As trainees read it, for example: 2026年第一期.")
    company = fields.Many2One(
        'company.company', "Organizing Unit", required=True, ondelete='RESTRICT',
        states={'readonly': Eval('state') != 'draft'})
    currency = fields.Function(
        fields.Many2One('currency.currency', "Currency"),
        'on_change_with_currency')
    industry = fields.Selection(
        [(None, "Both")] + INDUSTRIES, "Industry", states=_states,
        help="Leave empty to take registrations of both industries.")
    industry_string = industry.translated('industry')
    opens_at = fields.DateTime(
        "Registration Opens", required=True, states=_states,
        help="The session must be open, too; trainees see it as upcoming before.")
    closes_at = fields.DateTime(
        "Registration Closes", required=True, states=_states,
        help="The session is closed by itself then.")
    exam_date = fields.Date(
        "Exam Date", required=True, states=_states,
        help="After it trainees find the session among those that ended, and who "
        "checked in has completed it.")
    payment_hours = fields.Integer(
        "Hours to Pay", required=True, states=_states,
        help="How many hours after the approval a trainee may pay. Then the seat is "
        "free again.")
    refund_until = fields.Date(
        "Refunds Until", states=_states,
        help="The last day to ask for a refund. Leave empty to allow it at any time, "
        "also to those who did not attend.")
    refund_rates = fields.One2Many(
        'training.session.refund_rate', 'session', "Refund Rates", states=_states,
        help="Without any, the whole amount is given back.")
    waiting_list = fields.Boolean(
        "Waiting List", states=_states,
        help="A trainee may queue for a seat when the region is full.")
    work_proof_always = fields.Boolean(
        "Work Proof from All", states=_states,
        help="Also ask those with less than one year of work for a proof.")
    subjects = fields.Many2Many(
        'training.session-training.subject', 'session', 'subject', "Subjects",
        order=SUBJECT_ORDER, required=True, states=_states)
    regions = fields.One2Many(
        'training.session.region', 'session', "Regions", states=_states,
        help="Where it is held, with the seats, the venue and the dates of each place.")
    fees = fields.One2Many(
        'training.session.fee', 'session', "Price List", states=_states,
        help="One price for all subjects, or one for each subject, which add up. "
        "Without a price for retakes none can be chosen.")
    notice = fields.Text(
        "Notice", states=_states, help="Trainees read it above the form.")
    attendance_published = fields.DateTime("Attendance Cards Published", readonly=True)
    admission_published = fields.DateTime("Admission Tickets Published", readonly=True)
    state = fields.Selection([
            ('draft', "Planned"),
            ('open', "Open"),
            ('closed', "Closed"),
            ('finished', "Finished"),
            ('cancelled', "Cancelled"),
            ], "State", readonly=True, required=True, sort=False)
    capacity = fields.Function(fields.Integer("Capacity"), 'get_seats')
    taken = fields.Function(fields.Integer("Seats Taken"), 'get_seats')
    unsettled = fields.Function(
        fields.Integer("Registrations to Settle",
            states={'invisible': Eval('state') != 'cancelled'},
            help="Those that are still to be cancelled or refunded."),
        'get_settlement')
    settled = fields.Function(
        fields.Float("Settled", digits=(1, 2),
            states={'invisible': Eval('state') != 'cancelled'}),
        'get_settlement')

    del _states

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(Index(
                t, (t.company, Index.Equality()), (t.exam_date, Index.Range())))
        cls._order.insert(0, ('exam_date', 'DESC'))
        cls._transitions |= {
            ('draft', 'open'),
            ('open', 'closed'),
            ('closed', 'open'),
            ('closed', 'finished'),
            ('draft', 'cancelled'),
            ('open', 'cancelled'),
            ('closed', 'cancelled'),
            }
        cls._buttons.update({
                'open': {
                    'invisible': ~Eval('state').in_(['draft', 'closed']),
                    'icon': 'tryton-launch',
                    'depends': ['state'],
                    },
                'close': {
                    'invisible': Eval('state') != 'open',
                    'icon': 'tryton-archive',
                    'depends': ['state'],
                    },
                'finish': {
                    'invisible': Eval('state') != 'closed',
                    'icon': 'tryton-ok',
                    'depends': ['state'],
                    },
                'cancel': {
                    'invisible': ~Eval('state').in_(['draft', 'open', 'closed']),
                    'icon': 'tryton-cancel',
                    'depends': ['state'],
                    },
                'publish_attendance': {
                    'invisible': ~Eval('state').in_(['open', 'closed'])
                    | Bool(Eval('attendance_published')),
                    'icon': 'tryton-public',
                    'depends': ['state', 'attendance_published'],
                    },
                'publish_admission': {
                    'invisible': ~Eval('state').in_(['open', 'closed'])
                    | Bool(Eval('admission_published')),
                    'icon': 'tryton-public',
                    'depends': ['state', 'admission_published'],
                    },
                })

    @staticmethod
    def default_company():
        return Transaction().context.get('company')

    @staticmethod
    def default_payment_hours():
        return 72

    @staticmethod
    def default_state():
        return 'draft'

    @fields.depends('company')
    def on_change_with_currency(self, name=None):
        return self.company.currency if self.company else None

    @classmethod
    def get_seats(cls, sessions, names):
        result = {n: {} for n in names}
        for session in sessions:
            for name in names:
                result[name][session.id] = sum(
                    getattr(r, name) for r in session.regions)
        return result

    @classmethod
    def get_settlement(cls, sessions, names):
        Registration = Pool().get('training.registration')
        result = {n: {} for n in names}
        for session in sessions:
            of_session = [('session', '=', session.id)]
            total = Registration.search(of_session, count=True)
            left = Registration.search(
                [*of_session, ('state', 'in', Registration.live_states)], count=True)
            values = {
                'unsettled': left,
                'settled': 1 - left / total if total else 1,
                }
            for name in names:
                result[name][session.id] = values[name]
        return result

    @property
    def status(self):
        "Return what a trainee can do with the session now"
        return status(
            self.state, self.opens_at, self.closes_at,
            any(r.seats_left for r in self.regions))

    @property
    def accepts_registrations(self):
        return self.status in {'open', 'full'}

    @property
    def ended(self):
        "Return whether the session is over for the trainee's tabs"
        return self.exam_date < clock.today()

    def needs_work_proof(self, work_years):
        "Return whether the form asks for a work proof (manual, step 2, 3.4)"
        return work_years == 'one_or_more' or self.work_proof_always

    def fee(self, exam_type, subjects):
        """Return the fee in yuan of an exam type with these subjects.

        The lines of the subjects add up where each has one; otherwise the line
        without a subject covers them all. None when the price list has neither.
        """
        lines = {l.subject: l.amount for l in self.fees if l.exam_type == exam_type}
        if subjects and all(s in lines for s in subjects):
            return sum((lines[s] for s in subjects), Decimal(0))
        return lines.get(None)

    def refundable(self, amount, checked_in=False):
        """Return the part of amount (yuan) given back today, None when none is.

        Who has checked in gets nothing back.
        """
        today = clock.today()
        if checked_in or (self.refund_until and today > self.refund_until):
            return None
        rate = 100
        for line in self.refund_rates:
            if today <= line.until:
                rate = line.rate
                break
        else:
            if self.refund_rates:
                return None
        return self.currency.round(amount * rate / 100) or None

    @property
    def refund_rules(self):
        "Return the refund rules as sentences, to show before paying"
        rules = [
            gettext('supervision_training.msg_refund_rate',
                date=line.until.isoformat(), rate=line.rate)
            for line in self.refund_rates]
        if self.refund_until:
            rules.append(gettext('supervision_training.msg_refund_until',
                    date=self.refund_until.isoformat()))
        elif not self.refund_rates:
            rules.append(gettext('supervision_training.msg_refund_any_time'))
        rules.append(gettext('supervision_training.msg_refund_not_checked_in'))
        return rules

    @classmethod
    def copy(cls, sessions, default=None):
        default = {} if default is None else default.copy()
        default.setdefault('attendance_published')
        default.setdefault('admission_published')
        return super().copy(sessions, default=default)

    @classmethod
    @ModelView.button
    @Workflow.transition('open')
    def open(cls, sessions):
        pass

    @classmethod
    @ModelView.button
    @Workflow.transition('closed')
    def close(cls, sessions):
        pass

    @classmethod
    @ModelView.button
    @Workflow.transition('finished')
    def finish(cls, sessions):
        "Complete the registrations of those who attended"
        Registration = Pool().get('training.registration')
        for session in sessions:
            if session.exam_date >= clock.today():
                raise WrongState(gettext(
                        'supervision_training.msg_session_exam_to_come',
                        session=session.rec_name,
                        date=session.exam_date.isoformat()))
        Registration.complete(Registration.search([
                    ('session', 'in', [s.id for s in sessions]),
                    ('state', '=', 'checked_in'),
                    ]))

    @classmethod
    @ModelView.button
    @Workflow.transition('cancelled')
    def cancel(cls, sessions):
        pass

    @classmethod
    def settle_cancelled(cls):
        """Cancel or refund, one by one, what cancelled sessions still hold.

        A scheduled task: it goes on where an earlier run stopped, and tries again
        what WeChat did not answer to.
        """
        Registration = Pool().get('training.registration')
        for registration in Registration.search([
                    ('session.state', '=', 'cancelled'),
                    ['OR',
                        ('state', 'in', [
                                'submitted', 'waiting', 'rejected', 'approved']),
                        [('state', 'in', ['paid', 'checked_in']),
                            ['OR',
                                ('refund', '=', None),
                                ('refund.state', 'in', ['requested', 'rejected'])]]],
                    ]):
            try:
                Registration.cancel_with_session([registration])
            except WeChatFailure:
                Transaction().rollback()
            else:
                Transaction().commit()

    @classmethod
    @ModelView.button
    def publish_attendance(cls, sessions):
        cls._publish(sessions, 'attendance')

    @classmethod
    @ModelView.button
    def publish_admission(cls, sessions):
        cls._publish(sessions, 'admission')

    @classmethod
    def _publish(cls, sessions, kind):
        pool = Pool()
        Registration = pool.get('training.registration')
        Notification = pool.get('training.notification')
        cls.write(sessions, {f'{kind}_published': clock.now()})
        registrations = Registration.search([
                ('session', 'in', [s.id for s in sessions]),
                ('state', 'in', ['paid', 'checked_in']),
                ])
        for registration in registrations:
            Notification.post(registration, f'{kind}_published')

    @classmethod
    def close_and_finish(cls):
        "Close and finish the sessions whose time has come (a scheduled task)"
        cls.close(cls.search([
                    ('state', '=', 'open'), ('closes_at', '<=', clock.now())]))
        cls.finish(cls.search([
                    ('state', '=', 'closed'), ('exam_date', '<', clock.today())]))


class SessionSubject(ModelSQL):
    __name__ = 'training.session-training.subject'

    session = fields.Many2One(
        'training.session', "Session", required=True, ondelete='CASCADE')
    subject = fields.Many2One(
        'training.subject', "Subject", required=True, ondelete='RESTRICT')
