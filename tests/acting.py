# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Acting as trainees and staff do, for the tests."""
import base64
import datetime as dt
import time
from decimal import Decimal

import requests
from demo_data.units import at
from proteus import Model, Wizard

from trytond.modules.supervision_training import clock

THEORY, SAFETY = '监理理论基础知识', '工程质量与安全监理'


class Refused(Exception):
    "The server's answer to what a user may not do"


class Tryton:
    """The Tryton client of a user, as raw as it comes over HTTP.

    :param url: the address of the server.
    """

    def __init__(self, url, database, login, password):
        self._http = requests.Session()
        self._url = f'{url}/{database}/rpc/'
        self._headers = {'Content-Type': 'application/json'}
        user, session, *_ = self._post(
            'common.db.login', login, {'password': password})
        token = base64.b64encode(f'{login}:{user}:{session}'.encode()).decode()
        self._headers['Authorization'] = f'Session {token}'
        self._context = self('res.user', 'get_preferences', True)

    def __call__(self, model, method, *arguments, kind='model', **context):
        """Return what a method answers.

        :raises Refused: with the message of the refusal.
        """
        return self._post(
            f'{kind}.{model}.{method}', *arguments,
            {**getattr(self, '_context', {}), **context})

    def _post(self, method, *params):
        answer = self._http.post(
            self._url, json={'id': 0, 'method': method, 'params': params},
            headers=self._headers, timeout=60).json()
        if 'error' in answer:
            raise Refused(answer['error'])
        return answer['result']


def reject(record, text='照片不清晰，请重新上传。', field='photo'):
    wizard = Wizard('training.registration.reject', [record])
    wizard.form.text = text
    wizard.form.marked = [field]
    wizard.execute('reject')


def decide(record, refuse=None):
    "Grant the refund of a registration, or refuse it with a reason"
    if not refuse:
        record.refund.click('approve')
        return
    wizard = Wizard('training.refund.reject', [record.refund])
    wizard.form.reason = refuse
    wizard.execute('reject')


def masked(number):
    "Return an ID number as lists show it"
    return f'{number[:6]}********{number[-4:]}'


def wait_for(check):
    "Wait until a check returns something, at most ten seconds"
    for _ in range(100):
        if result := check():
            return result
        time.sleep(0.1)
    raise AssertionError("It did not come.")


def end_exam(id, days):
    "Let the exam of a session have been some days ago"
    session = Model.get('training.session')(id)
    session.exam_date = clock.today() - dt.timedelta(days)
    session.opens_at = at(session.exam_date - dt.timedelta(50))
    session.closes_at = at(session.exam_date - dt.timedelta(20))
    session.save()
    session.click('close')
    session.click('publish_admission')
    session.click('finish')


def results(one):
    "Return the results of a trainee's registration by the subject's name"
    return {
        r.subject.name: r for r in Model.get('training.registration')(one.id).results}


def enter_results(one, **scores):
    "Type scores, or results without one, as the current user"
    names = {'theory': THEORY, 'safety': SAFETY}
    for name, value in scores.items():
        record = results(one)[names[name]]
        if isinstance(value, str):
            record.result = value
        else:
            record.score = Decimal(value)
        record.save()


def publish_results(id):
    Model.get('training.session')(id).click('publish_results')


class Trainee:
    "A trainee with one registration, as the pages show it"

    def __init__(self, client, registration):
        self.client = client
        self.id = registration['id']

    def see(self):
        return self.client('registration.get', id=self.id)

    def shows(self, label, *actions):
        "Return whether the label and the actions, but for the invoice, are these"
        seen = self.see()
        shown = set(seen['actions']) - {'invoice'}
        return (seen['label_text'], shown) == (label, set(actions))

    def tab(self, tab):
        return [
            r['label_text']
            for r in self.client('registration.list', tab=tab)['items']]

    def pay(self, sandbox):
        sandbox.pay(self.client('payment.prepay', registration=self.id))
        return self.client('payment.status', registration=self.id)['label_text']

    def ask_refund(self):
        return self.client(
            'refund.request', registration=self.id, reason='行程有变')

    def titles(self):
        return [m['title'] for m in self.client('message.list')['items']]
