# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Each day's bill of WeChat compared with our payments and refunds."""
import datetime as dt
from decimal import Decimal

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, If
from trytond.tools import grouped_slice
from trytond.transaction import Transaction
from trytond.wizard import Button, StateAction, StateTransition, StateView, Wizard

from . import clock, wechat
from .access import OfGroups
from .company import OfUnits
from .exceptions import InvalidFields, WeChatFailure
from .locking import lock
from .payment import to_yuan

DAY = dt.timedelta(1)
READY_HOUR = 10  # of the next day in China
DAYS_BACK = 7  # that the scheduled task looks after
MAX_DAYS_BACK = 90  # that WeChat keeps
KINDS = [
    ('payment', "Payment"),
    ('refund', "Refund"),
    ]
MOMENTS = {'payment': 'paid_at', 'refund': 'done_at'}


class Bill(ModelSQL, ModelView):
    "What WeChat says came in and went out on a day, and where we say otherwise"
    __name__ = 'training.bill'

    merchant = fields.Many2One(
        'training.merchant', "Merchant", required=True, readonly=True,
        ondelete='RESTRICT')
    company = fields.Many2One(
        'company.company', "Organizing Unit", required=True, readonly=True,
        ondelete='RESTRICT')
    date = fields.Date(
        "Date", required=True, readonly=True, help="The day in China.")
    currency = fields.Function(
        fields.Many2One('currency.currency', "Currency"), 'get_currency')
    paid = Monetary(
        "Paid by WeChat's Bill", currency='currency', digits='currency', readonly=True)
    paid_here = Monetary(
        "Paid in the System", currency='currency', digits='currency', readonly=True)
    refunded = Monetary(
        "Refunded by WeChat's Bill", currency='currency', digits='currency',
        readonly=True)
    refunded_here = Monetary(
        "Refunded in the System", currency='currency', digits='currency', readonly=True)
    difference = fields.Function(Monetary(
            "Difference", currency='currency', digits='currency',
            help="By how much the system's balance of the day exceeds WeChat's."),
        'get_difference')
    lines = fields.One2Many(
        'training.bill.line', 'bill', "Differences", readonly=True)
    fetched_at = fields.DateTime("Fetched", readonly=True)
    error = fields.Char(
        "Error", readonly=True, states={'invisible': ~Eval('error')},
        help="Why WeChat did not give the bill. It is asked again every hour.")
    state = fields.Selection([
            ('open', "To Fetch"),
            ('different', "With Differences"),
            ('explained', "Differences Explained"),
            ('same', "No Difference"),
            ], "State", required=True, readonly=True, sort=False)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints.append(
            ('date_unique', Unique(t, t.merchant, t.date),
                'supervision_training.msg_bill_unique'))
        cls._sql_indexes.add(Index(
                t, (t.company, Index.Equality()), (t.state, Index.Equality())))
        cls._order = [('date', 'DESC'), ('id', 'DESC')]
        cls._buttons.update({'fetch': {'icon': 'tryton-refresh'}})

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(
                    Eval('state') == 'different', 'danger',
                    If(Eval('state') == 'open', 'warning', '')))]

    def get_rec_name(self, name):
        return f'{self.merchant.rec_name} {self.date}'

    def get_currency(self, name):
        return self.company.currency.id

    def get_difference(self, name):
        if self.fetched_at:
            return self.paid_here - self.refunded_here - self.paid + self.refunded

    @classmethod
    def of(cls, merchant, date):
        "Return the bill of a merchant's day, a new one when there is none"
        for bill in cls.search([('merchant', '=', merchant), ('date', '=', date)]):
            return bill
        bill, = cls.create([{
                    'merchant': merchant.id,
                    'company': merchant.company.id,
                    'date': date,
                    'state': 'open',
                    }])
        return bill

    @classmethod
    @ModelView.button
    def fetch(cls, bills):
        "Get bills from WeChat and compare them, each committed by itself"
        for bill in bills:
            try:
                entries = bill.merchant.client.trade_bill(bill.date)
            except (wechat.WeChatError, wechat.WeChatUnavailable) as error:
                cls.write([bill], {'error': str(error) or type(error).__name__})
            else:
                bill._take_in(entries)
                lock([bill])[0]._compare(entries)
            Transaction().commit()

    @classmethod
    def fetch_recent(cls):
        "Get the bills of the last days that are still missing (a scheduled task)"
        Merchant = Pool().get('training.merchant')
        last = last_day()
        for merchant in Merchant.search([]):
            for days in range(DAYS_BACK):
                bill = cls.of(merchant, last - days * DAY)
                if bill.state == 'open':
                    cls.fetch([bill])

    def _take_in(self, entries):
        "Ask WeChat for what it has ended and we take for open"
        pool = Pool()
        Payment = pool.get('training.payment')
        Refund = pool.get('training.refund')
        for group in grouped_slice(entries):
            numbers = [e.number for e in group]
            try:
                Payment.query(Payment.search([
                            ('merchant', '=', self.merchant),
                            ('number', 'in', numbers), ('paid_at', '=', None)]))
            except WeChatFailure:
                pass  # it stays among the differences
            Refund.query(Refund.search([
                        ('payment.merchant', '=', self.merchant),
                        ('number', 'in', numbers),
                        ('state', 'in', ['processing', 'failed'])]))

    def _compare(self, entries):
        values, lines = {}, []
        for kind in MOMENTS:
            theirs = {e.number: e for e in entries if (kind == 'refund') == e.refund}
            ours = self._ours(kind, list(theirs))
            lines += self._differences(kind, theirs, ours)
            done = 'paid' if kind == 'payment' else 'refunded'
            values[done] = to_yuan(sum(e.amount for e in theirs.values()))
            values[f'{done}_here'] = sum((o.amount for o in ours), Decimal(0))
        self._keep(lines)
        self.write([self], {**values, 'fetched_at': clock.now(), 'error': None})
        self.settle([self])

    def _ours(self, kind, numbers):
        """Return our records of a kind that the bill has, or that are of its day.

        One of the day that another day's bill has is that day's: what ends about
        midnight may end for WeChat on the other side of it.
        """
        Record = Pool().get(f'training.{kind}')
        moment = MOMENTS[kind]
        of_merchant = (
            'merchant' if kind == 'payment' else 'payment.merchant', '=', self.merchant)
        billed = []
        for group in grouped_slice(numbers):
            billed += Record.search([
                    of_merchant, ('number', 'in', list(group)), (moment, '!=', None)])
        self._found(kind, billed)
        others = Record.search([
                of_merchant,
                ('company', '=', self.company),
                (moment, '>=', clock.end_of(self.date - DAY)),
                (moment, '<', clock.end_of(self.date)),
                ['OR', ('bill', '=', None), ('bill', '=', self)],
                ])
        return list(dict.fromkeys(billed + others))

    def _found(self, kind, records):
        "Note that records are in this bill, and do no longer miss in another"
        pool = Pool()
        Line = pool.get('training.bill.line')
        Record = pool.get(f'training.{kind}')
        Record.write(records, {'bill': self.id})
        missed = []
        for group in grouped_slice(records):
            missed += Line.search([
                    (kind, 'in', [r.id for r in group]), ('bill', '!=', self)])
        bills = {line.bill for line in missed}
        Line.delete(missed)
        self.settle(self.browse(bills))

    def _differences(self, kind, theirs, ours):
        "Return the values of a line for each difference"
        lines = []
        ours = {o.number: o for o in ours}
        for number in {**theirs, **ours}:
            entry, own = theirs.get(number), ours.get(number)
            amount = to_yuan(entry.amount) if entry else None
            here = own.amount if own else None
            if amount != here:
                lines.append({
                        'bill': self.id,
                        'kind': kind,
                        'problem': (
                            'missing_there' if not entry
                            else 'amount' if own else 'missing_here'),
                        'number': number,
                        'transaction_id': entry.transaction_id if entry else None,
                        'payment': own.id if own and kind == 'payment' else None,
                        'refund': own.id if own and kind == 'refund' else None,
                        'amount': amount,
                        'amount_here': here,
                        })
        return lines

    def _keep(self, lines):
        "Have these lines; one that was there keeps its explanation"
        Line = Pool().get('training.bill.line')
        new = {(v['number'], v['problem'], v['amount'], v['amount_here']): v
            for v in lines}
        Line.delete([line for line in self.lines if not new.pop(line.what, None)])
        Line.create(list(new.values()))

    @classmethod
    def settle(cls, bills):
        "Set the state that the lines of bills give them"
        for bill in lock(bills):
            if all(line.explained_at for line in bill.lines):
                state = 'explained' if bill.lines else 'same'
            else:
                state = 'different'
            cls.write([bill], {'state': state})


def last_day():
    "Return the last day whose bill is there"
    now = clock.local(clock.now())
    return now.date() - (DAY if now.hour >= READY_HOUR else 2 * DAY)


class Line(OfUnits, ModelSQL, ModelView):
    "A difference between WeChat's bill and the system"
    __name__ = 'training.bill.line'
    _companies_path = 'bill.company'

    bill = fields.Many2One(
        'training.bill', "Bill", required=True, readonly=True, ondelete='CASCADE')
    kind = fields.Selection(KINDS, "Kind", required=True, readonly=True)
    problem = fields.Selection([
            ('missing_here', "Only in WeChat's Bill"),
            ('missing_there', "Only in the System"),
            ('amount', "Another Amount"),
            ], "Difference", required=True, readonly=True, sort=False)
    number = fields.Char("Number", required=True, readonly=True)
    transaction_id = fields.Char("WeChat Transaction", readonly=True)
    payment = fields.Many2One(
        'training.payment', "Payment", readonly=True, ondelete='RESTRICT',
        states={'invisible': Eval('kind') != 'payment'})
    refund = fields.Many2One(
        'training.refund', "Refund", readonly=True, ondelete='RESTRICT',
        states={'invisible': Eval('kind') != 'refund'})
    currency = fields.Function(
        fields.Many2One('currency.currency', "Currency"), 'get_currency')
    amount = Monetary(
        "Amount by WeChat's Bill", currency='currency', digits='currency',
        readonly=True)
    amount_here = Monetary(
        "Amount in the System", currency='currency', digits='currency', readonly=True)
    explanation = fields.Text("Explanation", readonly=True)
    explained_at = fields.DateTime("Explained", readonly=True)
    explained_by = fields.Many2One('res.user', "Explained By", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.update({
                Index(t, (t.bill, Index.Equality())),
                Index(t, (t.payment, Index.Equality())),
                Index(t, (t.refund, Index.Equality())),
                })
        cls._buttons.update({
                'explain': {
                    'invisible': Eval('explained_at'),
                    'depends': ['explained_at'],
                    },
                })

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(Eval('explained_at'), '', 'danger'))]

    def get_rec_name(self, name):
        return self.number

    def get_currency(self, name):
        return self.bill.company.currency.id

    @property
    def what(self):
        return self.number, self.problem, self.amount, self.amount_here

    @classmethod
    @ModelView.button_action('supervision_training.wizard_bill_explain')
    def explain(cls, lines):
        pass

    @classmethod
    def settle(cls, lines, explanation):
        "Note why the differences are as they are"
        Bill = Pool().get('training.bill')
        lock([line.bill for line in lines])
        cls.write(lines, {
                'explanation': explanation,
                'explained_at': clock.now(),
                'explained_by': Transaction().user or None,
                })
        Bill.settle([line.bill for line in lines])


class ExplainStart(ModelView):
    __name__ = 'training.bill.explain.start'

    explanation = fields.Text(
        "Explanation", required=True,
        help="Why WeChat's bill and the system differ, for whoever looks later.")


class Explain(Wizard):
    "Explain differences"
    __name__ = 'training.bill.explain'

    start = StateView(
        'training.bill.explain.start',
        'supervision_training.bill_explain_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Explain", 'explain', 'tryton-ok', default=True),
            ])
    explain = StateTransition()

    def transition_explain(self):
        self.model.settle(self.records, self.start.explanation)
        return 'end'


class FetchStart(ModelView):
    __name__ = 'training.bill.fetch.start'

    from_date = fields.Date("From", required=True)
    to_date = fields.Date("To", required=True)

    @classmethod
    def default_from_date(cls):
        return last_day()

    @classmethod
    def default_to_date(cls):
        return last_day()


class Fetch(OfGroups, Wizard):
    "Fetch WeChat's bills of some days"
    __name__ = 'training.bill.fetch'

    start = StateView(
        'training.bill.fetch.start',
        'supervision_training.bill_fetch_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Fetch", 'open_', 'tryton-ok', default=True),
            ])
    open_ = StateAction('supervision_training.act_bill')

    def do_open_(self, action):
        pool = Pool()
        Bill = pool.get('training.bill')
        Merchant = pool.get('training.merchant')
        User = pool.get('res.user')
        first, last = self.start.from_date, self.start.to_date
        if not last_day() - MAX_DAYS_BACK * DAY <= first <= last <= last_day():
            raise InvalidFields({
                    'from_date': gettext(
                        'supervision_training.msg_bill_days', last=last_day(),
                        limit=MAX_DAYS_BACK)})
        for merchant in Merchant.search([('company', 'in', User.get_companies())]):
            for days in range((last - first).days + 1):
                Bill.fetch([Bill.of(merchant, last - days * DAY)])
        return action, {}


class Payment(metaclass=PoolMeta):
    __name__ = 'training.payment'

    bill = fields.Many2One(
        'training.bill', "Bill", readonly=True, ondelete='RESTRICT',
        help="WeChat's bill that has the payment.")


class Refund(metaclass=PoolMeta):
    __name__ = 'training.refund'

    bill = fields.Many2One(
        'training.bill', "Bill", readonly=True, ondelete='RESTRICT',
        help="WeChat's bill that has the refund.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(Index(
                t, (t.company, Index.Equality()), (t.done_at, Index.Range())))
