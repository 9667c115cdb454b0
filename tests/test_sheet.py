# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Workbooks out and in: formulas are inert, limits hold, errors name the row."""
import datetime as dt
import io
import zipfile
from decimal import Decimal

import pytest
from openpyxl import Workbook, load_workbook

from trytond.transaction import Transaction

FORMULAS = ['=1+1', '+1', '-1', '@SUM(A1)', '=HYPERLINK("http://x","y")', '\t=1']


@pytest.fixture
def sheet(name):
    from trytond.modules.supervision_training import sheet
    with Transaction().start(name, 0, readonly=True):
        yield sheet


def workbook(*rows, title='Sheet'):
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def test_formulas_are_text(sheet):
    data = sheet.xlsx({'页': [['名称'], *([f] for f in FORMULAS)]})
    cells = [row[0] for row in load_workbook(io.BytesIO(data))['页'].iter_rows()]
    assert [c.value for c in cells] == ['名称', *FORMULAS]
    assert {c.data_type for c in cells} == {'s'}
    assert {c.number_format for c in cells} == {'@'}
    lines = sheet.csv([[f] for f in FORMULAS]).decode('utf-8-sig').splitlines()
    assert all(line.lstrip('"').startswith("'") for line in lines)


def test_values_keep_their_kind(sheet):
    day = dt.date(2026, 11, 24)
    row = ['0012', Decimal('-1.50'), 3, day, None, 'a\x00b\x0bc']
    data = sheet.xlsx({'页': [row]})
    cells = next(load_workbook(io.BytesIO(data))['页'].iter_rows())
    assert [c.value for c in cells] == [
        '0012', -1.5, 3, dt.datetime(2026, 11, 24), None, 'abc']
    assert sheet.csv([row]).decode('utf-8-sig') == (
        '0012,-1.50,3,2026-11-24,,abc\r\n')


COLUMNS = {'serial': ['发票流水号', '流水号'], 'note': [None, '备注']}


def test_read_finds_the_columns(sheet):
    data = workbook(
        ['说明'], [], ['其他', ' 流水号* ', '备注'], ['x', 'FP1', 12.0], ['y'],
        [None, 'FP2', dt.datetime(2026, 11, 24, 8, 30)])
    assert sheet.read(data, COLUMNS) == [
        (4, {'serial': 'FP1', 'note': '12'}),
        (6, {'serial': 'FP2', 'note': '2026-11-24 08:30:00'})]
    assert sheet.read(workbook(['流水号'], ['FP1']), COLUMNS) == [
        (2, {'serial': 'FP1', 'note': None})]


def bomb():
    output = io.BytesIO()
    with zipfile.ZipFile(output, 'w', zipfile.ZIP_DEFLATED) as archive:
        for number in range(11):
            archive.writestr(f'{number}', bytes(10 * 1024 ** 2))
    return output.getvalue()


def entities():
    output = io.BytesIO()
    source = zipfile.ZipFile(io.BytesIO(workbook(['流水号'], ['FP1'])))
    with zipfile.ZipFile(output, 'w') as archive:
        for name in source.namelist():
            data = source.read(name)
            if name.endswith('sheet1.xml'):
                data = data.replace(
                    b'<worksheet', b'<!DOCTYPE w [<!ENTITY a "b">]><worksheet', 1)
            archive.writestr(name, data)
    return output.getvalue()


@pytest.mark.parametrize('data, message', [
        (b'', '无法读取'),
        (b'PK\x03\x04 nothing', '无法读取'),
        (workbook(['流水号'], ['FP1'])[:-100], '无法读取'),
        (bytes(11 * 1024 ** 2), '超过 10 MB'),
        (bomb(), '解压后过大'),
        (entities(), '无法读取'),
        (workbook(['序号'], ['FP1']), '没有“发票流水号”列'),
        (workbook(), '没有“发票流水号”列'),
        (workbook(['流水号'], ['FP1'], [24312000000136634917]), '第 3 行'),
        (workbook(['流水号'], *[['FP1']] * 5), '超过 4 行'),
        ])
def test_what_can_not_be_read_is_refused(sheet, data, message):
    from trytond.modules.supervision_training.exceptions import UnreadableFile
    with Transaction().set_context(language='zh_CN'):
        with pytest.raises(UnreadableFile, match=message):
            sheet.read(data, COLUMNS, max_rows=4)
