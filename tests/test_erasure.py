# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Erasing a trainee: who may, when, and that the person is nowhere any more."""
import contextlib
import datetime as dt
import json
from dataclasses import replace

import pytest
import requests
from acting import (
    Refused, Trainee, Tryton, decide, end_exam, enter_results, masked,
    publish_results, reject, results, wait_for)
from conftest import BACKEND, PASSWORD
from demo_data.client import Client
from invoicing import number, on_invoice, title, wish
from proteus import Model, Report, Wizard
from test_certificate import issue
from test_ledger import ledger
from test_results import change

from trytond.exceptions import UserError
from trytond.modules.supervision_training import clock
from trytond.pool import Pool
from trytond.transaction import Transaction

DAY = dt.timedelta(1)
YEARS = 3 * 365
NAME, OLD_NAME = '司马相如', '司马长卿'
OPENID = 'oSecondPhone00000000000000007'


@pytest.fixture
def later(monkeypatch):
    "A context some days later"
    @contextlib.contextmanager
    def later(days):
        now = clock.now
        with monkeypatch.context() as patch:
            patch.setattr(clock, 'now', lambda: now() + days * DAY)
            yield
    return later


def erase(id, confirm=True):
    wizard = Wizard(
        'training.trainee.erase', [Model.get('training.trainee')(id)])
    if confirm:
        wizard.execute('erase')
    return wizard


@pytest.fixture
def known(new_person, phone, session, desk, sandbox, staff, name, url):
    """Somebody of whom there is a trace in everything that the system keeps.

    The last refund is undecided.
    """
    person = replace(new_person(), name=OLD_NAME)
    client = phone(person)
    id = session()
    one = Trainee(client, client.register(person, id, invoice=wish(
                title(client, kind='person', name=NAME, tax_number=None),
                email=person.email)))
    with staff('reviewer1'):
        registration = Model.get('training.registration')(one.id)
        trainee = registration.trainee.id
        correct = Wizard('training.trainee.correct', [registration.trainee])
        correct.form.name, correct.form.reason = NAME, f'{OLD_NAME}改名'
        correct.execute('correct')
        Wizard('training.id_number.show', [registration])
        Wizard('training.id_number.show', [registration.trainee])
        registration.click('approve')
    assert one.pay(sandbox) == '已支付'
    desk('clerk1', one.id, 'check_in')
    on_invoice(name, one.id, 'export')
    on_invoice(name, one.id, 'issue', number(), clock.today())
    with staff('manager1'):
        end_exam(id, 1)
        enter_results(one, theory=80, safety=60)
        publish_results(id)
        change(next(iter(results(one).values())), 90, f'{NAME}申请复核')
        issue(id)
        photos = Wizard('training.print', [Model.get('training.session')(id)])
        photos.form.kind = 'attendance'
        photos.execute('print_')
    with Transaction().start(name, 0) as transaction:
        of = {'resource': f'training.registration,{one.id}'}
        pool = Pool(name)
        pool.get('ir.note').create([{**of, 'message': f'{NAME} {person.mobile}'}])
        pool.get('ir.attachment').create([{
                    **of, 'name': NAME, 'data': NAME.encode()}])
        transaction.commit()
    second = Client(url).login(sandbox.code(OPENID))
    second('privacy.accept', version=second('privacy.get')['version'])
    second('profile.claim', name=NAME, id_number=person.id_number)
    with staff('reviewer1'):
        claim, = Model.get('training.trainee.claim').find([('trainee', '=', trainee)])
        claim.click('accept')
        second.login(sandbox.code(OPENID))
        refused = second.register(
            person, session(name='拒绝期次'), industry='waterway')
        reject(Model.get('training.registration')(
                refused['id']), f'{NAME}的照片不清晰')
    back = Trainee(second, second.register(
            person, session(name='退款期次'), industry='waterway', invoice=wish(
                title(second, name=f'{NAME}公司'), email=person.email)))
    desk('reviewer1', back.id, 'approve')
    back.pay(sandbox)
    second('refund.request', registration=back.id, reason=f'{person.mobile}有变')
    one.client, one.trainee, one.person = second, trainee, replace(person, name=NAME)
    one.back = back
    return one


TABLES = {
    'sqlite': "SELECT name FROM sqlite_master WHERE type = 'table'",
    'postgresql': "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    }


def texts(name):
    "Yield table, column and text of all that the database keeps"
    with Transaction().start(name, 0, readonly=True) as transaction:
        cursor = transaction.connection.cursor()
        cursor.execute(TABLES[BACKEND])
        for table, in cursor.fetchall():
            cursor.execute(f'SELECT * FROM "{table}"')
            columns = [d[0] for d in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    if isinstance(value, (bytes, memoryview)):
                        value = bytes(value).decode('utf-8', 'replace')
                    yield table, column, str(value)


def found(name, secrets):
    "Return the tables and columns where secrets stand, plain or in JSON, by secret"
    places = {secret: set() for secret in secrets}
    for table, column, text in texts(name):
        for secret in secrets:
            if secret in text or json.dumps(secret)[1:-1] in text:
                places[secret].add((table, column))
    return places


def stored(name, trainee):
    "Return the files of a trainee by their names, as the database tells"
    with Transaction().start(name, 0, readonly=True, context={'active_test': False}):
        pool = Pool()
        documents = pool.get('training.document').search([('trainee', '=', trainee)])
        return {d.file_id: bytes(d.data) for d in documents if d.data}


def files(installation):
    "Return all stored files by their names, also those of other databases"
    return {
        f.name: f.read_bytes() for f in installation.directory.rglob('*')
        if f.is_file() and len(f.name) == 36}


def hidden(name, id):
    with Transaction().start(name, 0, readonly=True):
        trainee = Pool(name).get('training.trainee')(id)
        return trainee.id_number_cipher, trainee.id_number_hash


def test_the_person_goes_and_the_money_stays(
        known, staff, later, name, installation, url, phone, session,
        address):
    person, trainee = known.person, known.trainee
    days = clock.today() - DAY, clock.today()
    with staff('manager1'):
        with pytest.raises(UserError) as raised:
            erase(trainee)
        assert f'{known.back.see()["number"]}' in str(raised.value)
        assert '退款' in str(raised.value)
        with later(10 * YEARS), pytest.raises(UserError, match='尚未办结'):
            erase(trainee)
    with staff('cashier1'):
        decide(Model.get('training.registration')(known.back.id))
    wait_for(lambda: known.back.shows('已退款'))
    with staff('manager1'):
        with pytest.raises(UserError, match=(
                    f'{NAME}.*{YEARS} 天.*{(clock.today() + YEARS * DAY)}')):
            erase(trainee)
        with later(YEARS - 1), pytest.raises(UserError):
            erase(trainee)

    certificate, = Model.get('training.certificate').find([('name', '=', NAME)])
    paper = address(certificate)
    money = ledger('accountant1', staff, *days)
    secrets = [
        NAME, OLD_NAME, person.mobile, person.email, person.address, OPENID,
        person.openid, masked(person.id_number), *hidden(name, trainee)]
    places = found(name, secrets)
    assert all(places.values()) and len(places[NAME]) > 8, places
    pictures = stored(name, trainee)
    kept = files(installation)
    assert len(pictures) >= 3 and pictures.items() <= kept.items()
    assert NAME.encode() in kept.values()

    with later(YEARS), staff('manager1'):
        form = erase(trainee, confirm=False).form
        assert '身份证号码' in form.taken and '会计档案' in form.kept
        erase(trainee)
        with pytest.raises(UserError, match='已经删除'):
            erase(trainee)
        assert not Model.get('training.trainee').find([('id', '=', trainee)])
        registration = Model.get('training.registration')(known.id)
        assert registration.trainee_name == '已删除学员'
        assert not registration.warnings
        event = registration.events[0]
        assert (event.name, event.user.login) == ('erased', 'manager1')
        with pytest.raises(UserError, match='不能再打印'):
            Report('training.certificate').execute([certificate])

    places = found(name, [*secrets, person.id_number])
    assert {s: places[s] for s in places if places[s]} == {
        NAME: {('training_invoice', 'name'), ('training_invoice', 'remarks')}}
    left = files(installation)
    assert not pictures.keys() & left.keys() and NAME.encode() not in left.values()
    assert str(ledger('accountant1', staff, *days)) == str(money).replace(
        f' {NAME}', ' 已删除学员').replace(f'{person.mobile}有变', '****')
    by_number = requests.post(f'{url}/certificate', timeout=30, data={
            'number': certificate.number, 'tail': person.id_number[-4:]})
    for page in [by_number, requests.get(paper, timeout=30)]:
        assert '证书真实有效' in page.text and '司**如' in page.text

    anew = phone(replace(person, openid=OPENID))
    assert anew('profile.get')['name'] == NAME
    assert anew('registration.list', tab='ended')['items'] == []
    assert anew.register(person, session(name='新的期次'))['label_text'] == '审核中'


def test_only_the_administrator(trainee, server, name, staff):
    one = trainee()
    with staff():
        id = Model.get('training.registration')(one.id).trainee.id
    context = {
        'active_model': 'training.trainee', 'active_id': id, 'active_ids': [id]}
    for login in ['reviewer1', 'clerk1', 'cashier1', 'accountant1', 'auditor1']:
        with pytest.raises(Refused, match='AccessError|UserError|访问|权限'):
            Tryton(server, name, login, PASSWORD)(
                'training.trainee.erase', 'create', kind='wizard', **context)
    with staff('manager1'), pytest.raises(UserError, match='尚未结束'):
        erase(id)


def test_what_another_unit_still_has(trainee, session, staff):
    one = trainee()
    other = one.client.register(one.person, session(unit=1, name='外单位期次'))
    one.client('registration.cancel', id=one.id)
    with staff('manager1'):
        id = Model.get('training.registration')(one.id).trainee.id
        with pytest.raises(UserError, match='其他单位尚有未办结') as raised:
            erase(id)
    assert other['number'] not in str(raised.value)
