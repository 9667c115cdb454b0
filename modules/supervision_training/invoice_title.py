# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
import re
import unicodedata

from stdnum.cn import uscc

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields

from .company import OfUnits
from .exceptions import InvalidFields, NotFound

TITLE_KINDS = [
    ('unit', "Unit"),
    ('person', "Person"),
    ]
DETAILS = ['name', 'tax_number', 'address', 'phone', 'bank', 'bank_account',
    'mailing_address']
# What the tax bureau's workbook takes.
LIMITS = {'name': 100, 'address': 100, 'phone': 50, 'bank': 100, 'bank_account': 100}
_TAX_NUMBER = re.compile(r'[0-9A-Z]{15,20}')
_USCC_LENGTH = 18


def clean_tax_number(number):
    "Return a tax number without spaces, in upper case half-width characters"
    return re.sub(r'\s', '', unicodedata.normalize('NFKC', number or '')).upper()


class TitleMixin:
    "The details of whom an invoice is made out to"
    __slots__ = ()

    name = fields.Char("Name", required=True)
    tax_number = fields.Char("Tax Number")
    address = fields.Char("Address")
    phone = fields.Char("Phone")
    bank = fields.Char("Bank")
    bank_account = fields.Char("Bank Account")
    mailing_address = fields.Char("Mailing Address")


class Title(TitleMixin, OfUnits, ModelSQL, ModelView):
    "Whom a trainee's invoices are made out to (发票抬头)"
    __name__ = 'training.invoice.title'
    _companies_path = 'trainee.registrations.company'

    trainee = fields.Many2One(
        'training.trainee', "Trainee", required=True, readonly=True,
        ondelete='CASCADE')
    kind = fields.Selection(TITLE_KINDS, "Kind", required=True)
    deleted = fields.Boolean("Deleted", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(Index(t, (t.trainee, Index.Equality())))

    @staticmethod
    def default_kind():
        return 'unit'

    @classmethod
    def of(cls, trainee, id):
        """Return the title of a trainee by its id.

        :raises NotFound: there is none, or it is another's.
        """
        try:
            title, = cls.search([
                    ('id', '=', id), ('trainee', '=', trainee),
                    ('deleted', '=', False)])
        except ValueError:
            raise NotFound(gettext('supervision_training.msg_title_missing'))
        return title

    @classmethod
    def keep(cls, trainee, values):
        """Save a title of a trainee, a new one without an id.

        :raises InvalidFields: with the message of each value refused.
        """
        values = values.copy()
        id = values.pop('id', None)
        if errors := cls.clean(values):
            raise InvalidFields(errors)
        if id:
            title = cls.of(trainee, id)
            cls.write([title], values)
            return title
        return cls.create([{**values, 'trainee': trainee}])[0]

    @staticmethod
    def clean(values):
        """Bring the values of a title to their standard form, in place.

        :returns: the message of each value that is wrong.
        """
        errors = {}
        for name in DETAILS:
            values[name] = (values.get(name) or '').strip() or None
            limit = LIMITS.get(name)
            if limit and len(values[name] or '') > limit:
                errors[name] = gettext(
                    'supervision_training.msg_field_long', limit=limit)
        if not values.get('name'):
            errors['name'] = gettext('supervision_training.msg_title_name')
        values['tax_number'] = clean_tax_number(values.get('tax_number')) or None
        number = values['tax_number']
        if not number:
            if values['kind'] == 'unit':
                errors['tax_number'] = gettext('supervision_training.msg_tax_missing')
        elif not _TAX_NUMBER.fullmatch(number):
            errors['tax_number'] = gettext('supervision_training.msg_tax_format')
        elif not _checks(number) and number[0].isdigit():
            errors['tax_number'] = gettext('supervision_training.msg_tax_check')
        account = re.sub(r'[\s-]', '', values.get('bank_account') or '')
        values['bank_account'] = account or None
        return errors

    @property
    def buyer(self):
        "Return what an invoice says of its buyer"
        return {'title_kind': self.kind, **{n: getattr(self, n) for n in DETAILS}}

    @property
    def warnings(self):
        "Return what is doubtful about the title, as sentences"
        if self.tax_number and not _checks(self.tax_number):
            return [gettext('supervision_training.msg_tax_check')]
        return []

    def missing_for(self, invoice_kind):
        """Return the labels of the fields that an invoice of this kind still needs.

        A special invoice (专票) names everything, and goes only to a unit.
        """
        if invoice_kind != 'paper':
            return []
        labels = self.fields_get(DETAILS)
        missing = [labels[n]['string'] for n in DETAILS if not getattr(self, n)]
        if self.kind == 'person' and not missing:
            missing.append(gettext('supervision_training.msg_title_unit_only'))
        return missing


def _checks(tax_number):
    return len(tax_number) != _USCC_LENGTH or uscc.is_valid(tax_number)
