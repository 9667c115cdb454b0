# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Certificates: issued, printed, checked by anybody, revoked; an exam retaken."""
import io
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import quote, urlsplit

import pytest
import requests
from acting import (
    SAFETY, THEORY, Trainee, end_exam, enter_results, publish_results, results)
from proteus import Model, Report, Wizard
from pypdf import PdfReader
from test_results import change

UNKNOWN = '没有查到相符的证书'


def issue(id):
    "Issue the certificates of a session and return what the wizard told"
    wizard = Wizard(
        'training.certificate.issue', [Model.get('training.session')(id)])
    return wizard.form.text


@pytest.fixture
def certified(examined, staff):
    "A function that returns a trainee with a certificate, and the certificate"
    def certified(**values):
        id, (one,) = examined(1, **values)
        with staff('manager1'):
            enter_results(one, theory=80, safety=60)
            publish_results(id)
            issue(id)
            certificate, = Model.get('training.registration')(one.id).certificates
        return one, certificate
    return certified


def masked(name):
    return name[0] + '*' * max(1, len(name) - 2) + (name[-1] if len(name) > 2 else '')


def printed(certificate):
    "Return the page of a certificate's paper and its text, as the current user"
    extension, data, _, _ = Report('training.certificate').execute([certificate])
    assert extension == 'pdf'
    page, = PdfReader(io.BytesIO(data)).pages
    return page, page.extract_text().replace(' ', '')


def test_from_the_results_to_the_paper(certified, staff, url):
    one, certificate = certified()
    seen = one.see()
    assert seen['certificate'] == {
        'number': certificate.number,
        'issued_on': certificate.issued_on.isoformat()}
    assert 'certificate' in seen['actions']
    message = one.client('message.list')['items'][0]
    assert certificate.number in message['body']
    link = one.client('ticket.get', registration=one.id, kind='certificate')
    response = requests.get(url.rsplit('/', 2)[0] + link['url'], timeout=60)
    assert response.headers['Content-Type'] == 'application/pdf'
    page, = PdfReader(io.BytesIO(response.content)).pages
    assert page.mediabox.width > page.mediabox.height
    text = page.extract_text().replace(' ', '')
    for words in [
            '合格证书', one.person.name, one.person.id_number, THEORY, SAFETY,
            certificate.number, '公路', '华东监理业务培训中心',
            f'{certificate.issued_on:%Y年%m月%d日}']:
        assert words in text, words
    assert len(page.images) == 2
    with staff('manager1'):
        assert printed(certificate)[1] == text


def test_who_gets_none(examined, staff):
    id, (anna, bert) = examined()
    with staff('manager1'):
        enter_results(anna, theory=80, safety=80)
        enter_results(bert, theory=80, safety='absent')
        with pytest.raises(Exception, match='状态已变'):
            Model.get('training.session')(id).click('issue_certificates')
        publish_results(id)
        text = issue(id).splitlines()
        assert text[0] == '已颁发 1 份合格证书，1 人未颁发：'
        assert bert.person.name in text[1]
        assert text[1].endswith(f'没有有效的合格成绩：{SAFETY}')
        assert issue(id).count('已持有有效的合格证书') == 1
    assert bert.see()['certificate'] is None


def test_a_retaken_subject(examined, staff, session, desk, sandbox):
    "Fail one subject, retake only that one for its fee; the certificate has both"
    first, (one,) = examined(1, days=100)
    with staff('manager1'):
        enter_results(one, theory=80, safety=50)
        publish_results(first)
        assert '没有有效的合格成绩' in issue(first)
    later = session(name='2026年第四期')
    _, safety = one.client('session.get', id=later)['subjects']
    again = Trainee(one.client, one.client.register(
            one.person, later, exam_type='retake', subjects=[safety['value']]))
    assert again.see()['amount'] == 30000
    desk('reviewer1', again.id, 'approve')
    again.pay(sandbox)
    desk('reviewer1', again.id, 'check_in')
    with staff('manager1'):
        end_exam(later, 1)
        enter_results(again, safety=75)
        publish_results(later)
        assert issue(later).startswith('已颁发 1 份合格证书，0 人未颁发')
        certificate, = Model.get('training.registration')(again.id).certificates
        assert certificate.subjects == f'{THEORY}、{SAFETY}'
        assert {r.registration.id for r in certificate.results} == {one.id, again.id}
        with pytest.raises(Exception, match='请先撤销证书，再更正成绩'):
            change(results(one)[THEORY], 40, '登分错误')
        assert results(one)[THEORY].result == 'passed'
        # Who holds it gets no second one by the earlier session.
        assert '已持有有效的合格证书' in issue(first)


def revoke(certificate, reason):
    wizard = Wizard('training.certificate.revoke', [certificate])
    wizard.form.reason = reason
    wizard.execute('revoke')


def test_revoked_and_issued_anew(certified, staff, address):
    one, certificate = certified()
    page = address(certificate)
    with staff('manager1'):
        with pytest.raises(Exception, match='原因'):
            revoke(certificate, ' ')
        revoke(certificate, '姓名有误，换发')
        certificate.reload()
        assert (certificate.state, certificate.revoked_by.login) == (
            'revoked', 'manager1')
        with pytest.raises(Exception, match='已撤销，不能打印'):
            printed(certificate)
        event = Model.get('training.registration')(one.id).events[0]
        assert event.name == 'certificate_revoked'
    assert one.see()['certificate'] is None
    assert '姓名有误，换发' in one.client('message.list')['items'][0]['body']
    response = requests.get(page, timeout=30)
    assert response.status_code == 200
    assert '证书已于' in response.text and '证书真实有效' not in response.text
    assert '姓名有误' not in response.text
    with staff('manager1'):
        change(results(one)[SAFETY], 90, '复核')
        issue(one.see()['session']['id'])
    assert one.see()['certificate']['number'] != certificate.number


def test_issue_and_correction_at_once(examined, staff, name):
    "Whoever comes second sees the first: no certificate rests on a failed subject"
    from trytond import backend
    from trytond.exceptions import UserError
    from trytond.pool import Pool
    from trytond.transaction import Transaction, TransactionError
    id, (one,) = examined(1)
    with staff('manager1'):
        enter_results(one, theory=80, safety=80)
        publish_results(id)
        safety = results(one)[SAFETY].id
    start = Barrier(2)

    def run(action):
        extras = {}
        start.wait()
        while True:
            with Transaction().start(name, 0, **extras) as transaction:
                try:
                    action(Pool(name))
                    transaction.commit()
                    return
                except TransactionError as error:
                    transaction.rollback()
                    error.fix(extras)
                except backend.DatabaseOperationalError:
                    transaction.rollback()
                except UserError:
                    transaction.rollback()
                    return

    def issue(pool):
        Registration = pool.get('training.registration')
        pool.get('training.certificate').issue([Registration(one.id)])

    def correct(pool):
        Result = pool.get('training.registration-training.subject')
        Result.correct({Result(safety): (None, 'failed')}, '复核')

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(run, [issue, correct]))
    with staff('manager1'):
        passed = results(one)[SAFETY].result == 'passed'
        certificates = Model.get('training.registration')(one.id).certificates
        assert len(certificates) == passed


def test_anybody_checks(certified, address):
    one, certificate = certified()
    response = requests.get(address(certificate), timeout=30)
    assert response.status_code == 200
    for words in [
            '证书真实有效', certificate.number, masked(one.person.name), '公路', THEORY,
            '华东监理业务培训中心', certificate.issued_on.isoformat()]:
        assert words in response.text, words
    for secret in [
            one.person.name, one.person.id_number, one.person.mobile,
            one.person.employer, '<img', '<script']:
        assert secret not in response.text
    headers = response.headers
    assert headers['Content-Type'] == 'text/html; charset=utf-8'
    assert "default-src 'none'" in headers['Content-Security-Policy']
    assert headers['Cache-Control'] == 'no-store'
    assert headers['X-Content-Type-Options'] == 'nosniff'
    assert headers['Referrer-Policy'] == 'no-referrer'


def test_without_the_code(certified, address, url):
    one, certificate = certified()
    page, _ = address(certificate).split('?')
    for query in ['', '?code=0123456789abcdef', '?code=', '?code=é']:
        text = requests.get(page + query, timeout=30).text
        assert masked(one.person.name) not in text
        assert '身份证号码后四位' in text
    tail = one.person.id_number[-4:]
    wrong = f'{(int(tail[:3]) + 1) % 1000:03}{tail[3]}'

    def post(number, tail):
        return requests.post(
            f'{url}/certificate', data={'number': number, 'tail': tail}, timeout=30)

    assert masked(one.person.name) in post(certificate.number, tail.lower()).text
    for number, end_ in [
            (certificate.number, wrong), (certificate.number, ''),
            ('JL9999', tail), (f"{certificate.number}' OR 1=1", tail)]:
        answer = post(number, end_)
        assert answer.status_code == 404
        assert UNKNOWN in answer.text and one.person.name[0] + '*' not in answer.text
    for _ in range(5):
        answer = post(certificate.number, wrong)
    assert answer.status_code == 429
    assert '请' in answer.text and '<h1>' in answer.text
    # The paper itself is still good.
    assert '证书真实有效' in requests.get(address(certificate), timeout=30).text


def test_what_is_typed_is_escaped(certified, staff, url, name):
    hostile = '"><script>alert(1)</script>'
    for answer in [
            requests.get(f'{url}/certificate/{quote(hostile, safe="")}', timeout=30),
            requests.post(
                f'{url}/certificate', data={'number': hostile, 'tail': '1234'},
                timeout=30)]:
        assert '<script>' not in answer.text
        assert '&lt;script&gt;' in answer.text
    assert requests.get(f'{url}/certificate', timeout=30).status_code == 200


def test_code_of_another_database(certified, address, installation, url):
    "A code is of one number in one database"
    one, certificate = certified()
    other = 'certificates'
    installation.copy(other)
    parts = urlsplit(address(certificate))
    path = '/'.join(['', other, *parts.path.split('/')[2:]])
    response = requests.get(parts._replace(path=path).geturl(), timeout=30)
    assert response.status_code == 404
    assert UNKNOWN in response.text


@pytest.mark.parametrize('user', ['auditor1', 'clerk1', 'reviewer1', 'manager2'])
def test_who_may_not(certified, staff, user, shared_certificate):
    one, certificate = shared_certificate
    with staff(user):
        Certificate = Model.get('training.certificate')
        found = Certificate.find([('number', '=', certificate.number)])
        assert bool(found) == (user != 'manager2')
        match = '不允许|访问|权限'
        with pytest.raises(Exception, match=match):
            revoke(Certificate(certificate.id), '无')
        with pytest.raises(Exception, match=match):
            issue(one.see()['session']['id'])
        if user != 'reviewer1':
            with pytest.raises(Exception, match=f'{match}|not found'):
                printed(Certificate(certificate.id))


_shared = []


@pytest.fixture
def shared_certificate(certified):
    "A trainee and a certificate, made once for the module"
    if not _shared:
        _shared.append(certified())
    return _shared[0]


def test_numbers_of_the_unit(certified, staff, address):
    with staff():
        company, = Model.get('company.company').find(
            [('party.name', '=', '华东监理业务培训中心')])
        kind, = Model.get('ir.sequence.type').find([('name', '=', '监理培训')])
        sequence = Model.get('ir.sequence')(
            name='证书', sequence_type=kind, prefix='华东/监培-', padding=4)
        sequence.save()
        company.certificate_sequence = sequence
        company.save()
    try:
        _, certificate = certified()
    finally:
        with staff():
            company.certificate_sequence = None
            company.save()
    assert certificate.number == '华东/监培-0001'
    assert '证书真实有效' in requests.get(address(certificate), timeout=30).text
