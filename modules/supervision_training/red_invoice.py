# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Red invoices: what has been issued is taken back, and issued again where due."""
from sql.conditionals import Coalesce

from trytond.i18n import gettext
from trytond.model import Index, ModelView, Unique, fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval

from . import clock
from .exceptions import InvalidFields, WrongState
from .invoice_title import DETAILS
from .workflow import move

RED_REASONS = [
    ('1', "1 Issued in Error"),
    ('2', "2 Goods Returned"),
    ('3', "3 Service Ended"),
    ('4', "4 Sales Allowance"),
    ]
RED_FORM_STATES = [
    ('01', "01 No Confirmation Needed"),
    ('02', "02 Entered by the Seller, to be Confirmed by the Buyer"),
    ('03', "03 Entered by the Buyer, to be Confirmed by the Seller"),
    ('04', "04 Confirmed by Both"),
    ('05', "05 Void: Denied by the Seller"),
    ('06', "06 Void: Denied by the Buyer"),
    ('07', "07 Void: not Confirmed within 72 Hours"),
    ('08', "08 Void: Withdrawn by Who Entered It"),
    ('09', "09 Void: Withdrawn after the Confirmation"),
    ]
RED_CONFIRMED = ['01', '04']
# What the bureau hears by default of why, by our cause.
_REASONS = {'reissue': '1', 'staff': '1', 'refund': '3'}


class Invoice(metaclass=PoolMeta):
    __name__ = 'training.invoice'

    _red = {'invisible': ~Bool(Eval('red_state'))}

    red_state = fields.Selection([
            (None, ""),
            ('requested', "Requested"),
            ('to_do', "To Do"),
            ('done', "Done"),
            ], "Red Invoice", readonly=True, sort=False, states=_red)
    red_cause = fields.Selection([
            (None, ""),
            ('reissue', "Asked for by the Trainee"),
            ('refund', "Refund"),
            ('staff', "Found by the Accountant"),
            ], "Cause", readonly=True, sort=False, states=_red)
    red_note = fields.Text("Why", readonly=True, states=_red)
    red_refusal = fields.Text(
        "Reason of Refusal", readonly=True,
        states={'invisible': ~Bool(Eval('red_refusal'))})
    red_since = fields.DateTime("Since", readonly=True, states=_red)
    red_form_number = fields.Char(
        "Confirmation Form", readonly=True, states=_red,
        help="The number of the 红字发票信息确认单.")
    red_form_state = fields.Selection(
        [(None, ""), *RED_FORM_STATES], "State of the Form", readonly=True,
        sort=False, states=_red)
    red_reason = fields.Selection(
        [(None, ""), *RED_REASONS], "Reason for the Bureau", readonly=True,
        sort=False, states=_red)
    red_number = fields.Char("Red Invoice Number", readonly=True, states=_red)
    red_on = fields.Date("Red Invoice Issued On", readonly=True, states=_red)

    del _red

    @classmethod
    def __setup__(cls):
        cls.red_number.search_unaccented = False
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints.append(
            ('red_number_unique', Unique(t, t.company, t.red_number),
                'supervision_training.msg_number_unique'))
        cls._sql_indexes.update({
                Index(t, (Coalesce(t.red_number, ''), Index.Equality())),
                Index(t, (t.company, Index.Equality()),
                    (t.red_state, Index.Equality()),
                    where=t.red_state.in_(['requested', 'to_do'])),
                })
        cls._buttons.update({
                name: {
                    'invisible': ~eval_,
                    'icon': icon,
                    'depends': ['state', 'red_state', 'red_cause'],
                    }
                for name, eval_, icon in [
                    ('grant_red', Eval('red_state') == 'requested', 'tryton-ok'),
                    ('refuse_red', (Eval('red_state') == 'requested')
                        | ((Eval('red_state') == 'to_do')
                            & (Eval('red_cause') != 'refund')), 'tryton-cancel'),
                    ('start_red', (Eval('state') == 'issued')
                        & ~Bool(Eval('red_state')), 'tryton-undo'),
                    ('note_red', Eval('red_state') == 'to_do', 'tryton-ok'),
                    ]})

    @classmethod
    def ask_red(cls, invoice, reason):
        "Ask, as the trainee, for another invoice in the place of an issued one"
        invoice._check_red(None)
        cls.write([invoice], {
                'red_state': 'requested', 'red_cause': 'reissue', 'red_note': reason,
                'red_since': clock.now(), 'red_refusal': None})
        cls.record([invoice], 'invoice_red_requested', reason)

    @classmethod
    @ModelView.button
    def grant_red(cls, invoices):
        for invoice in cls.hold(invoices):
            invoice._check_red('requested')
            cls.open_red(invoice, invoice.red_cause, invoice.red_note)

    @classmethod
    @ModelView.button_action('supervision_training.wizard_invoice_refuse_red')
    def refuse_red(cls, invoices):
        pass

    @classmethod
    def drop_red(cls, invoices, reason):
        """Leave issued invoices as they are, unless the money asks for a red one.

        :param reason: the trainee who asked for another invoice reads it.
        """
        Notification = Pool().get('training.notification')
        for invoice in cls.hold(invoices):
            invoice._check_red('requested', 'to_do')
            if invoice.red_cause == 'reissue':
                cls.write([invoice], {'red_refusal': reason})
                Notification.post(
                    invoice.registration, 'invoice_refused', reason=reason)
            cls.withdraw_red(invoice, reason)
            cls.fit([invoice.registration])

    @classmethod
    @ModelView.button_action('supervision_training.wizard_invoice_start_red')
    def start_red(cls, invoices):
        pass

    @classmethod
    def open_red(cls, invoice, cause, note=None):
        """Put an issued invoice among the red ones to do, where it is not yet.

        :param cause: 'reissue', 'refund' or 'staff'.
        """
        if invoice.red_state == 'to_do':
            return
        if invoice.state != 'issued':
            raise WrongState(gettext(
                    'supervision_training.msg_invoice_not_issued',
                    invoice=invoice.rec_name, state=invoice.state_string))
        cls.write([invoice], {
                'red_state': 'to_do', 'red_cause': cause, 'red_note': note,
                'red_since': clock.now(), 'red_reason': _REASONS[cause]})
        cls.record([invoice], 'invoice_red_to_do', note)

    @classmethod
    def withdraw_red(cls, invoice, reason=None):
        "Take an issued invoice that is good after all from the red ones"
        note = ' '.join(filter(None, [invoice.red_form_number, reason]))
        cls.write([invoice], dict.fromkeys([
                    'red_state', 'red_cause', 'red_note', 'red_since', 'red_reason',
                    'red_form_number', 'red_form_state']))
        cls.record([invoice], 'invoice_red_withdrawn', note)

    @classmethod
    @ModelView.button_action('supervision_training.wizard_invoice_note_red')
    def note_red(cls, invoices):
        pass

    @classmethod
    def keep_red(cls, invoice, form, number=None, date=None):
        """Note how far a red invoice is; with its number the invoice is reversed.

        :param form: the number and the state of the confirmation form and the
            reason, as fields of the invoice.
        :raises WrongState: the invoice is not to be reversed.
        :raises InvalidFields: what is noted can not be.
        """
        Notification = Pool().get('training.notification')
        invoice, = cls.hold([invoice])
        invoice._check_red('to_do')
        if number or date:
            invoice._check_red_number(form, number, date)
        cls.write([invoice], form)
        if number:
            cls._reverse([invoice], number, date)
            Notification.post(
                invoice.registration, 'invoice_reversed', reason=number)
            cls.fit([invoice.registration])

    @classmethod
    @move('reversed')
    def _reverse(cls, invoices, number, date):
        cls.write(invoices, {
                'red_state': 'done', 'red_number': number, 'red_on': date})
        return number

    def _check_red(self, *states):
        if self.state != 'issued' or self.red_state not in states:
            raise WrongState(gettext(
                    'supervision_training.msg_invoice_red_state',
                    invoice=self.rec_name))

    def _check_red_number(self, form, number, date):
        errors = {}
        if problem := self.number_problem(number):
            errors['red_number'] = problem
        if not date or not self.issued_on <= date <= clock.today():
            errors['red_on'] = gettext(
                'supervision_training.msg_invoice_red_date',
                date=self.issued_on.isoformat())
        if form.get('red_form_state') not in RED_CONFIRMED:
            errors['red_form_state'] = gettext(
                'supervision_training.msg_invoice_red_form')
        if errors:
            raise InvalidFields(errors)

    @classmethod
    def replace(cls, invoice, amount):
        """Make the invoice that follows one that is no more, of an amount (yuan).

        It says what the trainee asked for now, or what the former one said.
        """
        if amount <= 0:
            return
        registration = invoice.registration
        if invoice.red_cause == 'reissue':
            follower = cls.wish(registration, amount)
        else:
            follower = cls.make(registration, amount, {
                    name: getattr(invoice, name)
                    for name in ['kind', 'title_kind', *DETAILS, 'email']})
        cls.write([follower], {'replaces': invoice.id})
