# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Random moves of trainees, staff, the clock and WeChat; what must hold, holds."""
import datetime as dt
import secrets

import pytest
from acting import reject
from conftest import BACKEND
from demo_data.client import WireError
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test)
from proteus import Model, Wizard

from trytond.exceptions import UserError

PEOPLE, CAPACITY, STEPS = 3, 2, 18
# SQLite has no concurrency to get wrong: a few runs are enough there.
EXAMPLES = 12 if BACKEND == 'postgresql' else 5
SEATS = {'submitted', 'approved', 'paid', 'checked_in', 'completed'}
LABELS = {
    'submitted': 'reviewing', 'waiting': 'waiting', 'rejected': 'rejected',
    'approved': 'to_pay', 'completed': 'completed', 'cancelled': 'cancelled',
    'expired': 'expired', 'refunded': 'refunded'}
# What a refused move may answer; anything else is a defect.
REFUSALS = {-32003, -32005, -32006, -32007, -32008}

STAGES = ['asked', 'paid', 'submitted', 'approved']
TRAINEE_MOVES = [
    'submit', 'prepay', 'ask_refund', 'ask_refund', 'resubmit', 'cancel',
    'ask_wechat']
STAFF_MOVES = [
    'approve', 'approve', 'reject', 'check_in', 'grant', 'refuse', 'undo', 'retry']
FITTING = {
    'submitted': ['approve', 'reject'],
    'rejected': ['resubmit', 'cancel'],
    'approved': ['prepay', 'ask_wechat', 'cancel'],
    'paid': ['check_in', 'ask_refund', 'ask_refund'],
    'requested': ['grant', 'refuse'],
    'failed': ['retry'],
    }
WECHAT_MOVES = ['pay', 'pay', 'deliver', 'settle']

people = st.integers(0, PEOPLE - 1)


class World:
    "What the machine acts on, made once for all its runs"

    def __init__(self, name, phone, new_person, session, staff, sandbox):
        self.name, self.session = name, session
        self.staff, self.sandbox = staff, sandbox
        self.people = [new_person() for _ in range(PEOPLE)]
        self.clients = [phone(p) for p in self.people]
        page = self.clients[0]('session.get', id=session(regions=['上海']))
        self.forms = [
            c.form(p, page)
            for c, p in zip(self.clients, self.people, strict=True)]


@pytest.fixture
def world(name, phone, new_person, session, staff, sandbox):
    world = World(name, phone, new_person, session, staff, sandbox)
    sandbox.faults.add('drop', 'notify', count=10 ** 6)
    sandbox.faults.add('hold_refund', '/v3/refund', count=10 ** 6)
    yield world
    sandbox.faults.clear()


def machine(world):
    "Return the class of a machine that acts on a world"

    class Machine(RuleBasedStateMachine):
        @initialize(waiting=st.booleans(), stages=st.tuples(
                *[st.sampled_from(STAGES)] * PEOPLE))
        def open(self, waiting, stages):
            self.id = world.session(
                regions=['上海'], capacity=CAPACITY, waiting_list=waiting)
            self.prepays = []
            self.sent = len(world.sandbox.store.all('notification'))
            for who, stage in enumerate(stages):
                before = len(self.prepays)
                self.submit(who)
                if stage != 'submitted':
                    self.approve(who)
                    self.prepay(who)
                if stage in {'paid', 'asked'} and len(self.prepays) > before:
                    world.sandbox.pay(self.prepays[-1])
                    self.ask_wechat(who)
                if stage == 'asked':
                    self.ask_refund(who)

        def call(self, who, method, **params):
            "Return what a method answers, None when it is refused"
            try:
                return world.clients[who](method, **params)
            except WireError as error:
                assert error.code in REFUSALS, error
                return None

        def mine(self, who):
            "Return the id of the last registration of a person in the session"
            for registration in world.clients[who](
                    'registration.list', tab='current')['items']:
                if registration['session']['id'] == self.id:
                    return registration['id']
            return 0

        def staff(self, who, action):
            "Act on a registration as staff; an impossible move is an error"
            id = self.mine(who)
            if not id:
                return
            with world.staff('manager1'):
                record = Model.get('training.registration')(id)
                before = record.state, record.refund and record.refund.state
                try:
                    action(record)
                except UserError:
                    record.reload()
                    assert before == (
                        record.state, record.refund and record.refund.state)

        @rule(who=people, move=st.sampled_from(TRAINEE_MOVES))
        def trainee_moves(self, who, move):
            getattr(self, move)(who)

        @rule(who=people, move=st.sampled_from(STAFF_MOVES))
        def staff_moves(self, who, move):
            getattr(self, move)(who)

        @rule(who=people, data=st.data())
        def fitting_move(self, who, data):
            "Do what the state asks for, so that runs get far"
            seen = self.call(who, 'registration.get', id=self.mine(who))
            if seen:
                refund = seen['refund'] and seen['refund']['state']
                moves = FITTING.get(refund) or FITTING.get(seen['state'])
                if moves:
                    getattr(self, data.draw(st.sampled_from(moves)))(who)

        @rule(data=st.data(), move=st.sampled_from(WECHAT_MOVES))
        def wechat_moves(self, data, move):
            getattr(self, move)(data)

        def submit(self, who):
            self.call(
                who, 'registration.submit', client_ref=secrets.token_hex(8),
                **world.forms[who] | {'session': self.id})

        def resubmit(self, who):
            form = world.forms[who] | {'session': self.id}
            self.call(who, 'registration.resubmit', id=self.mine(who), **form)

        def cancel(self, who):
            self.call(who, 'registration.cancel', id=self.mine(who))

        @rule(who=people, other=people)
        def look_at_another(self, who, other):
            if who != other and self.mine(other):
                assert self.call(
                    who, 'registration.get', id=self.mine(other)) is None

        def approve(self, who):
            self.staff(who, lambda r: r.click('approve'))

        def reject(self, who):
            self.staff(who, lambda r: r.state == 'submitted' and reject(r))

        def undo(self, who):
            self.staff(who, lambda r: r.click('undo'))

        def check_in(self, who):
            self.staff(who, lambda r: r.click('check_in'))

        def prepay(self, who):
            prepay = self.call(
                who, 'payment.prepay', registration=self.mine(who))
            if prepay:
                self.prepays.append(prepay)

        def pay(self, data):
            "Pay any order that was ever prepared, closed ones too, as races would"
            if not self.prepays:
                return
            prepay = data.draw(st.sampled_from(self.prepays))
            if world.sandbox.order(prepay)['state'] != 'SUCCESS':
                world.sandbox.pay(prepay, force=True)
                if data.draw(st.booleans()):
                    self.deliver(data)

        def deliver(self, data):
            "Deliver any notification of this run, again or out of order"
            sent = world.sandbox.store.all('notification')[self.sent:]
            if sent:
                one = data.draw(st.integers(0, len(sent) - 1))
                assert world.sandbox.resend(sent[one]) == 204

        def ask_wechat(self, who):
            self.call(who, 'payment.status', registration=self.mine(who))

        def ask_refund(self, who):
            self.call(
                who, 'refund.request', registration=self.mine(who), reason='x')

        def grant(self, who):
            self.staff(who, lambda r: r.refund and r.refund.click('approve'))

        def refuse(self, who):
            def refuse(record):
                if record.refund:
                    wizard = Wizard('training.refund.reject', [record.refund])
                    wizard.form.reason = 'x'
                    wizard.execute('reject')
            self.staff(who, refuse)

        def retry(self, who):
            self.staff(who, lambda r: r.refund and r.refund.click('retry'))

        def settle(self, data):
            "Let WeChat end a refund, and say so"
            held = [
                r for r in world.sandbox.store.all('refund')
                if r['status'] == 'PROCESSING']
            if held:
                refund = data.draw(st.sampled_from(held))
                how = data.draw(st.sampled_from(['SUCCESS', 'CLOSED', 'ABNORMAL']))
                world.sandbox.settle(refund['out_refund_no'], how)
                last = world.sandbox.store.all('notification')[-1]
                assert world.sandbox.resend(last) == 204

        @rule()
        def let_the_deadline_pass(self):
            with world.staff():
                ids = [r.id for r in Model.get('training.registration').find([
                            ('session', '=', self.id), ('state', '=', 'approved')])]
            self.inside(lambda pool: (
                    pool.get('training.registration').write(
                        pool.get('training.registration').browse(ids),
                        {'payment_deadline': dt.datetime(2020, 1, 1)}),
                    pool.get('training.registration').expire_unpaid()))

        @rule()
        def fill_seats(self):
            self.inside(lambda pool: pool.get('training.registration').fill_seats())

        def inside(self, action):
            "Act as a scheduled task, with the work that it leaves in the queue"
            from trytond.pool import Pool
            from trytond.transaction import Transaction
            from trytond.worker import run_task
            with Transaction().start(world.name, 0) as transaction:
                result = action(Pool())
                transaction.commit()
            while transaction.tasks:
                run_task(world.name, transaction.tasks.pop())
            return result

        @invariant()
        def seats_and_money_tie(self):
            if hasattr(self, 'id'):
                self.inside(self.check)

        def check(self, pool):
            Registration = pool.get('training.registration')
            registrations = Registration.search([('session', '=', self.id)])
            region, = pool.get('training.session.region').search(
                [('session', '=', self.id)])
            held = [r for r in registrations if r.state in SEATS]
            assert region.taken == len(held) <= CAPACITY
            live = [
                r.trainee for r in registrations
                if r.state in Registration.live_states]
            assert len(live) == len(set(live))
            for registration in registrations:
                self.check_money(registration)
                self.check_label(Registration, registration)

        def check_money(self, registration):
            paying = [p for p in registration.payments if p.state == 'paid']
            was_paid = registration.state in {
                'paid', 'checked_in', 'completed', 'refunded'}
            assert len(paying) == was_paid
            for payment in registration.payments:
                back = sum(
                    r.amount for r in payment.refunds if r.state != 'rejected')
                assert back <= payment.amount
                if payment.state == 'surplus':
                    assert back == payment.amount

        def check_label(self, Registration, registration):
            refund = registration.refund and registration.refund.state
            expected = LABELS.get(registration.state)
            if expected is None:
                expected = 'paid'
                if refund in {'requested', 'approved', 'processing', 'failed'}:
                    expected = 'refunding'
                elif refund == 'rejected' and registration.state == 'paid':
                    expected = 'refund_refused'
            assert registration.label == expected
            found = [
                label for label, _ in Registration.label.selection
                if Registration.search(
                    [('label', '=', label), ('id', '=', registration.id)])]
            assert found == [expected]

    return Machine


def test_random_moves(world):
    run_state_machine_as_test(
        machine(world), settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None,
            derandomize=True, suppress_health_check=list(HealthCheck)))
    with world.staff():
        reached = {
            e.name for e in Model.get('training.registration.event').find([])}
    # Else the moves were too tame to prove anything.
    assert reached >= {'approved', 'paid', 'cancelled', 'refund_requested'}
