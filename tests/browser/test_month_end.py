# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""An accountant's month-end in the web client."""
import datetime as dt
import io

from demo_data.people import tax_number
from invoicing import last_invoice, number, title, wish
from openpyxl import Workbook, load_workbook

from trytond.modules.supervision_training import clock

UNIT = '华东监理业务培训中心'
FINANCE = ['监理培训', '财务']
INVOICES = [*FINANCE, '发票']


def workbook(folder, name, *rows):
    "Write a workbook as the tax bureau does and return its path"
    book = Workbook()
    for row in rows:
        book.active.append(row)
    path = folder / name
    book.save(path)
    return path


def bring(desk, path):
    "Import a file of the bureau and return the outcomes of its rows"
    desk.menu(*INVOICES, '导入税局结果')
    desk.front.locator('input[type=file]').set_input_files(path)
    desk.calm().press('导入')
    return sorted(desk.column('结果'))


def export(desk):
    "Export what waits and return the serial numbers in the workbook"
    desk.menu(*INVOICES, '导出给税局开票').press('导出')
    path, name = desk.download(
        desk.front.locator('td .btn:visible').first.click)
    assert name.endswith('.xlsx')
    page = load_workbook(io.BytesIO(path.read_bytes()))['1-发票基本信息']
    return [row[0] for row in page.iter_rows(min_row=4, values_only=True)]


def test_month_end(sao, buyer, staff, no_orders, tmp_path, monkeypatch):
    one, two = buyer(), buyer()
    wrong = buyer(title=lambda client: title(client, name='江河水运监理🈯'))
    desk = sao('accountant1', width=1200, height=800)
    desk.menu(*INVOICES, '导出给税局开票')
    assert desk.value('可导出张数') == '3'
    desk.picture('export', 'accountant').press('取消')

    # One that the bureau would refuse stays behind, with the reason.
    with staff('accountant1'):
        serials = [last_invoice(o.id).serial for o in (one, two, wrong)]
    assert export(desk) == serials[:2]
    assert (desk.value('张数'), desk.value('未导出')) == ('2', '1')
    assert '含有税局不接受的字符' in desk.rows(serials[2]).inner_text()
    desk.picture('batch', 'accountant').close()

    # The bureau issues one and refuses one.
    today = clock.today().isoformat()
    issued = ['发票流水号', '数电票号码', '开票日期']
    first = number()
    assert bring(desk, workbook(
            tmp_path, '开票结果.xlsx', issued, [serials[0], first, today],
            ['FP20200101000001', number(), today])) == ['已导入', '未导入']
    desk.picture('import', 'accountant').close()
    assert bring(desk, workbook(
            tmp_path, '下载失败明细.xlsx', ['发票流水号', '导入失败原因'],
            [serials[1], '第5行购买方纳税人识别号有误'])) == ['已导入']
    desk.close().menu(*INVOICES).tab('开票失败').open(serials[1])
    assert '第5行购买方纳税人识别号有误' in desk.value('失败原因')
    desk.close()

    # Both are corrected by their trainees, exported again and issued.
    for other in (two, wrong):
        other.ask('change', **wish(title(
                    other.client, name='恒通项目管理有限公司',
                    tax_number=tax_number(8))))
    assert export(desk) == serials[1:]
    desk.close()
    assert bring(desk, workbook(
            tmp_path, '开票结果2.xlsx', issued,
            *([serial, number(), today] for serial in serials[1:]))) == [
            '已导入', '已导入']
    desk.close()
    for buyer_ in (one, two, wrong):
        assert buyer_.invoice()['state'] == 'issued'

    # A red invoice is noted.
    desk.menu(*INVOICES).tab('已开票').open(serials[0])
    desk.press('红冲…').front.locator('textarea').fill('开票有误')
    desk.press('确定')
    desk.press('登记红字发票…').fill(
        红字确认单编号='31011626110000000001', 确认单状态='01 无需确认',
        红字发票号码=number(), 红字发票日期=today)
    desk.picture('red', 'accountant').press('登记')
    assert desk.value('状态') == '已红冲'
    desk.close()

    # The bills and the ledger of the month tie.
    later = clock.end_of(clock.today()) + dt.timedelta(hours=11)
    monkeypatch.setattr(clock, 'now', lambda: later)
    desk.menu(*FINANCE, '微信对账', '获取账单').press('获取')
    assert desk.tab('全部').column('状态') == ['一致']
    desk.picture('bill', 'accountant').open('一致')
    assert desk.value('账单支付额') == desk.value('系统支付额') == '3,600.00'
    desk.close()
    desk.menu(*FINANCE, '打印收支台账').rows(UNIT).wait_for()
    desk.calm().fill(起始日期=today)
    assert desk.value('起始日期') == today
    desk.picture('ledger', 'accountant')
    path, name = desk.download(desk.press, '打印')
    assert name.startswith('收支台账')
    book = load_workbook(io.BytesIO(path.read_bytes()))
    total, difference = list(book['汇总'].iter_rows(values_only=True))[-2:]
    assert total[1:] == ('合计', 0, 3600, 0, 3600, 3600, 1200)
    assert difference[1:] == ('差额', None, 0, 0, 0, 0, 0)
    assert list(book['发票月度汇总'].iter_rows(min_row=2, values_only=True)) == [(
            UNIT, today[:7], '电子普票', '0.03', 3, 3600, 104.85, 1, 1200, 34.95, 2400,
            69.9)]
