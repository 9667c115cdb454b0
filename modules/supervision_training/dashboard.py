# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""How things stand, counted by the database: what needs attention and the graphs."""
import datetime as dt
from itertools import pairwise

from sql import Literal, Null, Union
from sql.aggregate import Count, Min, Sum
from sql.conditionals import Coalesce

from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, If, PYSONEncoder
from trytond.wizard import StateAction, StateTransition, Wizard

from . import clock

DAY = dt.timedelta(1)
DAYS_OF_MONEY = 14


class ByUnit(ModelSQL, ModelView):
    """Figures of each unit.

    A line stays when there is nothing more to count, so that what a client has found
    can still be read.
    """
    __slots__ = ()

    company = fields.Many2One('company.company', "Organizing Unit", readonly=True)

    @classmethod
    def table_query(cls):
        company = Pool().get('company.company').__table__()
        return Union(*(
                company.join(t, 'LEFT', (t.company == company.id) & condition).select(
                    (company.id * 100 + place).as_('id'),
                    company.id.as_('company'),
                    *(getattr(cls, name).sql_cast(value).as_(name)
                        for name, value in values.items()),
                    group_by=company.id)
                for place, (t, condition, values) in enumerate(cls._lines())),
            all_=True)

    @classmethod
    def _lines(cls):
        """Return for each line, at most a hundred, what it counts.

        It is a table, the condition of its rows and the expressions of the fields.
        """
        raise NotImplementedError


class Attention(ByUnit):
    "What needs somebody's attention today"
    __name__ = 'training.dashboard.attention'

    kind = fields.Selection([
            ('review_late', "Reviews Older than Two Days"),
            ('payment_ending', "Deadlines of Payment within a Day"),
            ('refund_requested', "Refunds to Decide"),
            ('refund_failed', "Refunds that Failed"),
            ('payment_disputed', "Payments in Dispute"),
            ('bill_different', "Bills of WeChat that Differ"),
            ('invoice_failed', "Invoices not Issued"),
            ('invoice_red', "Red Invoices to Do"),
            ('notification_failed', "Messages not Sent by WeChat"),
            ('results_unpublished', "Results not Published"),
            ], "Matter", readonly=True, sort=False)
    kind_string = kind.translated('kind')
    count = fields.Integer("Count", readonly=True)
    since = fields.DateTime("Since", readonly=True)

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(
                    Eval('kind').in_([
                            'refund_failed', 'payment_disputed', 'bill_different']),
                    'danger', ''))]

    @classmethod
    def _matters(cls):
        "Return for each kind the model, the field of its date, and a domain"
        now = clock.now()
        return {
            'review_late': ('training.registration', 'submitted_at', [
                    ('state', '=', 'submitted'),
                    ('submitted_at', '<', now - 2 * DAY)]),
            'payment_ending': ('training.registration', 'payment_deadline', [
                    ('state', '=', 'approved'),
                    ('payment_deadline', '<', now + DAY)]),
            'refund_requested': ('training.refund', 'requested_at', [
                    ('state', '=', 'requested')]),
            'refund_failed': ('training.refund', 'requested_at', [
                    ('state', '=', 'failed')]),
            'payment_disputed': ('training.payment', 'create_date', [
                    ('state', '=', 'disputed')]),
            'bill_different': ('training.bill', 'fetched_at', [
                    ('state', '=', 'different')]),
            'invoice_failed': ('training.invoice', 'exported_at', [
                    ('state', '=', 'failed')]),
            'invoice_red': ('training.invoice', 'red_since', [
                    ('red_state', 'in', ['requested', 'to_do'])]),
            'notification_failed': ('training.notification', 'create_date', [
                    ('state', '=', 'failed'), ('create_date', '>', now - 7 * DAY)]),
            'results_unpublished': ('training.session', 'exam_date', [
                    ('state', 'in', ['closed', 'finished']),
                    ('exam_date', '<', clock.today()),
                    ('regions.taken', '>', 0),
                    ('results_published', '=', None)]),
            }

    @classmethod
    def _lines(cls):
        lines = []
        for kind, (name, date, domain) in cls._matters().items():
            Model = Pool().get(name)
            t = Model.__table__()
            lines.append((t, t.id.in_(Model.search(domain, query=True)), {
                        'kind': Literal(kind),
                        'count': Count(t.id),
                        'since': Min(getattr(t, date)),
                        }))
        return lines


class OpenAttention(Wizard):
    "Open the records behind a line"
    __name__ = 'training.dashboard.attention.open'

    start = StateTransition()
    registration = StateAction('supervision_training.act_registration')
    refund = StateAction('supervision_training.act_refund')
    payment = StateAction('supervision_training.act_payment')
    bill = StateAction('supervision_training.act_bill')
    invoice = StateAction('supervision_training.act_invoice')
    notification = StateAction('supervision_training.act_notification')
    session = StateAction('supervision_training.act_session')

    def transition_start(self):
        model, _, _ = self.record._matters()[self.record.kind]
        return model.rpartition('.')[2]

    def _open(self, action):
        _, _, domain = self.record._matters()[self.record.kind]
        action['name'] = self.record.kind_string
        action['domains'] = []
        action['pyson_domain'] = PYSONEncoder().encode(
            [*domain, ('company', '=', self.record.company.id)])
        return action, {}

    do_registration = do_refund = do_payment = do_bill = do_invoice = _open
    do_notification = do_session = _open


class ByState(ByUnit):
    "Registrations of the sessions that are not over, by state"
    __name__ = 'training.dashboard.state'

    state = fields.Selection('get_states', "State", readonly=True)
    name = fields.Function(fields.Char("State"), 'get_name')
    count = fields.Integer("Registrations", readonly=True)

    def get_name(self, name):
        return dict(self.get_states())[self.state]

    @classmethod
    def get_states(cls):
        Registration = Pool().get('training.registration')
        return Registration.fields_get(['state'])['state']['selection']

    @classmethod
    def _lines(cls):
        pool = Pool()
        t = pool.get('training.registration').__table__()
        sessions = pool.get('training.session').search(
            [('state', 'in', ['open', 'closed'])], order=[], query=True)
        return [
            (t, (t.state == state) & t.session.in_(sessions), {
                    'state': Literal(state), 'count': Count(t.id)})
            for state, _ in cls.get_states()]


class ReviewAge(ByUnit):
    "How long registrations have been waiting for their review"
    __name__ = 'training.dashboard.review_age'

    age = fields.Selection([
            ('0', "Today"),
            ('1', "One Day"),
            ('2', "Two Days"),
            ('3', "Three Days to a Week"),
            ('4', "More than a Week"),
            ], "Age", readonly=True, sort=False)
    name = fields.Function(fields.Char("Age"), 'get_name')
    count = fields.Integer("Registrations", readonly=True)

    def get_name(self, name):
        return dict(self.fields_get(['age'])['age']['selection'])[self.age]

    @classmethod
    def _lines(cls):
        t = Pool().get('training.registration').__table__()
        now = clock.now()
        limits = [
            now + DAY, *(now - days * DAY for days in [1, 2, 3, 7]), dt.datetime.min]
        return [
            (t, (t.state == 'submitted') & (t.submitted_at <= end)
                & (t.submitted_at > begin), {
                    'age': Literal(age), 'count': Count(t.id)})
            for (age, _), (end, begin) in zip(
                cls.age.selection, pairwise(limits), strict=True)]


class Money(ByUnit):
    "What came in and went out on each of the last days, in yuan"
    __name__ = 'training.dashboard.money'

    currency = fields.Function(
        fields.Many2One('currency.currency', "Currency"), 'get_currency')
    date = fields.Date("Date", readonly=True, help="The day in China.")
    income = Monetary(
        "Payments", currency='currency', digits='currency', readonly=True)
    outcome = Monetary(
        "Refunds", currency='currency', digits='currency', readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('date', 'ASC')]

    def get_currency(self, name):
        return self.company.currency.id

    @classmethod
    def _lines(cls):
        pool = Pool()
        payment = pool.get('training.payment').__table__()
        refund = pool.get('training.refund').__table__()
        t = Union(
            payment.select(
                payment.company, payment.paid_at.as_('at'),
                payment.amount.as_('income'), Literal(0).as_('outcome'),
                where=payment.paid_at != Null),
            refund.select(
                refund.company, refund.done_at.as_('at'),
                Literal(0).as_('income'), refund.amount.as_('outcome'),
                where=refund.done_at != Null),
            all_=True)
        days = [clock.today() - n * DAY for n in range(DAYS_OF_MONEY)]
        return [
            (t, (t.at >= clock.end_of(day - DAY)) & (t.at < clock.end_of(day)), {
                    'date': Literal(cls.date.sql_format(day)),
                    'income': Coalesce(Sum(t.income), 0),
                    'outcome': Coalesce(Sum(t.outcome), 0),
                    })
            for day in days]


class User(metaclass=PoolMeta):
    __name__ = 'res.user'

    @classmethod
    def _get_preferences(cls, user, context_only=False):
        "Open the dashboard at login for who may see it and chose nothing else"
        pool = Pool()
        Action, Data = pool.get('ir.action'), pool.get('ir.model.data')
        preferences = super()._get_preferences(user, context_only=context_only)
        auditor = Data.get_id('supervision_training', 'group_auditor')
        if preferences.get('actions') == [] and auditor in cls.get_groups():
            preferences['actions'] = [Action.get_action_id(
                    Data.get_id('supervision_training', 'act_dashboard'))]
        return preferences
