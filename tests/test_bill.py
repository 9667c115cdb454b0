# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""WeChat's bills against our payments and refunds."""
import datetime as dt
from decimal import Decimal

import pytest
from acting import decide, wait_for
from proteus import Model, Wizard

from trytond.exceptions import UserError
from trytond.modules.supervision_training import clock
from trytond.transaction import Transaction

DAY = dt.timedelta(1)


pytestmark = pytest.mark.usefixtures('no_orders')


@pytest.fixture(autouse=True)
def no_faults(sandbox):
    yield
    sandbox.faults.clear()


@pytest.fixture
def paid(trainee, desk, sandbox):
    "A function that returns a trainee of the first unit who has paid"
    def paid():
        one = trainee()
        desk('reviewer1', one.id, 'approve')
        assert one.pay(sandbox) == '已支付'
        return one
    return paid


@pytest.fixture
def tomorrow(monkeypatch):
    "A function after which it is a day later: today's bill is there"
    later = clock.end_of(clock.today()) + dt.timedelta(hours=11)
    return lambda: monkeypatch.setattr(clock, 'now', lambda: later)


@pytest.fixture
def fetch(staff, tomorrow):
    "A function that fetches and returns today's bill of the first unit"
    def fetch(days=0):
        tomorrow()
        with staff('accountant1'):
            wizard = Wizard('training.bill.fetch')
            date = wizard.form.to_date - days * DAY
            wizard.form.from_date = wizard.form.to_date = date
            wizard.execute('open_')
            bill, = Model.get('training.bill').find([('date', '=', date)])
            return bill
    return fetch


def lines(bill):
    return [(x.kind, x.problem, x.number, x.amount, x.amount_here) for x in bill.lines]


def totals(bill):
    return [
        int(amount) for amount in [
            bill.paid, bill.paid_here, bill.refunded, bill.refunded_here,
            bill.difference]]


def order_of(one, staff):
    with staff():
        return Model.get('training.registration')(one.id).payments[0].number


def test_bill(paid, trainee, desk, sandbox, staff, fetch, name):
    one, other = paid(), paid()
    other.ask_refund()
    desk('cashier1', other.id, decide)
    wait_for(lambda: other.shows('已退款'))

    bill = fetch()
    assert (bill.state, lines(bill)) == ('same', [])
    assert totals(bill) == [2400, 2400, 1200, 1200, 0]
    with staff('accountant1'):
        assert Model.get('training.payment').find([('bill', '!=', bill.id)]) == []

    # One whose notification was lost: the bill tells of it, and it is taken in.
    late = trainee()
    desk('reviewer1', late.id, 'approve')
    sandbox.faults.add('drop', 'notify')
    sandbox.pay(late.client('payment.prepay', registration=late.id))
    assert late.see()['label_text'] == '待支付'
    bill = fetch()
    assert late.see()['label_text'] == '已支付'
    assert totals(bill) == [3600, 3600, 1200, 1200, 0]

    # Differences of each kind: WeChat forgets one, has another amount, knows one more.
    merchant = bill.merchant.mchid
    key = f'{merchant}/{order_of(one, staff)}'
    order = sandbox.store.pop('order', key)
    key = f'{merchant}/{order_of(late, staff)}'
    cheap = sandbox.store.get('order', key)
    cheap['asked']['amount']['total'] = 100
    sandbox.store.put('order', key, cheap)
    sandbox.store.put('order', f'{merchant}/strange', {
            **order, 'number': 'strange', 'transaction_id': '42000'})
    bill = fetch()
    assert bill.state == 'different'
    assert sorted(lines(bill)) == sorted([
            ('payment', 'missing_there', order['number'], None, Decimal(1200)),
            ('payment', 'missing_here', 'strange', Decimal(1200), None),
            ('payment', 'amount', cheap['number'], Decimal(1), Decimal(1200))])
    assert totals(bill) == [2401, 3600, 1200, 1200, 1199]
    with staff('accountant1'):
        matter, = Model.get('training.dashboard.attention').find(
            [('kind', '=', 'bill_different')])
        assert matter.count == 1

    # What is explained stays so, however often the bill is fetched.
    with staff('accountant1'):
        Line = Model.get('training.bill.line')
        strange, = Line.find([('number', '=', 'strange')])
        for records in [[strange], Line.find([('number', '!=', 'strange')])]:
            explain = Wizard('training.bill.explain', records)
            explain.form.explanation = '另一系统的收款，已核对。'
            explain.execute('explain')
    for _ in range(2):
        bill = fetch()
        assert bill.state == 'explained'
        assert {x.explanation for x in bill.lines} == {'另一系统的收款，已核对。'}
        assert {x.explained_by.login for x in bill.lines} == {'accountant1'}

    # Another unit sees none of it, and those who only read may not act.
    with staff('accountant2'):
        assert Model.get('training.bill').find([]) == []
        assert Model.get('training.bill.line').find([]) == []
    with staff('auditor1'):
        assert len(Model.get('training.bill.line').find([])) == 3
        with pytest.raises(UserError):
            Model.get('training.bill')(bill.id).click('fetch')
        with pytest.raises(UserError):
            Wizard('training.bill.fetch')
        with pytest.raises(UserError):
            Wizard('training.bill.explain', [Model.get('training.bill.line')(
                        strange.id)])


def test_a_refund_about_midnight_is_found_in_the_bill_of_the_other_day(
        paid, desk, sandbox, staff, fetch):
    one = paid()
    one.ask_refund()
    desk('cashier1', one.id, decide)
    wait_for(lambda: one.shows('已退款'))
    with staff():
        number = Model.get('training.registration')(one.id).refund.number
    refund = sandbox.store.get('refund', number)
    today = dt.datetime.fromisoformat(refund['at'])
    sandbox.store.put('refund', number, {
            **refund, 'at': (today - DAY).isoformat(timespec='seconds')})
    assert ('refund', 'missing_there', number, None, 1200) in lines(fetch())
    before = fetch(days=1)
    assert (before.state, before.refunded_here) == ('same', 1200)
    with staff('accountant1'):
        assert not Model.get('training.bill.line').find([('number', '=', number)])


def test_missing_bills_are_fetched_every_hour(name, staff, sandbox, tomorrow):
    from trytond.pool import Pool

    tomorrow()

    def task():
        with Transaction().start(name, 0):
            Pool().get('training.bill').fetch_recent()
        with staff():
            return Model.get('training.bill').find([
                    ('merchant.mchid', '=', '1900000102')])

    sandbox.faults.add('error', '/v3/bill', count=10 ** 6, value=500)
    bills = task()
    assert [b.state for b in bills] == ['open'] * 7
    assert all(b.error for b in bills)
    sandbox.faults.clear()
    assert [(b.state, b.error) for b in task()] == [('same', None)] * 7


@pytest.mark.parametrize('days', [(0, 1), (-91, -80), (-1, -2)])
def test_days_without_a_bill_are_refused(staff, tomorrow, days):
    last = clock.today()
    tomorrow()
    with staff('accountant1'):
        fetch = Wizard('training.bill.fetch')
        fetch.form.from_date, fetch.form.to_date = (last + n * DAY for n in days)
        with pytest.raises(UserError, match='10:00'):
            fetch.execute('open_')
