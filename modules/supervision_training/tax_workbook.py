# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""The tax bureau's workbooks: invoices to issue go out, what became of them comes in.

The columns and their rules are those of (V260401版)批量开票-导入开票模板.xlsx. A copy
of the bureau's own workbook is filled where the unit has uploaded it: only the rows of
data in two of its sheets change.
"""
import datetime as dt
import io
import posixpath
import re
import unicodedata
import zipfile
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple
from xml.sax.saxutils import escape

from lxml import etree
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from trytond.i18n import gettext

from . import sheet
from .exceptions import UnreadableFile

VERSION = 'pt:20260401'
MAX_TEMPLATE = 4 * 1024 ** 2
HEADER_ROW = 3
LAST_ROW = 1001  # the template's drop-down lists end here
MAX_INVOICES = LAST_ROW - HEADER_ROW
BASIC = '1-发票基本信息'
DETAIL = '2-发票明细信息'
SERIAL = '发票流水号'
COLUMNS = {
    BASIC: '''
        发票流水号 发票类型 特定业务类型 是否含税 受票方自然人标识 购买方名称
        购买方纳税人识别号 购买方证件类型 购买方证件号码 购买方国籍（或地区） 购买方地址
        购买方所在地区（报废产品收购必填） - - - 购买方详细地址（报废产品收购必填）
        购买方电话 购买方开户银行 购买方银行账号 是否展示购买方地址电话银行账号
        是否开具涉税专业服务发票品目 涉税专业服务协议编号 备注 报废产品销售类型
        每千克煤炭发热量 干基全硫 干燥无灰基挥发分 销售方开户行 销售方银行账号
        是否展示销售方地址电话银行账号 购买方邮箱 购买方经办人姓名
        购买方经办人证件类型 购买方经办人证件号码 经办人国籍(地区)
        经办人自然人纳税人识别号 放弃享受减按1%征收率原因 收款人 复核人'''.split(),
    DETAIL: '''
        发票流水号 项目名称 商品和服务税收编码 规格型号 单位 数量 单价 金额 税率
        折扣金额 是否使用优惠政策 优惠政策类型 即征即退类型 煤炭种类'''.split(),
    '3-特定业务信息': [SERIAL],
    '4-附加要素信息': [SERIAL, '附加要素名称', '附加要素内容'],
    }
MERGED = '-'  # a column that shares the header of the one before
KINDS = {'electronic': '普通发票', 'paper': '增值税专用发票'}
YES, NO = '是', '否'
SHOW_CONTACT = '展示地址、电话'
SHOW_BANK = '展示开户银行、银行账号'
SHOW_ALL = '展示地址、电话、开户银行及银行账号'
CHOICES = {
    '发票类型': list(KINDS.values()),
    '是否含税': [YES, NO],
    '受票方自然人标识': [YES, NO],
    '是否展示购买方地址电话银行账号': [SHOW_CONTACT, SHOW_BANK, SHOW_ALL],
    }
REQUIRED = [
    SERIAL, '发票类型', '是否含税', '购买方名称',
    '项目名称', '商品和服务税收编码', '金额', '税率']
LIMITS = {
    SERIAL: 20, '购买方名称': 100, '购买方纳税人识别号': 20, '购买方地址': 100,
    '购买方电话': 50, '购买方开户银行': 100, '购买方银行账号': 100, '备注': 230,
    '购买方邮箱': 72, '项目名称': 100, '商品和服务税收编码': 20, '金额': 16, '税率': 8}
_TAX_NUMBER = re.compile(r'([0-9A-Z]{15,20})?')
_TAX_CODE = re.compile(r'([0-9]{19})?')
_EMAIL = re.compile(r'([\w.+-]+@[\w-]+(\.[\w-]+)+)?', re.ASCII)
_UNSEEN = {'Cc', 'Cf', 'Zl', 'Zp'}  # control and format characters, line breaks
_PICTURES = '\U0001f000'  # from here on there are pictures, no characters of names
_CJK = '\U00020000'
_NS = {'m': 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'}
_CELL = (
    '<{x}c r="{cell}"{style} t="inlineStr"><{x}is><{x}t>{text}</{x}t></{x}is></{x}c>')
_RELATION = '{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id'
_RESULTS = {
    'serial': [SERIAL, '流水号'],
    'number': [None, '数电发票号码', '数电票号码', '全电发票号码', '发票号码'],
    'date': [None, '开票日期', '开票时间'],
    'reason': [None, '导入失败原因', '失败原因', '错误原因'],
    }
_NUMBER = re.compile(r'\d{20}|\d{8}')
_DATE = re.compile(r'(\d{4})(?:[-/.年]?)(\d{1,2})(?:[-/.月]?)(\d{1,2})日?(?:[ T].*)?')


# What goes out

def texts(invoice):
    """Return the texts of an invoice's two rows by header; empty ones are left out.

    :param invoice: anything with the fields of training.invoice: serial, kind,
        title_kind, name, tax_number, address, phone, bank, bank_account, email,
        remarks, amount (with tax) and tax_rate (Decimal), price_includes_tax,
        show_buyer, item_name, tax_code.
    """
    address, phone = _clean(invoice.address), _clean(invoice.phone)
    bank, account = _clean(invoice.bank), _solid(invoice.bank_account)
    contact = invoice.show_buyer and address and phone
    banking = invoice.show_buyer and bank and account
    found = {
        SERIAL: _solid(invoice.serial),
        '发票类型': KINDS[invoice.kind],
        '是否含税': YES if invoice.price_includes_tax else NO,
        '受票方自然人标识': YES if invoice.title_kind == 'person' else NO,
        '购买方名称': _clean(invoice.name),
        '购买方纳税人识别号': _solid(invoice.tax_number).upper(),
        '购买方地址': address,
        '购买方电话': phone,
        '购买方开户银行': bank,
        '购买方银行账号': account,
        '是否展示购买方地址电话银行账号': (
            SHOW_ALL if contact and banking
            else SHOW_CONTACT if contact
            else SHOW_BANK if banking else ''),
        '备注': _clean(invoice.remarks),
        '购买方邮箱': _solid(invoice.email),
        '项目名称': _clean(invoice.item_name),
        '商品和服务税收编码': _solid(invoice.tax_code),
        '金额': _amount(invoice),
        '税率': '' if invoice.tax_rate is None else f'{invoice.tax_rate.normalize():f}',
        }
    return {header: text for header, text in found.items() if text}


def _amount(invoice):
    amount, rate = invoice.amount, invoice.tax_rate
    if amount is None:
        return ''
    if not invoice.price_includes_tax and rate is not None:
        amount = net(amount, rate)
    return f'{amount:.2f}'


def net(amount, rate):
    "Return an amount that includes tax of a rate without it"
    return (amount / (1 + rate)).quantize(Decimal('0.01'), ROUND_HALF_UP)


def _clean(text):
    "Return text without what can not be seen, each space a single one"
    text = text or ''
    if not text.isprintable():
        text = ''.join(
            ' ' if c.isspace() else c for c in text
            if c.isspace() or unicodedata.category(c) not in _UNSEEN)
    return ' '.join(text.split())


def _solid(text):
    return _clean(text).replace(' ', '')


def check(rows):
    """Return for each row what the bureau would refuse, as sentences.

    One such row sends the whole batch back, so it must not go out.

    :param rows: a list of what texts() returns.
    """
    times = {}
    for row in rows:
        serial = row.get(SERIAL)
        times[serial] = times.get(serial, 0) + 1
    return [_check(row, times[row.get(SERIAL)] > 1) for row in rows]


def _check(row, twice):
    special = row.get('发票类型') == KINDS['paper']
    natural = row.get('受票方自然人标识') == YES
    required = [*REQUIRED]
    if special or not natural:
        required.append('购买方纳税人识别号')
    name, number, email, code, amount, rate = (row.get(header, '') for header in [
            '购买方名称', '购买方纳税人识别号', '购买方邮箱', '商品和服务税收编码',
            '金额', '税率'])
    found = [
        (h, 'no_rate' if h == '税率' else 'required', {})
        for h in required if h not in row]
    found += [
        (header, 'long', {'limit': limit}) for header, limit in LIMITS.items()
        if len(row.get(header, '')) > limit]
    found += [
        (header, 'characters', {'characters': ''.join(sorted(odd))})
        for header, text in row.items()
        if not text.isascii() and (odd := set(filter(_odd, text)))]
    found += [(header, problem, {}) for header, problem, broken in [
            (SERIAL, 'twice', twice),
            ('受票方自然人标识', 'person', special and natural),
            ('购买方名称', 'short', natural and len(name) == 1),
            ('购买方纳税人识别号', 'number', not _TAX_NUMBER.fullmatch(number)),
            ('购买方邮箱', 'email', not _EMAIL.fullmatch(email)),
            ('商品和服务税收编码', 'code', not _TAX_CODE.fullmatch(code)),
            ('金额', 'amount', amount and Decimal(amount) <= 0),
            ('税率', 'rate', rate and not 0 <= Decimal(rate) < 1),
            ] if broken]
    return [
        gettext('supervision_training.msg_bureau_field',
            serial=row.get(SERIAL, ''), field=header,
            problem=gettext(f'supervision_training.msg_bureau_{problem}', **values))
        for header, problem, values in found]


@lru_cache(10_000)
def _odd(character):
    "Return whether a character can not stand on an invoice"
    return (
        unicodedata.category(character) in {'Cn', 'Co', 'Cs'}
        or character == '\ufffd'
        or _PICTURES <= character < _CJK)


def fill(rows, template=None):
    """Return a copy of the bureau's workbook with rows, all else as it is.

    :param rows: at most MAX_INVOICES of what texts() returns.
    :param template: the bureau's own workbook; without it one is made up.
    :raises UnreadableFile: see layout().
    """
    template = template or blank()
    output = io.BytesIO()
    pages = layout(template)
    with zipfile.ZipFile(io.BytesIO(template)) as source, zipfile.ZipFile(
            output, 'w', zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            part = source.read(member)
            if headers := pages.get(member.filename):
                # zipfile takes what is written to a member as it comes.
                member.compress_type = zipfile.ZIP_DEFLATED
                with target.open(member, 'w') as stream:
                    stream.writelines(_fill(part, headers, rows))
            else:
                target.writestr(member, part, zipfile.ZIP_DEFLATED)
    return output.getvalue()


def _fill(part, headers, rows):
    "Yield a sheet with rows in place of its own, piece by piece"
    page = _parse(part)
    for row in page.iterfind('m:sheetData/m:row', _NS):
        if int(row.get('r')) > HEADER_ROW:
            row.getparent().remove(row)
    last = f'{get_column_letter(max(headers))}{HEADER_ROW + len(rows)}'
    for dimension in page.iterfind('m:dimension', _NS):
        dimension.set('ref', f'A1:{last}')
    page.find('m:sheetData', _NS).append(etree.Comment())
    head, tail = etree.tostring(
        page, xml_declaration=True, encoding='UTF-8', standalone=True).split(b'<!---->')
    prefix = f'{page.prefix}:' if page.prefix else ''
    styles = {
        index: f' s="{column.get("style")}"'
        for column in page.iterfind('m:cols/m:col', _NS) if column.get('style')
        for index in range(int(column.get('min')), int(column.get('max')) + 1)}
    columns = [
        (get_column_letter(index), styles.get(index, ''), header)
        for index, header in headers.items()]
    yield head
    for number, values in enumerate(rows, HEADER_ROW + 1):
        cells = ''.join(
            _CELL.format(
                x=prefix, cell=f'{letter}{number}', style=style,
                text=escape(values[header]))
            for letter, style, header in columns if header in values)
        yield f'<{prefix}row r="{number}">{cells}</{prefix}row>'.encode()
    yield tail


def layout(template):
    """Return the headers by column of the two sheets that are filled, by their part.

    :raises UnreadableFile: this is not the bureau's workbook.
    """
    archive = sheet.check_zip(template, MAX_TEMPLATE)
    try:
        names = _parts(archive)
        book = load_workbook(io.BytesIO(template), read_only=True, keep_links=False)
        result, gaps = {}, []
        for title in [BASIC, DETAIL]:
            if title not in names:
                gaps.append(title)
                continue
            page = book[title]
            page.reset_dimensions()
            row, = page.iter_rows(HEADER_ROW, HEADER_ROW, values_only=True)
            found = {i: sheet.header(v) for i, v in enumerate(row, 1) if v}
            needed = {SERIAL, *LIMITS, *CHOICES} & {*COLUMNS[title]}
            gaps += sorted(needed - {*found.values()})
            result[names[title]] = found
    except Exception:
        # A damaged workbook makes the parsers raise about anything.
        raise UnreadableFile(gettext('supervision_training.msg_file_unreadable'))
    if gaps:
        raise UnreadableFile(gettext(
                'supervision_training.msg_bureau_template', missing='、'.join(gaps)))
    return result


def _parts(archive):
    "Return the names of the parts of the sheets, by their titles"
    relations = {
        r.get('Id'): posixpath.normpath(posixpath.join('/xl', r.get('Target')))[1:]
        for r in _parse(archive.read('xl/_rels/workbook.xml.rels'))}
    return {
        page.get('name'): relations[page.get(_RELATION)]
        for page in _parse(archive.read('xl/workbook.xml')).iterfind(
            'm:sheets/m:sheet', _NS)}


def _parse(part):
    return etree.fromstring(
        part, etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False,
            remove_comments=True))


@lru_cache(1)
def blank():
    "Return a workbook with the sheets and headers of the bureau's"
    book = Workbook()
    book.remove(book.active)
    for title, headers in COLUMNS.items():
        page = book.create_sheet(title)
        page.freeze_panes = f'B{HEADER_ROW + 1}'
        page.append(['填表说明：所有内容均以文本格式填写；各表以发票流水号关联。'])
        page.append([_hint(h) for h in headers])
        page.append([None if h == MERGED else h for h in headers])
        for index, header in enumerate(headers, 1):
            letter = get_column_letter(index)
            page.column_dimensions[letter].number_format = '@'
            page.column_dimensions[letter].width = 18
            if header in CHOICES:
                choice = DataValidation(
                    'list', f'"{",".join(CHOICES[header])}"', allow_blank=True,
                    sqref=f'{letter}{HEADER_ROW + 1}:{letter}{LAST_ROW}')
                page.add_data_validation(choice)
    version = book.create_sheet('excelVersion')
    version.sheet_state = 'hidden'
    version['A4'] = VERSION
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def _hint(header):
    if header == MERGED:
        return None
    need = '必填' if header in REQUIRED else '非必填'
    return f'{need}（限{LIMITS[header]}字符）' if header in LIMITS else need


# What comes in

class Result(NamedTuple):
    """What became of an invoice: issued with a number and a date, or a reason why not.

    problem tells why the row can not be taken; the rest is then of no use.
    """
    row: int
    serial: str
    number: str = None
    date: dt.date = None
    reason: str = None
    problem: str = None


def results(data):
    """Return what the rows of a workbook of the bureau say, as Results.

    It is the list of the issued invoices (数电票号码, 开票日期) or that of the failed
    ones (导入失败原因); the order of the columns does not count.

    :raises UnreadableFile: see sheet.read().
    """
    return [_result(row, values) for row, values in sheet.read(data, _RESULTS)]


def _result(row, values):
    serial, number, reason = (
        values[name] for name in ['serial', 'number', 'reason'])
    date, problem = _date(values['date']), None
    if not serial:
        problem = 'no_serial'
    elif reason:
        return Result(row, _solid(serial), reason=reason)
    elif not number:
        problem = 'no_result'
    elif not _NUMBER.fullmatch(_solid(number)):
        problem = 'bad_number'
    elif not date:
        problem = 'bad_date'
    if problem:
        return Result(row, serial, problem=gettext(
                f'supervision_training.msg_bureau_{problem}',
                number=number, date=values['date']))
    return Result(row, _solid(serial), _solid(number), date)


def _date(text):
    if match := _DATE.fullmatch(text or ''):
        try:
            return dt.date(*map(int, match.groups()))
        except ValueError:
            pass
