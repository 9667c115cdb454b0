# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model import fields
from trytond.pool import PoolMeta


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
