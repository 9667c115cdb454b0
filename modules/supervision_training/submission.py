# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Submitting, submitting again, and the waiting list."""
from trytond.i18n import gettext
from trytond.model import ModelSQL
from trytond.pool import Pool, PoolMeta

from . import clock
from .exceptions import AlreadyRegistered, SessionFull, WrongState
from .form import Form, check_caller, session_of
from .locking import lock
from .workflow import move


class Registration(metaclass=PoolMeta):
    __name__ = 'training.registration'

    @classmethod
    def submit(cls, trainee, client_ref, values):
        """Register a trainee, holding a seat: the registration in its final state.

        Runs best in READ COMMITTED: the trainee's row is locked first, so that of
        two submits of one person the second sees the first, and the seat is taken
        last.

        :param client_ref: the same reference again returns the first registration.
        :param values: the form; see :class:`form.Form`.
        :raises InvalidFields, RegistrationClosed, AlreadyRegistered, SessionFull:
        """
        trainee, = lock([trainee])
        same = cls.search([
                ('trainee', '=', trainee.id), ('client_ref', '=', client_ref)])
        if same:
            return same[0]
        check_caller(trainee)
        session = session_of(values)
        if cls.search([
                    ('trainee', '=', trainee.id),
                    ('session', '=', session.id),
                    ('state', 'in', cls.live_states),
                    ], limit=1):
            raise AlreadyRegistered(gettext(
                    'supervision_training.msg_already_registered'))
        registration = cls(
            **Form(trainee, session, values).clean(),
            trainee=trainee, company=session.company, client_ref=client_ref,
            number=cls.next_number(), submitted_at=clock.now(), state='submitted')
        registration._queue_when_full()
        registration.save()
        registration._submitted()
        return cls(registration.id)

    @classmethod
    def next_number(cls):
        pool = Pool()
        ModelData = pool.get('ir.model.data')
        Sequence = pool.get('ir.sequence')
        return Sequence(ModelData.get_id(
                'supervision_training', 'sequence_registration')).get()

    def _queue_when_full(self):
        "Choose the waiting list before the seat is tried, if others wait already"
        region = self.session_region
        if self.session.waiting_list and (
                not region.seats_left or self.search([
                        ('session_region', '=', region.id),
                        ('state', '=', 'waiting')], limit=1)):
            self.state = 'waiting'

    def _submitted(self, note=None):
        "Leave the traces of a submission and, last, take the seat"
        pool = Pool()
        Event = pool.get('training.registration.event')
        Notification = pool.get('training.notification')
        Event.record([self], self.state, note)
        Notification.post(self, self.state)
        if self.state == 'submitted':
            try:
                self.session_region.take_seat()
            except SessionFull:
                if not self.session.waiting_list:
                    raise
                self.state = 'waiting'
                self.save()

    def resubmit(self, values):
        """Submit a rejected registration again, keeping its history.

        :raises InvalidFields, RegistrationClosed, SessionFull, WrongState:
        """
        trainee, = lock([self.trainee])
        registration, = lock([self])
        check_caller(trainee)
        if registration.state != 'rejected':
            raise WrongState(gettext('supervision_training.msg_move',
                    record=registration.number,
                    state=registration.state_string))
        session = session_of({**values, 'session': registration.session.id})
        clean = Form(trainee, session, values).clean()
        before = registration._summary()
        for field, value in clean.items():
            setattr(registration, field, value)
        registration.state = 'submitted'
        registration.submitted_at = clock.now()
        registration.reject_reason = None
        registration.marks = []
        registration._queue_when_full()
        registration.save()
        after = registration._summary()
        registration._submitted('\n'.join(
                f'{field}: {before[field]} → {value}'
                for field, value in after.items() if before[field] != value))
        return type(self)(self.id)

    def _summary(self):
        "Return what the trainee typed, by label, to tell what a resubmit changed"
        names = [
            'session_region', 'mobile', 'education', 'education_proof',
            'education_code', 'education_valid_until', 'work_years', 'work_proof',
            'major', 'exam_type', 'photo', 'industry', 'employer',
            'certificate_address', 'textbook_address', 'invoice_kind',
            'invoice_title', 'invoice_email']
        labels = self.fields_get(names)
        summary = {}
        for name in names:
            value = getattr(self, name)
            if name in {'photo', 'education_proof', 'work_proof'}:
                value = f'#{value.id}' if value else ''
            elif labels[name]['type'] == 'selection':
                value = getattr(self, f'{name}_string')
            elif isinstance(value, ModelSQL):
                value = value.rec_name
            summary[labels[name]['string']] = value or ''
        summary[self.fields_get(['subjects'])['subjects']['string']] = '、'.join(
            s.name for s in self.subjects)
        return summary

    @classmethod
    def withdraw(cls, registrations):
        """Cancel for the trainee, before paying.

        An order that is open at WeChat is closed first; when it turns out to be
        paid the registration is paid.

        :raises WrongState: it is paid, or over.
        """
        Payment = Pool().get('training.payment')
        Payment.close_open(registrations)
        cls.cancel(registrations)

    @classmethod
    def promote(cls, session_region):
        """Hand a seat to the first in the waiting list.

        :returns: whether somebody took it.
        """
        Notification = Pool().get('training.notification')
        for registration in cls.search([
                    ('session_region', '=', session_region.id),
                    ('state', '=', 'waiting'),
                    ], order=[('submitted_at', 'ASC'), ('id', 'ASC')], limit=1):
            cls._promote([registration])
            Notification.post(registration, 'promoted')
            return True
        return False

    @classmethod
    @move('submitted')
    def _promote(cls, registrations):
        pass

    @classmethod
    def fill_seats(cls):
        "Hand free seats to those who wait (a scheduled task)"
        waiting = cls.search([
                ('state', '=', 'waiting'), ('session.state', '=', 'open')])
        for region in dict.fromkeys(r.session_region for r in waiting):
            while region.seats_left and cls.search([
                        ('session_region', '=', region.id),
                        ('state', '=', 'waiting')], limit=1):
                region.take_seat()
                cls.promote(region)
                region = type(region)(region.id)
