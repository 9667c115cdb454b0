# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
import re

from sql.conditionals import Coalesce
from sql.operators import Equal

from trytond.i18n import gettext
from trytond.model import (
    Exclude, Index, ModelSQL, ModelView, Unique, Workflow, fields)
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool
from trytond.pyson import Bool, Eval
from trytond.transaction import without_check_access

from . import clock
from .exceptions import InvalidFields, WrongState
from .invoice_title import DETAILS, TITLE_KINDS, TitleMixin
from .locking import lock
from .registration import INVOICE_KINDS
from .workflow import move

ROUTES = [
    ('digital', "Digital"),
    ('hand', "On Paper by Hand"),
    ]
TAX_FIELDS = [
    'tax_code', 'item_name', 'tax_rate', 'price_includes_tax', 'show_buyer', 'remarks']
_NUMBERS = {
    'digital': re.compile(r'\d{20}'),
    'hand': re.compile(r'\d{8}|\d{20}'),
    }


class Invoice(TitleMixin, Workflow, ModelSQL, ModelView):
    """An invoice of a registration; who makes it is the tax bureau.

    The row of the registration is locked before that of its invoice.
    """
    __name__ = 'training.invoice'
    _rec_name = 'serial'

    live_states = ['draft', 'exported', 'failed', 'issued']
    # What may go to the bureau: not while a refund is undecided.
    exportable = [
        ('state', 'in', ['draft', 'failed']),
        ('route', '=', 'digital'),
        ['OR',
            ('registration.refund', '=', None),
            ('registration.refund.state', '!=', 'requested')],
        ]

    serial = fields.Char(
        "Serial Number", required=True, readonly=True,
        help="The tax bureau's 发票流水号.")
    registration = fields.Many2One(
        'training.registration', "Registration", required=True, readonly=True,
        ondelete='RESTRICT')
    company = fields.Many2One(
        'company.company', "Organizing Unit", required=True, readonly=True,
        ondelete='RESTRICT')
    kind = fields.Selection(INVOICE_KINDS, "Kind", required=True, readonly=True)
    route = fields.Selection(
        ROUTES, "Route", required=True, readonly=True,
        help="Digital ones go to the bureau in batches; those on paper are made and "
        "sent by hand.")
    title_kind = fields.Selection(
        TITLE_KINDS, "Title Kind", required=True, readonly=True)
    email = fields.Char("E-mail", readonly=True)
    currency = fields.Function(
        fields.Many2One('currency.currency', "Currency"), 'get_currency')
    amount = Monetary(
        "Amount", currency='currency', digits='currency', required=True,
        readonly=True, help="What the buyer paid, tax included.")
    tax_code = fields.Char("Tax Code", readonly=True)
    item_name = fields.Char("Item", readonly=True)
    tax_rate = fields.Numeric("Tax Rate", digits=(1, 4), readonly=True)
    price_includes_tax = fields.Boolean("Price with Tax", readonly=True)
    show_buyer = fields.Boolean("Show Buyer's Details", readonly=True)
    remarks = fields.Char("Remarks", readonly=True)
    wished_at = fields.DateTime("Wished", required=True, readonly=True)
    exported_at = fields.DateTime("Exported", readonly=True)
    failure = fields.Text(
        "Failure", readonly=True, states={'invisible': ~Bool(Eval('failure'))},
        help="Why the tax bureau did not issue it.")
    number = fields.Char("Invoice Number", readonly=True)
    issued_on = fields.Date("Issued On", readonly=True)
    files = fields.One2Many(
        'training.invoice.file', 'invoice', "Files", readonly=True)
    courier = fields.Char("Courier", readonly=True)
    courier_number = fields.Char("Courier Number", readonly=True)
    replaces = fields.Many2One(
        'training.invoice', "Replaces", readonly=True, ondelete='RESTRICT')
    replaced_by = fields.One2Many(
        'training.invoice', 'replaces', "Replaced By", readonly=True)
    events = fields.Function(
        fields.One2Many('training.registration.event', None, "History"),
        'get_events')
    state = fields.Selection([
            ('draft', "To Issue"),
            ('exported', "Exported"),
            ('failed', "Not Issued"),
            ('issued', "Issued"),
            ('reversed', "Reversed"),
            ('cancelled', "Cancelled"),
            ], "State", required=True, readonly=True, sort=False)
    kind_string = kind.translated('kind')
    title_kind_string = title_kind.translated('title_kind')
    state_string = state.translated('state')

    @classmethod
    def __setup__(cls):
        for field in (cls.serial, cls.number):
            field.search_unaccented = False
        super().__setup__()
        for name in DETAILS:
            getattr(cls, name).readonly = True
        t = cls.__table__()
        cls._sql_constraints += [
            ('serial_unique', Unique(t, t.serial),
                'supervision_training.msg_number_unique'),
            ('number_unique', Unique(t, t.company, t.number),
                'supervision_training.msg_number_unique'),
            ('live_unique',
                Exclude(t, (t.registration, Equal),
                    where=t.state.in_(cls.live_states)),
                'supervision_training.msg_invoice_live'),
            ]
        cls._sql_indexes.update({
                Index(t, (t.registration, Index.Equality())),
                Index(t, (t.company, Index.Equality()), (t.state, Index.Equality())),
                Index(t, (t.company, Index.Equality()), (t.issued_on, Index.Range())),
                Index(t, (Coalesce(t.number, ''), Index.Equality())),
                Index(t, (t.replaces, Index.Equality())),
                })
        cls._order = [('id', 'DESC')]
        cls._transitions |= {
            ('draft', 'exported'),
            ('draft', 'issued'),
            ('draft', 'cancelled'),
            ('exported', 'failed'),
            ('exported', 'issued'),
            ('failed', 'draft'),
            ('failed', 'exported'),
            ('failed', 'issued'),
            ('failed', 'cancelled'),
            ('issued', 'reversed'),
            }

    def get_rec_name(self, name):
        return f'{self.serial} {self.name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return ['OR',
            ('serial', *clause[1:]),
            ('number', *clause[1:]),
            ('name', *clause[1:]),
            ('tax_number', *clause[1:]),
            ('registration', *clause[1:]),
            ]

    def get_currency(self, name):
        return self.company.currency.id

    def get_events(self, name):
        return [
            e.id for e in self.registration.events if e.name.startswith('invoice_')]

    @classmethod
    def hold(cls, invoices):
        "Lock the registrations of invoices, then these; return them afresh"
        Registration = Pool().get('training.registration')
        with without_check_access():
            rows = cls.read([i.id for i in invoices], ['registration'])
        lock(Registration.browse([row['registration'] for row in rows]))
        return lock(invoices)

    @classmethod
    def moved(cls, invoices, state, note):
        "Leave an event of each move"
        cls.record(invoices, f'invoice_{state}', note)

    @classmethod
    def record(cls, invoices, name, note=None):
        "Leave an event in the history of the invoices' registrations"
        Event = Pool().get('training.registration.event')
        Event.record([i.registration for i in invoices], name, {
                i.registration: ' '.join(filter(None, [i.serial, note]))
                for i in invoices})

    # How one comes into being

    @classmethod
    def wish(cls, registration, amount):
        "Make the invoice that a registration asks for, of an amount (yuan)"
        title = registration.invoice_title
        return cls.make(registration, amount, {
                'kind': registration.invoice_kind,
                **title.buyer,
                'email': registration.invoice_email,
                })

    @classmethod
    def make(cls, registration, amount, values):
        "Make an invoice of an amount (yuan) with the values of its buyer"
        pool = Pool()
        ModelData = pool.get('ir.model.data')
        Sequence = pool.get('ir.sequence')
        invoice, = cls.create([{
                    **values,
                    'serial': Sequence(ModelData.get_id(
                            'supervision_training', 'sequence_invoice')).get(),
                    'registration': registration.id,
                    'company': registration.company.id,
                    'amount': amount,
                    'wished_at': clock.now(),
                    'state': 'draft',
                    }])
        cls.record([invoice], 'invoice_draft')
        return invoice

    # What the tax bureau does

    @classmethod
    def fail(cls, invoice, reason):
        """Note that the bureau did not issue an exported invoice, and why.

        To hear the same reason again changes nothing.

        :raises WrongState: it was not exported, or has been issued.
        """
        Notification = Pool().get('training.notification')
        invoice, = cls.hold([invoice])
        if invoice.state in {'draft', 'failed'} and invoice.failure == reason:
            return
        cls._fail([invoice], reason)
        if not cls.fit([invoice.registration]):
            Notification.post(invoice.registration, 'invoice_failed', reason=reason)

    @classmethod
    @move('failed', held=True)
    def _fail(cls, invoices, reason):
        cls.write(invoices, {'state': 'failed', 'failure': reason})
        return reason

    @classmethod
    def issue(cls, invoice, number, issued_on):
        """Note the number under which an invoice was issued, once and for all.

        To hear the same number again changes nothing.

        :param number: 20 digits; 8 are possible on paper.
        :param issued_on: a date.
        :raises WrongState: it has another number, or is cancelled.
        :raises InvalidFields: the number or the date can not be.
        """
        Notification = Pool().get('training.notification')
        invoice, = cls.hold([invoice])
        if invoice.number == number:
            return
        if invoice.number:
            raise WrongState(gettext(
                    'supervision_training.msg_invoice_other_number',
                    invoice=invoice.rec_name, number=invoice.number))
        invoice._check_issue(number, issued_on)
        cls._issue([invoice], number, issued_on)
        Notification.post(invoice.registration, 'invoice_issued', reason=number)
        cls.fit([invoice.registration])

    @classmethod
    @move('issued', held=True)
    def _issue(cls, invoices, number, issued_on):
        cls.write(invoices, {
                'state': 'issued', 'number': number, 'issued_on': issued_on,
                'failure': None})
        return number

    def _check_issue(self, number, issued_on):
        errors = {}
        if problem := self.number_problem(number):
            errors['number'] = problem
        paid = clock.local(self.registration.paid_at).date()
        if not paid <= issued_on <= clock.today():
            errors['issued_on'] = gettext(
                'supervision_training.msg_invoice_date', date=paid.isoformat())
        if errors:
            raise InvalidFields(errors)

    def number_problem(self, number):
        "Return why the tax bureau can not have given a number, None if it can"
        if not _NUMBERS[self.route].fullmatch(number or ''):
            return gettext(f'supervision_training.msg_invoice_number_{self.route}')
        if others := self.search([
                    ('company', '=', self.company.id),
                    ['OR', ('number', '=', number), ('red_number', '=', number)]]):
            return gettext(
                'supervision_training.msg_invoice_number_taken',
                number=number, invoice=others[0].rec_name)

    @classmethod
    def attach(cls, invoice, kind, data):
        """Keep a file of an issued invoice, in the place of one of its kind.

        :param kind: 'pdf', 'ofd' or 'xml'.
        :param data: bytes.
        :raises WrongState: the invoice has not been issued.
        :raises UnreadableFile: the data is of another kind, or too large.
        """
        File = Pool().get('training.invoice.file')
        if invoice.state not in {'issued', 'reversed'}:
            raise WrongState(gettext(
                    'supervision_training.msg_invoice_not_issued',
                    invoice=invoice.rec_name, state=invoice.state_string))
        return File.keep(invoice, kind, data)

    @classmethod
    @ModelView.button
    @move('cancelled')
    def cancel(cls, invoices):
        "Drop invoices that nobody needs any more"
