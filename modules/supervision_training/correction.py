# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.pool import Pool
from trytond.transaction import Transaction
from trytond.wizard import Button, StateTransition, StateView, Wizard

from . import clock
from .company import OfUnits
from .exceptions import InvalidFields
from .trainee import IDENTITY, SEXES, clean_identity


class Correction(OfUnits, ModelSQL, ModelView):
    "Correction of a confirmed identity by staff"
    __name__ = 'training.trainee.correction'
    _companies_path = 'trainee.registrations.company'

    trainee = fields.Many2One(
        'training.trainee', "Trainee", required=True, readonly=True,
        ondelete='CASCADE')
    user = fields.Many2One('res.user', "User", required=True, readonly=True)
    corrected_at = fields.DateTime("Corrected", required=True, readonly=True)
    reason = fields.Char("Reason", required=True, readonly=True)
    before = fields.Char("Before", required=True, readonly=True)
    after = fields.Char("After", required=True, readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(Index(t, (t.trainee, Index.Equality())))
        cls._order = [('id', 'DESC')]


class CorrectStart(ModelView):
    __name__ = 'training.trainee.correct.start'

    name = fields.Char("Name", required=True)
    sex = fields.Selection(SEXES, "Sex", required=True)
    id_number = fields.Char("ID Number", required=True)
    reason = fields.Char("Reason", required=True)


class Correct(Wizard):
    "Correct a confirmed identity"
    __name__ = 'training.trainee.correct'

    start = StateView(
        'training.trainee.correct.start',
        'supervision_training.trainee_correct_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Correct", 'correct', 'tryton-ok', default=True),
            ])
    correct = StateTransition()

    def default_start(self, fields):
        return {
            'name': self.record.name,
            'sex': self.record.sex,
            'id_number': self.record.disclose('correction'),
            }

    def transition_correct(self):
        Correction = Pool().get('training.trainee.correction')
        values = {n: getattr(self.start, n) for n in IDENTITY}
        if errors := clean_identity(values):
            raise InvalidFields(errors)

        def summary():
            return f'{self.record.name} {self.record.sex_string} ' \
                f'{self.record.id_number_masked}'

        before = summary()
        self.model.write([self.record], values)
        Correction.create([{
                    'trainee': self.record.id,
                    'user': Transaction().user,
                    'corrected_at': clock.now(),
                    'reason': self.start.reason,
                    'before': before,
                    'after': summary(),
                    }])
        return 'end'
