# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""What the desk tells a reviewer, decisions on many, four eyes, the next period."""
import datetime as dt
from decimal import Decimal

import pytest
from acting import Trainee, decide, reject, wait_for
from demo_data.units import at
from lxml import etree
from proteus import Model, Wizard

from trytond.modules.supervision_training import clock


@pytest.fixture
def registered(phone, new_person, session):
    "A function that registers another person for one session"
    id = session(capacity=50)

    def registered(session_id=id, of=None, **values):
        anna = of or new_person()
        client = phone(anna)
        made = Trainee(client, client.register(anna, session_id, **values))
        made.person = anna
        return made
    registered.session = id
    return registered


def test_warnings(registered, session, staff):
    one, other = registered(), registered(work_years='less_than_one')
    again = registered(session(name="2026年加开班"), of=one.person)
    same = registered(mobile=one.person.mobile)
    with staff('reviewer1'):
        Registration = Model.get('training.registration')
        first = Registration(one.id)
        assert [r.id for r in first.others] == [again.id]
        assert first.warnings.splitlines() == [
            f'另一名学员使用同一手机号：{Registration(same.id).rec_name}',
            '本人另有报名：2026年加开班（审核中）']
        assert '参加监理工作不满一年' in Registration(other.id).warnings


def test_changes_since_the_rejection(registered, desk, staff):
    one = registered()
    desk('reviewer1', one.id, reject)
    before = one.person.employer
    form = one.client.form(
        one.person, one.client('session.get', id=registered.session),
        employer='华东路桥监理有限公司')
    one.client('registration.resubmit', id=one.id, **form)
    with staff('reviewer1'):
        changes = Model.get('training.registration')(one.id).changes
    assert f'报名单位: {before} → 华东路桥监理有限公司' in changes.splitlines()


def test_many_at_once_with_what_did_not_go(registered, desk, staff):
    some = [registered() for _ in range(4)]
    desk('reviewer1', some[0].id, 'approve')
    with staff('reviewer1'):
        Registration = Model.get('training.registration')
        records = [Registration(r.id) for r in some]
        approve = Wizard('training.registration.approve', records[:3])
        assert approve.form.text.splitlines() == [
            '已处理 2 条。以下 1 条因状态不符未处理：',
            f'{records[0].rec_name}: 待支付']
        approve.execute('end')
        refuse = Wizard('training.registration.reject', records)
        refuse.form.text = '请补充材料'
        refuse.execute('reject')
        assert refuse.form.text.startswith('已处理 1 条。以下 3 条')
    assert [r.see()['label_text'] for r in some] == [
        '待支付', '待支付', '待支付', '审核不通过']


@pytest.mark.parametrize('text', ['name', 'id_number', 'mobile', 'employer'])
def test_search_box(registered, staff, text):
    one = registered()
    with staff('reviewer1'):
        found, = Model.get('training.registration').find([
                ('rec_name', 'ilike', f'%{getattr(one.person, text)}%'),
                ('session', '=', registered.session)])
        assert found.id == one.id


def test_four_eyes(registered, desk, staff, sandbox):
    with staff():
        company, = Model.get('company.company').find([
                ('party.name', '=', '华东监理业务培训中心')])
        company.refund_limit = Decimal(1000)
        company.save()
    try:
        one = registered()
        desk('reviewer1', one.id, 'approve')
        one.pay(sandbox)
        one.ask_refund()
        desk('cashier1', one.id, decide)
        desk('cashier1', one.id, decide)
        assert one.see()['label_text'] == '退款审核中'
        desk('cashier1', one.id, lambda r: r.refund.four_eyes or 1 / 0)
        desk('manager1', one.id, decide)
        wait_for(lambda: one.shows('已退款'))
    finally:
        with staff():
            company.refund_limit = None
            company.save()


def test_next_period(session, staff):
    id = session(
        name="2026年第四期", refund_until=clock.today() + dt.timedelta(40))
    with staff('manager1'):
        Session = Model.get('training.session')
        last = Session(id)
        for days in (10, 20, 30):
            rate = last.refund_rates.new()
            rate.until, rate.rate = clock.today() + dt.timedelta(days), 90 - days
        last.save()
        plan = Wizard('training.session.next_period', [last])
        plan.form.name = "2027年第一期"
        plan.form.exam_date = last.exam_date + dt.timedelta(10)
        plan.execute('plan')
        new, = Session.find([('name', '=', "2027年第一期")])
        assert new.state == 'draft'
        assert new.opens_at == last.opens_at + dt.timedelta(10)
        assert new.refund_until == last.refund_until + dt.timedelta(10)
        assert [r.until for r in new.refund_rates] == [
            r.until + dt.timedelta(10) for r in last.refund_rates]
        assert [r.exam_starts_at for r in new.regions] == [
            at(new.exam_date)] * len(last.regions)
        assert {r.taken for r in new.regions} == {0}
        assert [f.amount for f in new.fees] == [f.amount for f in last.fees]


def test_lists_have_columns_that_the_web_client_knows(name):
    "It has none for a moment, and opens nothing that has such a list in it"
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    with Transaction().start(name, 1):
        pool = Pool()
        views = pool.get('ir.ui.view').search([
                ('module', '=', 'supervision_training'), ('type', '=', 'tree')])
        moments = [
            (view.name, element.get('name'))
            for view in views
            for element in etree.fromstring(view.arch.encode()).iter('field')
            if not element.get('widget')
            and pool.get(view.model)._fields[element.get('name')]._type in {
                'datetime', 'timestamp'}]
        assert views and moments == []
