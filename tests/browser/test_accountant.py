# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""The accountant in the web client: titles corrected, invoices issued and reversed."""
from invoicing import number, on_invoice, title, wish

from trytond.modules.supervision_training import clock


def test_from_the_title_to_the_red_invoice(sao, buyer, name):
    one, two = buyer(), buyer()
    on_invoice(name, two.id, 'issue', number(), clock.today())
    new = title(two.client, name='更名监理有限公司')
    two.ask('reissue', **wish(new), reason='公司更名')

    desk = sao('accountant1')
    desk.menu('监理培训', '财务', '发票').tab('待开票')
    assert (desk.count('待开票'), desk.count('红冲待办')) == ('1', '1')
    desk.picture('invoice-list').open(one.person.name)
    desk.press('更正抬头…').fill(名称='江河水运监理咨询有限公司')
    desk.picture('invoice-edit').press('更正')
    assert desk.value('名称') == '江河水运监理咨询有限公司'
    desk.press('登记开票…').fill(发票号码=number()).press('登记')
    assert desk.value('状态') == '已开票'
    desk.close()
    desk.menu('监理培训', '财务', '发票').tab('红冲待办').open(two.person.name)
    desk.press('同意换开').press('确定')
    desk.tab('红冲')
    assert (desk.value('红冲'), desk.value('原因说明')) == ('待红冲', '公司更名')
    desk.press('登记红字发票…').fill(
        红字确认单编号='31011626110000000001', 确认单状态='01 无需确认',
        红字发票号码=number(),
        红字发票日期=f'{clock.today():%Y-%m-%d}')
    desk.picture('invoice-red').press('登记')
    assert desk.value('状态') == '已红冲'
    desk.picture('invoice-reversed')
    assert two.invoice()['title']['name'] == '更名监理有限公司'
    assert one.is_invoiced('issued', 'reissue')
