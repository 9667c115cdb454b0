# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""The tax bureau's workbooks, read back by three readers that share no code."""
import datetime as dt
import io
import subprocess
import tempfile
import zipfile
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from python_calamine import CalamineWorkbook

from trytond.transaction import Transaction

BASIC, DETAIL = '1-发票基本信息', '2-发票明细信息'
SHOW = '是否展示购买方地址电话银行账号'
# The columns of the bureau's V260401 by letter; those of a merged header have a dash.
LETTERS = [get_column_letter(n) for n in range(1, 40)]
BASIC_COLUMNS = dict(zip(LETTERS, '''
    发票流水号 发票类型 特定业务类型 是否含税 受票方自然人标识 购买方名称
    购买方纳税人识别号 购买方证件类型 购买方证件号码 购买方国籍（或地区） 购买方地址
    购买方所在地区（报废产品收购必填） - - - 购买方详细地址（报废产品收购必填）
    购买方电话 购买方开户银行 购买方银行账号 是否展示购买方地址电话银行账号
    是否开具涉税专业服务发票品目 涉税专业服务协议编号 备注 报废产品销售类型
    每千克煤炭发热量 干基全硫 干燥无灰基挥发分 销售方开户行 销售方银行账号
    是否展示销售方地址电话银行账号 购买方邮箱 购买方经办人姓名 购买方经办人证件类型
    购买方经办人证件号码 经办人国籍(地区) 经办人自然人纳税人识别号
    放弃享受减按1%征收率原因 收款人 复核人'''.split(), strict=True))
DETAIL_COLUMNS = dict(zip('ABCDEFGHIJKLMN', '''
    发票流水号 项目名称 商品和服务税收编码 规格型号 单位 数量 单价 金额 税率 折扣金额
    是否使用优惠政策 优惠政策类型 即征即退类型 煤炭种类'''.split(), strict=True))
UNIT = {
    'serial': 'FP20261124000001', 'kind': 'paper', 'title_kind': 'unit',
    'name': '华东路桥监理有限公司', 'tax_number': '91310000MA1FL00012',
    'address': '上海市浦东新区世纪大道1号', 'phone': '021-58001234',
    'bank': '中国工商银行上海分行', 'bank_account': '6222021001112223334',
    'email': 'finance@example.com', 'remarks': '2026年第四期', 'amount': Decimal(1200),
    'tax_rate': Decimal('0.0300'), 'price_includes_tax': True, 'show_buyer': True,
    'item_name': '*非学历教育服务*培训费', 'tax_code': '3070201020000000000'}
UNIT_ROWS = {
    BASIC: {
        'A': 'FP20261124000001', 'B': '增值税专用发票', 'D': '是', 'E': '否',
        'F': '华东路桥监理有限公司', 'G': '91310000MA1FL00012',
        'K': '上海市浦东新区世纪大道1号', 'Q': '021-58001234',
        'R': '中国工商银行上海分行', 'S': '6222021001112223334',
        'T': '展示地址、电话、开户银行及银行账号', 'W': '2026年第四期',
        'AE': 'finance@example.com'},
    DETAIL: {
        'A': 'FP20261124000001', 'B': '*非学历教育服务*培训费',
        'C': '3070201020000000000', 'H': '1200.00', 'I': '0.03'}}
PERSON = {
    **UNIT, 'serial': 'FP20261124000002', 'kind': 'electronic', 'title_kind': 'person',
    'name': '张先生', **dict.fromkeys(
        ['tax_number', 'address', 'phone', 'bank', 'bank_account', 'remarks', 'email']),
    'tax_rate': Decimal(0), 'price_includes_tax': False}
PERSON_ROWS = {
    BASIC: {
        'A': 'FP20261124000002', 'B': '普通发票', 'D': '否', 'E': '是', 'F': '张先生'},
    DETAIL: {
        'A': 'FP20261124000002', 'B': '*非学历教育服务*培训费',
        'C': '3070201020000000000', 'H': '1200.00', 'I': '0'}}


@pytest.fixture
def tax(name):
    from trytond.modules.supervision_training import tax_workbook
    with Transaction().start(
            name, 0, readonly=True, context={'language': 'zh_CN'}):
        yield tax_workbook


def texts(tax, *invoices):
    return [tax.texts(SimpleNamespace(**values)) for values in invoices]


def by_openpyxl(data):
    book = load_workbook(io.BytesIO(data))
    return {
        page.title: {
            cell.coordinate: cell.value for row in page.iter_rows() for cell in row
            if cell.value not in {None, ''}}
        for page in book}


def by_calamine(data):
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {
        title: {
            f'{get_column_letter(column)}{row}': value
            for row, values in enumerate(
                book.get_sheet_by_name(title).to_python(skip_empty_area=False), 1)
            for column, value in enumerate(values, 1) if value != ''}
        for title in book.sheet_names}


def by_libreoffice(data):
    "Read what LibreOffice makes of a workbook; scripts/setup --browser installs it"
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, 'book.xlsx')
        source.write_bytes(data)
        subprocess.run([
                'soffice', f'-env:UserInstallation=file://{folder}/profile',
                '--headless', '--convert-to', 'xlsx', '--outdir', f'{folder}/out',
                source], check=True, capture_output=True, timeout=120)
        return by_openpyxl(Path(folder, 'out', 'book.xlsx').read_bytes())


READERS = [by_openpyxl, by_calamine, by_libreoffice]


@pytest.mark.parametrize('cells', READERS)
def test_made_up_workbook(tax, cells):
    book = tax.fill(texts(tax, UNIT, PERSON))
    pages = cells(book)
    assert list(pages) == [
        BASIC, DETAIL, '3-特定业务信息', '4-附加要素信息', 'excelVersion']
    assert pages['excelVersion'] == {'A4': 'pt:20260401'}
    for title, columns in [(BASIC, BASIC_COLUMNS), (DETAIL, DETAIL_COLUMNS)]:
        page = pages[title]
        assert page['A1'].startswith('填表说明')
        assert page['A2'] == '必填（限20字符）'
        assert {a: v for a, v in page.items() if a[-1] in '345'} == {
            **{f'{letter}3': text for letter, text in columns.items() if text != '-'},
            **{f'{letter}4': text for letter, text in UNIT_ROWS[title].items()},
            **{f'{letter}5': text for letter, text in PERSON_ROWS[title].items()}}
    assert pages['3-特定业务信息']['A3'] == '发票流水号'
    assert [pages['4-附加要素信息'][f'{c}3'] for c in 'ABC'] == [
        '发票流水号', '附加要素名称', '附加要素内容']


def test_the_version_is_hidden_and_cells_are_text(tax):
    book = tax.fill(texts(tax, UNIT))
    book = load_workbook(io.BytesIO(book))
    assert book['excelVersion'].sheet_state == 'hidden'
    for title in [BASIC, DETAIL]:
        cells = [c for c in book[title][4] if c.value is not None]
        assert {c.data_type for c in cells} == {'s'}
        assert {c.number_format for c in cells} == {'@'}


@pytest.fixture
def uploaded(tax):
    "A workbook as somebody saved it: other columns, more sheets, an example row"
    book = Workbook()
    extra = book.active
    extra.title = 'xzqhdm'
    extra['A1'] = '北京市'
    extra.sheet_state = 'hidden'
    for title, headers in tax.COLUMNS.items():
        page = book.create_sheet(title)
        page.append(['填表说明'])
        page.append(['必填'])
        page.append([
                None if h == '-' else f' {h[:4]}\n{h[4:]}' for h in reversed(headers)])
        page.append(['示例'] * len(headers))
        page.append(['示例'] * len(headers))
    book.create_sheet('excelVersion')['A4'] = 'pt:20270101'
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def parts(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {n: archive.read(n) for n in archive.namelist()}


@pytest.mark.parametrize('cells', READERS)
def test_the_uploaded_workbook_is_filled(tax, uploaded, cells):
    book = tax.fill(texts(tax, UNIT), uploaded)
    before, after = parts(uploaded), parts(book)
    assert list(before) == list(after)
    assert [n for n in before if before[n] != after[n]] == [
        'xl/worksheets/sheet2.xml', 'xl/worksheets/sheet3.xml']
    pages = cells(book)
    assert pages['excelVersion'] == {'A4': 'pt:20270101'}
    for title in [BASIC, DETAIL]:
        page = pages[title]
        columns = {
            ''.join(text.split()): address[:-1] for address, text in page.items()
            if address[-1] == '3'}
        letters = BASIC_COLUMNS if title == BASIC else DETAIL_COLUMNS
        assert {a: v for a, v in page.items() if a[-1] in '45'} == {
            f'{columns[letters[letter]]}4': text
            for letter, text in UNIT_ROWS[title].items()}


def test_what_is_no_template_is_refused(tax, uploaded):
    from trytond.modules.supervision_training.exceptions import UnreadableFile
    book = load_workbook(io.BytesIO(uploaded))
    book[DETAIL].title = '明细'
    for row in book[BASIC].iter_rows():
        for cell in row:
            if str(cell.value).split() == ['购买方邮', '箱']:
                cell.value = None
    output = io.BytesIO()
    book.save(output)
    with pytest.raises(UnreadableFile, match='缺少：购买方邮箱、2-发票明细信息'):
        tax.layout(output.getvalue())
    with pytest.raises(UnreadableFile, match='无法读取'):
        tax.layout(uploaded[:-200])


def test_formulas_are_inert(tax):
    formulas = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1']
    book = tax.fill(texts(
            tax, *({**UNIT, 'name': formula} for formula in formulas)))
    page = load_workbook(io.BytesIO(book))[BASIC]
    cells = [page[f'F{row}'] for row in range(4, 9)]
    assert [c.value for c in cells] == [*formulas[:4], '=1']
    assert {c.data_type for c in cells} == {'s'}


def test_what_can_not_be_seen_goes(tax):
    row, = texts(tax, {
            **UNIT, 'name': ' 华东\u200b路桥\u3000监理\n有限公司\x07 ',
            'tax_number': '9131 0000 ma1f l000 12', 'bank_account': '6222 0210 01',
            'email': ' a@example.com\ufeff'})
    assert row['购买方名称'] == '华东路桥 监理 有限公司'
    assert row['购买方纳税人识别号'] == '91310000MA1FL00012'
    assert row['购买方银行账号'] == '6222021001'
    assert row['购买方邮箱'] == 'a@example.com'


@pytest.mark.parametrize('values, shown', [
        ({}, '展示地址、电话、开户银行及银行账号'),
        ({'bank': None}, '展示地址、电话'),
        ({'phone': None}, '展示开户银行、银行账号'),
        ({'phone': None, 'bank': None}, None),
        ])
def test_what_the_invoice_shows(tax, values, shown):
    row, = texts(tax, {**UNIT, **values})
    assert row.get(SHOW) == shown


@pytest.mark.parametrize('values, problem', [
        ({'serial': None}, '，发票流水号：未填写'),
        ({'serial': 'F' * 21}, '发票流水号：超过 20 个字符'),
        ({'name': ' '}, '购买方名称：未填写'),
        ({'name': '监' * 101}, '购买方名称：超过 100 个字符'),
        ({'name': '华东\U0001f600'}, '购买方名称：含有税局不接受的字符：\U0001f600'),
        ({'name': '华东\ue000'}, '购买方名称：含有税局不接受的字符：\ue000'),
        ({'title_kind': 'person', 'kind': 'electronic', 'name': '张'},
            '购买方名称：自然人名称必须多于一个字'),
        ({'title_kind': 'person'}, '受票方自然人标识：增值税专用发票只能开给单位'),
        ({'tax_number': None}, '购买方纳税人识别号：未填写'),
        ({'tax_number': None, 'kind': 'electronic'}, '购买方纳税人识别号：未填写'),
        ({'tax_number': '9' * 21}, '购买方纳税人识别号：超过 20 个字符'),
        ({'tax_number': '91310000'}, '购买方纳税人识别号：必须是 15 至 20 位'),
        ({'tax_number': '91310000-MA1FL00012'}, '购买方纳税人识别号：必须是 15'),
        ({'address': '上' * 101}, '购买方地址：超过 100 个字符'),
        ({'phone': '1' * 51}, '购买方电话：超过 50 个字符'),
        ({'bank': '行' * 101}, '购买方开户银行：超过 100 个字符'),
        ({'bank_account': '6' * 101}, '购买方银行账号：超过 100 个字符'),
        ({'remarks': '备' * 231}, '备注：超过 230 个字符'),
        ({'email': 'a' * 65 + '@abc.com'}, '购买方邮箱：超过 72 个字符'),
        ({'email': 'finance＠example'}, '购买方邮箱：不是有效的电子邮箱'),
        ({'item_name': None}, '项目名称：未填写'),
        ({'item_name': '项' * 101}, '项目名称：超过 100 个字符'),
        ({'tax_code': None}, '商品和服务税收编码：未填写'),
        ({'tax_code': '307020102'}, '商品和服务税收编码：必须是 19 位数字'),
        ({'amount': None}, '金额：未填写'),
        ({'amount': Decimal(0)}, '金额：必须大于 0'),
        ({'amount': Decimal('12345678901234.00')}, '金额：超过 16 个字符'),
        ({'tax_rate': None}, '税率：未填写，请先在该单位的“开票设置”中设置'),
        ({'tax_rate': Decimal(3)}, '税率：必须是小数，例如 0.03'),
        ({'tax_rate': Decimal('0.0312345')}, '税率：超过 8 个字符'),
        ])
def test_each_rule(tax, values, problem):
    good, bad = tax.check(texts(tax, PERSON, {**UNIT, **values}))
    assert not good
    assert any(problem in sentence for sentence in bad)
    if 'serial' not in values:
        assert all(s.startswith('FP20261124000001，') for s in bad)


def test_rules_are_kept(tax):
    rare = {**PERSON, 'serial': 'FP3', 'name': '\U00020bb7野'}
    assert tax.check(texts(tax, UNIT, PERSON, rare)) == [[], [], []]
    assert all(
        '发票流水号：重复' in sentences[0]
        for sentences in tax.check(texts(tax, UNIT, UNIT)))


def test_the_drop_down_lists_reach_the_last_invoice(tax):
    rows = texts(tax, *({**UNIT, 'serial': f'FP{n:06}'} for n in range(998)))
    page = by_calamine(tax.fill(rows))[DETAIL]
    assert [page[f'A{row}'] for row in range(4, 1002)] == [
        row['发票流水号'] for row in rows]
    assert tax.MAX_INVOICES == 998


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def test_issued_are_read(tax):
    numbers = [f'2431200000013663491{n}' for n in range(10)]
    days = [
        '2026-11-24', '2026-11-24 10:20:30', '2026/11/24', '2026年11月24日', '20261124',
        '2026-11-24T10:20:30', dt.date(2026, 11, 24), dt.datetime(2026, 11, 24, 9)]
    data = workbook(
        ['导出时间', '2026-11-30'], ['开票日期', '状态', '数电票号码', '发票流水号'],
        *([day, '正常', number, f'FP{row}']
            for row, (day, number) in enumerate(zip(days, numbers, strict=False), 3)),
        ['2026-13-24', '', numbers[8], 'FP11'], ['2026-11-24', '', '123', 'FP12'],
        ['2026-11-24', '', numbers[9], None], ['2026-11-24', '', None, 'FP14'])
    results = tax.results(data)
    assert [
        (r.row, r.serial, r.number, r.date, r.reason, r.problem) for r in results[:8]
        ] == [
        (row, f'FP{row}', number, dt.date(2026, 11, 24), None, None)
        for row, number in enumerate(numbers[:8], 3)]
    assert [(r.row, r.problem) for r in results[8:]] == [
        (11, '开票日期无法识别：2026-13-24'),
        (12, '数电票号码 123 不是 20 位（或 8 位）数字。'),
        (13, '缺少发票流水号。'),
        (14, '既没有数电票号码，也没有导入失败原因。')]


def test_failures_are_read(tax):
    reasons = [
        '第4行税率不合法，请使用如下税率：0.03、0.01、0。',
        '购买方纳税人识别号长度不能超过20']
    data = workbook(
        ['发票流水号', '发票类型', '购买方名称', '购买方纳税人识别号', '导入失败原因'],
        *([f'FP{n}', '普通发票', '某公司', None, reason]
            for n, reason in enumerate(reasons)))
    assert [(r.row, r.serial, r.reason) for r in tax.results(data)] == [
        (2, 'FP0', reasons[0]), (3, 'FP1', reasons[1])]
