# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""session.*: the sessions (期次) that a trainee may look at, open to everybody."""
from trytond.i18n import gettext
from trytond.pool import Pool

from .. import clock
from ..exceptions import NotFound
from ..payment import to_fen
from ..registration import WORK_YEARS
from . import paging
from .calls import Caller
from .protocol import method
from .types import (
    Fee, Industry, Named, Option, Page, Session, SessionItem, SessionRegion)


@method('session.list', readonly=True)
def list_(
        caller: Caller, organizer: int | None = None, industry: Industry | None = None,
        cursor: str | None = None, limit: int = paging.LIMIT) -> Page[SessionItem]:
    "Return the sessions to come, the next exam first."
    Session_ = Pool().get('training.session')
    domain = [
        ('state', 'in', ['open', 'closed']),
        ('exam_date', '>=', clock.today()),
        ('company.training', '=', True),
        ]
    if organizer is not None:
        domain.append(('company', '=', organizer))
    if industry:
        domain.append(('industry', 'in', [None, industry]))
    sessions, next_ = paging.page(
        Session_, domain, cursor, limit, order=[('exam_date', 'ASC'), ('id', 'ASC')])
    return Page[SessionItem](
        items=[SessionItem(**_item(s)) for s in sessions], next=next_)


@method('session.get', readonly=True)
def get(caller: Caller, id: int) -> Session:
    "Return a session with its regions, fees, subjects and rules."
    Session_ = Pool().get('training.session')
    sessions = Session_.search([('id', '=', id), ('state', '!=', 'draft')])
    if not sessions:
        raise NotFound(gettext('supervision_training.msg_session_missing'))
    session, = sessions
    return Session(
        **_item(session),
        regions=[SessionRegion(
                id=r.region.id, name=r.region.name, venue=r.venue or None,
                starts_on=r.starts_on, ends_on=r.ends_on,
                capacity=r.capacity, seats_left=r.seats_left)
            for r in session.regions],
        fees=[Fee(
                exam_type=f.exam_type,
                subject=f.subject and Named(id=f.subject.id, name=f.subject.name),
                amount=to_fen(f.amount))
            for f in session.fees],
        subjects=[Option(value=s.id, label=s.name) for s in session.subjects],
        notice=session.notice or None,
        waiting_list=bool(session.waiting_list),
        work_proof_years=[
            value for value, _ in WORK_YEARS if session.needs_work_proof(value)],
        refund_rules=session.refund_rules)


def _item(session):
    fee = session.fee('normal', session.subjects)
    return {
        'id': session.id,
        'name': session.name,
        'organizer': Named(id=session.company.id, name=session.company.rec_name),
        'industry': session.industry,
        'opens_at': clock.local(session.opens_at),
        'closes_at': clock.local(session.closes_at),
        'exam_date': session.exam_date,
        'fee': None if fee is None else to_fen(fee),
        'status': session.status,
        'seats_left': sum(r.seats_left for r in session.regions),
        }
