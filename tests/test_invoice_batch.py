# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Invoices to the tax bureau and back: batches, results, files."""
import csv
import datetime as dt
import io
import zipfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from xmlrpc.client import Fault

import pytest
from acting import Trainee
from conftest import PASSWORD
from demo_data.people import tax_number
from openpyxl import Workbook, load_workbook
from proteus import Model, Report, Wizard, config

from trytond.exceptions import UserError
from trytond.modules.supervision_training import clock
from trytond.transaction import Transaction

BASIC, DETAIL = '1-发票基本信息', '2-发票明细信息'
FORMULA = '=HYPERLINK("http://example.com")'
NUMBER = '24312000000136634{:03}'.format


@pytest.fixture(scope='module')
def numbers():
    "Numbers that the bureau gives"
    return map(NUMBER, range(1000))


@pytest.fixture
def invoiced(phone, new_person, session, desk, sandbox, staff):
    """A function that returns the invoice of another person who has paid.

    It takes the unit and what the invoice's title says.
    """
    sessions = {}

    def invoiced(unit=0, **values):
        if unit not in sessions:
            sessions[unit] = session(unit, capacity=50)
        person = new_person()
        client = phone(person)
        title = client('invoice_title.save', **{
                'kind': 'unit', 'name': person.employer,
                'tax_number': tax_number(person.seed), 'address': person.address,
                'phone': '021-58001234', 'bank': '中国工商银行上海分行',
                'bank_account': '6222021001112223334',
                'mailing_address': person.address, **values})
        one = Trainee(client, client.register(person, sessions[unit], invoice={
                    'kind': 'electronic', 'title': title['id'],
                    'email': person.email}))
        desk(f'reviewer{unit + 1}', one.id, 'approve')
        assert one.pay(sandbox) == '已支付'
        with staff():
            invoice, = Model.get('training.invoice').find(
                [('registration', '=', one.id)])
        one.invoice, one.serial = invoice.id, invoice.serial
        return one
    return invoiced


@pytest.fixture
def change(name):
    "A function that changes an invoice as its trainee or the clock would"
    def change(invoice, **values):
        from trytond.pool import Pool
        with Transaction().start(name, 0):
            Invoice = Pool().get('training.invoice')
            Invoice.write([Invoice(invoice)], values)
    return change


@pytest.fixture
def rate(staff):
    "The first unit's tax rate, set"
    with staff('accountant1'):
        Setting = Model.get('training.invoice.setting')
        if not Setting.find([]):
            setting = Setting(tax_rate=Decimal('0.03'))
            setting.company, = Model.get('company.company').find(
                [('party.name', '=', '华东监理业务培训中心')])
            setting.save()


def export(staff, user='accountant1', **values):
    "Export what waits and return the batch: its count, what is left out, workbooks"
    with staff(user):
        wizard = Wizard('training.invoice.export')
        for name, value in values.items():
            setattr(wizard.form, name, value)
        expected = wizard.form.count
        wizard.execute('open_')
        batch = Model.get('training.invoice.batch').find([], limit=1)[0]
        assert batch.count + batch.left_out == expected
        return (
            batch.count, {p.invoice.id: p.reason for p in batch.problems},
            [load_workbook(io.BytesIO(f.data)) for f in batch.files])


def serials(book):
    return [row[0] for row in book[BASIC].iter_rows(min_row=4, values_only=True)]


def bring(staff, data, user='accountant1', name='结果.xlsx'):
    "Import a file and return what became of its rows, in their order"
    with staff(user):
        wizard = Wizard('training.invoice.import.file')
        wizard.form.file, wizard.form.name = data, name
        wizard.execute('open_')
        import_ = Model.get('training.invoice.import').find([], limit=1)[0]
        lines = sorted(import_.lines, key=lambda line: line.id)
        counts = Counter(line.outcome for line in lines)
        assert {o: getattr(import_, o) for o in counts} == counts
        return [(line.outcome, line.reason) for line in lines]


def outcomes(lines):
    return [outcome for outcome, _ in lines]


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def issued(*rows):
    return workbook(['发票流水号', '数电票号码', '开票日期'], *rows)


def failed(*rows):
    return workbook(
        ['发票流水号', '发票类型', '购买方名称', '购买方纳税人识别号', '导入失败原因'],
        *([serial, '普通发票', '', '', reason] for serial, reason in rows))


def zipped(files):
    output = io.BytesIO()
    with zipfile.ZipFile(output, 'w', zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return output.getvalue()


def states(staff, *ones):
    with staff():
        Invoice = Model.get('training.invoice')
        return [
            (i.state, i.number) for i in (Invoice(one.invoice) for one in ones)]


def test_round_trip(invoiced, change, rate, staff, numbers):
    today = clock.today().isoformat()
    one, two, formula, bad = (
        invoiced(), invoiced(), invoiced(name=FORMULA), invoiced())
    change(bad.invoice, tax_number='91310000')
    other = invoiced(unit=1)

    count, left, (book,) = export(staff)
    assert (count, list(left)) == (3, [bad.invoice])
    assert '购买方纳税人识别号：必须是 15 至 20 位' in left[bad.invoice]
    assert serials(book) == [one.serial, two.serial, formula.serial]
    name = book[BASIC]['F6']
    assert (name.value, name.data_type) == (FORMULA, 's')
    assert [c.value for c in book[DETAIL][4]][:9] == [
        one.serial, '*非学历教育服务*培训费', '3070201020000000000', None, None, None,
        None, '1200.00', '0.03']
    assert [s for s, _ in states(staff, one, two, formula, bad, other)] == [
        'exported', 'exported', 'exported', 'draft', 'draft']

    # What is exported does not go out again; what was left out still waits.
    count, left, books = export(staff)
    assert (count, list(left), books) == (0, [bad.invoice], [])

    # The bureau issues two and refuses one.
    first, second = next(numbers), next(numbers)
    results = issued([one.serial, first, today], [two.serial, second, today])
    failures = failed([formula.serial, '第6行购买方名称不合法'])
    assert bring(staff, results) == [('taken', None)] * 2
    assert bring(staff, failures) == [('taken', None)]
    expected = [
        ('issued', first), ('issued', second), ('failed', None), ('draft', None)]
    assert states(staff, one, two, formula, bad) == expected
    with staff():
        assert Model.get('training.invoice')(formula.invoice).failure == (
            '第6行购买方名称不合法')
    told = [o.titles() for o in (one, two, formula)]

    # To import them again changes nothing, and nobody is told twice.
    for data, rows in [(results, 2), (failures, 1)]:
        assert outcomes(bring(staff, data)) == ['same'] * rows
    assert outcomes(bring(staff, issued([one.serial, first, today]))) == ['same']
    assert states(staff, one, two, formula, bad) == expected
    assert [o.titles() for o in (one, two, formula)] == told

    # Contradictions are refused, each row by itself.
    future = (clock.today() + dt.timedelta(1)).isoformat()
    refused = bring(staff, issued(
            [one.serial, next(numbers), today], ['FP20200101000001', first, today],
            [other.serial, next(numbers), today], [None, next(numbers), today],
            [formula.serial, second, today], [formula.serial, '123', today],
            [formula.serial, next(numbers), future], [formula.serial, None, None]))
    assert outcomes(refused) == ['refused'] * 8
    for (_, reason), part in zip(refused, [
                first, 'FP20200101000001', other.serial, '缺少发票流水号', second,
                '123', '日期', '既没有'], strict=True):
        assert part in reason
    assert bring(staff, failed([one.serial, '税率不合法']))[0][0] == 'refused'
    assert states(staff, one, two, formula, bad) == expected

    # Corrected, they go out again, and a stale list of failures does not stop them.
    change(formula.invoice, name='江河水运监理咨询有限公司')
    change(bad.invoice, tax_number=tax_number(7))
    count, left, (book,) = export(staff)
    assert (count, left, serials(book)) == (2, {}, [formula.serial, bad.serial])
    assert outcomes(bring(staff, failures)) == ['same']
    assert bring(staff, issued(
            [formula.serial, next(numbers), today],
            [bad.serial, next(numbers), today])) == [('taken', None)] * 2
    after = states(staff, one, two, formula, bad)
    assert [s for s, _ in after] == ['issued'] * 4
    assert len({number for _, number in after}) == 4
    with pytest.raises(UserError, match='没有可导出的发票'):
        export(staff)

    # The other unit's accountant sees none of it, and has what is theirs.
    with staff('accountant2'):
        for model in ['batch', 'batch.file', 'batch.problem', 'import', 'import.line']:
            assert Model.get(f'training.invoice.{model}').find([]) == []
        wizard = Wizard('training.invoice.export')
        assert wizard.form.count == 1
    with staff():
        theirs = Model.get('training.invoice')(one.invoice).company
    for wizard, state in [('export', 'open_'), ('template', 'upload')]:
        with staff('accountant2'):
            wizard = Wizard(f'training.invoice.{wizard}')
            wizard.form.company = Model.get('company.company')(theirs.id)
            with pytest.raises(UserError):
                wizard.execute(state)
    with staff('auditor1'):
        assert len(Model.get('training.invoice.batch').find([])) == 3
        for wizard in ['export', 'template', 'import.file']:
            with pytest.raises(UserError):
                Wizard(f'training.invoice.{wizard}')

    # Lists of a selection: the formula is text in the workbook and inert in the CSV.
    change(one.invoice, name=FORMULA)
    with staff('auditor1'):
        chosen = [Model.get('training.invoice')(o.invoice) for o in (one, two)]
        extension, data, _, _ = Report('training.invoice.list').execute(chosen)
        page = load_workbook(io.BytesIO(data)).active
        assert (extension, page.max_row) == ('xlsx', 3)
        cell, = [c for c in page[2] if c.value == FORMULA]
        assert cell.data_type == 's'
        assert first in [c.value for c in page[2]]
        extension, data, _, _ = Report('training.invoice.csv').execute(chosen)
        rows = list(csv.reader(io.StringIO(data.decode('utf-8-sig'))))
        assert (extension, len(rows)) == ('csv', 3)
        assert "'" + FORMULA in rows[1]
    with staff('accountant2'), pytest.raises(UserError):
        Report('training.invoice.list').execute(chosen)


PDF = b'%PDF-1.7\n%%EOF'
XML = '<?xml version="1.0"?><EInvoice><Number>{}</Number></EInvoice>'
BOMB = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'


def test_files(invoiced, rate, staff, numbers):
    one, two = invoiced(), invoiced()
    export(staff)
    number, waiting = next(numbers), next(numbers)
    assert outcomes(bring(staff, issued(
                [one.serial, number, clock.today().isoformat()]))) == ['taken']
    ofd = zipped({'OFD.xml': '<ofd/>'})
    lines = {
        f'../../dzfp_{number}_某公司.pdf': (PDF, None),
        f'发票/{one.serial}.ofd': (ofd, None),
        '发票/无编号.XML': (XML.format(number), None),
        f'{number}.txt': ('x', '不是 PDF、OFD 或 XML'),
        f'坏的{number}.pdf': (b'<html>', 'PDF'),
        f'坏的{number}.ofd': (b'PK\x03\x04', '无法读取'),
        f'别的{number}.ofd': (zipped({'a': 'b'}), 'OFD'),
        f'坏的{number}.xml': ('<a>', 'XML'),
        f'实体{number}.xml': (BOMB, 'XML'),
        f'{number}-别人.xml': (XML.format(waiting), '不符'),
        f'{waiting}.pdf': (PDF, waiting),
        f'{two.serial}.pdf': (PDF, two.serial),
        '没有编号.pdf': (PDF, '没有编号'),
        '没有编号.xml': (XML.format(waiting), '没有编号'),
        f'{number}_{two.serial}.pdf': (PDF, '多张'),
        f'大{number}.pdf': (PDF + bytes(5 * 1024 ** 2), '5 MB'),
        }
    data = zipped({name: data for name, (data, _) in lines.items()})
    for expected in ['taken', 'same']:
        found = bring(staff, data, name='发票.zip')
        assert outcomes(found) == [
            'refused' if part else expected for _, part in lines.values()]
        for (_, reason), (name, (_, part)) in zip(found, lines.items(), strict=True):
            assert not part or part in reason, (name, reason)
        with staff('auditor1'):
            files = Model.get('training.invoice')(one.invoice).files
            assert {f.kind: f.data for f in files} == {
                'pdf': PDF, 'ofd': ofd, 'xml': XML.format(number).encode()}
    with staff():
        assert not Model.get('training.invoice')(two.invoice).files


@pytest.mark.parametrize('data, message', [
        (b'', '无法读取'),
        (b'%PDF-', '无法读取'),
        (bytes(15 * 1024 ** 2), '超过 14 MB'),
        (workbook(['序号'], ['1']), '没有“发票流水号”列'),
        ])
def test_what_is_no_file_of_the_bureau_is_refused(staff, data, message):
    with pytest.raises(UserError, match=message):
        bring(staff, data)


def test_template(staff, rate, invoiced):
    from trytond.modules.supervision_training import tax_workbook
    one = invoiced()
    with staff('accountant1'):
        assert Wizard('training.invoice.export').form.template == '内置模板（V260401）'

    def upload(data):
        with staff('accountant1'):
            wizard = Wizard('training.invoice.template')
            wizard.form.template, wizard.form.name = data, '(V260401版)模板.xlsx'
            wizard.execute('upload')

    with pytest.raises(UserError, match='不是税局的批量开票模板'):
        upload(workbook(['发票流水号']))
    book = load_workbook(io.BytesIO(tax_workbook.blank()))
    book['excelVersion']['A4'] = 'pt:20270101'
    output = io.BytesIO()
    book.save(output)
    upload(output.getvalue())
    with staff('accountant1'):
        assert Wizard('training.invoice.export').form.template == (
            '(V260401版)模板.xlsx')
    _, _, (book,) = export(staff)
    assert book['excelVersion']['A4'].value == 'pt:20270101'
    assert one.serial in serials(book)
    upload(None)


def test_period_and_kind(staff, rate, invoiced, change):
    one, two = invoiced(), invoiced()
    today = clock.today()
    midnight = clock.end_of(today - dt.timedelta(40))
    change(one.invoice, wished_at=midnight - dt.timedelta(seconds=1))
    change(two.invoice, wished_at=midnight)
    days = [today - dt.timedelta(n) for n in (41, 40, 39)]
    for first, last in [(days[0], days[0]), (days[2] + dt.timedelta(1), days[2])]:
        with pytest.raises(UserError, match='没有可导出的发票'):
            export(staff, from_date=first, to_date=last)
    with pytest.raises(UserError, match='没有可导出的发票'):
        export(staff, to_date=days[2], kind='paper')
    _, _, (book,) = export(staff, to_date=days[1])
    assert serials(book) == [one.serial]
    _, _, (book,) = export(
        staff, from_date=days[2], to_date=days[2], kind='electronic')
    assert serials(book) == [two.serial]


def test_many_at_once_export_no_invoice_twice(server, name, staff, rate, invoiced):
    some = [invoiced() for _ in range(2)]

    def export_once(_):
        config.set_xmlrpc(
            f'{server}/{name}/rpc/'.replace('//', f'//accountant1:{PASSWORD}@', 1))
        try:
            Wizard('training.invoice.export').execute('open_')
        except Fault as fault:  # the others have exported all of it
            assert '没有可导出的发票' in str(fault)
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert any(pool.map(export_once, range(4)))
    with staff('accountant1'):
        books = [
            load_workbook(io.BytesIO(f.data))
            for f in Model.get('training.invoice.batch.file').find([])]
    times = Counter(serial for book in books for serial in serials(book))
    assert [times[one.serial] for one in some] == [1, 1]
