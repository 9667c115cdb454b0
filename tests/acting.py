# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Acting as trainees and staff do, for the tests."""
import time

from proteus import Wizard


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


def wait_for(check):
    "Wait until a check returns something, at most ten seconds"
    for _ in range(100):
        if result := check():
            return result
        time.sleep(0.1)
    raise AssertionError("It did not come.")


class Trainee:
    "A trainee with one registration, as the pages show it"

    def __init__(self, client, registration):
        self.client = client
        self.id = registration['id']

    def see(self):
        return self.client('registration.get', id=self.id)

    def shows(self, label, *actions):
        seen = self.see()
        return (seen['label_text'], set(seen['actions'])) == (label, set(actions))

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
