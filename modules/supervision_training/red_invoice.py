# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Red invoices: what has been issued is taken back, and issued again where due."""
from trytond.model import Index, fields
from trytond.pool import PoolMeta
from trytond.pyson import Bool, Eval

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
        cls._sql_indexes.add(Index(
                t, (t.company, Index.Equality()), (t.red_state, Index.Equality()),
                where=t.red_state.in_(['requested', 'to_do'])))
