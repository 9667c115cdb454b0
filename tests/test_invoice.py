# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""An invoice from the wish to the file: what trainees, staff and the bureau may do."""
import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from decimal import Decimal

import pytest
import requests
from conftest import BACKEND
from demo_data.client import WireError
from demo_data.people import tax_number
from invoicing import (
    Buyer, by_wizard, full_title, last_invoice, number, on_invoice, title, wish)
from proteus import Model

from trytond.exceptions import UserError
from trytond.model.exceptions import AccessButtonError, AccessError
from trytond.modules.supervision_training import clock, invoice, tax_workbook
from trytond.modules.supervision_training.exceptions import (
    InvalidFields, UnreadableFile, WrongState)
from trytond.pool import Pool

PDF = b'%PDF-1.7 test'


@pytest.fixture
def bureau(name):
    "A function that does with the invoice of a buyer what the tax bureau does"
    return lambda buyer, method, *args: on_invoice(name, buyer.id, method, *args)


@pytest.fixture
def setting(staff):
    "A function that changes the settings of the first unit, until the test ends"
    names = ['special_route', 'request_days', 'kinds', 'tax_rate', 'remarks']

    def change(**values):
        with staff('accountant1'):
            record, = Model.get('training.invoice.setting').find(
                [('industry', '=', None)])
            before = {name: getattr(record, name) for name in names}
            before['kinds'] = list(before['kinds'])
            for name, value in values.items():
                setattr(record, name, value)
            record.save()
        return before
    before = change()
    yield change
    change(**before)


def refused(code, function, *args, **params):
    "Return the message, or the messages by field, of a call that is refused"
    with pytest.raises(WireError) as raised:
        function(*args, **params)
    assert raised.value.code == code
    return raised.value.fields or raised.value.message


def test_life_of_an_invoice(buyer, bureau, staff, url):
    one = buyer()
    other = title(one.client, name='海岳港航监理有限公司')
    assert one.is_invoiced('draft', 'change')
    assert 'invoice' in one.see()['actions']
    with staff('accountant1'):
        record = last_invoice(one.id)
        region = record.registration.session_region.region.name
        assert {name: getattr(record, name) for name in [
                'route', 'amount', 'tax_rate', 'tax_code', 'item_name',
                'price_includes_tax', 'remarks']} == {
            'route': 'digital', 'amount': Decimal(1200), 'tax_rate': Decimal('0.03'),
            'tax_code': '3070201020000000000', 'item_name': '*非学历教育服务*培训费',
            'price_includes_tax': True,
            'remarks': f'开票期次 {region} {one.person.name}'}
        assert record.serial.startswith('FP20') and len(record.serial) == 16
    changed = one.ask('change', **wish(other, email='b@example.com'))
    assert (changed['title']['name'], changed['email'], changed['state']) == (
        '海岳港航监理有限公司', 'b@example.com', 'draft')
    assert one.see()['form']['invoice'] == wish(other, email='b@example.com')

    bureau(one, 'export')
    assert one.is_invoiced('exported')
    assert 'invoice' not in one.see()['actions']
    assert '换开' in refused(-32008, one.ask, 'change', **wish(other))
    reason = '购买方纳税人识别号长度不能超过20'
    for _ in range(2):
        bureau(one, 'fail', reason)
    assert one.is_invoiced('failed', 'change')
    assert one.invoice()['failure'] == reason
    assert one.titles()[:2] == ['发票信息待更正', '报名成功']
    one.ask('change', **wish(title(one.client, tax_number=tax_number(8))))
    bureau(one, 'fail', reason)
    assert one.is_invoiced('draft', 'change') and one.invoice()['failure'] is None
    bureau(one, 'export')
    issued = number()
    for _ in range(2):
        bureau(one, 'issue', issued, clock.today())
        bureau(one, 'attach', 'pdf', PDF)
    assert one.is_invoiced('issued', 'reissue', 'download')
    seen = one.invoice()
    assert (seen['number'], seen['issued_on'], seen['amount']) == (
        issued, clock.today().isoformat(), 120000)
    assert one.titles()[:2] == ['发票已开具', '发票信息待更正']
    file, = seen['files']
    assert (file['kind'], file['name'], file['size']) == (
        'pdf', f'{issued}.pdf', len(PDF))
    address = url.rpartition('/')[0].rpartition('/')[0] + file['url']
    answer = requests.get(address, timeout=30)
    assert (answer.content, answer.headers['Content-Type']) == (
        PDF, 'application/pdf')
    for forged in [address.replace('/pdf', '/xml'), address.partition('?')[0]]:
        assert requests.get(forged, timeout=30).status_code == 403
    with staff('accountant1'):
        events = [e.name for e in last_invoice(one.id).events]
    assert events[::-1] == [f'invoice_{n}' for n in [
            'draft', 'changed', 'exported', 'failed', 'draft', 'changed', 'exported',
            'issued']]


def test_only_its_owner_sees_an_invoice(buyer, phone, new_person):
    one = buyer()
    stranger = phone(new_person())
    for call in [
            lambda: stranger('invoice.get', registration=one.id),
            lambda: stranger(
                'invoice.change', registration=one.id, **wish(title(stranger)))]:
        assert '报名' in refused(-32003, call)
    stolen = title(stranger)
    assert refused(-32004, one.ask, 'change', **wish(stolen)).keys() == {'title'}
    assert one.is_invoiced('draft', 'change')


@pytest.mark.parametrize('change, field, text', [
        ({'kind': 'paper'}, 'title', '纸质专票'),
        ({'email': 'x'}, 'email', '电子邮箱'),
        ({'email': ' '}, 'email', '电子邮箱'),
        ({'email': 'a' * 70 + '@example.com'}, 'email', '72'),
        ({'title': 999999}, 'title', '发票抬头'),
        ])
def test_a_wish_that_can_not_be(draft, change, field, text):
    before = draft.invoice()
    good = wish(before['title']['id'])
    assert text in refused(-32004, draft.ask, 'change', **good | change)[field]
    assert draft.invoice() == before


def test_a_kind_that_the_unit_does_not_offer(draft, setting):
    setting(kinds=['paper'])
    good = wish(draft.invoice()['title']['id'])
    assert draft.invoice()['kinds'] == ['paper']
    assert '不提供' in refused(-32004, draft.ask, 'change', **good)['kind']


@pytest.fixture(scope='module')
def made():
    return {}


@pytest.fixture
def draft(made, buyer):
    "A buyer whose invoice is to issue, which the tests leave as it is"
    if 'draft' not in made:
        made['draft'] = buyer()
    return made['draft']


def test_asked_for_after_the_payment(buyer, setting, staff, monkeypatch):
    one = buyer(kind=None)
    assert one.see()['invoice'] is None and 'invoice' in one.see()['actions']
    assert one.is_invoiced('none', 'request')
    last = clock.today() + dt.timedelta(90)
    assert one.invoice()['request_until'] == last.isoformat()
    paper = full_title(one.client)
    assert one.ask('request', **wish(paper, kind='paper'))['state'] == 'draft'
    assert one.is_invoiced('draft', 'change')
    assert '补开' in refused(-32008, one.ask, 'request', **wish(paper))
    with staff('accountant1'):
        last_invoice(one.id).click('cancel')
    assert one.is_invoiced('cancelled', 'request')
    setting(request_days=0)
    assert one.invoice()['request_until'] == clock.today().isoformat()
    assert one.is_invoiced('cancelled', 'request')
    tomorrow = clock.now() + dt.timedelta(1)
    monkeypatch.setattr(clock, 'now', lambda: tomorrow)
    assert one.is_invoiced('cancelled')
    assert '补开期限' in refused(-32008, one.ask, 'request', **wish(paper))


def test_changed_before_the_payment(phone, new_person, session, desk, sandbox):
    person = new_person()
    client = phone(person)
    mine = title(client)
    form = {'invoice': wish(mine)}
    one = Buyer(client, client.register(person, session(), **form))
    assert one.is_invoiced('wished', 'change')
    one.ask('change', **wish(mine, email='b@example.com'))
    desk('reviewer1', one.id, 'approve')
    one.pay(sandbox)
    assert one.is_invoiced('draft', 'change')
    assert one.invoice()['email'] == 'b@example.com'
    nobody = Buyer(client, client.register(person, session()))
    assert nobody.is_invoiced('none') and 'invoice' not in nobody.see()['actions']


@pytest.mark.parametrize('number, days, field, text', [
        ('2631200000000000001', 0, 'number', '20 位'),
        ('263120000000000000012', 0, 'number', '20 位'),
        ('2631200000000000000X', 0, 'number', '20 位'),
        ('12345678', 0, 'number', '20 位'),
        ('', 0, 'number', '20 位'),
        ('26312000999999999999', 1, 'issued_on', '缴费日期'),
        ('26312000999999999999', -1, 'issued_on', '缴费日期'),
        ])
def test_issued_as_it_can_not_be(draft, bureau, number, days, field, text):
    with pytest.raises(InvalidFields) as raised:
        bureau(draft, 'issue', number, clock.today() + dt.timedelta(days))
    assert text in raised.value.fields[field]
    assert draft.is_invoiced('draft', 'change')


def test_a_number_is_used_once(buyer, bureau):
    one, two = buyer(), buyer()
    used = number()
    bureau(one, 'issue', used, clock.today())
    with pytest.raises(InvalidFields) as raised:
        bureau(two, 'issue', used, clock.today())
    assert used in raised.value.fields['number']
    with pytest.raises(WrongState, match=used):
        bureau(one, 'issue', number(), clock.today())
    assert one.invoice()['number'] == used and two.is_invoiced('draft', 'change')


def test_what_contradicts_is_refused(buyer, bureau, staff):
    one = buyer()
    for method, args in [('fail', ['x']), ('attach', ['pdf', PDF])]:
        with pytest.raises(WrongState):
            bureau(one, method, *args)
    bureau(one, 'export')
    with pytest.raises(WrongState):
        bureau(one, 'export')
    bureau(one, 'issue', number(), clock.today())
    for method, args in [('fail', ['x']), ('export', [])]:
        with pytest.raises(WrongState):
            bureau(one, method, *args)
    two = buyer()
    with staff('accountant1'):
        last_invoice(two.id).click('cancel')
    for method, args in [
            ('fail', ['x']), ('export', []), ('issue', [number(), clock.today()])]:
        with pytest.raises(WrongState):
            bureau(two, method, *args)
    assert one.invoice()['state'] == 'issued' and two.is_invoiced(
        'cancelled', 'request')


@pytest.mark.parametrize('kind, data, text', [
        ('pdf', b'<xml/>', 'PDF'),
        ('ofd', PDF, 'OFD'),
        ('xml', b'', 'XML'),
        ('pdf', b'%PDF-' + bytes(5 * 1024 ** 2), '5 MB'),
        ])
def test_files_that_are_none(issued, bureau, kind, data, text):
    with pytest.raises(UnreadableFile, match=text):
        bureau(issued, 'attach', kind, data)
    assert issued.invoice()['files'] == []


@pytest.fixture
def issued(made, buyer, bureau):
    if 'issued' not in made:
        made['issued'] = buyer()
        bureau(made['issued'], 'issue', number(), clock.today())
    return made['issued']


def test_files_of_each_kind(buyer, bureau):
    one = buyer()
    bureau(one, 'issue', number(), clock.today())
    for kind, data in [
            ('pdf', PDF), ('ofd', b'PK\x03\x04 test'),
            ('xml', b'\xef\xbb\xbf<?xml version="1.0"?><x/>'), ('pdf', PDF + b' new')]:
        bureau(one, 'attach', kind, data)
    assert [(f['kind'], f['size']) for f in one.invoice()['files']] == [
        ('pdf', len(PDF) + 4), ('ofd', 9), ('xml', 28)]


def test_on_paper_by_hand(buyer, bureau, setting, staff):
    setting(special_route='hand')
    one = buyer('paper', full_title)
    with pytest.raises(WrongState):
        bureau(one, 'export')
    with staff('accountant1'):
        record = last_invoice(one.id)
        assert (record.kind, record.route) == ('paper', 'hand')
        with pytest.raises(AccessButtonError):
            record.click('send')
        with pytest.raises(UserError, match='8 位'):
            by_wizard(record, 'issue', 'issue', number='1234')
        by_wizard(record, 'issue', 'issue', number='1234 5678', pdf=PDF)
        by_wizard(
            record, 'send', 'send', courier='顺丰速运', courier_number='SF123456')
        assert record.state == 'issued'
    seen = one.invoice()
    assert (seen['number'], seen['courier'], seen['courier_number']) == (
        '12345678', '顺丰速运', 'SF123456')
    assert [f['kind'] for f in seen['files']] == ['pdf']
    assert one.titles()[:2] == ['发票已寄出', '发票已开具']


def test_staff_correct_a_title(buyer, bureau, staff):
    one = buyer()
    bureau(one, 'export')
    with staff('accountant1'):
        record = last_invoice(one.id)
        with pytest.raises(AccessButtonError):
            record.click('edit')
        by_wizard(record, 'fail', 'act', reason='购买方名称有误')
        for values, text in [
                ({'tax_number': '123'}, '税号'), ({'kind': 'paper'}, '纸质专票'),
                ({'email': 'x'}, '邮箱'), ({'name': '长' * 101}, '100')]:
            with pytest.raises(UserError, match=text):
                by_wizard(record, 'edit', 'correct', **values)
        by_wizard(
            record, 'edit', 'correct', name='江河水运监理咨询有限公司',
            tax_number=f' {tax_number(9).lower()} ')
        assert (record.state, record.tax_number) == ('draft', tax_number(9))
        event = record.events[0]
        assert (event.name, event.actor, event.user.login) == (
            'invoice_changed', 'staff', 'accountant1')
        assert '华东路桥监理有限公司 → 江河水运监理咨询有限公司' in event.note
    assert one.invoice()['title']['name'] == '江河水运监理咨询有限公司'


def test_only_the_accountant_of_the_unit_acts(buyer, staff):
    one = buyer()
    for user in ['reviewer1', 'cashier1', 'auditor1']:
        with staff(user):
            record = last_invoice(one.id)
            with pytest.raises(AccessButtonError):
                record.click('cancel')
            record.name = 'x'
            with pytest.raises(AccessError):
                record.save()
            record.reload()
            with pytest.raises(UserError):
                by_wizard(record, 'edit', 'correct', name='x')
    with staff('accountant2'):
        Invoice = Model.get('training.invoice')
        assert Invoice.find([]) == []
        with pytest.raises(UserError):
            by_wizard(Invoice(1), 'edit', 'correct', name='x')
    with staff('clerk1'), pytest.raises(AccessError):
        Model.get('training.invoice').find([])
    assert one.is_invoiced('draft', 'change')


@pytest.mark.parametrize('values, text', [
        ({'tax_code': '307020102'}, '19 位'),
        ({'tax_code': '307020102000000000X'}, '19 位'),
        ({'item_name': '长' * 101}, '100'),
        ({'remarks': '{trainee.__class__}'}, '大括号'),
        ({'remarks': '{phone}'}, '大括号'),
        ({'remarks': '{session'}, '大括号'),
        ({'remarks': '{}'}, '大括号'),
        ({'remarks': '长' * 231}, '230'),
        ({'tax_rate': Decimal(3)}, '税率'),
        ({'tax_rate': Decimal('-0.03')}, '税率'),
        ({'request_days': -1}, '补开期限'),
        ({'kinds': []}, '开票类型'),
        ])
def test_settings_that_can_not_be(staff, values, text):
    with staff('accountant1'):
        record, = Model.get('training.invoice.setting').find([])
        for name, value in values.items():
            setattr(record, name, value)
        with pytest.raises(UserError, match=text):
            record.save()


def test_settings_by_industry(buyer, bureau, staff, setting):
    one = buyer()
    setting(tax_rate=Decimal('0.06'), remarks='{employer} {number}')
    with staff('accountant1'):
        Setting = Model.get('training.invoice.setting')
        assert last_invoice(one.id).tax_rate == Decimal('0.03')
        for industry, text in [(None, '相同行业'), ('waterway', None)]:
            record = Setting(industry=industry, tax_rate=Decimal('0.01'))
            if text:
                with pytest.raises(UserError, match=text):
                    record.save()
            else:
                record.save()
    bureau(one, 'export')
    with staff('accountant1'):
        invoice = last_invoice(one.id)
        registration = invoice.registration
        assert (registration.industry, invoice.tax_rate, invoice.remarks) == (
            'highway', Decimal('0.06'),
            f'{registration.employer} {registration.number}')
        record.industry = 'highway'
        record.save()
    two = buyer()
    with staff('accountant1'):
        assert last_invoice(two.id).tax_rate == Decimal('0.01')
        record.delete()


def test_a_unit_without_settings(
        phone, new_person, session, bureau, desk, sandbox, staff):
    with staff('accountant2'):
        record, = Model.get('training.invoice.setting').find([])
        record.delete()
    person = new_person()
    client = phone(person)
    one = Buyer(client, client.register(
            person, session(1), invoice=wish(title(client))))
    desk('reviewer2', one.id, 'approve')
    one.pay(sandbox)
    assert one.is_invoiced('draft', 'change')
    with staff('accountant2'):
        invoice = last_invoice(one.id)
        assert (invoice.tax_code, invoice.tax_rate) == ('3070201020000000000', None)
    with pytest.raises(WrongState, match='开票设置'):
        bureau(one, 'export')


def test_by_mail_with_its_files(buyer, bureau, monkeypatch, staff):
    from trytond import config
    from trytond.modules.supervision_training import invoice_mail
    sent, down = [], [True]

    def send(message, strict):
        if down:
            raise OSError(f"no route to {message['To']}")
        sent.append(message)
    monkeypatch.setattr(invoice_mail, 'send_message', send)
    one = buyer()
    bureau(one, 'issue', number(), clock.today())
    bureau(one, 'attach', 'pdf', PDF)
    with staff('accountant1'):
        record = last_invoice(one.id)
        assert (record.mailed_at, record.mail_error) == (None, None)
    config.set('supervision_training', 'mail_from', 'invoices@example.com')
    try:
        bureau(one, 'attach', 'xml', b'<x/>')
        assert one.invoice()['state'] == 'issued'
        with staff('accountant1'):
            record.reload()
            assert (record.mailed_at, record.mail_error) == (None, 'OSError')
            down.clear()
            record.click('mail')
            assert record.mailed_at and not record.mail_error
        bureau(one, 'attach', 'pdf', PDF)
    finally:
        config.set('supervision_training', 'mail_from', '')
    message, = sent
    assert (message['To'], message['From']) == ('a@example.com', 'invoices@example.com')
    assert '开票期次' in message['Subject']
    assert [a.get_content() for a in message.iter_attachments()] == [PDF, b'<x/>']


@pytest.fixture
def race(buyer, bureau, name, monkeypatch):
    """A function that lets a trainee change an invoice while it is exported.

    The first one, 'export' or 'change', stops in the middle until the second one is
    done, or waits for it. It returns what the workbook says of the buyer's name, the
    code of the trainee's error, and whether the second one waited.
    """
    def race(first):
        one = buyer()
        other = title(one.client, name='海岳港航监理有限公司')
        halfway, go_on = threading.Event(), threading.Event()

        def export():
            row, = bureau(one, 'export')
            return row['购买方名称']

        def change():
            try:
                one.ask('change', **wish(other))
            except WireError as error:
                return error.code

        def stopping(function):
            def stop(*args):
                halfway.set()
                assert go_on.wait(30)
                return function(*args)
            return stop
        place, attribute = {
            'export': (tax_workbook, 'check'),
            'change': (Pool(name).get('training.invoice.title'), 'clean'),
            }[first]
        monkeypatch.setattr(place, attribute, stopping(getattr(place, attribute)))
        moves = {'export': export, 'change': change}
        with ThreadPoolExecutor(2) as pool:
            running = {first: pool.submit(moves.pop(first))}
            assert halfway.wait(30)
            (second, move), = moves.items()
            running[second] = pool.submit(move)
            waits = not wait([running[second]], 3).done
            go_on.set()
            return one, running['export'].result(), running['change'].result(), waits
    return race


OLD, NEW = '华东路桥监理有限公司', '海岳港航监理有限公司'


@pytest.mark.parametrize('first, exported, refused', [
        ('export', OLD, -32008),
        ('change', NEW, None),
        ])
def test_a_change_against_an_export(race, first, exported, refused):
    "The second one waits, and what is exported is what the trainee sees"
    one, name, error, waited = race(first)
    assert (name, error, waited) == (exported, refused, True)
    seen = one.invoice()
    assert (seen['state'], seen['title']['name']) == ('exported', exported)


@pytest.mark.skipif(
    BACKEND == 'sqlite', reason="SQLite has but one writer: no race to show")
def test_without_the_lock_a_change_comes_between(race, monkeypatch):
    "The control: nobody waits, the database refuses the export and it begins anew"
    monkeypatch.setattr(invoice, 'lock', lambda records: records)
    assert race('export')[1:] == (NEW, None, False)
