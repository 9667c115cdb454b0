# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""The moves of a registration through its states, each behind a button or a door."""
import datetime as dt

from trytond.i18n import gettext
from trytond.model import ModelView
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.transaction import Transaction

from . import clock
from .exceptions import ReasonRequired, WeChatFailure, WrongState
from .locking import lock
from .workflow import move


class Registration(metaclass=PoolMeta):
    __name__ = 'training.registration'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._transitions |= {
            ('rejected', 'submitted'),
            ('waiting', 'submitted'),
            ('rejected', 'waiting'),
            ('submitted', 'rejected'),
            ('waiting', 'rejected'),
            ('submitted', 'approved'),
            ('approved', 'submitted'),
            ('approved', 'paid'),
            ('approved', 'expired'),
            ('submitted', 'cancelled'),
            ('waiting', 'cancelled'),
            ('rejected', 'cancelled'),
            ('approved', 'cancelled'),
            ('paid', 'checked_in'),
            ('checked_in', 'paid'),
            ('checked_in', 'completed'),
            ('paid', 'refunded'),
            ('checked_in', 'refunded'),
            }
        states = {
            'approve': ['submitted'],
            'reject': ['submitted', 'waiting'],
            'undo': ['approved'],
            'check_in': ['paid'],
            'undo_check_in': ['checked_in'],
            'settle': ['approved'],
            }
        icons = {
            'approve': 'tryton-ok',
            'reject': 'tryton-cancel',
            'undo': 'tryton-undo',
            'check_in': 'tryton-ok',
            'undo_check_in': 'tryton-undo',
            'settle': 'tryton-refresh',
            }
        cls._buttons.update({
                name: {
                    'invisible': ~Eval('state').in_(allowed),
                    'icon': icons[name],
                    'depends': ['state'],
                    }
                for name, allowed in states.items()})

    @classmethod
    def moved(cls, registrations, state, note):
        "Leave an event of each move"
        Pool().get('training.registration.event').record(registrations, state, note)

    # What staff do

    @classmethod
    @ModelView.button
    def approve(cls, registrations):
        """Let the trainee pay; who has nothing to pay is paid.

        :returns: the client's action to show the next registration.
        """
        cls._approve(registrations)
        cls.pay([r for r in registrations if not r.amount])
        return 'next'

    @classmethod
    @move('approved')
    def _approve(cls, registrations):
        Notification = Pool().get('training.notification')
        for registration in registrations:
            hours = registration.session.payment_hours
            registration.payment_deadline = clock.now() + dt.timedelta(hours=hours)
            registration.save()
            if registration.amount:
                Notification.post(registration, 'approved')

    @classmethod
    @ModelView.button_action('supervision_training.wizard_registration_reject')
    def reject(cls, registrations):
        pass

    @classmethod
    def refuse(cls, registrations, reasons, text=None, marks=None):
        """Reject with reasons that the trainee reads.

        :param reasons: stock reasons (training.reject_reason).
        :param text: a reason in the reviewer's own words.
        :param marks: a remark by field of the form.
        :raises ReasonRequired: neither reasons nor text nor marks.
        """
        marks = dict(marks or {})
        texts = [r.text for r in reasons]
        marks = {**{r.field: r.text for r in reasons if r.field}, **marks}
        reason = '\n'.join(filter(None, [*texts, (text or '').strip()]))
        if not reason and not marks:
            raise ReasonRequired(gettext('supervision_training.msg_reason_required'))
        cls._reject(registrations, reason or '\n'.join(marks.values()), marks)

    @classmethod
    @move('rejected')
    def _reject(cls, registrations, reason, marks):
        pool = Pool()
        Mark = pool.get('training.registration.mark')
        Notification = pool.get('training.notification')
        cls.write(registrations, {'reject_reason': reason})
        Mark.create([
                {'registration': r.id, 'field': field, 'text': text}
                for r in registrations for field, text in marks.items()])
        for registration in registrations:
            Notification.post(registration, 'rejected', reason=reason)
        cls.release_seats(registrations)
        return reason

    @classmethod
    @ModelView.button
    def undo(cls, registrations):
        "Take an approval back, as long as nothing was paid"
        Pool().get('training.payment').close_open(registrations)
        cls._undo(registrations)

    @classmethod
    @move('submitted')
    def _undo(cls, registrations):
        cls.write(registrations, {'payment_deadline': None})

    @classmethod
    @ModelView.button
    @move('checked_in')
    def check_in(cls, registrations):
        for registration in registrations:
            if registration.label == 'refunding':
                raise WrongState(gettext(
                        'supervision_training.msg_check_in_refunding',
                        registration=registration.rec_name))

    @classmethod
    @ModelView.button
    @move('paid')
    def undo_check_in(cls, registrations):
        pass

    @classmethod
    @ModelView.button
    def settle(cls, registrations):
        "Ask WeChat whether the registrations are paid"
        Pool().get('training.payment').settle(registrations)

    # What follows from the rest

    @classmethod
    @move('paid')
    def pay(cls, registrations):
        "Mark as paid; who moves money in is training.payment"
        pool = Pool()
        Invoice = pool.get('training.invoice')
        Notification = pool.get('training.notification')
        cls.write(registrations, {'paid_at': clock.now()})
        for registration in registrations:
            if registration.invoice_kind and registration.amount:
                Invoice.wish(registration, registration.amount)
            Notification.post(registration, 'paid')
        cls.allocate([
                r for r in registrations if r.session.admission_published])

    @classmethod
    @move('completed')
    def complete(cls, registrations):
        pass

    @classmethod
    @move('cancelled')
    def cancel(cls, registrations):
        cls.release_seats(registrations)

    @classmethod
    def cancel_with_session(cls, registrations):
        "Cancel, or give all the money back, as the session does not take place"
        pool = Pool()
        Payment = pool.get('training.payment')
        Refund = pool.get('training.refund')
        Notification = pool.get('training.notification')
        for registration in registrations:
            Payment.close_open([registration])
            registration, = lock([registration])
            if registration.state in {'paid', 'checked_in'}:
                Refund.give_back(registration)
            elif registration.state in cls.live_states:
                cls.cancel([registration])
            Notification.post(registration, 'session_cancelled')

    @classmethod
    @move('expired')
    def expire(cls, registrations):
        Notification = Pool().get('training.notification')
        for registration in registrations:
            Notification.post(registration, 'expired')
        cls.release_seats(registrations)

    @classmethod
    @move('refunded')
    def refunded(cls, registrations):
        cls.release_seats(registrations)

    @classmethod
    def expire_unpaid(cls):
        "Close the orders whose time is over and free the seats (a scheduled task)"
        Payment = Pool().get('training.payment')
        for registration in cls.search([
                    ('state', '=', 'approved'),
                    ('payment_deadline', '<=', clock.now()),
                    ]):
            try:
                Payment.close_open([registration])
            except WeChatFailure:
                Transaction().rollback()
                continue
            registration, = lock([registration])
            if registration.state == 'approved':
                cls.expire([registration])
            Transaction().commit()

    @classmethod
    def release_seats(cls, registrations):
        "Free the seats that the registrations hold, as they stop holding them"
        for registration in registrations:
            if registration.state in cls.seat_states:
                registration.session_region.release_seat()
