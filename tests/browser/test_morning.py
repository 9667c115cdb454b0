# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""A reviewer's morning in the web client, then the cashier's, the clerk's, the papers'.

The pictures of the staff guide are taken on the way, see scripts/pictures.
"""
import pytest
from acting import Trainee, masked, wait_for
from openpyxl import load_workbook
from proteus import Model
from pypdf import PdfReader


@pytest.fixture
def people(phone, new_person, session):
    "A function that returns trainees who registered for one new session"
    def people(count, **values):
        id = session(**values)
        made = []
        for _ in range(count):
            who = new_person()
            client = phone(who)
            made.append(Trainee(client, client.register(who, id)))
            made[-1].person, made[-1].session = who, id
        return made
    return people


_paid = []


@pytest.fixture
def paid(people, desk, sandbox):
    "Four who paid, for all tests"
    if not _paid:
        for one in people(4, name="2026年第二期公路水运监理业务培训班"):
            desk('reviewer1', one.id, 'approve')
            one.pay(sandbox)
            _paid.append(one)
    return _paid


@pytest.fixture
def layout(staff):
    "The name of a layout of rosters with whole ID numbers"
    name = '上报名单'
    with staff('manager1'):
        Layout = Model.get('training.roster.layout')
        if not Layout.find([('name', '=', name)]):
            layout = Layout(name=name, order='number')
            for column in ['name', 'id_number']:
                layout.columns.new().name = column
            layout.save()
    return name


def roster(window, people, layout):
    "Export people who paid, in the list that is open, and return the roster's rows"
    window.tab('已支付').tick(*(one.person.mobile for one in people))
    window.toolbar('action', '导出名单').fill(名单格式=layout)
    path, name = window.picture('roster').download(window.press, '导出')
    assert name == '名单-2026年第二期公路水运监理业务培训班.xlsx'
    page, = load_workbook(path.open('rb')).worksheets
    return [row[1:] for row in page.iter_rows(min_row=3, values_only=True)]


def labels(people):
    return [one.see()['label_text'] for one in people]


def test_review(people, sao, desk):
    ten = people(10, name="2026年第一期公路水运监理业务培训班")
    window = sao('reviewer1').menu('监理培训', '报名')
    window.picture('list')
    assert window.count('审核中') == '10'
    assert window.column('姓名') == [one.person.name for one in ten]

    window.open(ten[0].person.mobile)
    window.picture('form')
    for one in ten[:3]:
        assert window.value('手机号') == one.person.mobile
        window.key('Alt+A')
    assert labels(ten[:4]) == ['待支付'] * 3 + ['审核中']

    for one in ten[3:5]:
        assert window.value('手机号') == one.person.mobile
        window.key('Alt+R')
        window.fill(常用原因=['照片不合格'], 说明='请到照相馆重新拍摄。')
        window.picture('reject')
        window.press('审核不通过')
    assert labels(ten[3:5]) == ['审核不通过'] * 2
    assert '照相馆' in ten[3].see()['reject_reason']
    assert window.value('手机号') == ten[5].person.mobile

    window.toolbar('switch_')
    desk('manager1', ten[5].id, 'approve')
    window.tick(*(one.person.mobile for one in ten[5:])).press('批量审核通过')
    window.picture('batch')
    assert '已处理 4 条' in window.value('处理结果')
    assert ten[5].person.name in window.value('处理结果')
    window.press('关闭')
    assert labels(ten[5:]) == ['待支付'] * 5
    window.tab('待支付')
    assert len(window.column('姓名')) == 8
    window.tab('审核不通过')
    assert window.column('姓名') == [one.person.name for one in ten[3:5]]


def test_search(paid, sao):
    one = paid[0]
    window = sao('reviewer1').menu('监理培训', '报名').tab('全部')
    for text in [
            one.person.name, one.person.mobile, one.person.id_number,
            one.see()['number'], one.person.employer[:4]]:
        assert one.person.mobile in window.search(text).column('手机号'), text
    assert window.search('没有这个人').column('姓名') == []


def test_refund(paid, sao):
    one = paid[3]
    one.ask_refund()
    window = sao('cashier1').picture('board')
    assert window.column('事项') == ['退款待审核']
    window.menu('监理培训', '财务', '退款').open(one.person.name).picture('refund')
    assert window.value('退款理由') == '行程有变'
    window.press('同意').press('确定')
    wait_for(lambda: one.shows('已退款'))


def test_check_in_and_roster(paid, sao, layout):
    three = paid[:3]
    window = sao('clerk1').menu('监理培训', '报名', '报到')
    for one, code in zip(three, [
            three[0].see()['number'], three[1].person.id_number,
            three[2].see()['number']], strict=True):
        window.fill(编号或身份证号码=code).press('报到')
        assert one.person.name in window.value('上一位')
    window.picture('check-in').press('关闭')
    assert [one.see()['state'] for one in three] == ['checked_in'] * 3
    window.menu('监理培训', '报名')
    assert roster(window, three, layout) == [
        (one.person.name, masked(one.person.id_number)) for one in three]


def test_tickets_and_roster(paid, sao, staff, layout):
    three = paid[:3]
    with staff('manager1'):
        Model.get('training.session')(three[0].session).click('publish_admission')
    window = sao('reviewer1').menu('监理培训', '报名')
    assert roster(window, three, layout) == [
        (one.person.name, one.person.id_number) for one in three]
    path, name = window.download(window.toolbar, 'print', '准考证')
    text = ''.join(page.extract_text() for page in PdfReader(path).pages)
    assert name.endswith('.pdf')
    assert [one.person.name in text for one in three] == [True] * 3
