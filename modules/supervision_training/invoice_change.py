# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""What trainees may ask of their invoices, and staff in their place."""
from trytond.i18n import gettext
from trytond.pool import Pool, PoolMeta

from . import clock
from .exceptions import InvalidFields, WrongState
from .invoice_title import DETAILS
from .locking import lock
from .trainee import clean_contact
from .workflow import move

_UNPAID = ['submitted', 'waiting', 'rejected', 'approved']


class Registration(metaclass=PoolMeta):
    __name__ = 'training.registration'

    @property
    def invoice_setting(self):
        return Pool().get('training.invoice').setting_of(self)

    @property
    def invoice_until(self):
        "Return the last day to ask for an invoice, None for no limit or unpaid"
        return self.paid_at and self.invoice_setting.ends(self)

    @property
    def invoice_actions(self):
        "Return what the trainee may do with the invoice: exactly what would succeed"
        invoice = self.invoice
        state = invoice.state if invoice else None
        live = invoice and state in invoice.live_states
        if live:
            change = state in {'draft', 'failed'}
        else:
            change = bool(self.invoice_kind) and self.state in _UNPAID
        allowed = {
            'change': change,
            'request': not live and self._may_request,
            'reissue': state == 'issued' and not invoice.red_state
            and not self.refund_undecided,
            'download': bool(invoice and invoice.files),
            }
        return [action for action, is_allowed in allowed.items() if is_allowed]

    @property
    def _may_request(self):
        if not self.paid_at or self.refund_undecided or self.kept <= 0:
            return False
        until = self.invoice_until
        return until is None or clock.today() <= until

    @property
    def actions(self):
        actions = super().actions
        return [*actions, 'invoice'] if self.invoice_actions else actions

    def wish_invoice(self, action, wish):
        """Keep what the trainee asks for of the invoice.

        :param action: 'change', 'request' or 'reissue'.
        :param wish: its kind, the id of one of the trainee's titles, the e-mail.
        :returns: the registration, locked.
        :raises WrongState: the action is not possible now.
        :raises InvalidFields: with the message of each value that is wrong.
        """
        registration, = lock([self])
        if action not in registration.invoice_actions:
            raise WrongState(gettext(
                    f'supervision_training.msg_invoice_no_{action}'))
        values, errors = registration.invoice_setting.clean_wish(
            registration.trainee, wish)
        if errors:
            raise InvalidFields(errors)
        for name, value in values.items():
            setattr(registration, name, value)
        registration.save()
        return registration


class Invoice(metaclass=PoolMeta):
    __name__ = 'training.invoice'

    @classmethod
    def change(cls, registration, wish):
        "Change, as the trainee, what is not exported yet; see wish_invoice"
        registration = registration.wish_invoice('change', wish)
        if invoice := registration.invoice:
            cls.correct(invoice, {
                    'kind': registration.invoice_kind,
                    **registration.invoice_title.buyer,
                    'email': registration.invoice_email,
                    })

    @classmethod
    def request(cls, registration, wish):
        "Ask, as the trainee, for the invoice of what is paid; see wish_invoice"
        registration = registration.wish_invoice('request', wish)
        cls.wish(registration, registration.kept)

    @classmethod
    def reissue(cls, registration, wish, reason):
        "Ask, as the trainee, for another invoice; see wish_invoice"
        reason = (reason or '').strip()
        if not reason:
            raise InvalidFields({
                    'reason': gettext('supervision_training.msg_reissue_reason')})
        registration = registration.wish_invoice('reissue', wish)
        cls.ask_red(registration.invoice, reason)

    @classmethod
    def correct(cls, invoice, values):
        """Change the buyer, the kind or the e-mail of an invoice to issue.

        One that came back from the bureau is to issue again.

        :param values: kind, email, title_kind and the details of a title.
        :raises WrongState: it is exported, issued or cancelled.
        """
        invoice, = cls.hold([invoice])
        if invoice.state not in {'draft', 'failed'}:
            raise WrongState(gettext('supervision_training.msg_invoice_no_change'))
        values = cls._judged(values)
        before = invoice._buyer()
        route = cls.setting_of(invoice.registration).route(values['kind'])
        cls.write([invoice], {**values, 'route': route})
        if invoice.state == 'failed':
            cls._correct([invoice])
        changes = [
            f'{label}: {before[label]} → {value}'
            for label, value in cls(invoice.id)._buyer().items()
            if before[label] != value]
        cls.record([invoice], 'invoice_changed', '\n'.join(changes))

    @staticmethod
    def _judged(values):
        Title = Pool().get('training.invoice.title')
        title = {'kind': values['title_kind'], **{n: values[n] for n in DETAILS}}
        contact = {'email': (values['email'] or '').strip() or None}
        errors = Title.clean(title) | clean_contact(contact)
        if not errors and (missing := Title(**title).missing_for(values['kind'])):
            errors['kind'] = gettext(
                'supervision_training.msg_title_incomplete', fields="、".join(missing))
        if errors:
            raise InvalidFields(errors)
        title['title_kind'] = title.pop('kind')
        return {'kind': values['kind'], **title, **contact}

    @classmethod
    @move('draft')
    def _correct(cls, invoices):
        pass

    def _buyer(self):
        "Return what the invoice says of its buyer, by label"
        names = ['kind', 'title_kind', *DETAILS, 'email']
        labels = self.fields_get(names)
        return {
            labels[name]['string']: getattr(
                self, f'{name}_string' if name.endswith('kind') else name) or ''
            for name in names}
