# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Seats: never one too many, never one lost, however many want them at once."""
import base64
import secrets
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from conftest import BACKEND, PASSWORD
from demo_data import crowd as crowd_
from demo_data.client import Client, WireError

MANY = BACKEND == 'postgresql'
CROWD, SEATS = (500, 100) if MANY else (40, 10)


@pytest.fixture(scope='module')
def crowd(name, server):
    "People ready to submit: each a token and the names of the documents"
    return crowd_.gather(name, CROWD)


@pytest.fixture
def processes(installation, name):
    "The address of the bridge behind four server processes"
    with installation.processes(name, 4) as url:
        yield url


def submit(url, member, form):
    "Return the state, or the error code, of a member of the crowd who submits"
    token, documents = member
    client = Client(url)
    client.token = token
    try:
        return client(
            'registration.submit', client_ref=secrets.token_hex(8),
            **form | documents)['state']
    except WireError as error:
        return error.code


@pytest.fixture
def form(url):
    "A function that returns a form for a session, without documents"
    return lambda id: crowd_.form(Client(url), id)


def rush(url, crowd, form):
    with ThreadPoolExecutor(CROWD if MANY else 8) as pool:
        return Counter(pool.map(lambda m: submit(url, m, form), crowd))


def seats(staff, id):
    "Return the seats that a session counts as taken and those that are held"
    from proteus import Model
    with staff():
        region, = Model.get('training.session.region').find([('session', '=', id)])
        held = Model.get('training.registration').find([
                ('session', '=', id),
                ('state', 'in', [
                        'submitted', 'approved', 'paid', 'checked_in', 'completed'])])
        return region.taken, len(held)


def test_rush(processes, crowd, form, session, staff):
    id = session(regions=['上海'], capacity=SEATS)
    assert rush(processes, crowd, form(id)) == {
        'submitted': SEATS, -32005: CROWD - SEATS}
    assert seats(staff, id) == (SEATS, SEATS)


def test_rush_with_waiting_list(processes, crowd, form, session, staff):
    id = session(regions=['上海'], capacity=SEATS, waiting_list=True)
    assert rush(processes, crowd, form(id)) == {
        'submitted': SEATS, 'waiting': CROWD - SEATS}
    assert seats(staff, id) == (SEATS, SEATS)


def test_rush_while_seats_come_free(processes, crowd, form, session, staff, url):
    id = session(regions=['上海'], capacity=SEATS)
    wanted = form(id)

    def submit_and_leave(member):
        token, _ = member
        state = submit(processes, member, wanted)
        if state == 'submitted' and sum(token.encode()) % 2:
            client = Client(processes)
            client.token = token
            mine, = [
                r for r in client('registration.list', tab='current')['items']
                if r['session']['id'] == id]
            return client('registration.cancel', id=mine['id'])['state']
        return state

    with ThreadPoolExecutor(64 if MANY else 8) as pool:
        results = Counter(pool.map(submit_and_leave, crowd))
    assert results.keys() <= {'submitted', 'cancelled', -32005}
    taken, held = seats(staff, id)
    assert taken == held == results['submitted'] <= SEATS


class Desk:
    """A member of staff on the wire, as the web client is.

    :param url: the server's database, without the bridge's path.
    """

    def __init__(self, url, login):
        self.url = url
        id, token, *_ = self.call(
            '/rpc/', 'common.db.login', login, {'password': PASSWORD})
        session = base64.b64encode(f'{login}:{id}:{token}'.encode()).decode()
        self.headers = {'Authorization': f'Session {session}'}

    headers = {}

    def call(self, path, method, *params):
        answer = requests.post(
            f'{self.url}{path}', json={'id': 1, 'method': method, 'params': params},
            headers=self.headers, timeout=60).json()
        return answer['result'] if isinstance(answer, dict) else answer

    def rpc(self, method, *params):
        return self.call('/rpc/', method, *params, {})

    def reject_one(self, session):
        "Reject the newest registration under review and return whether there was one"
        ids = self.rpc('model.training.registration.search', [
                ('session', '=', session), ('state', '=', 'submitted')], 0, 1,
            [('id', 'DESC')])
        if ids:
            context = {
                'active_model': 'training.registration', 'active_id': ids[0],
                'active_ids': ids}
            wizard = 'wizard.training.registration.reject'
            run, *_ = self.call('/rpc/', f'{wizard}.create', context)
            self.call('/rpc/', f'{wizard}.execute', run, {
                    'start': {'text': '资料不全', 'reasons': [], 'marked': []},
                    }, 'reject', context)
        return bool(ids)


def test_rush_while_staff_reject(processes, crowd, form, session, staff):
    id = session(regions=['上海'], capacity=SEATS // 2)
    wanted = form(id)
    desk = Desk(processes.removesuffix('/training'), 'manager1')
    with ThreadPoolExecutor(33 if MANY else 5) as pool:
        submits = [pool.submit(submit, processes, m, wanted) for m in crowd]
        rejected = 0
        while not all(s.done() for s in submits):
            rejected += desk.reject_one(id)
    results = Counter(s.result() for s in submits)
    assert results.keys() == {'submitted', -32005}
    taken, held = seats(staff, id)
    assert rejected
    assert taken == held == results['submitted'] - rejected <= SEATS // 2


def test_same_person_twice_at_once(processes, crowd, form, session, staff):
    id = session(regions=['上海'], capacity=SEATS)
    wanted = form(id)
    with ThreadPoolExecutor(8) as pool:
        results = Counter(
            pool.map(lambda _: submit(processes, crowd[0], wanted), range(8)))
    assert results == {'submitted': 1, -32007: 7}
    assert seats(staff, id) == (1, 1)


def test_freed_seat_goes_to_the_first_who_waits(
        session, phone, new_person, staff):
    id = session(regions=['上海'], capacity=1, waiting_list=True)
    people = [new_person() for _ in range(3)]
    clients = [phone(p) for p in people]
    registrations = [
        c.register(p, id) for c, p in zip(clients, people, strict=True)]
    assert [r['state'] for r in registrations] == ['submitted', 'waiting', 'waiting']
    assert [r['waiting_position'] for r in registrations] == [None, 1, 2]
    clients[0]('registration.cancel', id=registrations[0]['id'])
    states = [
        c('registration.get', id=r['id'])
        for c, r in zip(clients, registrations, strict=True)]
    assert [s['label_text'] for s in states] == ['已取消', '审核中', '候补中']
    assert states[2]['waiting_position'] == 1
    assert '候补成功' in [
        m['title'] for m in clients[1]('message.list')['items']]
    assert seats(staff, id) == (1, 1)


@pytest.mark.skipif(not MANY, reason="SQLite has but one writer: no race to show")
def test_without_the_guard_the_race_is_lost(
        url, crowd, form, session, staff, monkeypatch, name):
    """The control: read, then write, sells too many seats."""
    from trytond.pool import Pool
    from trytond.transaction import Transaction

    def careless(self):
        t = self.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*t.select(t.taken, where=t.id == self.id))
        taken, = cursor.fetchone()
        time.sleep(0.01)
        if taken < self.capacity:
            cursor.execute(*t.update([t.taken], [taken + 1], where=t.id == self.id))

    id = session(regions=['上海'], capacity=20)
    wanted = form(id)
    monkeypatch.setattr(
        Pool(name).get('training.session.region'), 'take_seat', careless)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda m: submit(url, m, wanted), crowd[:100]))
    _, held = seats(staff, id)
    assert held > 20
