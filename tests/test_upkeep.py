# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""What staff and the clock keep in order: corrections, uploads, logins, sessions."""
import datetime as dt

import pytest
from demo_data.client import WireError
from demo_data.portrait import encoded, portrait
from demo_data.units import at
from proteus import Model, Wizard

from trytond.modules.supervision_training import clock


@pytest.fixture
def inside(name):
    "A function that calls a method of a model as a scheduled task does"
    from trytond.pool import Pool
    from trytond.transaction import Transaction

    def inside(model, method, *arguments):
        with Transaction().start(name, 0) as transaction:
            result = getattr(Pool().get(model), method)(*arguments)
            transaction.commit()
            return result
    return inside


def correct(trainee, **values):
    wizard = Wizard('training.trainee.correct', [trainee])
    for field, value in values.items():
        setattr(wizard.form, field, value)
    wizard.execute('correct')


def test_correction_of_an_identity(phone, new_person, session, staff):
    anna = new_person()
    client = phone(anna)
    client.register(anna, session())
    with staff('reviewer1'):
        trainee, = Model.get('training.trainee').find([('name', '=', anna.name)])
        with pytest.raises(Exception, match='校验不通过'):
            correct(trainee, id_number='421345199003124312', reason='核对')
        correct(trainee, name='阿依古丽•买买提', reason='身份证姓名有误')
        trainee.reload()
        assert trainee.name == '阿依古丽·买买提'
        correction, = trainee.corrections
        assert correction.before.startswith(anna.name)
        assert correction.after.startswith('阿依古丽·买买提')
        assert (correction.reason, correction.user.login) == (
            '身份证姓名有误', 'reviewer1')
    assert client('profile.get')['name'] == '阿依古丽·买买提'


def test_identity_number_is_not_readable_in_the_database(
        phone, new_person, inside, name):
    anna = new_person()
    phone(anna)
    from trytond.transaction import Transaction
    with Transaction().start(name, 0, readonly=True) as transaction:
        cursor = transaction.connection.cursor()
        cursor.execute('SELECT * FROM training_trainee')
        rows = cursor.fetchall()
    assert rows
    assert not any(anna.id_number in str(value) for row in rows for value in row)


def test_unused_uploads_are_deleted(phone, new_person, session, staff, inside):
    anna = new_person()
    client = phone(anna)
    client.register(anna, session())
    extra = client.upload('photo', encoded(portrait(99, 'female')))
    again = client.upload('photo', encoded(portrait(99, 'female')))
    assert extra['file'] == again['file']
    with staff():
        Document = Model.get('training.document')
        mine = Document.find([('trainee.name', '=', anna.name)])
        assert len(mine) == 4
    inside('training.document', 'clean')
    with staff():
        assert len(Document.find([('trainee.name', '=', anna.name)])) == 4
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    with Transaction().start(mine[0]._config.database_name, 0):
        Documents = Pool().get('training.document')
        Documents.write(
            Documents.search([]), {'uploaded_at': dt.datetime(2020, 1, 1)})
        Transaction().commit()
    inside('training.document', 'clean')
    with staff():
        left = Document.find([('trainee.name', '=', anna.name)])
        assert {d.kind for d in left} == {'photo', 'education_proof', 'work_proof'}
        assert extra['file'] not in {d.name for d in left}


def test_logout_and_expired_logins(phone, new_person, inside, name):
    client = phone(new_person())
    assert client('auth.logout') is True
    with pytest.raises(WireError) as raised:
        client('profile.get')
    assert raised.value.code == -32001
    other = phone(new_person())
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    with Transaction().start(name, 0):
        Token = Pool().get('training.trainee.token')
        Token.write(Token.search([]), {'expires_at': dt.datetime(2020, 1, 1)})
        Transaction().commit()
    with pytest.raises(WireError) as raised:
        other('profile.get')
    assert raised.value.code == -32001
    inside('training.trainee.token', 'clean')
    with Transaction().start(name, 0):
        assert Pool().get('training.trainee.token').search([]) == []


def test_sessions_close_and_finish_by_themselves(session, staff, inside):
    today = clock.today()
    with staff():
        record = Model.get('training.session')(session())
        record.closes_at = at(today - dt.timedelta(1))
        record.opens_at = at(today - dt.timedelta(9))
        record.save()
        inside('training.session', 'close_and_finish')
        record.reload()
        assert record.state == 'closed'
        with pytest.raises(Exception, match='考试结束后'):
            record.click('finish')
        record.exam_date = today - dt.timedelta(1)
        record.save()
        inside('training.session', 'close_and_finish')
        record.reload()
        assert record.state == 'finished'


def test_session_needs_a_region_and_a_price(staff, session):
    with staff():
        record = Model.get('training.session')(session())
        copy, = record.duplicate()
        assert copy.state == 'draft'
        assert [r.taken for r in copy.regions] == [0] * len(record.regions)
        while copy.fees:
            copy.fees.remove(copy.fees[0])
        copy.save()
        with pytest.raises(Exception, match='收费标准'):
            copy.click('open')
