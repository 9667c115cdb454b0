# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""What has to fit before a session can be planned, opened, published or cancelled."""
from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, If

from . import clock
from .exceptions import CancelWarning, IncompleteSession
from .session import EXAM_TYPES

PRINTED = {
    'attendance': ['venue', 'starts_on'],
    'admission': ['exam_venue', 'exam_starts_at'],
    }


def _check(found, **values):
    "Refuse with each message found, by its name"
    if found:
        raise IncompleteSession('\n'.join(
                gettext(f'supervision_training.msg_session_{name}', **values)
                for name in found))


class Session(metaclass=PoolMeta):
    __name__ = 'training.session'

    seats_left = fields.Function(fields.Integer("Seats Left"), 'get_seats')

    @classmethod
    def view_attributes(cls):
        state = Eval('state')
        full = (state == 'open') & (Eval('seats_left', 0) <= 0)
        return [*super().view_attributes(),
            ('/tree', 'visual',
                If(state == 'cancelled', 'danger',
                    If(state == 'finished', 'muted', ''))),
            ('/tree/field[@name="seats_left"]', 'visual', If(full, 'warning', '')),
            ('/tree/field[@name="state"]', 'visual',
                If(state == 'open', 'success', '')),
            ]

    @classmethod
    def validate_fields(cls, sessions, field_names):
        super().validate_fields(sessions, field_names)
        for session in sessions:
            session._check_dates()

    def _check_dates(self):
        closes_on = clock.local(self.closes_at).date()
        found = {
            'closes_early': self.closes_at <= self.opens_at,
            'exam_early': self.exam_date < closes_on,
            'payment_hours': self.payment_hours <= 0,
            'rate_late': self.refund_until and any(
                r.until > self.refund_until for r in self.refund_rates),
            }
        _check(
            [name for name, broken in found.items() if broken],
            session=self.rec_name, exam=self.exam_date.isoformat(),
            closes=f'{clock.local(self.closes_at):%Y-%m-%d %H:%M}',
            opens=f'{clock.local(self.opens_at):%Y-%m-%d %H:%M}',
            until=self.refund_until and self.refund_until.isoformat())

    @classmethod
    @ModelView.button
    def open(cls, sessions):
        """Let trainees register.

        :raises IncompleteSession: something is missing that they would stumble over.
        """
        for session in sessions:
            session._check_complete()
        super().open(sessions)

    def _check_complete(self):
        if not self.regions:
            _check(['no_region'], session=self.rec_name)
        if self.closes_at <= clock.now():
            _check(['over'], session=self.rec_name)
        labels = dict(Pool().get('training.session.fee').fields_get(
                ['exam_type'])['exam_type']['selection'])
        for exam_type, _ in EXAM_TYPES:
            missing = [
                s.name for s in self.subjects if self.fee(exam_type, [s]) is None]
            # A unit need not offer retakes; what it offers has a price.
            if missing and (exam_type == 'normal' or len(missing) < len(self.subjects)):
                _check(
                    ['no_fee'], session=self.rec_name, exam_type=labels[exam_type],
                    subjects='、'.join(missing))
        for place in self.regions:
            dates = [d for d in [place.starts_on, place.ends_on] if d]
            if place.exam_starts_at:
                dates.append(clock.local(place.exam_starts_at).date())
            if dates and max(dates) > self.exam_date:
                _check(
                    ['region_late'], region=place.region.name,
                    date=max(dates).isoformat(), exam=self.exam_date.isoformat())

    @classmethod
    def _publish(cls, sessions, kind):
        SessionRegion = Pool().get('training.session.region')
        names = PRINTED[kind]
        labels = SessionRegion.fields_get(names)
        for session in sessions:
            missing = [
                r.region.name for r in session.regions
                if not all(getattr(r, n) for n in names)]
            if missing:
                _check(
                    ['not_printable'], session=session.rec_name,
                    regions='、'.join(missing),
                    fields='、'.join(labels[n]['string'] for n in names))
        super()._publish(sessions, kind)

    @classmethod
    @ModelView.button
    def cancel(cls, sessions):
        """Stop the session; a scheduled task settles its registrations.

        :raises CancelWarning: once, with what follows from it.
        """
        pool = Pool()
        Registration = pool.get('training.registration')
        Warning = pool.get('res.user.warning')
        for session in sessions:
            live = Registration.search([
                    ('session', '=', session.id),
                    ('state', 'in', Registration.live_states)])
            paid = [r for r in live if r.state in {'paid', 'checked_in'} and r.amount]
            key = Warning.format('cancel_session', [session])
            if live and Warning.check(key):
                raise CancelWarning(key, gettext(
                        'supervision_training.msg_session_cancel',
                        session=session.rec_name, live=len(live), paid=len(paid),
                        amount=f'{sum(r.amount for r in paid):.2f}'))
        super().cancel(sessions)


class SessionRegion(metaclass=PoolMeta):
    __name__ = 'training.session.region'

    @classmethod
    def validate_fields(cls, places, field_names):
        super().validate_fields(places, field_names)
        for place in places:
            if place.starts_on and place.ends_on and place.ends_on < place.starts_on:
                _check(['region_ends'], region=place.region.name)
