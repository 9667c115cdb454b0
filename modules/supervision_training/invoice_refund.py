# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Refunds meet invoices: no more stays invoiced than the unit keeps."""
from decimal import Decimal

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.pool import Pool, PoolMeta

from .exceptions import WrongState
from .locking import lock


class Registration(metaclass=PoolMeta):
    __name__ = 'training.registration'

    invoices = fields.One2Many(
        'training.invoice', 'registration', "Invoices", readonly=True)

    @property
    def invoice(self):
        "Return the last invoice, None without one"
        return self.invoices[0] if self.invoices else None

    @property
    def _refunds(self):
        return [
            (r.state, r.amount)
            for p in self.payments if p.state == 'paid' for r in p.refunds]

    @property
    def refund_undecided(self):
        return any(state == 'requested' for state, _ in self._refunds)

    @property
    def kept(self):
        "Return the amount (yuan) paid that no granted refund gives back"
        paid = (p.amount for p in self.payments if p.state == 'paid')
        given_back = (
            amount for state, amount in self._refunds
            if state not in {'requested', 'rejected'})
        return sum(paid, Decimal(0)) - sum(given_back, Decimal(0))


class Invoice(metaclass=PoolMeta):
    __name__ = 'training.invoice'

    @classmethod
    def fit(cls, registrations):
        """Make the invoices of registrations agree with the money that is kept.

        What has not been exported is made out anew for what remains; what has been
        issued must be reversed whole before. An exported one waits for the bureau.
        While a refund is undecided only the red invoice begins, where it has to come
        before the refund.

        :returns: the registrations whose invoice does not stay.
        """
        return [r for r in lock(registrations) if r.invoice and cls._fit(r)]

    @classmethod
    def _fit(cls, registration):
        invoice = registration.invoice
        undecided = registration.refund_undecided
        if undecided:
            red = invoice.state == 'issued' and cls.setting_of(registration).red_first
        else:
            red = invoice.state == 'issued' and invoice.amount != registration.kept
        if red:
            cls.open_red(invoice, 'refund')
        elif undecided:
            return False
        elif invoice.state == 'reversed':
            cls.replace(invoice, registration.kept)
        elif invoice.amount == registration.kept:
            if invoice.red_state == 'to_do' and invoice.red_cause == 'refund':
                cls.withdraw_red(invoice)
            return False
        elif invoice.state in {'draft', 'failed'}:
            cls.cancel([invoice])
            cls.replace(invoice, registration.kept)
        return True


class Refund(metaclass=PoolMeta):
    __name__ = 'training.refund'

    @classmethod
    def _create(cls, payment, *args):
        refund = super()._create(payment, *args)
        Pool().get('training.invoice').fit([payment.registration])
        return refund

    @classmethod
    @ModelView.button
    def approve(cls, refunds):
        "Grant refunds, where need be only after the red invoice"
        lock([r.registration for r in refunds])
        for refund in cls.browse(refunds):
            refund._check_red_invoice()
        super().approve(refunds)

    def _check_red_invoice(self):
        invoice = self.registration.invoice
        if (invoice and invoice.state in {'exported', 'issued'}
                and invoice.setting_of(self.registration).red_first):
            raise WrongState(gettext(
                    f'supervision_training.msg_refund_invoice_{invoice.state}',
                    registration=self.registration.rec_name,
                    invoice=invoice.number or invoice.serial))

    @classmethod
    def moved(cls, refunds, state, note):
        super().moved(refunds, state, note)
        if state in {'approved', 'rejected'}:
            Pool().get('training.invoice').fit([r.registration for r in refunds])
