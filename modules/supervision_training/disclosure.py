# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Full ID numbers leave the masked world by these doors, each on the record."""
from collections import defaultdict

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval
from trytond.rpc import RPC
from trytond.transaction import Transaction, without_check_access
from trytond.wizard import Button, StateView, Wizard

from . import clock
from .exceptions import NotAllowed


class Disclosure(ModelSQL, ModelView):
    "Full ID numbers that somebody got: written once, never changed"
    __name__ = 'training.disclosure'

    company = fields.Many2One(
        'company.company', "Organizing Unit", required=True, readonly=True,
        ondelete='RESTRICT')
    user = fields.Many2One(
        'res.user', "User", required=True, readonly=True, ondelete='RESTRICT')
    disclosed_at = fields.DateTime("Date", required=True, readonly=True)
    kind = fields.Selection([
            ('view', "ID Number Shown"),
            ('correction', "Correction of Identity"),
            ('paper', "Paper Printed"),
            ('roster', "Roster Exported"),
            ('results', "Results Exported"),
            ], "Door", required=True, readonly=True, sort=False)
    name = fields.Char("Of", required=True, readonly=True)
    trainee = fields.Many2One(
        'training.trainee', "Trainee", readonly=True, ondelete='RESTRICT',
        help="The only person whose number it was.")
    people = fields.Integer("People", required=True, readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.update({
                Index(t, (t.company, Index.Equality()), (t.id, Index.Range())),
                Index(t, (t.trainee, Index.Equality())),
                })
        cls._order = [('id', 'DESC')]

    @classmethod
    @without_check_access
    def record(cls, kind, registrations, name=None):
        """Note that the user gets the full ID numbers of these registrations.

        One record for each unit. What nobody of the staff asked for is not noted:
        trainees get their own papers.

        :param kind: one of the doors.
        :param name: what was looked at; the registration or the sessions without.
        """
        people = defaultdict(set)
        if user := Transaction().user:
            for registration in registrations:
                people[registration.company].add(registration.trainee)
        if people and not name:
            subjects = registrations if len(registrations) == 1 else {
                r.session for r in registrations}
            name = '、'.join(sorted(s.rec_name for s in subjects))
        everybody = set().union(*people.values())
        only = everybody.pop().id if len(everybody) == 1 else None
        cls.create([{
                    'company': company.id,
                    'user': user,
                    'disclosed_at': clock.now(),
                    'kind': kind,
                    'name': name,
                    'trainee': only,
                    'people': len(trainees),
                    } for company, trainees in people.items()])

    @staticmethod
    def allowed():
        "Return whether the user may get full ID numbers: who may look at them"
        pool = Pool()
        ActionWizard = pool.get('ir.action.wizard')
        User = pool.get('res.user')
        return not ActionWizard.get_groups('training.id_number.show').isdisjoint(
            User.get_groups())

    @classmethod
    def check_modification(cls, mode, records, values=None, external=False):
        super().check_modification(mode, records, values=values, external=external)
        if mode in {'write', 'delete'}:
            raise NotAllowed(gettext('supervision_training.msg_disclosure_kept'))


class Trainee(metaclass=PoolMeta):
    __name__ = 'training.trainee'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._buttons.update({
                'show_id_number': {
                    'invisible': ~Bool(Eval('id_number_masked')),
                    'icon': 'tryton-public',
                    'depends': ['id_number_masked'],
                    },
                })

    @classmethod
    @ModelView.button_action('supervision_training.wizard_trainee_show_id_number')
    def show_id_number(cls, trainees):
        pass

    def disclose(self, kind):
        "Return the full ID number, noting that the user gets it"
        pool = Pool()
        Registration = pool.get('training.registration')
        User = pool.get('res.user')
        pool.get('training.disclosure').record(kind, Registration.search([
                    ('trainee', '=', self.id),
                    ('company', 'in', User.get_companies()),
                    ]), self.rec_name)
        return self.id_number


class Registration(metaclass=PoolMeta):
    __name__ = 'training.registration'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._buttons.update({
                'show_id_number': {
                    'invisible': ~Bool(Eval('trainee_id_number_masked')),
                    'icon': 'tryton-public',
                    'depends': ['trainee_id_number_masked'],
                    },
                })

    @classmethod
    @ModelView.button_action('supervision_training.wizard_registration_show_id_number')
    def show_id_number(cls, registrations):
        pass


class ShowIDNumberStart(ModelView):
    __name__ = 'training.id_number.show.start'

    name = fields.Char("Name", readonly=True)
    id_number = fields.Char(
        "ID Number", readonly=True, help="That you looked at it has been noted.")


class ShowIDNumber(Wizard):
    "Show the full ID number of a trainee or of a registration's trainee"
    __name__ = 'training.id_number.show'

    start = StateView(
        'training.id_number.show.start',
        'supervision_training.id_number_show_start_view_form', [
            Button("Close", 'end', 'tryton-close', default=True),
            ])

    def default_start(self, fields):
        trainee = getattr(self.record, 'trainee', self.record)
        return {'name': trainee.name, 'id_number': trainee.disclose('view')}


class DisclosingMixin:
    "A report with full ID numbers, noted when staff print it"
    __slots__ = ()
    _disclosed = 'training.registration'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__rpc__['execute'] = RPC(readonly=False)

    @classmethod
    def execute(cls, ids, data):
        pool = Pool()
        result = super().execute(ids, data)
        pool.get('training.disclosure').record(
            'paper', [
                getattr(r, 'registration', r)
                for r in pool.get(cls._disclosed).browse(ids)])
        return result
