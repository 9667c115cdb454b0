# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""The ledger of a period: its sheets tie with each other and with the database."""
import datetime as dt
import io

import pytest
from acting import decide, wait_for
from invoicing import by_wizard, number, title
from openpyxl import load_workbook
from proteus import Model, Wizard

from trytond.exceptions import UserError
from trytond.modules.supervision_training import clock
from trytond.transaction import Transaction

DAY = dt.timedelta(1)
FORMULA = '=HYPERLINK("http://example.com")'
UNIT = '华东监理业务培训中心'


def print_(user, staff, first, last, companies=()):
    "Return the ledger that a user prints: its name and the workbook"
    with staff(user):
        wizard = Wizard('training.ledger.print')
        wizard.form.from_date, wizard.form.to_date = first, last
        for id in companies:
            wizard.form.companies.append(Model.get('company.company')(id))
        wizard.execute('print_')
        (extension, data, _, name), = wizard.actions
    assert extension == 'xlsx'
    return name, load_workbook(io.BytesIO(data))


def ledger(*args):
    "Return the ledger that a user prints: its name and rows by sheet; see print_"
    name, book = print_(*args)
    return name, {
        page.title: [[c.value for c in row] for row in page.iter_rows()]
        for page in book}


@pytest.fixture
def paid(trainee, desk, sandbox):
    "A function that returns a trainee of the first unit who has paid"
    def paid():
        one = trainee()
        desk('reviewer1', one.id, 'approve')
        assert one.pay(sandbox) == '已支付'
        return one
    return paid


def moved(name, registration, moment, at):
    "Set when the money of a registration moved"
    from trytond.pool import Pool
    with Transaction().start(name, 0):
        for model in ['payment', 'refund']:
            Record = Pool().get(f'training.{model}')
            if moment in Record._fields:
                Record.write(
                    Record.search([('registration', '=', registration)]), {moment: at})


def test_ledger(paid, desk, staff, name):
    one, two, three, four = (paid() for _ in range(4))
    two.ask_refund()
    desk('cashier1', two.id, decide)
    wait_for(lambda: two.shows('已退款'))
    today = clock.today()
    first = today - 3 * DAY
    midnight = clock.end_of(today - 2 * DAY)
    # Before the period, in its last second, in the first of a day, and after it.
    moved(name, one.id, 'paid_at', clock.end_of(first - DAY) - dt.timedelta(seconds=1))
    moved(name, two.id, 'paid_at', midnight - dt.timedelta(seconds=1))
    moved(name, two.id, 'done_at', midnight)
    moved(name, three.id, 'paid_at', midnight)
    moved(name, four.id, 'paid_at', clock.end_of(today - DAY))

    title, sheets = ledger('auditor1', staff, first, today - DAY)
    assert title == f'收支台账 {first} {today - DAY}'
    assert list(sheets) == [
        '汇总', '支付', '退款', '发票', '红字发票', '发票月度汇总']
    header, *rows = sheets['汇总']
    assert header == [
        '组织单位', '日期', '期初余额', '支付', '退款', '余额', '发票', '红字发票']
    days = [dt.datetime.combine(today - n * DAY, dt.time()) for n in (2, 1)]
    assert rows == [
        [UNIT, days[0], 1200, 1200, 0, 2400, 0, 0],
        [UNIT, days[1], 2400, 1200, 1200, 2400, 0, 0],
        [UNIT, '合计', 1200, 2400, 1200, 2400, 0, 0],
        [UNIT, '差额', None, 0, 0, 0, 0, 0]]
    for title, total in [('支付', 2400), ('退款', 1200)]:
        header, *rows = sheets[title]
        assert header[3] == '金额'
        assert sum(row[3] for row in rows) == total
        assert {row[0] for row in rows} == {UNIT}
    assert sheets['支付'][1][5] == days[0] + DAY - dt.timedelta(seconds=1)
    with staff():
        assert [row[2] for row in sheets['支付'][1:]] == [
            Model.get('training.registration')(o.id).rec_name for o in (two, three)]

    # What opens a period is what the one before it ended with.
    _, later = ledger('accountant1', staff, today, today)
    assert [row[2:6] for row in later['汇总'][1:]] == [
        [2400, 1200, 0, 3600], [2400, 1200, 0, 3600], [None, 0, 0, 0]]

    # Another unit's staff get none of it, even when they ask for it.
    with staff():
        others = [c.id for c in Model.get('company.company').find([])]
    _, none = ledger('accountant2', staff, first, today, others)
    assert [row[2:6] for row in none['汇总'][1:]] == [[0, 0, 0, 0], [None, 0, 0, 0]]
    assert {row[0] for row in none['汇总'][1:]} == {'中南监理业务培训中心'}
    assert [len(none[title]) for title in ['支付', '退款']] == [1, 1]
    with staff('clerk1'), pytest.raises(UserError):
        Wizard('training.ledger.print')


@pytest.mark.parametrize('days', [-1, 366])
def test_periods_have_an_end(staff, days):
    with pytest.raises(UserError, match='366'):
        ledger('accountant1', staff, clock.today(), clock.today() + days * DAY)


def test_formulas_are_text(buyer, desk, staff):
    one = buyer(title=lambda client: title(client, name=FORMULA))
    desk('accountant1', one.id, lambda registration: by_wizard(
            registration.invoices[0], 'issue', 'issue',
            number=number(), issued_on=clock.today()))
    _, book = print_('accountant1', staff, clock.today(), clock.today())
    cell, = (c for row in book['发票'] for c in row if c.value == FORMULA)
    assert cell.data_type == 's'
