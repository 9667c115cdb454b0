# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""registration.*, refund.* and ticket.*: what the trainee does with a registration."""
from trytond.pool import Pool

from .. import clock
from ..form import PROOFS
from ..payment import to_fen
from . import invoice, links, paging
from .calls import Caller
from .protocol import method
from .types import (
    CertificateView, Documents, DocumentView, ExamView, InvoiceWish, Label, Link,
    Named, Page, PaymentView, RefundView, Registration, RegistrationForm,
    RegistrationItem, Resubmit, ResultView, Submit, Tab, Ticket)


@method('registration.submit', form=Submit, read_committed=True)
def submit(caller: Caller, form: Submit) -> Registration:
    "Register for a session; the same client_ref returns the same registration."
    Registration_ = Pool().get('training.registration')
    values = form.model_dump(exclude={'client_ref'})
    return view(Registration_.submit(caller.trainee, form.client_ref, values))


@method('registration.resubmit', form=Resubmit, read_committed=True)
def resubmit(caller: Caller, form: Resubmit) -> Registration:
    "Submit a rejected registration again (重新报名)."
    registration = _of(caller, form.id)
    return view(registration.resubmit(form.model_dump(exclude={'id'})))


@method('registration.list', readonly=True)
def list_(
        caller: Caller, tab: Tab, label: Label | None = None, cursor: str | None = None,
        limit: int = paging.LIMIT) -> Page[RegistrationItem]:
    "Return the caller's registrations (我的考试), the newest first."
    Registration_ = Pool().get('training.registration')
    domain = [
        ('trainee', '=', caller.trainee.id),
        ('session.exam_date', '>=' if tab == 'current' else '<', clock.today()),
        ]
    if label:
        domain.append(('label', '=', label))
    registrations, next_ = paging.page(
        Registration_, domain, cursor, limit, order=[('id', 'DESC')])
    return Page[RegistrationItem](
        items=[RegistrationItem(**_item(r)) for r in registrations], next=next_)


@method('registration.get', readonly=True)
def get(caller: Caller, id: int) -> Registration:
    "Return a registration of the caller, whole."
    return view(_of(caller, id))


@method('registration.cancel', read_committed=True)
def cancel(caller: Caller, id: int) -> Registration:
    "Cancel a registration before paying."
    Registration_ = Pool().get('training.registration')
    Registration_.withdraw([_of(caller, id)])
    return view(_of(caller, id))


@method('refund.request', read_committed=True)
def refund(caller: Caller, registration: int, reason: str) -> Registration:
    "Ask for the money back (申请退款)."
    Pool().get('training.refund').request(_of(caller, registration), reason)
    return view(_of(caller, registration))


@method('ticket.get', readonly=True)
def ticket(caller: Caller, registration: int, kind: Ticket) -> Link:
    "Return a short-lived link to a paper of a registration (PDF)."
    return links.ticket(_of(caller, registration), kind)


def _of(caller, id):
    return Pool().get('training.registration').of(caller.trainee.id, id)


def _item(registration):
    region = registration.session_region.region
    return {
        'id': registration.id,
        'number': registration.number,
        'session': Named(
            id=registration.session.id, name=registration.session.name),
        'region': Named(id=region.id, name=region.name),
        'exam_date': registration.session.exam_date,
        'label': registration.label,
        'label_text': registration.label_text,
        'state': registration.state,
        'amount': to_fen(registration.amount),
        'submitted_at': clock.local(registration.submitted_at),
        'actions': registration.actions,
        }


def view(registration):
    "Return a registration as the wire has it"
    place = registration.session_region
    company = registration.company
    refundable = registration.refundable
    item = _item(registration)
    return Registration(
        **item,
        organizer=Named(id=company.id, name=company.rec_name),
        venue=place.venue or None, starts_on=place.starts_on, ends_on=place.ends_on,
        exam=_exam(registration) if 'admission' in item['actions'] else None,
        form=_form(registration),
        reject_reason=registration.reject_reason or None,
        marks={m.field: m.text for m in registration.marks},
        waiting_position=registration.number_in_queue,
        payment=PaymentView(
            amount=to_fen(registration.amount),
            deadline=clock.local(registration.payment_deadline),
            paid_at=clock.local(registration.paid_at)),
        refund=_refund(registration.refund),
        refundable=None if refundable is None else to_fen(refundable),
        refund_rules=registration.session.refund_rules,
        invoice=invoice.of(registration),
        documents=Documents(**{
                kind: _document(getattr(registration, kind)) for kind in PROOFS}),
        results=[
            ResultView(
                subject=Named(id=r.subject.id, name=r.subject.name), result=r.result,
                label=r.result_string, score=r.score)
            for r in registration.published_results],
        certificate=_certificate(registration.certificate))


def _exam(registration):
    room = registration.exam_room
    return ExamView(
        number=registration.admission_number,
        venue=registration.session_region.exam_venue or None,
        room=room and room.name, address=(room and room.address) or None,
        seat=registration.seat_number,
        schedule=[f'{s.name} {time}' for s, time in registration.exam_schedule])


def _form(registration):
    names = RegistrationForm.model_fields.keys() - {'region', 'invoice', 'subjects'}
    values = {name: getattr(registration, name) for name in names}
    for kind in PROOFS:
        values[kind] = values[kind] and values[kind].name
    for name in ['session', 'education', 'major']:
        values[name] = values[name].id
    wish = None
    if registration.invoice_kind:
        wish = InvoiceWish(
            kind=registration.invoice_kind, title=registration.invoice_title.id,
            email=registration.invoice_email)
    return RegistrationForm(
        **values, region=registration.session_region.region.id,
        subjects=[s.id for s in registration.subjects], invoice=wish)


def _refund(refund):
    return refund and RefundView(
        state=refund.state, amount=to_fen(refund.amount), reason=refund.reason,
        reject_reason=refund.reject_reason or None,
        requested_at=clock.local(refund.requested_at))


def _certificate(certificate):
    return certificate and CertificateView(
        number=certificate.number, issued_on=certificate.issued_on)


def _document(document):
    return document and DocumentView(
        file=document.name, url=links.document(document).url,
        mime_type=document.mime_type, warnings=document.warning_texts)
