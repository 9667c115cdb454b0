# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""The main job: register, approve, pay."""
from acting import masked
from proteus import Model


def test_register_approve_pay(session, phone, new_person, staff, sandbox):
    anna = new_person()
    client = phone(anna)
    registration = client.register(anna, session())
    assert registration['label_text'] == '审核中'
    assert registration['amount'] == 120000
    assert registration['actions'] == ['cancel']

    with staff('reviewer1'):
        Registration = Model.get('training.registration')
        desk, = Registration.find([('label', '=', 'reviewing')])
        assert desk.trainee_name == anna.name
        assert desk.trainee_id_number_masked == masked(anna.id_number)
        desk.click('approve')

    registration = client('registration.get', id=registration['id'])
    assert registration['label_text'] == '待支付'
    assert 'pay' in registration['actions']

    prepay = client('payment.prepay', registration=registration['id'])
    sandbox.pay(prepay)
    status = client('payment.status', registration=registration['id'])
    assert status == {'state': 'paid', 'label': 'paid', 'label_text': '已支付'}
