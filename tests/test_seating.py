# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Exam rooms: everybody one seat, nobody moved, employers apart, two staff at once."""
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from acting import Trainee, decide, wait_for
from demo_data.client import WireError
from hypothesis import given
from hypothesis import strategies as st
from proteus import Model, Wizard

from trytond.modules.supervision_training.seating import arrange, side_by_side

ROOMS = [('第一考场', 4), ('第二考场', 3)]


@pytest.fixture
def paid(phone, new_person, desk, sandbox):
    "A function that returns a trainee who paid for a session"
    def paid(session, **values):
        anna = new_person()
        client = phone(anna)
        one = Trainee(client, client.register(anna, session, **values))
        one.person = anna
        desk('reviewer1', one.id, 'approve')
        one.pay(sandbox)
        return one
    return paid


@pytest.fixture
def furnished(session, staff):
    "A function that returns the id of a session with one region and exam rooms"
    def furnished(rooms=ROOMS, **values):
        id = session(regions=['上海'], **values)
        with staff('manager1'):
            add_rooms(id, rooms)
        return id
    return furnished


def add_rooms(id, rooms):
    record = Model.get('training.session')(id)
    for sequence, (name, capacity) in enumerate(rooms, len(record.rooms)):
        room = record.rooms.new(sequence=sequence, name=name, capacity=capacity)
        room.session_region = record.regions[0]
        room.address = '教学楼三层'
    record.save()


def allocate(id, **values):
    "Run the wizard as the current user and return what it told"
    wizard = Wizard(
        'training.session.seat', [Model.get('training.session')(id)])
    for name, value in values.items():
        setattr(wizard.form, name, value)
    wizard.execute('seat')
    return wizard.form.text


def publish(id):
    Model.get('training.session')(id).click('publish_admission')


def seats(id):
    "Return the seat of each registration of a session: (room, number)"
    return {
        r.id: (r.exam_room.name, r.seat_number)
        for r in Model.get('training.registration').find(
            [('session', '=', id), ('exam_room', '!=', None)])}


employers = st.lists(st.sampled_from('ABCDE'), max_size=30)


@given(employers, st.lists(st.integers(1, 9), min_size=1, max_size=5))
def test_arrangement(employers, rooms):
    free = [(room, n) for room, size in enumerate(rooms) for n in range(1, size + 1)]
    people = list(enumerate(employers))
    given = arrange(free, people, {})
    assert given == arrange(free, people, {})
    assert len(given) == min(len(people), len(free))
    assert len(set(given.values())) == len(given)
    taken = {seat: employers[person] for person, seat in given.items()}
    largest = max(Counter(employers).values(), default=0)
    if len(people) <= len(free) and 2 * largest <= len(people) + 1:
        assert not side_by_side(taken)


@given(employers, employers)
def test_arrangement_moves_nobody(first, later):
    free = [(0, n) for n in range(1, 31)]
    before = arrange(free, list(enumerate(first)), {})
    taken = {seat: first[person] for person, seat in before.items()}
    given = arrange(
        [s for s in free if s not in taken], list(enumerate(later)), taken)
    assert not set(given.values()) & set(before.values())
    assert len(given) == min(len(later), len(free) - len(before))


def test_a_seat_from_the_desk_to_the_ticket(furnished, paid, staff):
    id = furnished()
    people = [paid(id) for _ in range(5)]
    with staff('manager1'):
        text = allocate(id)
        assert text == '上海：已安排 5 人，使用 2 个考场，剩余 2 个座位。'
        assert list(seats(id).values()) == [
            ('第一考场', n) for n in (1, 2, 3, 4)] + [('第二考场', 1)]
        assert [r.seated for r in Model.get('training.session')(id).rooms] == [4, 1]
    assert all('admission' not in p.see()['actions'] for p in people)
    with pytest.raises(WireError):
        people[0].client(
            'ticket.get', registration=people[0].id, kind='admission')
    with staff('manager1'):
        publish(id)
    for one in people:
        assert 'admission' in one.see()['actions']
        assert one.titles().count('准考证可打印') == 1


def test_late_payers_and_refunds_move_nobody(furnished, paid, staff, desk):
    id = furnished()
    early = [paid(id) for _ in range(4)]
    with staff('manager1'):
        allocate(id)
        publish(id)
        before = seats(id)
        numbers = {
            r.id: r.admission_number for r in
            Model.get('training.registration').find([('session', '=', id)])}
    early[1].ask_refund()
    desk('cashier1', early[1].id, decide)
    wait_for(lambda: early[1].shows('已退款'))
    late = [paid(id) for _ in range(4)]
    assert all('admission' in one.see()['actions'] for one in late)
    assert late[0].titles().count('准考证可打印') == 1
    with staff('manager1'):
        after = seats(id)
        assert early[1].id not in after
        assert after[late[0].id] == before.pop(early[1].id)
        assert before.items() <= after.items()
        given = [
            r.admission_number for r in
            Model.get('training.registration').find([('session', '=', id)])]
        assert len(set(given)) == 8
        assert numbers.items() <= {
            r.id: r.admission_number for r in
            Model.get('training.registration').find([('session', '=', id)])}.items()


def test_too_few_seats(furnished, paid, staff, name):
    id = furnished([('第一考场', 2)])
    people = [paid(id) for _ in range(3)]
    with staff('manager1'):
        assert '还有 1 人没有座位' in allocate(id)
        with pytest.raises(Exception, match='还有 1 人没有考场座位'):
            publish(id)
        add_rooms(id, [('第二考场', 1)])
        publish(id)
        assert len(seats(id)) == 3
    late = paid(id)
    assert late.shows('已支付', 'refund')
    with staff('manager1'):
        add_rooms(id, [('备用考场', 5)])
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    with Transaction().start(name, 0) as transaction:
        Pool().get('training.registration').seat_late()
        transaction.commit()
    assert late.shows('已支付', 'refund', 'admission')
    assert late.titles().count('准考证可打印') == 1
    assert people[0].titles().count('准考证可打印') == 1


def test_employers_apart(furnished, paid, staff):
    id = furnished([('第一考场', 6)])
    for employer in ['甲公司', '甲公司', '甲公司', '乙公司', ' 甲 公司', '乙公司']:
        paid(id, employer=employer)
    with staff('manager1'):
        assert '相邻' not in allocate(id)
        text = allocate(id, arrangement='apart', anew=True)
        assert '有 1 处相邻座位无法错开：\n第一考场 5–6' in text
        first = seats(id)
        allocate(id, arrangement='apart', anew=True)
        assert seats(id) == first
        add_rooms(id, [('第二考场', 1)])
        assert '相邻' not in allocate(id, arrangement='apart', anew=True)


def test_published_seats_stay(furnished, paid, staff):
    id = furnished()
    one = paid(id)
    with staff('manager1'):
        publish(id)
        before = seats(id)
        add_rooms(id, [('备用考场', 9)])
        allocate(id, arrangement='apart', anew=True)
        assert seats(id) == before
        room = Model.get('training.session')(id).rooms[0]
        room.capacity = 1
        room.save()
        other, = Model.get('training.exam_room').find(
            [('session', '=', id), ('name', '=', '第二考场')])
        other.delete()
        with pytest.raises(Exception, match='考场'):
            room.delete()
    assert 'admission' in one.see()['actions']


def test_room_keeps_its_seats(furnished, paid, staff):
    id = furnished()
    for _ in range(3):
        paid(id)
    with staff('manager1'):
        allocate(id)
        room = Model.get('training.session')(id).rooms[0]
        room.capacity = 2
        with pytest.raises(Exception, match='3 号座位'):
            room.save()


def test_without_rooms(session, paid, staff):
    id = session(regions=['上海'])
    people = [paid(id) for _ in range(2)]
    with staff('manager1'):
        publish(id)
        found = Model.get('training.registration').find([('session', '=', id)])
        assert [(r.exam_room, r.seat_number) for r in found] == [
            (None, 1), (None, 2)]
    assert all('admission' in p.see()['actions'] for p in people)


def test_two_staff_at_once(furnished, paid, name, server):
    "Each of them gets everybody seated once, whoever comes first"
    from trytond import backend
    from trytond.pool import Pool
    from trytond.transaction import Transaction, TransactionError
    id = furnished([('第一考场', 3), ('第二考场', 5)])
    people = [paid(id) for _ in range(6)]

    def seat(_):
        extras = {}
        while True:
            with Transaction().start(name, 0, **extras) as transaction:
                try:
                    pool = Pool(name)
                    session = pool.get('training.session')(id)
                    pool.get('training.registration').allocate(session.to_seat())
                    transaction.commit()
                    return
                except TransactionError as error:
                    transaction.rollback()
                    error.fix(extras)
                except backend.DatabaseOperationalError:
                    transaction.rollback()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(seat, range(4)))
    with Transaction().start(name, 0):
        found = Pool(name).get('training.registration').browse(
            [p.id for p in people])
        assert len({(r.exam_room, r.seat_number) for r in found}) == 6
        assert len({r.admission_number for r in found}) == 6
        assert [r.seat_number for r in found] == [1, 2, 3, 1, 2, 3]
