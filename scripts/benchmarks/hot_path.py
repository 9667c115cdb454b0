# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Everybody comes at once: looking at sessions, submitting, asking for one's own.

The seats sold are held against those that there were, and nobody may get an error.
"""
import http.client
import json
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.parse import urlsplit

from proteus import Model

from demo_data import crowd, units
from demo_data.client import Client
from trytond.modules.supervision_training import clock

PROCESSES = 2
SECONDS = 4
CROWD = 600
SEATS = 150


def run(installation, figures):
    name = 'hot_path'
    with installation.proteus(name):
        company = Model.get('company.company').find([('training', '=', True)])[0]
        wide = units.open_session(
            company, '2026年第一期', clock.today(), capacity=100000)
        hot = units.open_session(
            company, '2026年第二期', clock.today(), regions=['上海'], capacity=SEATS)
        wide, hot = wide.id, hot.id
    people = crowd.gather(name, CROWD)
    with installation.processes(name, PROCESSES) as url:
        forms = {id: crowd.form(Client(url), id) for id in [wide, hot]}
        for connections in [8, 200]:
            for method, params, token in [
                    ('session.list', {}, None),
                    ('session.get', {'id': wide}, None),
                    ('registration.list', {'tab': 'current'}, people[0][0])]:
                figures.tell(
                    f'{method}, {connections} connections',
                    rate(connections, partial(call, url, method, params, token)),
                    'req/s')
        half = CROWD // 2
        for id, some, place in [
                (wide, people[:half], 'spread out'),
                (hot, people[half:], 'one region')]:
            start = time.perf_counter()
            with ThreadPoolExecutor(200) as pool:
                answers = list(pool.map(partial(submit, url, forms[id]), some))
            seconds = time.perf_counter() - start
            figures.tell(
                f'submit, 200 connections, {place}', len(some) / seconds, 'req/s')
            failed = [a for a in answers if a not in {'submitted', -32005}]
            figures.tell(f'submit, {place}, errors', len(failed), '', most=0)
    with installation.proteus(name):
        held = len(Model.get('training.registration').find([('session', '=', hot)]))
        figures.tell('seats sold beyond the capacity', held - SEATS, '', most=0)
        figures.tell('seats sold of the capacity', held, '', least=SEATS)


def call(url, method, params, token):
    "Return the answer to a call, on a connection of its own"
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    headers = {'Content-Type': 'application/json'}
    if token:
        headers['Authorization'] = f'Bearer {token}'
    connection.request('POST', f'{parts.path}/rpc', json.dumps({
                'jsonrpc': '2.0', 'id': 1, 'method': method, 'params': params,
                }), headers)
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def submit(url, form, member):
    "Return the state, or the error code, of a member of the crowd who submits"
    token, documents = member
    answer = call(url, 'registration.submit', {
            'client_ref': secrets.token_hex(8), **form, **documents}, token)
    return answer['error']['code'] if 'error' in answer else answer['result']['state']


def rate(connections, function):
    "Return how many calls a second go through on some connections"
    ends = time.perf_counter() + SECONDS

    def work(_):
        count = 0
        while time.perf_counter() < ends:
            assert 'result' in function()
            count += 1
        return count

    with ThreadPoolExecutor(connections) as pool:
        start = time.perf_counter()
        total = sum(pool.map(work, range(connections)))
    return total / (time.perf_counter() - start)
