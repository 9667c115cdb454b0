# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Planning sessions: what does not fit is refused with the way out; cancelling asks."""
import datetime as dt

import pytest
from acting import Refused, Trainee, Tryton, wait_for
from conftest import PASSWORD
from demo_data import units
from demo_data.units import at
from proteus import Model

from trytond.modules.supervision_training import clock

DAY = dt.timedelta(1)


@pytest.fixture
def planned(staff):
    "A function that returns a planned session as the administrator sees it"
    with staff():
        company, = Model.get('company.company').find(
            [('party.name', '=', '华东监理业务培训中心')])
        id = units.session(company, "2027年第一期", clock.today()).id
    with staff('manager1'):
        yield Model.get('training.session')(id)


@pytest.mark.parametrize('values, message', [
        ({'closes_at': lambda s: s.opens_at}, '不晚于报名开始时间'),
        ({'exam_date': lambda s: clock.local(s.closes_at).date() - DAY},
            '早于报名截止时间'),
        ({'payment_hours': lambda s: 0}, '支付时限必须大于 0 小时'),
        ])
def test_dates_fit(planned, values, message):
    for name, value in values.items():
        setattr(planned, name, value(planned))
    with pytest.raises(Exception, match=message):
        planned.save()


def test_refund_rates_end_with_the_refunds(planned):
    planned.refund_until = clock.today() + 5 * DAY
    rate = planned.refund_rates.new()
    rate.until, rate.rate = clock.today() + 6 * DAY, 50
    with pytest.raises(Exception, match='退款比例中有日期晚于退款截止日期'):
        planned.save()


def test_training_ends_after_it_starts(planned):
    place = planned.regions[0]
    place.ends_on = place.starts_on - DAY
    with pytest.raises(Exception, match=f'“{place.region.name}”的培训结束日期早于'):
        planned.save()


def without_regions(session):
    for place in list(session.regions):
        session.regions.remove(place)


def without_a_price(session):
    session.fees.remove(next(f for f in session.fees if f.exam_type == 'retake'))


def without_normal(session):
    session.fees.remove(next(f for f in session.fees if f.exam_type == 'normal'))


def over(session):
    session.opens_at = at(clock.today() - 9 * DAY)
    session.closes_at = at(clock.today() - 2 * DAY)


def late(session):
    session.regions[0].exam_starts_at = at(session.exam_date + DAY)


@pytest.mark.parametrize('change, message', [
        (without_regions, '还没有地区'),
        (without_a_price, '收费标准缺少“补考”的以下科目：'),
        (without_normal, '收费标准缺少“正常考试”的以下科目：'),
        (over, '报名截止时间已过'),
        (late, '晚于本期的考试日期'),
        ])
def test_what_has_to_be_there_before_opening(planned, change, message):
    change(planned)
    planned.save()
    with pytest.raises(Exception, match=message):
        planned.click('open')
    planned.reload()
    assert planned.state == 'draft'


def test_without_retakes_it_opens(planned):
    for fee in [f for f in planned.fees if f.exam_type == 'retake']:
        planned.fees.remove(fee)
    planned.save()
    planned.click('open')
    assert (planned.state, planned.seats_left) == ('open', 60 * 4)


@pytest.mark.parametrize('kind, field, label', [
        ('attendance', 'venue', '培训地点'),
        ('admission', 'exam_venue', '考试地点'),
        ])
def test_what_papers_tell_is_there_before_publishing(planned, kind, field, label):
    planned.click('open')
    place = planned.regions[0]
    setattr(place, field, None)
    planned.save()
    region = place.region.name
    with pytest.raises(Exception, match=f'{region}。请在“地区”页填写{label}'):
        planned.click(f'publish_{kind}')


def test_capacity_is_not_below_the_seats_taken(phone, new_person, session, staff):
    id = session(regions=['上海'], capacity=2)
    person = new_person()
    phone(person).register(person, id)
    with staff('manager1'):
        record = Model.get('training.session')(id)
        record.regions[0].capacity = 0
        with pytest.raises(Exception, match='名额不能少于已'):
            record.save()


def test_cancelling_tells_what_follows_and_goes_on_after_a_failure(
        phone, new_person, session, desk, staff, sandbox, server, name, task):
    id = session(name="2027年第二期")
    people = []
    for _ in range(4):
        person = new_person()
        client = phone(person)
        people.append(Trainee(client, client.register(person, id)))
    for one in people[:3]:
        desk('reviewer1', one.id, 'approve')
    people[0].pay(sandbox)
    for one in people[1:3]:  # their orders are open, so WeChat has to close them
        one.client('payment.prepay', registration=one.id)
    call = Tryton(server, name, 'manager1', PASSWORD)
    with pytest.raises(Refused) as asked:
        call('training.session', 'cancel', [id])
    for word in ['UserWarning', '4 人的报名将取消', '1 人已支付', '共 1200.00 元']:
        assert word in str(asked.value)
    with staff('manager1'):
        record = Model.get('training.session')(id)
        assert record.state == 'open'
        record.click('cancel')
        assert (record.unsettled, record.settled) == (4, 0)
        sandbox.faults.add('error', '/v3/pay', value=500)
        task('training.session', 'settle_cancelled')
        wait_for(lambda: people[0].shows('已退款'))
        record.reload()
        assert record.unsettled == 1
        assert record.settled == 0.75
        sandbox.faults.clear()
        task('training.session', 'settle_cancelled')
        record.reload()
        assert (record.unsettled, record.settled) == (0, 1)
    assert [one.see()['label_text'] for one in people] == [
        '已退款', '已取消', '已取消', '已取消']


def test_the_calendar(planned, staff):
    Day = Model.get('training.session.day')
    month = [
        ('session', '=', planned.id),
        ['OR', ('starts_on', '>=', planned.exam_date - 6 * DAY),
            ('ends_on', '>=', planned.exam_date)]]
    days = Day.find(month)
    assert sorted((d.kind, d.starts_on, d.ends_on) for d in days) == [
        ('exam', planned.exam_date, planned.exam_date),
        *[('training', r.starts_on, r.ends_on) for r in planned.regions]]
    registration, = Day.find([
            ('session', '=', planned.id), ('starts_on', '<', clock.today()),
            ('ends_on', '>', clock.today())])
    assert registration.rec_name == '报名 2027年第一期'
    assert (registration.starts_on, registration.ends_on) == (
        clock.local(planned.opens_at).date(), clock.local(planned.closes_at).date())
    assert len({d.id for d in Day.find([])}) == len(Day.find([]))
    with staff('auditor2'):
        assert not Model.get('training.session.day').find(
            [('session.name', '=', '2027年第一期')])
