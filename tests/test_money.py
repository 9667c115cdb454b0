# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Money: notifications true and false, late and double payments, refunds."""
import datetime as dt
import time

import pytest
import requests
from acting import decide, wait_for
from demo_data.client import WireError
from proteus import Model

from trytond.modules.supervision_training import clock


@pytest.fixture
def approved(trainee, desk):
    "A trainee who may pay"
    one = trainee()
    desk('reviewer1', one.id, 'approve')
    return one


@pytest.fixture
def paid(approved, sandbox):
    "A trainee who has paid"
    assert approved.pay(sandbox) == '已支付'
    return approved


@pytest.fixture(autouse=True)
def no_faults(sandbox):
    yield
    sandbox.faults.clear()


def notification(sandbox, event='TRANSACTION.SUCCESS'):
    "Return the last notification that the sandbox sent"
    return [n for n in sandbox.store.all('notification') if n['event'] == event][-1]


def payments(staff, one):
    with staff():
        return [
            (p.state, p.number, [(r.state, r.amount) for r in p.refunds])
            for p in Model.get('training.payment').find(
                [('registration', '=', one.id)])]


def test_paid_by_the_notification_alone(approved, sandbox):
    sandbox.pay(approved.client('payment.prepay', registration=approved.id))
    wait_for(lambda: approved.shows('已支付', 'refund'))


def test_paid_without_any_notification(approved, sandbox, task):
    sandbox.faults.add('drop', 'notify')
    sandbox.pay(approved.client('payment.prepay', registration=approved.id))
    assert approved.see()['label_text'] == '待支付'
    task('training.payment', 'query_open')
    assert approved.see()['label_text'] == '已支付'


def test_notifications_again_change_nothing(paid, sandbox, staff):
    before = payments(staff, paid), paid.see()['payment'], paid.titles()
    for _ in range(3):
        assert sandbox.resend(notification(sandbox)) == 204
    assert (payments(staff, paid), paid.see()['payment'], paid.titles()) == before


@pytest.mark.parametrize('how', [
        {'forged': True},
        {'timestamp': int(time.time()) - 365 * 86400},
        {'timestamp': int(time.time()) + 3600},
        ])
def test_false_notifications_are_refused(approved, sandbox, how):
    sandbox.faults.add('drop', 'notify')
    sandbox.pay(approved.client('payment.prepay', registration=approved.id))
    assert sandbox.resend(notification(sandbox), **how) == 401
    assert approved.see()['label_text'] == '待支付'
    assert sandbox.resend(notification(sandbox)) == 204
    assert approved.see()['label_text'] == '已支付'


def test_notification_of_another_serial_makes_no_call(approved, sandbox, url):
    calls = len(sandbox.store.all('token'))
    response = requests.post(
        f'{url}/wechat/pay/1900000101/notify', json={'id': '1'}, timeout=30,
        headers={
            'Wechatpay-Serial': '5157F09EFDC096DE15EBE81A47057A7200000000',
            'Wechatpay-Timestamp': str(int(time.time())),
            'Wechatpay-Signature': 'WECHATPAY/SIGNTEST/x'})
    assert response.status_code == 401
    assert response.json()['code'] == 'FAIL'
    assert len(sandbox.store.all('token')) == calls
    for path in ['1900000999', '1900000102']:
        assert requests.post(
            f'{url}/wechat/pay/{path}/notify', data=b'\xff', timeout=30,
            ).status_code in {401, 404}


@pytest.mark.parametrize('change', [
        {'amount': {'total': 1}}, {'appid': 'wxother'}])
def test_a_success_that_does_not_match_is_kept_for_staff(
        approved, sandbox, staff, change):
    sandbox.faults.add('drop', 'notify')
    sandbox.pay(approved.client('payment.prepay', registration=approved.id))
    sent = notification(sandbox)
    sent = {**sent, 'resource': {**sent['resource'], **change}}
    assert sandbox.resend(sent) == 204
    assert approved.see()['label_text'] == '待支付'
    assert payments(staff, approved)[0][0] == 'disputed'


def test_an_unknown_order_is_kept_for_staff(paid, sandbox, staff):
    sent = notification(sandbox)
    sent = {**sent, 'resource': {
            **sent['resource'], 'out_trade_no': 'somebody-elses',
            'transaction_id': f'42{time.time_ns()}'}}
    for _ in range(2):
        assert sandbox.resend(sent) == 204
    with staff():
        unknown, = Model.get('training.payment').find(
            [('number', '=', 'somebody-elses')])
        assert (unknown.state, unknown.registration) == ('disputed', None)


def test_late_payment_is_given_back(approved, sandbox, desk, staff):
    prepay = approved.client('payment.prepay', registration=approved.id)
    approved.client('registration.cancel', id=approved.id)
    sandbox.pay(prepay, force=True)
    wait_for(lambda: payments(staff, approved)[0][2:] == ([('done', 1200)],))
    assert payments(staff, approved)[0][0] == 'surplus'
    assert approved.shows('已取消')
    assert approved.titles()[:2] == ['退款成功', '支付将自动退回']


def test_prepay_again_is_the_same_order(approved, sandbox, staff):
    first = approved.client('payment.prepay', registration=approved.id)
    second = approved.client('payment.prepay', registration=approved.id)
    assert first['package'] == second['package']
    assert first['paySign'] != second['paySign']
    assert len(payments(staff, approved)) == 1


@pytest.mark.parametrize('fault', ['error', 'bad_signature'])
def test_wechat_fails_and_nothing_is_lost(approved, sandbox, staff, fault):
    sandbox.faults.add(fault, '/v3/pay', value=500)
    with pytest.raises(WireError) as raised:
        approved.client('payment.prepay', registration=approved.id)
    assert raised.value.code == -32010
    assert approved.pay(sandbox) == '已支付'
    assert len(payments(staff, approved)) == 1


def test_refund_fails_and_is_retried(paid, sandbox, desk, staff):
    sandbox.faults.add('not_enough', '/v3/refund')
    paid.ask_refund()
    desk('accountant1', paid.id, decide)
    with staff('accountant1'):
        refund = Model.get('training.registration')(paid.id).refund
        assert (refund.state, 'NOT_ENOUGH' in refund.error) == ('failed', True)
        assert paid.see()['label_text'] == '退款审核中'
        number = refund.number
        refund.click('retry')
        wait_for(lambda: paid.shows('已退款'))
        refund.reload()
        assert (refund.state, refund.number) == ('done', number)


def test_closed_refund_gets_a_new_number(paid, sandbox, desk, staff):
    sandbox.faults.add('hold_refund', '/v3/refund')
    paid.ask_refund()
    desk('accountant1', paid.id, decide)
    with staff('accountant1'):
        refund = Model.get('training.registration')(paid.id).refund
        assert refund.state == 'processing'
        number = refund.number
        sandbox.settle(number, 'CLOSED')
        wait_for(lambda: refund.reload() or refund.state == 'failed')
        refund.click('retry')
        wait_for(lambda: paid.shows('已退款'))
        refund.reload()
        assert refund.number != number and refund.attempt == 2
    assert [r['status'] for r in sandbox.store.all('refund')
        if r['out_refund_no'].startswith(number)] == ['CLOSED', 'SUCCESS']


def test_abnormal_refund_waits_for_staff(paid, sandbox, desk, staff):
    sandbox.faults.add('hold_refund', '/v3/refund')
    paid.ask_refund()
    desk('accountant1', paid.id, decide)
    with staff('accountant1'):
        refund = Model.get('training.registration')(paid.id).refund
        sandbox.settle(refund.number, 'ABNORMAL')
        wait_for(lambda: refund.reload() or refund.state == 'failed')
        assert refund.error == 'ABNORMAL'
        refund.click('settle_by_hand')
    assert paid.shows('已退款')


def test_refund_without_an_answer_is_sent_again(
        paid, sandbox, desk, task, staff):
    sandbox.faults.add('error', '/v3/refund', value=500)
    paid.ask_refund()
    desk('accountant1', paid.id, decide)
    assert paid.see()['refund']['state'] == 'processing'
    task('training.refund', 'query_processing')
    wait_for(lambda: paid.shows('已退款'))
    assert len(payments(staff, paid)[0][2]) == 1


def test_refund_rules(trainee, desk, sandbox, staff):
    today = clock.today()
    one = trainee(refund_until=today - dt.timedelta(1))
    desk('reviewer1', one.id, 'approve')
    one.pay(sandbox)
    assert one.shows('已支付')
    assert one.see()['refundable'] is None
    with pytest.raises(WireError) as raised:
        one.ask_refund()
    assert raised.value.code == -32008 and '退款规则' in raised.value.message
    with staff():
        session = Model.get('training.registration')(one.id).session
        session.refund_until = None
        rate = session.refund_rates.new()
        rate.until, rate.rate = today, 80
        session.save()
    assert one.see()['refundable'] == 96000
    one.ask_refund()
    desk('accountant1', one.id, decide)
    wait_for(lambda: one.shows('已退款'))
    assert one.see()['refund']['amount'] == 96000


def test_cancelled_session_gives_everything_back(
        trainee, phone, new_person, desk, sandbox, staff, task):
    one = trainee(refund_until=clock.today() - dt.timedelta(1))
    desk('reviewer1', one.id, 'approve')
    one.pay(sandbox)
    bert = new_person()
    other = phone(bert)
    registered = other.register(bert, one.see()['session']['id'])
    with staff('manager1'):
        session = Model.get('training.registration')(one.id).session
        session.click('cancel')
        assert (session.unsettled, session.settled) == (2, 0)
        task('training.session', 'settle_cancelled')
        wait_for(lambda: one.shows('已退款'))
        session.reload()
        assert (session.unsettled, session.settled) == (0, 1)
    assert one.see()['refund']['amount'] == 120000
    assert other('registration.get', id=registered['id'])['label_text'] == '已取消'
    told = len(one.titles())
    task('training.session', 'settle_cancelled')
    assert len(one.titles()) == told


@pytest.fixture
def wechat_template(staff):
    "A template of WeChat for the review's outcome"
    with staff():
        Template = Model.get('training.notification.template')
        template = Template(
            template_id='tmpl-review', moment='submit',
            events=['approved', 'rejected'])
        for key, value in [
                ('thing1', 'session'), ('phrase2', 'label'), ('thing3', 'reason'),
                ('time4', 'sent_at'), ('amount5', 'amount')]:
            line = template.lines.new()
            line.key, line.value = key, value
        template.save()
    return 'tmpl-review'


def test_messages_by_wechat(trainee, desk, sandbox, staff, wechat_template):
    one = trainee(name='2026年第八期公路水运工程监理业务培训班（上海）')
    assert one.client('message.templates') == [
        {'id': wechat_template, 'moment': 'submit'}]

    def sent():
        return [
            m for m in sandbox.store.all('message')
            if m['touser'] == one.person.openid]

    def states():
        with staff():
            return [n.state for n in Model.get('training.notification').find(
                    [('registration', '=', one.id), ('event', '=', 'approved')])]

    desk('reviewer1', one.id, 'approve')
    assert (sent(), states()) == ([], ['inbox'])
    desk('reviewer1', one.id, 'undo')
    one.client('message.subscribed', templates={wechat_template: 'accept'})
    desk('reviewer1', one.id, 'approve')
    message, = sent()
    values = {k: v['value'] for k, v in message['data'].items()}
    assert len(values['thing1']) == 20 and values['thing1'].endswith('…')
    assert (values['phrase2'], values['thing3']) == ('待支付', '无')
    assert values['amount5'] == '1200.00元'
    assert message['page'].endswith(str(one.id))
    assert states() == ['sent', 'inbox']
    desk('reviewer1', one.id, 'undo')
    desk('reviewer1', one.id, 'approve')
    assert len(sent()) == 1
    sandbox.store.put('refuser', one.person.openid, True)
    one.client('message.subscribed', templates={wechat_template: 'accept'})
    desk('reviewer1', one.id, 'undo')
    desk('reviewer1', one.id, 'approve')
    assert states()[0] == 'failed'
    assert one.titles()[0] == '审核通过'


def test_expired_token_of_wechat_is_renewed(phone, sandbox, new_person):
    client = phone(new_person())
    sandbox.faults.add('expired_token', '/wxa/business')
    code = sandbox.phone_code('13812345678')
    assert client('auth.phone', code=code) == {'mobile': '13812345678'}
    sandbox.faults.add('expired_token', '/wxa/business', count=50)
    with pytest.raises(WireError) as raised:
        client('auth.phone', code=sandbox.phone_code('13812345678'))
    assert raised.value.code == -32010
    assert '手动填写' in raised.value.message


@pytest.mark.parametrize('fault, code', [
        ('error', -32010), ('busy', -32010), (None, -32004)])
def test_login_that_fails(url, sandbox, fault, code):
    from demo_data.client import Client
    if fault:
        sandbox.faults.add(fault, '/sns', value=500)
    with pytest.raises(WireError) as raised:
        Client(url).login('wrong')
    assert raised.value.code == code
