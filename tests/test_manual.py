# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""The manual, page by page, through the bridge: labels, locks, reasons, actions."""
import datetime as dt
import io
from decimal import Decimal

import pytest
import requests
from acting import Trainee, decide, reject, wait_for
from demo_data.client import WireError
from demo_data.people import tax_number
from demo_data.units import at
from proteus import Model, Wizard
from pypdf import PdfReader

from trytond.modules.supervision_training import clock

TODAY = clock.today()


def finish(record):
    "Let the exam of a registration's session be over"
    session = record.session
    session.opens_at = at(TODAY - dt.timedelta(50))
    session.closes_at = at(TODAY - dt.timedelta(20))
    session.exam_date = TODAY - dt.timedelta(1)
    session.save()
    session.click('close')
    session.click('finish')


def test_the_manual(phone, new_person, session, desk, sandbox):
    # 第一步：完善个人信息
    wang = new_person()
    client = phone(wang, confirmed=False)
    assert client('profile.get')['locked'] is False
    client.confirm(wang)
    profile = client('profile.get')
    assert (profile['name'], profile['locked']) == (wang.name, True)
    # 第二步：在线报名
    id = session(name='第五期')
    item, = [s for s in client('session.list')['items'] if s['id'] == id]
    assert (item['name'], item['status']) == ('第五期', 'open')
    page = client('session.get', id=id)
    assert [s['label'] for s in page['subjects']] == [
        '监理理论基础知识', '工程质量与安全监理']
    options = client('catalog.options')
    for name, labels in [
            ('sexes', ['男', '女']), ('industries', ['公路', '水运']),
            ('work_years', ['满一年', '不满一年']),
            ('exam_types', ['正常考试', '补考']),
            ('invoice_kinds', ['电子普票', '纸质专票'])]:
        assert [o['label'] for o in options[name]] == labels
    title = client(
        'invoice_title.save', name='会议报名测试单位', tax_number=tax_number(1),
        kind='unit')
    form = client.form(wang, page, invoice={
            'kind': 'electronic', 'title': title['id'], 'email': 'a@example.com'})
    one = Trainee(client, client('registration.submit', client_ref='12345678', **form))
    # 2.1 审核中
    assert one.shows('审核中', 'cancel')
    assert one.tab('current') == ['审核中']
    # 2.2 审核不通过, 2.3 原因, 2.4 重新报名
    desk('reviewer1', one.id, reject)
    seen = one.see()
    assert one.shows('审核不通过', 'resubmit', 'cancel')
    assert seen['reject_reason'] == '照片不清晰，请重新上传。'
    assert seen['marks'] == {'photo': '照片不清晰，请重新上传。'}
    assert seen['form'] == form | {'textbook_address': None}
    changed = form | {'employer': '新单位'}
    again = client('registration.resubmit', id=one.id, **changed)
    assert (again['id'], again['label_text']) == (one.id, '审核中')
    history = desk('reviewer1', one.id, lambda r: [
            (e.name, e.note) for e in r.events])
    assert [name for name, _ in history] == ['submitted', 'rejected', 'submitted']
    assert history[0][1] == f"报名单位: {form['employer']} → 新单位"
    # 2.5 待支付
    desk('reviewer1', one.id, 'approve')
    assert one.shows('待支付', 'pay', 'cancel')
    # 3. 在线支付
    assert one.pay(sandbox) == '已支付'
    assert one.shows('已支付', 'refund')
    # 第四步：申请退款
    assert one.ask_refund()['label_text'] == '退款审核中'
    assert one.shows('退款审核中')
    desk('accountant1', one.id, lambda r: decide(r, refuse='教材已寄出。'))
    assert one.shows('退款失败', 'refund')
    assert one.see()['refund']['reject_reason'] == '教材已寄出。'
    one.ask_refund()
    desk('accountant1', one.id, decide)
    wait_for(lambda: one.shows('已退款'))
    assert one.see()['refund']['amount'] == 120000
    assert one.titles() == [
        '退款成功', '退款申请已提交', '退款失败', '退款申请已提交', '报名成功',
        '审核通过', '报名已提交', '审核不通过', '报名已提交']


def test_after_the_exam(phone, new_person, session, desk, sandbox):
    id = session()
    labels = {}
    for kind in ['done', 'absent', 'rejected', 'asking', 'refunded', 'refused']:
        person = new_person()
        client = phone(person)
        one = labels[kind] = Trainee(client, client.register(person, id))
        if kind == 'rejected':
            desk('reviewer1', one.id, reject)
            continue
        desk('reviewer1', one.id, 'approve')
        one.pay(sandbox)
        if kind == 'done':
            desk('reviewer1', one.id, 'check_in')
            assert one.shows('已支付')
        elif kind != 'absent':
            one.ask_refund()
        if kind == 'refunded':
            desk('accountant1', one.id, decide)
            wait_for(lambda one=one: one.shows('已退款'))
        elif kind == 'refused':
            desk('accountant1', one.id, lambda r: decide(r, refuse='已开课'))
    desk('manager1', labels['done'].id, finish)
    assert all(one.tab('current') == [] for one in labels.values())
    assert {kind: one.tab('ended') for kind, one in labels.items()} == {
        'done': ['已完成'], 'absent': ['已支付'], 'rejected': ['审核未通过'],
        'asking': ['退款审核中'], 'refunded': ['已退款'], 'refused': ['退款失败']}
    assert labels['absent'].shows('已支付', 'refund')
    assert labels['absent'].ask_refund()['label_text'] == '退款审核中'
    assert labels['done'].shows('已完成')


def test_actions_are_what_succeeds(trainee, desk, sandbox):
    one = trainee()
    calls = {
        'pay': ('payment.prepay', {'registration': one.id}),
        'refund': ('refund.request', {'registration': one.id, 'reason': 'x'}),
        'attendance': (
            'ticket.get', {'registration': one.id, 'kind': 'attendance'}),
        'admission': ('ticket.get', {'registration': one.id, 'kind': 'admission'}),
        'resubmit': ('registration.resubmit', {'id': one.id, **one.see()['form']}),
        'cancel': ('registration.cancel', {'id': one.id}),
        }

    def check():
        actions = one.see()['actions']
        for action, (method, params) in calls.items():
            if action not in actions:
                with pytest.raises(WireError) as raised:
                    one.client(method, **params)
                assert raised.value.code in {-32003, -32008}, action
        return actions

    assert check() == ['cancel']
    desk('reviewer1', one.id, 'approve')
    assert check() == ['pay', 'cancel']
    one.pay(sandbox)
    assert check() == ['refund', 'invoice']
    desk('manager1', one.id, lambda r: r.session.click('publish_attendance'))
    desk('manager1', one.id, lambda r: r.session.click('publish_admission'))
    assert check() == ['refund', 'attendance', 'admission', 'invoice']
    desk('reviewer1', one.id, 'check_in')
    assert check() == ['attendance', 'admission', 'invoice']


def test_papers(trainee, desk, sandbox, url):
    one = trainee(name='2026年第七期')
    desk('reviewer1', one.id, 'approve')
    one.pay(sandbox)
    desk('manager1', one.id, lambda r: r.session.click('publish_attendance'))
    desk('manager1', one.id, lambda r: r.session.click('publish_admission'))
    assert one.titles()[:2] == ['准考证可打印', '听课证可打印']
    seen = one.see()
    number = desk('reviewer1', one.id, lambda r: r.admission_number)
    exam = seen['exam']
    assert (exam['number'], exam['room'], exam['seat']) == (number, None, 1)
    assert exam['venue'].endswith('交通职业培训学校教学楼')
    assert [line.split()[0] for line in exam['schedule']] == [
        '监理理论基础知识', '工程质量与安全监理']
    server = url.rsplit('/', 2)[0]
    for kind, title, words in [
            ('attendance', '听课证', [seen['number'], seen['region']['name']]),
            ('admission', '准考证', [
                    number, one.person.id_number, '监理理论基础知识'])]:
        link = one.client('ticket.get', registration=one.id, kind=kind)
        response = requests.get(server + link['url'], timeout=60)
        assert response.headers['Content-Type'] == 'application/pdf'
        page, = PdfReader(io.BytesIO(response.content)).pages
        text = page.extract_text().replace(' ', '')
        for word in [title, '2026年第七期', one.person.name, *words]:
            assert word in text, word
        assert len(page.images) == 2
        assert any(
            '/FontFile3' in f['/FontDescriptor'] or '/FontFile2' in f['/FontDescriptor']
            for f in fonts(page))
        other = {'attendance': 'admission', 'admission': 'attendance'}[kind]
        path = link['url'].replace(kind, other, 1)
        assert requests.get(server + path, timeout=30).status_code == 403


def fonts(page):
    "Return the descendant fonts of a page"
    return [
        f.get_object()['/DescendantFonts'][0].get_object()
        for f in page['/Resources']['/Font'].values()]


def test_check_in_by_code(trainee, desk, sandbox, staff):
    one = trainee()
    desk('reviewer1', one.id, 'approve')
    one.pay(sandbox)
    with staff('reviewer1'):
        wizard = Wizard('training.check_in')
        wizard.form.code = one.person.id_number
        wizard.execute('check_in')
        assert one.person.name in wizard.form.last
        wizard.form.code = 'nobody'
        with pytest.raises(Exception, match='没有找到已支付的报名'):
            wizard.execute('check_in')
    assert one.see()['state'] == 'checked_in'


def test_deadline_closes_the_order_and_frees_the_seat(
        trainee, desk, sandbox, staff):
    one = trainee(capacity=1)
    desk('reviewer1', one.id, 'approve')
    prepay = one.client('payment.prepay', registration=one.id)
    with staff():
        record = Model.get('training.registration')(one.id)
        run('training.registration', 'expire_unpaid', one.id, staff)
        record.reload()
        assert record.state == 'expired'
        assert record.session_region.taken == 0
    assert one.shows('已过期未支付')
    assert sandbox.order(prepay)['state'] == 'CLOSED'
    assert one.titles()[0] == '逾期未支付'


def run(model, task, id, staff):
    "Let the payment deadline of a registration pass and run a scheduled task"
    from proteus.config import get_config

    from trytond.pool import Pool
    from trytond.transaction import Transaction
    with Transaction().start(get_config().database_name, 0):
        Registration = Pool().get('training.registration')
        Registration.write([Registration(id)], {
                'payment_deadline': dt.datetime(2020, 1, 1)})
        getattr(Pool().get(model), task)()
        Transaction().commit()


def test_undo_of_an_approval(trainee, desk, sandbox):
    one = trainee()
    desk('reviewer1', one.id, 'approve')
    prepay = one.client('payment.prepay', registration=one.id)
    desk('reviewer1', one.id, 'undo')
    assert one.shows('审核中', 'cancel')
    assert sandbox.order(prepay)['state'] == 'CLOSED'


def test_who_has_nothing_to_pay_is_paid(phone, new_person, session, staff, desk):
    id = session()
    with staff():
        for fee in Model.get('training.session')(id).fees:
            fee.amount = Decimal(0)
            fee.save()
    person = new_person()
    client = phone(person)
    one = Trainee(client, client.register(person, id))
    desk('reviewer1', one.id, 'approve')
    assert one.shows('已支付')
