# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Dealing with invoices as trainees and the tax bureau do, for the tests."""
import itertools

from acting import Trainee
from demo_data.people import tax_number
from proteus import Model, Wizard

from trytond.modules.supervision_training.exceptions import WrongState

_numbers = itertools.count(1)


def number():
    "Return another number of a digital invoice"
    return f'26312000{next(_numbers):012}'


def title(client, **values):
    "Save a title of a trainee and return its id"
    return client('invoice_title.save', **{
            'kind': 'unit', 'name': '华东路桥监理有限公司', 'tax_number': tax_number(7),
            } | values)['id']


def full_title(client, **values):
    "Save a title that is good for a special invoice"
    return title(client, **{
            'address': '上海市世纪大道1号', 'phone': '021-58001234',
            'bank': '工商银行上海分行', 'bank_account': '6222021001112223334',
            'mailing_address': '上海市世纪大道1号'} | values)


def wish(title, **changes):
    return {'kind': 'electronic', 'title': title, 'email': 'a@example.com'} | changes


class Buyer(Trainee):
    "A trainee whose registration is paid"

    def invoice(self):
        return self.client('invoice.get', registration=self.id)

    def ask(self, method, **params):
        return self.client(f'invoice.{method}', registration=self.id, **params)

    def is_invoiced(self, state, *actions):
        seen = self.invoice()
        return (seen['state'], seen['actions']) == (state, list(actions))


def last_invoice(id):
    "Return the last invoice of a registration, as the user who is logged in sees it"
    return Model.get('training.registration')(id).invoices[0]


def by_wizard(record, name, button, /, **values):
    "Fill in a wizard on an invoice"
    wizard = Wizard(f'training.invoice.{name}', [record])
    for field, value in values.items():
        setattr(wizard.form, field, value)
    wizard.execute(button)
    record.reload()


def on_invoice(name, registration, method, *args):
    "Do with the last invoice of a registration what the tax bureau does"
    from trytond import backend
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    from trytond.worker import run_task
    while True:
        with Transaction().start(
                name, 0, context={'language': 'zh_CN'}) as transaction:
            invoice = Pool().get('training.registration')(registration).invoice
            try:
                act = _export if method == 'export' else getattr(type(invoice), method)
                result = act(invoice, *args)
                transaction.commit()
                break
            except backend.DatabaseOperationalError:
                transaction.rollback()
    while transaction.tasks:
        run_task(name, transaction.tasks.pop())
    return result


def _export(invoice):
    rows, problems = type(invoice).export([invoice], None)
    if not rows:
        raise WrongState(problems.get(invoice, "It may not be exported."))
    return rows
