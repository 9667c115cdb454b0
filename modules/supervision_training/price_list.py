# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""What a session costs, and how much of it is given back until when."""
from sql import Null
from sql.operators import Equal

from trytond.model import (
    Exclude, Index, ModelSQL, ModelView, Unique, fields, sequence_ordered)
from trytond.modules.currency.fields import Monetary

from .company import OfUnits
from .session import EXAM_TYPES, ShownMixin


class SessionFee(ShownMixin, OfUnits, sequence_ordered(), ModelSQL, ModelView):
    __name__ = 'training.session.fee'
    _companies_path = 'session.company'

    session = fields.Many2One(
        'training.session', "Session", required=True, ondelete='CASCADE')
    currency = fields.Function(
        fields.Many2One('currency.currency', "Currency"),
        'on_change_with_currency')
    exam_type = fields.Selection(EXAM_TYPES, "Exam Type", required=True)
    exam_type_string = exam_type.translated('exam_type')
    subject = fields.Many2One(
        'training.subject', "Subject", ondelete='RESTRICT',
        help="Leave empty for a fee that covers all the subjects.")
    amount = Monetary(
        "Amount", currency='currency', digits='currency', required=True,
        domain=[('amount', '>=', 0)])

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('subject_unique', Unique(t, t.session, t.exam_type, t.subject),
                'supervision_training.msg_session_fee_unique'),
            ('whole_unique',
                Exclude(t, (t.session, Equal), (t.exam_type, Equal),
                    where=t.subject == Null),
                'supervision_training.msg_session_fee_unique'),
            ]
        cls._sql_indexes.add(Index(t, (t.session, Index.Equality())))

    @fields.depends('session', '_parent_session.company')
    def on_change_with_currency(self, name=None):
        if self.session and self.session.company:
            return self.session.company.currency


class RefundRate(ShownMixin, OfUnits, ModelSQL, ModelView):
    __name__ = 'training.session.refund_rate'
    _companies_path = 'session.company'

    session = fields.Many2One(
        'training.session', "Session", required=True, ondelete='CASCADE')
    until = fields.Date("Until", required=True, help="The last day of the rate.")
    rate = fields.Integer(
        "Percentage", required=True,
        domain=[('rate', '>=', 0), ('rate', '<=', 100)],
        help="How much of the paid amount is given back.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('until', 'ASC')]
        t = cls.__table__()
        cls._sql_constraints.append(
            ('until_unique', Unique(t, t.session, t.until),
                'supervision_training.msg_refund_rate_unique'))
