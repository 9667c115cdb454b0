# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""session.*: the sessions (期次) that a trainee may look at, open to everybody."""
from trytond.i18n import gettext
from trytond.pool import Pool

from .. import clock
from ..exceptions import NotFound
from ..payment import to_fen
from ..registration import WORK_YEARS
from ..session import shown, status
from . import paging
from .calls import Caller
from .protocol import method
from .types import Industry, Page, Session, SessionItem


@method('session.list', readonly=True)
def list_(
        caller: Caller, organizer: int | None = None, industry: Industry | None = None,
        cursor: str | None = None, limit: int = paging.LIMIT) -> Page[SessionItem]:
    "Return the sessions to come, the next exam first."
    def find():
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
            Session_, domain, cursor, limit,
            order=[('exam_date', 'ASC'), ('id', 'ASC')])
        return [_item(s) for s in sessions], next_

    kept, next_ = _kept((organizer, industry, cursor, limit), find)
    return Page[SessionItem](
        items=[SessionItem(**values) for values in _now(kept)], next=next_)


@method('session.get', readonly=True)
def get(caller: Caller, id: int) -> Session:
    "Return a session with its regions, fees, subjects and rules."
    def find():
        Session_ = Pool().get('training.session')
        return [
            _whole(s) for s in Session_.search([
                    ('id', '=', id), ('state', '!=', 'draft')])]

    for values in _now(_kept(id, find)):
        return Session(**values)
    raise NotFound(gettext('supervision_training.msg_session_missing'))


def _kept(key, find):
    kept = shown.get(key)
    return shown.set(key, find()) if kept is None else kept


def _now(kept):
    "Return kept sessions with their status and free seats at this moment"
    free = Pool().get('training.session.region').free_seats([k['id'] for k in kept])
    for values in map(dict, kept):
        seats = free[values['id']]
        left = sum(seats.values())
        if 'regions' in values:
            values['regions'] = [
                {**region, 'seats_left': seats[region['id']]}
                for region in values['regions'] if region['id'] in seats]
        values['status'] = status(
            values.pop('state'), clock.naive(values['opens_at']),
            clock.naive(values['closes_at']), left)
        yield {**values, 'seats_left': left}


def _item(session):
    fee = session.fee('normal', session.subjects)
    return {
        'id': session.id,
        'name': session.name,
        'organizer': {'id': session.company.id, 'name': session.company.rec_name},
        'industry': session.industry,
        'opens_at': clock.local(session.opens_at),
        'closes_at': clock.local(session.closes_at),
        'exam_date': session.exam_date,
        'fee': None if fee is None else to_fen(fee),
        'state': session.state,
        }


def _whole(session):
    return {
        **_item(session),
        'regions': [{
                'id': r.region.id, 'name': r.region.name, 'venue': r.venue or None,
                'starts_on': r.starts_on, 'ends_on': r.ends_on,
                'capacity': r.capacity} for r in session.regions],
        'fees': [{
                'exam_type': f.exam_type,
                'subject': f.subject and {'id': f.subject.id, 'name': f.subject.name},
                'amount': to_fen(f.amount)} for f in session.fees],
        'subjects': [{'value': s.id, 'label': s.name} for s in session.subjects],
        'notice': session.notice or None,
        'waiting_list': bool(session.waiting_list),
        'work_proof_years': [
            value for value, _ in WORK_YEARS if session.needs_work_proof(value)],
        'refund_rules': session.refund_rules,
        }
