# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.transaction import Transaction

from . import clock
from .company import OfUnits


class Event(OfUnits, ModelSQL, ModelView):
    "What happened to a registration: written once, never changed"
    __name__ = 'training.registration.event'
    _companies_path = 'registration.company'

    registration = fields.Many2One(
        'training.registration', "Registration", required=True, readonly=True,
        ondelete='CASCADE')
    happened_at = fields.DateTime("Date", required=True, readonly=True)
    actor = fields.Selection([
            ('trainee', "Trainee"),
            ('staff', "Staff"),
            ('system', "System"),
            ], "Actor", required=True, readonly=True)
    user = fields.Many2One('res.user', "User", readonly=True)
    name = fields.Selection([
            ('submitted', "Submitted"),
            ('waiting', "Put in the Waiting List"),
            ('rejected', "Rejected"),
            ('approved', "Approved"),
            ('paid', "Paid"),
            ('checked_in', "Checked In"),
            ('completed', "Completed"),
            ('cancelled', "Cancelled"),
            ('expired', "Expired"),
            ('refunded', "Refunded"),
            ('refund_requested', "Refund Requested"),
            ('refund_approved', "Refund Granted"),
            ('refund_rejected', "Refund Refused"),
            ('refund_failed', "Refund Failed"),
            ('invoice_draft', "Invoice to Issue"),
            ('invoice_changed', "Invoice Changed"),
            ('invoice_exported', "Invoice Exported"),
            ('invoice_failed', "Invoice not Issued"),
            ('invoice_issued', "Invoice Issued"),
            ('invoice_sent', "Invoice Sent"),
            ('invoice_red_requested', "Red Invoice Requested"),
            ('invoice_red_to_do', "Red Invoice to Do"),
            ('invoice_red_withdrawn', "Red Invoice not Needed"),
            ('invoice_reversed', "Invoice Reversed"),
            ('invoice_cancelled', "Invoice Cancelled"),
            ('results_published', "Results Published"),
            ('result_corrected', "Result Corrected"),
            ('certificate_issued', "Certificate Issued"),
            ('certificate_revoked', "Certificate Revoked"),
            ('erased', "Personal Data Erased"),
            ], "Event", required=True, readonly=True, sort=False)
    note = fields.Text("Note", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(Index(t, (t.registration, Index.Equality())))
        cls._order = [('id', 'DESC')]

    @classmethod
    def record(cls, registrations, name, note=None):
        """Write the event of each registration, with who and when.

        :param note: a text for all of them, or a dict of texts by registration.
        """
        transaction = Transaction()
        if transaction.user:
            actor = 'staff'
        else:
            actor = 'trainee' if transaction.context.get('trainee') else 'system'
        notes = note if isinstance(note, dict) else dict.fromkeys(registrations, note)
        cls.create([{
                    'registration': r.id,
                    'happened_at': clock.now(),
                    'actor': actor,
                    'user': transaction.user or None,
                    'name': name,
                    'note': notes.get(r),
                    } for r in registrations])
