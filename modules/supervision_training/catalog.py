# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""The lists that staff keep: regions, subjects, majors, educations, reasons."""
from decimal import Decimal

from trytond.model import (
    DeactivableMixin, ModelSQL, ModelView, fields, sequence_ordered)
from trytond.pyson import Eval

MARK = (4, 1)  # digits of a score


class _Choice(sequence_ordered(), DeactivableMixin, ModelSQL, ModelView):
    "Choice"
    __slots__ = ()

    name = fields.Char("Name", required=True, translate=True)


class Region(_Choice):
    __name__ = 'training.region'


class Subject(_Choice):
    __name__ = 'training.subject'

    code = fields.Char("Code", help="Short code, used on rosters and result lists.")
    full_mark = fields.Numeric(
        "Full Mark", digits=MARK, required=True, domain=[('full_mark', '>', 0)])
    pass_mark = fields.Numeric(
        "Pass Mark", digits=MARK, required=True,
        domain=[
            ('pass_mark', '>', 0),
            ('pass_mark', '<=', Eval('full_mark', 0)),
            ],
        help="The least score that passes. A session may set another one.")

    @staticmethod
    def default_full_mark():
        return Decimal(100)

    @staticmethod
    def default_pass_mark():
        return Decimal(60)


class Major(_Choice):
    __name__ = 'training.major'


class Education(_Choice):
    __name__ = 'training.education'


class RejectReason(_Choice):
    __name__ = 'training.reject_reason'

    text = fields.Text(
        "Text", required=True, translate=True,
        help="What the trainee reads; say what to do.")
    field = fields.Selection([
            (None, ""),
            ('education_proof', "Education Proof"),
            ('work_proof', "Work Proof"),
            ('photo', "Photo"),
            ('education', "Education"),
            ('work_years', "Years of Work"),
            ('employer', "Employer"),
            ], "Marked Field",
        help="The field of the form that the reason points at.")
