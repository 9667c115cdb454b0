# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""What the accountant does by hand to one invoice."""
from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.wizard import Button, StateTransition, StateView, Wizard

from . import clock
from .exceptions import WrongState
from .invoice_title import DETAILS, TITLE_KINDS, TitleMixin
from .red_invoice import RED_FORM_STATES, RED_REASONS
from .registration import INVOICE_KINDS


class Invoice(metaclass=PoolMeta):
    __name__ = 'training.invoice'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._buttons.update({
                name: {
                    'invisible': ~allowed,
                    'icon': icon,
                    'depends': ['state', 'route'],
                    }
                for name, allowed, icon in [
                    ('issue_by_hand', Eval('state').in_(
                            ['draft', 'exported', 'failed']), 'tryton-ok'),
                    ('fail_by_hand', Eval('state') == 'exported', 'tryton-warning'),
                    ('edit', Eval('state').in_(['draft', 'failed']), 'tryton-note'),
                    ('cancel', Eval('state').in_(['draft', 'failed']),
                        'tryton-cancel'),
                    ('send', (Eval('state') == 'issued') & (Eval('route') == 'hand'),
                        'tryton-forward'),
                    ]})

    @classmethod
    @ModelView.button_action('supervision_training.wizard_invoice_issue_by_hand')
    def issue_by_hand(cls, invoices):
        pass

    @classmethod
    @ModelView.button_action('supervision_training.wizard_invoice_fail_by_hand')
    def fail_by_hand(cls, invoices):
        pass

    @classmethod
    @ModelView.button_action('supervision_training.wizard_invoice_edit')
    def edit(cls, invoices):
        pass

    @classmethod
    @ModelView.button_action('supervision_training.wizard_invoice_send')
    def send(cls, invoices):
        pass

    @classmethod
    def sent(cls, invoice, courier, number):
        """Note that an invoice on paper is on its way.

        :raises WrongState: it is not issued, or not on paper.
        """
        Notification = Pool().get('training.notification')
        invoice, = cls.hold([invoice])
        if invoice.state != 'issued' or invoice.route != 'hand':
            raise WrongState(gettext(
                    'supervision_training.msg_invoice_not_on_paper',
                    invoice=invoice.rec_name))
        cls.write([invoice], {'courier': courier, 'courier_number': number})
        note = f'{courier} {number}'
        cls.record([invoice], 'invoice_sent', note)
        Notification.post(invoice.registration, 'invoice_sent', reason=note)


class IssueStart(ModelView):
    __name__ = 'training.invoice.issue.start'

    number = fields.Char("Invoice Number", required=True)
    issued_on = fields.Date("Issued On", required=True)
    pdf = fields.Binary("PDF", filename='pdf_name')
    pdf_name = fields.Char("File Name")

    @staticmethod
    def default_issued_on():
        return clock.today()


class Issue(Wizard):
    "Note that an invoice was issued"
    __name__ = 'training.invoice.issue'

    start = StateView(
        'training.invoice.issue.start',
        'supervision_training.invoice_issue_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Note", 'issue', 'tryton-ok', default=True),
            ])
    issue = StateTransition()

    def transition_issue(self):
        start, invoice = self.start, self.record
        self.model.issue(invoice, ''.join(start.number.split()), start.issued_on)
        if start.pdf:
            self.model.attach(self.model(invoice.id), 'pdf', bytes(start.pdf))
        return 'end'


class EditStart(TitleMixin, ModelView):
    __name__ = 'training.invoice.edit.start'

    kind = fields.Selection(INVOICE_KINDS, "Kind", required=True)
    title_kind = fields.Selection(TITLE_KINDS, "Title Kind", required=True)
    email = fields.Char("E-mail")


class Edit(Wizard):
    "Correct the title of an invoice in the trainee's place"
    __name__ = 'training.invoice.edit'

    start = StateView(
        'training.invoice.edit.start',
        'supervision_training.invoice_edit_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Correct", 'correct', 'tryton-ok', default=True),
            ])
    correct = StateTransition()
    _names = ['kind', 'title_kind', *DETAILS, 'email']

    def default_start(self, fields):
        return {name: getattr(self.record, name) for name in self._names}

    def transition_correct(self):
        self.model.correct(
            self.record, {name: getattr(self.start, name) for name in self._names})
        return 'end'


class SendStart(ModelView):
    __name__ = 'training.invoice.send.start'

    courier = fields.Char("Courier", required=True)
    courier_number = fields.Char("Courier Number", required=True)


class Send(Wizard):
    "Note that an invoice on paper is on its way"
    __name__ = 'training.invoice.send'

    start = StateView(
        'training.invoice.send.start',
        'supervision_training.invoice_send_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Note", 'send', 'tryton-ok', default=True),
            ])
    send = StateTransition()

    def default_start(self, fields):
        return {name: getattr(self.record, name) for name in fields}

    def transition_send(self):
        self.model.sent(self.record, self.start.courier, self.start.courier_number)
        return 'end'


class ReasonStart(ModelView):
    __name__ = 'training.invoice.reason.start'

    reason = fields.Text("Reason", required=True)


class ReasonMixin:
    "Do something to invoices for a reason"
    __slots__ = ()

    start = StateView(
        'training.invoice.reason.start',
        'supervision_training.invoice_reason_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("OK", 'act', 'tryton-ok', default=True),
            ])
    act = StateTransition()


class Fail(ReasonMixin, Wizard):
    "Note that the tax bureau did not issue an invoice"
    __name__ = 'training.invoice.fail'

    def transition_act(self):
        for invoice in self.records:
            self.model.fail(invoice, self.start.reason)
        return 'end'


class RefuseRed(ReasonMixin, Wizard):
    "Leave an invoice as it is"
    __name__ = 'training.invoice.refuse_red'

    def transition_act(self):
        self.model.drop_red(self.records, self.start.reason)
        return 'end'


class StartRed(ReasonMixin, Wizard):
    "Put an invoice among the red ones to do"
    __name__ = 'training.invoice.start_red'

    def transition_act(self):
        for invoice in self.model.hold(self.records):
            self.model.open_red(invoice, 'staff', self.start.reason)
        return 'end'


class NoteRedStart(ModelView):
    __name__ = 'training.invoice.note_red.start'

    red_form_number = fields.Char(
        "Confirmation Form", help="The number of the 红字发票信息确认单.")
    red_form_state = fields.Selection(
        [(None, ""), *RED_FORM_STATES], "State of the Form", sort=False)
    red_reason = fields.Selection(
        RED_REASONS, "Reason for the Bureau", required=True, sort=False)
    red_number = fields.Char(
        "Red Invoice Number", help="Leave empty until the red invoice is issued.")
    red_on = fields.Date("Red Invoice Issued On")


class NoteRed(Wizard):
    "Note how far a red invoice is"
    __name__ = 'training.invoice.note_red'

    start = StateView(
        'training.invoice.note_red.start',
        'supervision_training.invoice_note_red_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Note", 'note', 'tryton-ok', default=True),
            ])
    note = StateTransition()
    _form = ['red_form_number', 'red_form_state', 'red_reason']

    def default_start(self, fields):
        return {name: getattr(self.record, name) for name in self._form}

    def transition_note(self):
        start = self.start
        form = {name: getattr(start, name) for name in self._form}
        number = ''.join((start.red_number or '').split())
        self.model.keep_red(self.record, form, number or None, start.red_on)
        return 'end'
