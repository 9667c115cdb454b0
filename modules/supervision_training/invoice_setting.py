# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""How a unit makes out its invoices."""
import datetime as dt
import re

from sql import Null
from sql.operators import Equal

from trytond.i18n import gettext
from trytond.model import Exclude, ModelSQL, ModelView, Unique, fields
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction, without_check_access

from . import clock
from .exceptions import InvalidFields
from .invoice import ROUTES, TAX_FIELDS
from .registration import INVOICE_KINDS
from .session import INDUSTRIES
from .trainee import clean_contact

MAX_REMARKS = 230
MAX_EMAIL = 72
_TAX_CODE = re.compile(r'\d{19}')
_PLACE = re.compile(r'\{([^{}]*)\}')
# What a pattern of remarks may name, and the field of the registration that it is.
_PLACES = {
    'session': 'session.name',
    'region': 'session_region.region.name',
    'trainee': 'trainee.name',
    'employer': 'employer',
    'number': 'number',
    }


class Setting(ModelSQL, ModelView):
    "How the invoices of a unit, or of one of its industries, are made out"
    __name__ = 'training.invoice.setting'

    company = fields.Many2One(
        'company.company', "Organizing Unit", required=True, ondelete='CASCADE')
    industry = fields.Selection(
        [(None, "All")] + INDUSTRIES, "Industry",
        help="What is set for one industry goes before what is set for all.")
    tax_code = fields.Char(
        "Tax Code", required=True, help="商品和服务税收编码, 19 digits.")
    item_name = fields.Char("Item", required=True)
    tax_rate = fields.Numeric(
        "Tax Rate", digits=(1, 4), required=True,
        domain=[('tax_rate', '>=', 0), ('tax_rate', '<', 1)],
        help="0.06 for general taxpayers, 0.03 by the simple method, 0.01 for small "
        "ones: the bureau decides.")
    price_includes_tax = fields.Boolean(
        "Price with Tax",
        help="How the bureau's workbook tells the amount; the buyer pays the same.")
    remarks = fields.Char(
        "Remarks",
        help="May name {session}, {region}, {trainee}, {employer} and {number}.")
    show_buyer = fields.Boolean(
        "Show Buyer's Details",
        help="Print the buyer's address, phone and bank on the invoice.")
    kinds = fields.MultiSelection(
        INVOICE_KINDS, "Kinds Offered", required=True, sort=False)
    special_route = fields.Selection(
        ROUTES, "Special Invoices", required=True,
        help="What a trainee gets who asks for a paper special invoice.")
    request_days = fields.Integer(
        "Days to Ask", domain=['OR',
            ('request_days', '=', None), ('request_days', '>=', 0)],
        help="How many days after the payment a trainee may still ask for an invoice. "
        "Leave empty for no limit.")
    red_first = fields.Boolean(
        "Red Invoice before the Refund",
        help="A refund is granted only after the red invoice has been noted; "
        "otherwise the red invoice may follow.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('industry_unique', Unique(t, t.company, t.industry),
                'supervision_training.msg_setting_unique'),
            ('all_unique',
                Exclude(t, (t.company, Equal), where=t.industry == Null),
                'supervision_training.msg_setting_unique'),
            ]
        cls._order = [('company', 'ASC'), ('industry', 'ASC')]

    @staticmethod
    def default_company():
        return Transaction().context.get('company')

    @staticmethod
    def default_tax_code():
        return '3070201020000000000'

    @staticmethod
    def default_item_name():
        return '*非学历教育服务*培训费'

    @staticmethod
    def default_price_includes_tax():
        return True

    @staticmethod
    def default_remarks():
        return '{session} {region} {trainee}'

    @staticmethod
    def default_show_buyer():
        return True

    @staticmethod
    def default_kinds():
        return [kind for kind, _ in INVOICE_KINDS]

    @staticmethod
    def default_special_route():
        return 'digital'

    @staticmethod
    def default_request_days():
        return 90

    @staticmethod
    def default_red_first():
        return True

    def get_rec_name(self, name):
        return self.company.rec_name

    @classmethod
    def validate_fields(cls, settings, field_names):
        super().validate_fields(settings, field_names)
        for setting in settings:
            setting._check_texts()

    def _check_texts(self):
        errors = {}
        if not _TAX_CODE.fullmatch(self.tax_code):
            errors['tax_code'] = gettext('supervision_training.msg_setting_tax_code')
        if len(self.item_name) > 100:
            errors['item_name'] = gettext(
                'supervision_training.msg_field_long', limit=100)
        unknown = [p for p in _PLACE.findall(self.remarks or '') if p not in _PLACES]
        if unknown or re.search(r'[{}]', _PLACE.sub('', self.remarks or '')):
            errors['remarks'] = gettext(
                'supervision_training.msg_setting_remarks',
                names='、'.join(f'{{{name}}}' for name in _PLACES))
        elif len(self.remarks or '') > MAX_REMARKS:
            errors['remarks'] = gettext(
                'supervision_training.msg_field_long', limit=MAX_REMARKS)
        if errors:
            raise InvalidFields(errors)

    @classmethod
    def of(cls, company, industry):
        """Return the settings of a unit for an industry.

        Where it has none they are those that a new record suggests, without a rate.
        """
        settings = cls.search([
                ('company', '=', company.id),
                ('industry', 'in', [industry, None]),
                ])
        if settings:
            return max(settings, key=lambda s: s.industry is not None)
        names = [n for n in cls._fields if n != 'company']
        return cls(**cls.default_get(names, with_rec_name=False), tax_rate=None)

    def clean_wish(self, trainee, wish):
        """Judge what a trainee asks for of an invoice.

        :param wish: its kind, the id of one of the trainee's titles, the e-mail.
        :returns: the fields of the registration, and the message of each value that
            is wrong.
        """
        Title = Pool().get('training.invoice.title')
        contact = {'email': (wish['email'] or '').strip()}
        errors = {}
        if wish['kind'] not in self.kinds:
            errors['kind'] = gettext('supervision_training.msg_invoice_kind')
        if not contact['email'] or clean_contact(contact):
            errors['email'] = gettext('supervision_training.msg_email')
        elif len(contact['email']) > MAX_EMAIL:
            errors['email'] = gettext(
                'supervision_training.msg_field_long', limit=MAX_EMAIL)
        titles = Title.search([
                ('id', '=', wish['title']), ('trainee', '=', trainee.id)])
        if not titles:
            errors['title'] = gettext('supervision_training.msg_title_choose')
        elif missing := titles[0].missing_for(wish['kind']):
            errors['title'] = gettext(
                'supervision_training.msg_title_incomplete', fields="、".join(missing))
        return {
            'invoice_kind': wish['kind'],
            'invoice_title': titles[0] if titles else None,
            'invoice_email': contact['email'],
            }, errors

    def route(self, kind):
        "Return how an invoice of a kind is made"
        return self.special_route if kind == 'paper' else 'digital'

    def ends(self, registration):
        "Return the last day to ask for the invoice of a paid one, None for no limit"
        if self.request_days is not None:
            paid = clock.local(registration.paid_at).date()
            return paid + dt.timedelta(self.request_days)

    @classmethod
    def facts(cls, registrations):
        """Return what invoices may tell of registrations, by their ids.

        It is read at once, and only that: they and their trainees have many fields.
        """
        Registration = Pool().get('training.registration')
        with without_check_access():
            rows = Registration.read(
                [r.id for r in registrations], ['industry', *_PLACES.values()])
        return {
            row['id']: {
                'industry': row['industry'],
                **{place: _follow(row, path) for place, path in _PLACES.items()}}
            for row in rows}

    def tax_values(self, facts):
        "Return what an invoice says of item, tax and remarks; see facts"
        remarks = _PLACE.sub(lambda place: facts[place[1]], self.remarks or '')
        return {
            **{name: getattr(self, name) for name in TAX_FIELDS},
            'remarks': remarks[:MAX_REMARKS] or None,
            }


def _follow(row, path):
    *steps, name = path.split('.')
    for step in steps:
        row = row[f'{step}.']
    return row[name]


class Invoice(metaclass=PoolMeta):
    __name__ = 'training.invoice'

    @classmethod
    def make(cls, registration, amount, values):
        setting = cls.setting_of(registration)
        facts = setting.facts([registration])
        return super().make(registration, amount, {
                'route': setting.route(values['kind']),
                **setting.tax_values(facts[registration.id]),
                **values,
                })

    @staticmethod
    def setting_of(registration):
        Setting = Pool().get('training.invoice.setting')
        return Setting.of(registration.company, registration.industry)

    @classmethod
    def prepare(cls, invoices):
        """Give invoices the item, tax and remarks as they are set now, not yet saved.

        The rate that counts is that of the day on which the bureau issues, so that
        what was set wrong can be set right until then.

        What has been exported keeps what went out.

        :returns: the new values of those that changed, by invoice.
        """
        Setting = Pool().get('training.invoice.setting')
        invoices = [i for i in invoices if i.state in {'draft', 'failed'}]
        facts = Setting.facts([i.registration for i in invoices])
        settings, changed = {}, {}
        for invoice in invoices:
            told = facts[invoice.registration.id]
            key = invoice.company, told['industry']
            if key not in settings:
                settings[key] = Setting.of(*key)
            values = {
                name: value
                for name, value in settings[key].tax_values(told).items()
                if getattr(invoice, name) != value}
            if values:
                for name, value in values.items():
                    setattr(invoice, name, value)
                changed[invoice] = values
        return changed

    @classmethod
    def issue(cls, invoice, number, issued_on):
        for values in cls.prepare([invoice]).values():
            cls.write([invoice], values)
        super().issue(invoice, number, issued_on)
