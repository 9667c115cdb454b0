# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Full ID numbers: nobody reads them unnoticed, and the notes stay as they are."""
import pytest
from acting import Refused, Tryton, masked
from conftest import PASSWORD
from proteus import Model, Report, Wizard

STAFF = ['reviewer1', 'clerk1', 'cashier1', 'accountant1', 'auditor1', 'manager1']
SECRETS = ['id_number', 'id_number_cipher', 'id_number_hash']


_one = []


@pytest.fixture
def one(trainee):
    "Somebody who is registered, the same for all tests"
    if not _one:
        _one.append(trainee())
    return _one[0]


@pytest.fixture
def client(server, name):
    "A function that returns the Tryton client of a user"
    return lambda login: Tryton(server, name, login, PASSWORD)


@pytest.fixture
def notes(staff):
    "A function that returns what is noted since it was called last"
    seen = set()

    def notes():
        with staff('auditor1'):
            new = [
                n for n in Model.get('training.disclosure').find(
                    [('company.party.name', '=', '华东监理业务培训中心')])
                if n.id not in seen]
            seen.update(n.id for n in new)
            return [
                (n.user.login, n.kind, n.name, n.people)
                for n in sorted(new, key=lambda n: n.id)]
    notes()
    return notes


@pytest.mark.parametrize('login', STAFF)
def test_nobody_reads_the_number_itself(one, client, login):
    call = client(login)
    id, = call('training.trainee', 'search', [
            ('name', '=', one.person.name), ('mobile', '=', one.person.mobile)],
        0, 1, None)
    for name in SECRETS:
        path = f'trainee/{name}'
        for model, method, *arguments in [
                ('training.trainee', 'read', [id], [name]),
                ('training.trainee', 'export_data', [id], [name]),
                ('training.trainee', 'export_data_domain', [], [name]),
                ('training.trainee', 'search', [(name, '!=', None)], 0, 1, None),
                ('training.trainee', 'search', [], 0, 1, [(name, 'ASC')]),
                ('training.registration', 'read', [one.id], [f'trainee.{name}']),
                ('training.registration', 'export_data', [one.id], [path]),
                ('training.registration', 'search_count', [
                        (f'trainee.{name}', '=', one.person.id_number)]),
                ]:
            with pytest.raises(Refused, match='AccessError|UserError|访问|权限'):
                call(model, method, *arguments)
    number = masked(one.person.id_number)
    assert call('training.registration', 'export_data', [one.id], [
            'trainee_id_number_masked', 'trainee/id_number_masked'],
        ) == [[number, number]]


@pytest.mark.parametrize('login', STAFF)
def test_whoever_has_the_number_finds_the_person(one, client, login):
    assert client(login)('training.registration', 'search', [
            ('rec_name', 'ilike', f'%{one.person.id_number}%')], 0, 9, None) == [one.id]


@pytest.mark.parametrize('login', ['reviewer1', 'manager1'])
def test_a_look_at_the_number_is_noted(one, staff, notes, login):
    with staff(login):
        registration = Model.get('training.registration')(one.id)
        name = registration.trainee.rec_name
        for record in [registration, registration.trainee]:
            show = Wizard('training.id_number.show', [record])
            assert show.form.name == one.person.name
            assert show.form.id_number == one.person.id_number
        correct = Wizard('training.trainee.correct', [registration.trainee])
        assert correct.form.id_number == one.person.id_number
    assert notes() == [
        (login, 'view', name, 1), (login, 'view', name, 1),
        (login, 'correction', name, 1)]


@pytest.mark.parametrize('login', [
        'clerk1', 'cashier1', 'accountant1', 'auditor1', 'reviewer2', 'manager2'])
def test_who_may_not_look(one, staff, notes, login):
    with staff():
        trainee = Model.get('training.registration')(one.id).trainee
        registration = Model.get('training.registration')(one.id)
    with staff(login):
        for record in [trainee, registration]:
            with pytest.raises(Exception, match='访问|权限|不允许|读取'):
                Wizard('training.id_number.show', [record])
    assert notes() == []


def test_a_ticket_is_noted_when_staff_print_it(
        trainee, desk, staff, sandbox, notes):
    one = trainee()
    desk('reviewer1', one.id, 'approve')
    one.pay(sandbox)
    desk('manager1', one.id, lambda r: r.session.click('publish_admission'))
    with staff('clerk1'):
        registration = Model.get('training.registration')(one.id)
        Report('training.registration.admission').execute([registration])
        Report('training.registration.attendance').execute([registration])
        name = registration.rec_name
    one.client('ticket.get', registration=one.id, kind='admission')
    assert notes() == [('clerk1', 'paper', name, 1)]


def test_the_notes_stay(one, staff, client, name):
    with staff('reviewer1'):
        Wizard('training.id_number.show', [
                Model.get('training.registration')(one.id)])
    with staff('auditor1'):
        note = Model.get('training.disclosure').find([], limit=1)[0].id
    for login in ['auditor1', 'manager1', 'admin']:
        call = client(login)
        for method, *arguments in [
                ('write', [note], {'people': 0}), ('delete', [note]),
                ('create', [{'people': 1}])]:
            with pytest.raises(Refused):
                call('training.disclosure', method, *arguments)
    from trytond.modules.supervision_training.exceptions import NotAllowed
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    with Transaction().start(name, 0):
        Disclosure = Pool().get('training.disclosure')
        for change in [
                lambda: Disclosure.write([Disclosure(note)], {'people': 0}),
                lambda: Disclosure.delete([Disclosure(note)])]:
            with pytest.raises(NotAllowed):
                change()


def test_the_notes_are_the_units_own(one, staff, client):
    with staff('reviewer1'):
        Wizard('training.id_number.show', [
                Model.get('training.registration')(one.id)])
    search = [('people', '>', 0)], 0, 9, None
    assert client('auditor1')('training.disclosure', 'search', *search)
    for login in ['auditor2', 'manager2']:
        assert not client(login)('training.disclosure', 'search', *search)
    with pytest.raises(Refused):
        client('clerk1')('training.disclosure', 'search', *search)
