# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""What came in, went out and was invoiced in a period, as a workbook whose sums tie."""
import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from sql.aggregate import Sum

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import Transaction
from trytond.wizard import Button, StateReport, StateView, Wizard

from . import clock, sheet, tax_workbook
from .access import OfGroups
from .exceptions import InvalidFields
from .report import Spreadsheet, table

DAY = dt.timedelta(1)
MAX_DAYS = 366
INVOICE_FIELDS = [
    'company', 'serial', 'registration', 'amount', 'kind', 'name', 'tax_number',
    'item_name', 'tax_rate', 'number', 'issued_on', 'red_number', 'red_on', 'state']
LIST_FIELDS = [
    *INVOICE_FIELDS, 'title_kind', 'address', 'phone', 'bank', 'bank_account', 'email',
    'mailing_address', 'remarks', 'wished_at', 'exported_at', 'failure']


@dataclass(frozen=True, eq=False)
class Source:
    """A sheet of the ledger: records of a model by the field of their moment.

    The moment is a date, or a time kept as UTC; the ledger's days are China's.
    """
    name: str
    model: str
    moment: str
    fields: list

    def after(self, day):
        "Return the first moment after a day"
        field = getattr(Pool().get(self.model), self.moment)
        return day + DAY if field._type == 'date' else clock.end_of(day)

    def day(self, record):
        moment = getattr(record, self.moment)
        return (
            clock.local(moment).date() if isinstance(moment, dt.datetime) else moment)

    def total(self, company, day):
        "Return the sum for a unit up to the end of a day, by the database"
        t = Pool().get(self.model).__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*t.select(
                Sum(t.amount),
                where=(t.company == company.id)
                & (getattr(t, self.moment) < self.after(day))))
        total, = cursor.fetchone()
        return Decimal(str(total or 0)).quantize(Decimal('0.01'))


BLUE = Source('blue', 'training.invoice', 'issued_on', INVOICE_FIELDS)
RED = Source('red', 'training.invoice', 'red_on', INVOICE_FIELDS)
SOURCES = [
    Source('in', 'training.payment', 'paid_at', [
            'company', 'number', 'registration', 'amount', 'transaction_id', 'paid_at',
            'merchant', 'bill', 'state']),
    Source('out', 'training.refund', 'done_at', [
            'company', 'number', 'registration', 'amount', 'payment', 'reason',
            'refund_id', 'done_at', 'decided_by', 'bill', 'state']),
    BLUE,
    RED,
    ]


class LedgerStart(ModelView):
    __name__ = 'training.ledger.start'

    companies = fields.Many2Many(
        'company.company', None, None, "Organizing Units", required=True,
        domain=[('id', 'in', Eval('context', {}).get('companies', []))])
    from_date = fields.Date("From", required=True)
    to_date = fields.Date(
        "To", required=True, help="The days are those of China.")

    @staticmethod
    def default_companies():
        return list(Pool().get('res.user').get_companies())

    @staticmethod
    def default_from_date():
        return clock.today().replace(day=1)

    @staticmethod
    def default_to_date():
        return clock.today()


class PrintLedger(OfGroups, Wizard):
    "Print the ledger of a period"
    __name__ = 'training.ledger.print'

    start = StateView(
        'training.ledger.start', 'supervision_training.ledger_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Print", 'print_', 'tryton-print', default=True),
            ])
    print_ = StateReport('training.ledger')

    def do_print_(self, action):
        first, last = self.start.from_date, self.start.to_date
        if not dt.timedelta() <= last - first < MAX_DAYS * DAY:
            raise InvalidFields({'to_date': gettext(
                        'supervision_training.msg_ledger_days', limit=MAX_DAYS)})
        return action, {
            'companies': [c.id for c in self.start.companies],
            'from_date': first,
            'to_date': last,
            }


class Ledger(Spreadsheet):
    __name__ = 'training.ledger'

    @classmethod
    def execute(cls, ids, data):
        *result, name = super().execute(ids, data)
        return *result, f'{name} {data["from_date"]} {data["to_date"]}'

    @classmethod
    def get_sheets(cls, records, data):
        pool = Pool()
        Company = pool.get('company.company')
        User = pool.get('res.user')
        companies = Company.browse(
            [id for id in data['companies'] if id in User.get_companies()])
        first, last = data['from_date'], data['to_date']
        found = {
            source: pool.get(source.model).search([
                    ('company', 'in', companies),
                    (source.moment, '>=', source.after(first - DAY)),
                    (source.moment, '<', source.after(last)),
                    ], order=[
                    ('company', 'ASC'), (source.moment, 'ASC'), ('id', 'ASC')])
            for source in SOURCES}
        sheets = {'summary': _summary(companies, first, last, found)}
        for source, records in found.items():
            sheets[source.name] = table(source.model, records, source.fields)
        sheets['invoices'] = _invoices(found)
        return {
            gettext(f'supervision_training.msg_ledger_{name}'): rows
            for name, rows in sheets.items()}


def _header(*names):
    return [gettext(f'supervision_training.msg_ledger_{name}') for name in names]


def _summary(companies, first, last, found):
    """Yield a row for each day of a unit on which something moved, and its totals.

    The days add up the records of the other sheets, the totals are the database's:
    the last row of a unit tells by how much they differ.
    """
    names = [source.name for source in found]
    yield _header('unit', 'date', 'opening', *names[:2], 'balance', *names[2:])
    sums = defaultdict(lambda: [Decimal(0)] * len(found))
    for place, (source, records) in enumerate(found.items()):
        for record in records:
            day = sums[record.company, source.day(record)]
            day[place] += record.amount
    for company in companies:
        before = [source.total(company, first - DAY) for source in found]
        after = [source.total(company, last) for source in found]
        opening = balance = before[0] - before[1]
        days = {day: row for (unit, day), row in sums.items() if unit == company}
        listed = [
            sum((row[place] for row in days.values()), Decimal(0))
            for place in range(len(found))]
        for day, (income, outcome, *invoiced) in sorted(days.items()):
            start, balance = balance, balance + income - outcome
            yield [
                company.rec_name, day, start, income, outcome, balance, *invoiced]
        income, outcome, *invoiced = (
            b - a for a, b in zip(before, after, strict=True))
        yield [
            company.rec_name, *_header('total'), opening, income, outcome,
            after[0] - after[1], *invoiced]
        yield [
            company.rec_name, *_header('difference'), None, income - listed[0],
            outcome - listed[1], after[0] - after[1] - balance,
            *(a - b for a, b in zip(invoiced, listed[2:], strict=True))]


def _invoices(found):
    "Yield the sums of the invoices of each unit, month, kind and rate"
    yield _header(
        'unit', 'month', 'kind', 'rate', 'blue_count', 'blue', 'blue_tax',
        'red_count', 'red', 'red_tax', 'net', 'net_tax')
    sums = defaultdict(lambda: [0, Decimal(0), Decimal(0)] * 2)
    for place, source in [(0, BLUE), (3, RED)]:
        for invoice in found[source]:
            tax = invoice.amount - tax_workbook.net(
                invoice.amount, invoice.tax_rate or 0)
            line = sums[
                invoice.company.rec_name, f'{source.day(invoice):%Y-%m}',
                invoice.kind_string, invoice.tax_rate]
            for index, value in enumerate([1, invoice.amount, tax], place):
                line[index] += value
    for (*key, rate), line in sorted(
            sums.items(), key=lambda item: (*item[0][:3], item[0][3] or 0)):
        yield [
            *key, rate and f'{rate.normalize():f}', *line, line[1] - line[4],
            line[2] - line[5]]


class InvoiceList(Spreadsheet):
    "The chosen invoices as a workbook"
    __name__ = 'training.invoice.list'

    @classmethod
    def get_sheets(cls, records, data):
        return {
            gettext('supervision_training.msg_ledger_blue'): table(
                'training.invoice', records, LIST_FIELDS)}


class InvoiceCSV(InvoiceList):
    "The chosen invoices as CSV"
    __name__ = 'training.invoice.csv'

    @classmethod
    def _execute(cls, records, header, data, action):
        rows, = cls.get_sheets(records, data).values()
        return 'csv', sheet.csv(rows)
