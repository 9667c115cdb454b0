# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.wizard import Button, StateTransition, StateView, Wizard

MARKED_FIELDS = [
    ('education', "Education"),
    ('education_proof', "Education Proof"),
    ('work_years', "Years of Work"),
    ('work_proof', "Work Proof"),
    ('major', "Major"),
    ('subjects', "Subjects"),
    ('photo', "Photo"),
    ('employer', "Employer"),
    ('certificate_address', "Certificate Address"),
    ]


class RejectStart(ModelView):
    __name__ = 'training.registration.reject.start'

    reasons = fields.Many2Many(
        'training.reject_reason', None, None, "Reasons",
        help="Stock reasons; those that point at a field mark it for the trainee.")
    text = fields.Text("Text", help="A reason in your own words.")
    marked = fields.MultiSelection(
        MARKED_FIELDS, "Marked Fields",
        help="The fields that your own words are about.")


class Reject(Wizard):
    "Reject registrations"
    __name__ = 'training.registration.reject'

    start = StateView(
        'training.registration.reject.start',
        'supervision_training.registration_reject_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Reject", 'reject', 'tryton-ok', default=True),
            ])
    reject = StateTransition()

    def transition_reject(self):
        text = (self.start.text or '').strip()
        text_of_mark = text or gettext('supervision_training.msg_mark')
        self.model.refuse(
            self.records, self.start.reasons, text,
            dict.fromkeys(self.start.marked or [], text_of_mark))
        return 'end'
