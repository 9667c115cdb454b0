# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""JSON-RPC 2.0: every example of the specification (https://www.jsonrpc.org), with our
own methods in the place of its subtract, sum and get_data."""
import json

import pytest
import requests

OPTIONS = 'catalog.options'


@pytest.fixture
def post(url):
    "A function that posts a body as it is and returns the response"
    def post(body):
        if not isinstance(body, (str, bytes)):
            body = json.dumps(body)
        return requests.post(
            f'{url}/rpc', body, timeout=30,
            headers={'Content-Type': 'application/json'})
    return post


def error(code, id=None):
    return code, id


def read(answer):
    "Return the code and id of an error, checking that it is one and nothing else"
    assert answer.keys() == {'jsonrpc', 'error', 'id'}
    assert answer['jsonrpc'] == '2.0'
    assert answer['error']['message']
    return error(answer['error']['code'], answer['id'])


def call(method, id=1, **params):
    return {'jsonrpc': '2.0', 'method': method, 'params': params, 'id': id}


def test_positional_and_named_parameters(post, session):
    id = session()
    for params in ([id], {'id': id}):
        answer = post({
                'jsonrpc': '2.0', 'method': 'session.get', 'params': params,
                'id': 3}).json()
        assert answer.keys() == {'jsonrpc', 'result', 'id'}
        assert (answer['id'], answer['result']['id']) == (3, id)


def test_named_parameters_in_any_order(post):
    one = post(call('session.list', limit=5, cursor=None)).json()
    other = post(call('session.list', cursor=None, limit=5)).json()
    assert one == other


@pytest.mark.parametrize('request_', [
        {'jsonrpc': '2.0', 'method': OPTIONS},
        {'jsonrpc': '2.0', 'method': 'foobar'},
        {'jsonrpc': '2.0', 'method': 'session.get', 'params': {'id': 'x'}},
        ])
def test_notification_has_no_answer(post, request_):
    response = post(request_)
    assert response.status_code == 204
    assert response.content == b''


def test_unknown_method(post):
    answer = post({'jsonrpc': '2.0', 'method': 'foobar', 'id': '1'}).json()
    assert read(answer) == error(-32601, '1')


@pytest.mark.parametrize('body', [
        '{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]',
        '[{"jsonrpc": "2.0", "method": "sum", "params": [1], "id": "1"},'
        '{"jsonrpc": "2.0", "method"]',
        '', b'\xff\xfe', '[' * 50000,
        ])
def test_broken_json(post, body):
    response = post(body)
    assert response.headers['Content-Type'].startswith('application/json')
    assert read(response.json()) == error(-32700)


@pytest.mark.parametrize('body', [
        {'jsonrpc': '2.0', 'method': 1, 'params': 'bar'},
        {'jsonrpc': '1.0', 'method': OPTIONS, 'id': 1},
        {'method': OPTIONS, 'id': 1},
        [], 1, 'text', None,
        ])
def test_invalid_request(post, body):
    response = post(json.dumps(body))
    assert response.status_code == 200
    assert read(response.json()) == error(-32600)


def test_invalid_batch(post):
    assert list(map(read, post([1]).json())) == [error(-32600)]
    assert list(map(read, post([1, 2, 3]).json())) == [error(-32600)] * 3


def test_batch(post):
    answers = post([
            {'jsonrpc': '2.0', 'method': OPTIONS, 'id': '1'},
            {'jsonrpc': '2.0', 'method': OPTIONS},
            {'jsonrpc': '2.0', 'method': 'organizer.list', 'params': [], 'id': '2'},
            {'foo': 'boo'},
            {'jsonrpc': '2.0', 'method': 'foo.get', 'params': {'a': 1}, 'id': '5'},
            {'jsonrpc': '2.0', 'method': 'organizer.list', 'id': '9'},
            ]).json()
    results = {a['id']: a['result'] for a in answers if 'result' in a}
    errors = [read(a) for a in answers if 'error' in a]
    assert results.keys() == {'1', '2', '9'}
    assert results['2'] == results['9'] != []
    assert errors == [error(-32600), error(-32601, '5')]


def test_batch_of_notifications_has_no_answer(post):
    response = post([{'jsonrpc': '2.0', 'method': OPTIONS}] * 2)
    assert (response.status_code, response.content) == (204, b'')


def test_batch_is_limited(post):
    requests_ = [call(OPTIONS, id) for id in range(21)]
    assert len(post(requests_[:20]).json()) == 20
    assert read(post(requests_).json()) == error(-32600)


@pytest.mark.parametrize('id', [0, 1.5, 'abc', None])
def test_id_comes_back(post, id):
    assert post(call(OPTIONS, id)).json()['id'] == id


@pytest.mark.parametrize('params, field', [
        ({}, 'id'),
        ({'id': 'x'}, 'id'),
        ({'id': None}, 'id'),
        ({'id': 1, 'foo': 1}, 'foo'),
        ([1, 2], '0'),
        ])
def test_wrong_parameters_are_told_by_name(post, params, field):
    answer = post({
            'jsonrpc': '2.0', 'method': 'session.get', 'params': params,
            'id': 1}).json()
    assert read(answer) == error(-32602, 1)
    assert answer['error']['data']['fields'].keys() == {field}


def test_oversized_body(post):
    response = post(call(OPTIONS, text='x' * 300000))
    assert response.headers['Content-Type'].startswith('application/json')
    assert read(response.json()) == error(-32600)


def test_unknown_database(server):
    response = requests.post(
        f'{server}/nowhere/training/rpc', json=call(OPTIONS), timeout=30)
    assert response.status_code == 404
    assert response.json()['error']['code'] == -32600


@pytest.mark.parametrize('method', [
        'profile.get', 'registration.list', 'message.list', 'invoice_title.list'])
@pytest.mark.parametrize('token', [None, 'x', 'é' * 30])
def test_login_is_asked_for(url, method, token):
    headers = {'Authorization': f'Bearer {token}'.encode()} if token else {}
    params = {'tab': 'current'} if method == 'registration.list' else {}
    answer = requests.post(
        f'{url}/rpc', json=call(method, **params), headers=headers,
        timeout=30).json()
    assert read(answer) == error(-32001, 1)


def test_discover(post):
    document = post(call('rpc.discover')).json()['result']
    names = {m['name'] for m in document['methods']}
    assert {'registration.submit', 'payment.prepay', 'profile.save'} <= names
    submit, = [
        m for m in document['methods'] if m['name'] == 'registration.submit']
    params = {p['name'] for p in submit['params']}
    assert {'client_ref', 'session', 'photo', 'invoice'} <= params
    assert 'caller' not in params and 'form' not in params
    assert 'Registration' in document['components']['schemas']
