# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Red invoices: asked for, brought about by refunds, noted; nothing invoiced twice."""
import datetime as dt
from decimal import Decimal

import pytest
from acting import decide, wait_for
from demo_data.client import WireError
from invoicing import by_wizard, last_invoice, number, on_invoice, title, wish
from proteus import Model

from trytond.exceptions import UserError
from trytond.model.exceptions import AccessButtonError
from trytond.modules.supervision_training import clock


@pytest.fixture
def bureau(name):
    return lambda buyer, method, *args: on_invoice(name, buyer.id, method, *args)


@pytest.fixture
def issued(buyer, bureau):
    "A function that returns a buyer whose invoice is issued"
    def issued(**values):
        one = buyer(**values)
        bureau(one, 'issue', number(), clock.today())
        return one
    return issued


@pytest.fixture
def accountant(staff):
    "A function that acts as the accountant on the last invoice of a buyer"
    def act(buyer, action, *args, **values):
        with staff('accountant1'):
            record = last_invoice(buyer.id)
            if action == 'see':
                return tuple(getattr(record, name) for name in args)
            if args or values:
                by_wizard(record, action, *args, **values)
            else:
                record.click(action)
    return act


@pytest.fixture
def red(accountant):
    "A function that notes the red invoice of a buyer's last one"
    return lambda buyer, **values: accountant(buyer, 'note_red', 'note', **{
            'red_form_number': '31011626110000000001', 'red_form_state': '01',
            'red_number': number(), 'red_on': clock.today()} | values)


@pytest.fixture
def red_later(staff):
    "Let the first unit grant refunds before the red invoice, until the test ends"
    def change(first):
        with staff('accountant1'):
            record, = Model.get('training.invoice.setting').find([])
            record.red_first = first
            record.save()
    change(False)
    yield
    change(True)


@pytest.fixture(autouse=True)
def nothing_is_invoiced_twice(name):
    "After each test live invoices are what is kept, but for those to reverse"
    yield
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    with Transaction().start(name, 0, readonly=True):
        Invoice = Pool().get('training.invoice')
        invoices = Invoice.search([
                ('state', 'in', Invoice.live_states),
                ['OR', ('red_state', '=', None), ('red_state', '=', 'requested')],
                ('state', '!=', 'exported')])
        assert invoices
        for invoice in invoices:
            assert invoice.amount <= invoice.registration.kept


def chain(staff, buyer):
    "Return state, amount and what each invoice of a buyer replaces, oldest first"
    with staff('accountant1'):
        invoices = Model.get('training.registration')(buyer.id).invoices[::-1]
        return [
            (i.state, int(i.amount), i.replaces and i.replaces.serial == before)
            for i, before in zip(
                invoices, [None, *(i.serial for i in invoices)], strict=False)]


def test_another_invoice_is_asked_for(issued, accountant, red, staff):
    one = issued()
    other = title(one.client, name='海岳港航监理有限公司')
    asked = {**wish(other), 'reason': '公司更名'}
    with pytest.raises(WireError) as raised:
        one.ask('reissue', **asked | {'reason': ' '})
    assert raised.value.fields == {'reason': '请填写换开原因。'}
    seen = one.ask('reissue', **asked)
    assert (seen['reissue'], seen['actions']) == ('requested', [])
    with pytest.raises(WireError) as raised:
        one.ask('reissue', **asked)
    assert raised.value.code == -32008
    with pytest.raises(AccessButtonError):
        accountant(one, 'note_red')
    accountant(one, 'refuse_red', 'act', reason='名称与执照一致')
    seen = one.invoice()
    assert (seen['reissue'], seen['reissue_refusal'], seen['actions']) == (
        'refused', '名称与执照一致', ['reissue'])
    assert one.titles()[0] == '换开发票未通过'
    one.ask('reissue', **asked)
    accountant(one, 'grant_red')
    assert one.invoice()['reissue'] == 'granted'
    assert accountant(one, 'see', 'red_cause', 'red_reason', 'red_note') == (
        'reissue', '1', '公司更名')
    accountant(one, 'refuse_red', 'act', reason='购买方否认了确认单')
    assert one.invoice()['reissue_refusal'] == '购买方否认了确认单'
    one.ask('reissue', **asked)
    accountant(one, 'grant_red')
    red(one, red_form_state='02', red_number=None, red_on=None)
    assert one.is_invoiced('issued')
    red(one)
    assert chain(staff, one) == [('reversed', 1200, None), ('draft', 1200, True)]
    seen = one.invoice()
    assert (seen['title']['name'], seen['actions']) == (
        '海岳港航监理有限公司', ['change'])
    assert one.titles()[0] == '发票已红冲'


@pytest.fixture(scope='module')
def made():
    return {}


@pytest.mark.parametrize('values, text', [
        ({'red_number': '123'}, '20 位'),
        ({'red_number': 'own'}, '已属于'),
        ({'red_number': None}, '20 位'),
        ({'red_on': None}, '红字发票日期'),
        ({'red_on': 1}, '红字发票日期'),
        ({'red_on': -1}, '红字发票日期'),
        ({'red_form_state': None}, '确认单状态'),
        *(({'red_form_state': state}, '确认单状态') for state in [
                '02', '03', '05', '06', '07', '08', '09']),
        ])
def test_red_invoices_that_can_not_be(made, issued, accountant, red, values, text):
    if not made:
        made['one'] = issued()
        accountant(made['one'], 'start_red', 'act', reason='税率有误')
    one = made['one']
    if values.get('red_number') == 'own':
        values = {'red_number': one.invoice()['number']}
    if days := values.get('red_on'):
        values = {'red_on': clock.today() + dt.timedelta(days)}
    with pytest.raises(UserError, match=text):
        red(one, **values)
    assert accountant(one, 'see', 'state', 'red_state') == ('issued', 'to_do')


def test_found_by_the_accountant(issued, accountant, red, staff):
    one = issued()
    accountant(one, 'start_red', 'act', reason='税率有误')
    accountant(one, 'refuse_red', 'act', reason='税率无误')
    assert accountant(one, 'see', 'red_state', 'red_refusal') == (None, None)
    accountant(one, 'start_red', 'act', reason='税率有误')
    red(one)
    assert chain(staff, one) == [('reversed', 1200, None), ('draft', 1200, True)]
    assert accountant(one, 'see', 'name', 'amount') == (
        '华东路桥监理有限公司', Decimal(1200))
    with pytest.raises(AccessButtonError):
        accountant(one, 'note_red')


def test_the_red_invoice_comes_before_the_refund(issued, accountant, red, desk, staff):
    one = issued()
    one.ask_refund()
    assert accountant(one, 'see', 'red_state', 'red_cause', 'red_reason') == (
        'to_do', 'refund', '3')
    with pytest.raises(AccessButtonError):
        accountant(one, 'refuse_red')
    with pytest.raises(UserError, match='请先红冲发票'):
        desk('cashier1', one.id, decide)
    assert one.see()['refund']['state'] == 'requested'
    desk('cashier1', one.id, lambda r: decide(r, refuse='已开课'))
    assert accountant(one, 'see', 'state', 'red_state') == ('issued', None)
    one.ask_refund()
    red(one)
    assert chain(staff, one) == [('reversed', 1200, None)]
    desk('cashier1', one.id, decide)
    wait_for(lambda: one.shows('已退款'))
    assert chain(staff, one) == [('reversed', 1200, None)]
    assert one.is_invoiced('reversed')


def test_a_refund_refused_after_the_red_invoice(issued, red, desk, staff):
    one = issued()
    one.ask_refund()
    red(one)
    assert one.is_invoiced('reversed')
    desk('cashier1', one.id, lambda r: decide(r, refuse='已开课'))
    assert chain(staff, one) == [('reversed', 1200, None), ('draft', 1200, True)]


@pytest.fixture
def partly(session, staff):
    "A session that gives back four fifths"
    id = session(capacity=500)
    with staff():
        record = Model.get('training.session')(id)
        rate = record.refund_rates.new()
        rate.until, rate.rate = clock.today(), 80
        record.save()
    return id


def test_what_a_refund_leaves_is_invoiced_again(
        issued, buyer, bureau, accountant, red, desk, staff, partly):
    one = issued(in_session=partly)
    one.ask_refund()
    red(one)
    assert chain(staff, one) == [('reversed', 1200, None)]
    desk('cashier1', one.id, decide)
    wait_for(lambda: one.shows('已退款'))
    assert chain(staff, one) == [('reversed', 1200, None), ('draft', 240, True)]
    assert one.is_invoiced('draft', 'change')
    bureau(one, 'export')
    bureau(one, 'issue', number(), clock.today())
    assert one.is_invoiced('issued', 'reissue')

    two = buyer(in_session=partly)
    two.ask_refund()
    assert two.is_invoiced('draft', 'change')
    with pytest.raises(UserError):
        bureau(two, 'export')
    desk('cashier1', two.id, decide)
    assert chain(staff, two) == [('cancelled', 1200, None), ('draft', 240, True)]


def test_refunds_of_what_is_not_issued(buyer, bureau, desk, accountant, staff):
    one = buyer()
    one.ask_refund()
    desk('cashier1', one.id, decide)
    wait_for(lambda: one.shows('已退款'))
    assert one.is_invoiced('cancelled')
    two = buyer()
    bureau(two, 'export')
    two.ask_refund()
    with pytest.raises(UserError, match='登记开票结果'):
        desk('cashier1', two.id, decide)
    bureau(two, 'fail', '税号有误')
    assert two.is_invoiced('failed', 'change')
    desk('cashier1', two.id, decide)
    assert two.is_invoiced('cancelled')
    three = buyer()
    bureau(three, 'export')
    three.ask_refund()
    bureau(three, 'issue', number(), clock.today())
    assert accountant(three, 'see', 'red_state', 'red_cause') == ('to_do', 'refund')


def test_refunds_before_the_red_invoice(
        issued, buyer, bureau, accountant, red, desk, staff, red_later):
    one = issued()
    one.ask_refund()
    assert accountant(one, 'see', 'red_state') == (None,)
    desk('cashier1', one.id, decide)
    wait_for(lambda: one.shows('已退款'))
    assert accountant(one, 'see', 'state', 'red_state') == ('issued', 'to_do')
    red(one)
    assert chain(staff, one) == [('reversed', 1200, None)]
    for become, args, outcome in [
            ('issue', [number(), clock.today()], ('issued', 'to_do')),
            ('fail', ['税号有误'], ('cancelled', None))]:
        one = buyer()
        bureau(one, 'export')
        one.ask_refund()
        desk('cashier1', one.id, decide)
        wait_for(lambda one=one: one.shows('已退款'))
        assert one.is_invoiced('exported')
        bureau(one, become, *args)
        assert accountant(one, 'see', 'state', 'red_state') == outcome
        assert '发票信息待更正' not in one.titles()


def test_a_wish_meets_a_refund(issued, accountant, red, desk, staff):
    one = issued()
    asked = {**wish(title(one.client, name='新抬头有限公司')), 'reason': '更名'}
    one.ask('reissue', **asked)
    one.ask_refund()
    assert accountant(one, 'see', 'red_state', 'red_cause') == ('to_do', 'refund')
    desk('cashier1', one.id, lambda r: decide(r, refuse='已开课'))
    assert one.is_invoiced('issued', 'reissue')
    one.ask('reissue', **asked)
    accountant(one, 'grant_red')
    one.ask_refund()
    desk('cashier1', one.id, lambda r: decide(r, refuse='已开课'))
    assert one.invoice()['reissue'] == 'granted'
    red(one)
    assert one.invoice()['title']['name'] == '新抬头有限公司'


def test_a_cancelled_session_gives_back_at_once(
        issued, accountant, desk, staff, session, name):
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    from trytond.worker import run_task
    id = session()
    one = issued(in_session=id)
    with staff('manager1'):
        Model.get('training.session')(id).click('cancel')
    with Transaction().start(name, 0) as transaction:
        Pool().get('training.session').settle_cancelled()
    while transaction.tasks:
        run_task(name, transaction.tasks.pop())
    wait_for(lambda: one.shows('已退款'))
    assert accountant(one, 'see', 'state', 'red_state', 'red_cause') == (
        'issued', 'to_do', 'refund')
