# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""What a reviewer sees beside the form, and the wizards that decide on many."""
from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval
from trytond.wizard import Button, StateTransition, StateView, Wizard

from . import clock
from .locking import lock
from .registration import MARKED_FIELDS


class Registration(metaclass=PoolMeta):
    __name__ = 'training.registration'

    warnings = fields.Function(
        fields.Text("Warnings", states={'invisible': ~Bool(Eval('warnings'))},
            help="What to look at twice before deciding."),
        'get_warnings')
    changes = fields.Function(
        fields.Text("Changes", states={'invisible': ~Bool(Eval('changes'))},
            help="What the trainee changed since the last rejection."),
        'get_changes')
    others = fields.Function(
        fields.One2Many('training.registration', None, "Other Registrations",
            help="The trainee's other registrations with the unit."),
        'get_others')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        # Whatever the states: what others decided meanwhile goes into the outcome.
        cls._buttons.update({
                'approve_many': {'icon': 'tryton-ok'},
                'reject_many': {'icon': 'tryton-cancel'},
                })

    def get_warnings(self, name):
        texts = []
        for kind in ['photo', 'education_proof', 'work_proof']:
            if document := getattr(self, kind):
                texts += [
                    f'{document.kind_string}: {w}' for w in document.warning_texts]
        until = self.education_valid_until
        if until and until < clock.today():
            texts.append(gettext('supervision_training.msg_education_expired'))
        if self.work_years == 'less_than_one':
            texts.append(gettext('supervision_training.msg_less_than_one_year'))
        if self.photo.used_by_others:
            texts.append(gettext('supervision_training.msg_photo_of_others'))
        texts += [
            gettext('supervision_training.msg_mobile_of_others', other=other.rec_name)
            for other in self.search([
                    ('company', '=', self.company.id),
                    ('mobile', '=', self.mobile),
                    ('trainee', '!=', self.trainee.id),
                    ], limit=3)]
        texts += [
            gettext('supervision_training.msg_registered_elsewhere',
                session=other.session.rec_name, label=other.label_string)
            for other in self.others
            if other.state in self.live_states and not other.session.ended]
        return '\n'.join(texts)

    def get_changes(self, name):
        for event in self.events:
            if event.name in {'submitted', 'waiting'} and event.note:
                return event.note

    def get_others(self, name):
        return [r.id for r in self.search([
                    ('trainee', '=', self.trainee.id),
                    ('company', '=', self.company.id),
                    ('id', '!=', self.id),
                    ])]

    @classmethod
    @ModelView.button_action('supervision_training.wizard_registration_approve')
    def approve_many(cls, registrations):
        pass

    @classmethod
    @ModelView.button_action('supervision_training.wizard_registration_reject')
    def reject_many(cls, registrations):
        pass


class Trainee(metaclass=PoolMeta):
    __name__ = 'training.trainee'

    unit_registrations = fields.Function(
        fields.One2Many('training.registration', None, "Registrations",
            help="The trainee's registrations with the unit."),
        'get_unit_registrations')

    def get_unit_registrations(self, name):
        pool = Pool()
        Registration = pool.get('training.registration')
        User = pool.get('res.user')
        return [r.id for r in Registration.search([
                    ('trainee', '=', self.id),
                    ('company', 'in', User.get_companies()),
                    ])]


class Outcome(ModelView):
    "What a decision on many did not do"
    __name__ = 'training.registration.outcome'

    text = fields.Text("Outcome", readonly=True)


class DecideMixin:
    "Decide on what can be decided, and tell of the rest"
    __slots__ = ()

    outcome = StateView(
        'training.registration.outcome',
        'supervision_training.registration_outcome_view_form', [
            Button("Close", 'end', 'tryton-close', default=True),
            ])

    def possible(self, states):
        "Return the locked records in states; the others go into the outcome"
        chosen, left = [], []
        for record in lock(self.records):
            (chosen if record.state in states else left).append(record)
        self.outcome.text = '\n'.join([
                gettext('supervision_training.msg_outcome',
                    done=len(chosen), left=len(left)),
                *(f'{r.rec_name}: {r.state_string}' for r in left)]) if left else None
        return chosen

    def default_outcome(self, fields):
        return {'text': self.outcome.text}


class Approve(DecideMixin, Wizard):
    "Approve registrations"
    __name__ = 'training.registration.approve'

    start_state = 'approve'
    approve = StateTransition()

    def transition_approve(self):
        self.model.approve(self.possible({'submitted'}))
        return 'outcome' if self.outcome.text else 'end'


class RejectStart(ModelView):
    __name__ = 'training.registration.reject.start'

    reasons = fields.MultiSelection(
        'get_reasons', "Reasons", sort=False,
        help="Stock reasons; those that point at a field mark it for the trainee.")
    text = fields.Text("Text", help="A reason in your own words.")
    marked = fields.MultiSelection(
        MARKED_FIELDS, "Marked Fields", sort=False,
        help="The fields that your own words are about.")

    @classmethod
    def get_reasons(cls):
        Reason = Pool().get('training.reject_reason')
        return [(str(r.id), r.rec_name) for r in Reason.search([])]


class Reject(DecideMixin, Wizard):
    "Reject registrations"
    __name__ = 'training.registration.reject'

    start = StateView(
        'training.registration.reject.start',
        'supervision_training.registration_reject_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Reject", 'reject', 'tryton-ok', default=True),
            ])
    reject = StateTransition()

    def end(self):
        "Show the next registration, unless nothing was decided"
        if hasattr(self.outcome, 'text'):
            return 'next'

    def transition_reject(self):
        Reason = Pool().get('training.reject_reason')
        text = (self.start.text or '').strip()
        text_of_mark = text or gettext('supervision_training.msg_mark')
        self.model.refuse(
            self.possible({'submitted', 'waiting'}),
            Reason.browse(map(int, self.start.reasons or [])), text,
            dict.fromkeys(self.start.marked or [], text_of_mark))
        return 'outcome' if self.outcome.text else 'end'
