# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model import fields
from trytond.modules.currency.fields import Monetary
from trytond.pool import PoolMeta


class OfUnits:
    """What belongs to units by way of another record.

    The record rule is on ``companies``: of a domain over a dotted name trytond's
    export only checks that its first part is set.
    """
    __slots__ = ()
    _companies_path = None

    companies = fields.Function(
        fields.Many2Many('company.company', None, None, "Organizing Units"),
        'get_companies', searcher='search_companies')

    def get_companies(self, name):
        records = {self}
        for name in self._companies_path.split('.'):
            found = [getattr(r, name) for r in records]
            records = {
                r for f in found for r in (f if isinstance(f, tuple) else [f])}
        return [c.id for c in records]

    @classmethod
    def search_companies(cls, name, clause):
        return [(cls._companies_path, *clause[1:])]


class Company(metaclass=PoolMeta):
    __name__ = 'company.company'

    training = fields.Boolean(
        "Organizing Unit", help="The unit takes registrations for training.")
    training_notice = fields.Text(
        "Training Notice", help="Trainees read it above the unit's sessions.")
    work_certificate = fields.Binary(
        "Work Certificate Template", filename='work_certificate_name',
        help="The form (附件2) that trainees download, fill in and have stamped. "
        "Leave empty for the standard one.")
    work_certificate_name = fields.Char("Work Certificate File Name")
    refund_limit = Monetary(
        "Refunds by One Person up to", currency='currency', digits='currency',
        domain=['OR', ('refund_limit', '=', None), ('refund_limit', '>=', 0)],
        help="A refund of more than this amount has to be granted by two persons. "
        "Leave empty for no limit.")
