# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""invoice.*: the invoice of a registration (开票)."""
from trytond.i18n import gettext
from trytond.pool import Pool

from ..payment import to_fen
from . import links
from .calls import Caller
from .protocol import method
from .types import InvoiceFile, InvoiceForm, InvoiceView, Named, Reissue

REISSUE = {'requested': 'requested', 'to_do': 'granted'}


@method('invoice.get', readonly=True)
def get(caller: Caller, registration: int) -> InvoiceView:
    "Return the invoice of a registration, also when there is none yet."
    return _view(_of(caller, registration))


@method('invoice.change', form=InvoiceForm, read_committed=True)
def change(caller: Caller, form: InvoiceForm) -> InvoiceView:
    "Change kind, title or e-mail, until the invoice goes to the tax bureau."
    return _act(caller, form, 'change')


@method('invoice.request', form=InvoiceForm, read_committed=True)
def request(caller: Caller, form: InvoiceForm) -> InvoiceView:
    "Ask for the invoice of what is paid already (补开)."
    return _act(caller, form, 'request')


@method('invoice.reissue', form=Reissue, read_committed=True)
def reissue(caller: Caller, form: Reissue) -> InvoiceView:
    "Ask for another invoice in the place of an issued one (换开)."
    return _act(caller, form, 'reissue', form.reason)


def _of(caller, id):
    return Pool().get('training.registration').of(caller.trainee.id, id)


def _act(caller, form, action, *args):
    Invoice = Pool().get('training.invoice')
    wish = {'kind': form.kind, 'title': form.title, 'email': form.email}
    getattr(Invoice, action)(_of(caller, form.registration), wish, *args)
    return _view(_of(caller, form.registration))


def of(registration):
    "Return the invoice of a registration as the wire has it, None without any wish"
    if registration.invoice or registration.invoice_kind:
        return _view(registration)


def _view(registration):
    invoice, wish = registration.invoice, registration.invoice_title
    state = 'wished' if wish else 'none'
    reissue = None
    if invoice:
        state = invoice.state
        if invoice.red_cause == 'reissue':
            reissue = REISSUE.get(invoice.red_state)
        elif invoice.red_refusal:
            reissue = 'refused'
    told = {name: getattr(invoice, name) if invoice else None for name in [
            'failure', 'number', 'issued_on', 'courier', 'courier_number']}
    if state != 'failed':
        told['failure'] = None
    return InvoiceView(
        **told,
        kind=invoice.kind if invoice else registration.invoice_kind,
        kinds=registration.invoice_setting.kinds,
        title=wish and Named(id=wish.id, name=invoice.name if invoice else wish.name),
        email=invoice.email if invoice else registration.invoice_email,
        amount=to_fen(invoice.amount) if invoice else None,
        state=state, state_text=gettext(f'supervision_training.msg_invoice_{state}'),
        files=[_file(f) for f in invoice.files] if invoice else [],
        reissue=reissue,
        reissue_refusal=invoice.red_refusal if reissue == 'refused' else None,
        request_until=registration.invoice_until,
        actions=registration.invoice_actions)


def _file(file):
    link = links.invoice(file)
    return InvoiceFile(
        kind=file.kind, name=file.file_name, size=file.size, url=link.url,
        expires_at=link.expires_at)
