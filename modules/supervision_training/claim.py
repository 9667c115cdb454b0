# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
from sql.operators import Equal

from trytond.i18n import gettext
from trytond.model import Exclude, Index, ModelSQL, ModelView, Workflow, fields
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import Transaction, without_check_access

from . import clock
from .company import OfUnits
from .exceptions import WrongState
from .trainee import clean_identity


class Claim(OfUnits, Workflow, ModelSQL, ModelView):
    "Wish to move an identity to another WeChat account"
    __name__ = 'training.trainee.claim'
    _companies_path = 'trainee.registrations.company'

    trainee = fields.Many2One(
        'training.trainee', "Trainee", required=True, readonly=True,
        ondelete='CASCADE', help="Who holds the ID number.")
    claimant = fields.Many2One(
        'training.trainee', "Claimant", required=True, readonly=True,
        ondelete='CASCADE', help="The account that asks for it.")
    claimant_name = fields.Function(
        fields.Char("Claimant", help="The account that asks for it."),
        'get_claimant_name')
    claimed_at = fields.DateTime("Claimed", required=True, readonly=True)
    decided_by = fields.Many2One('res.user', "Decided By", readonly=True)
    state = fields.Selection([
            ('requested', "Requested"),
            ('accepted', "Accepted"),
            ('refused', "Refused"),
            ], "State", required=True, readonly=True, sort=False)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints.append(
            ('claimant_unique',
                Exclude(t, (t.claimant, Equal), where=t.state == 'requested'),
                'supervision_training.msg_claim_unique'))
        cls._sql_indexes.add(Index(t, (t.trainee, Index.Equality())))
        cls._transitions |= {('requested', 'accepted'), ('requested', 'refused')}
        cls._buttons.update({
                name: {
                    'invisible': Eval('state') != 'requested',
                    'depends': ['state'],
                    }
                for name in ['accept', 'refuse']})

    @staticmethod
    def default_state():
        return 'requested'

    @classmethod
    @without_check_access
    def get_claimant_name(cls, claims, name):
        "Return the names of accounts that perhaps belong to no unit yet"
        return {c.id: c.claimant.rec_name for c in cls.browse(claims)}

    @classmethod
    def ask(cls, claimant, name, id_number):
        """Ask staff to move the identity of name and id_number to an account.

        The same answer is given whether or not they belong together, so that
        nobody learns from it.
        """
        Trainee = Pool().get('training.trainee')
        values = {'name': name, 'id_number': id_number, 'sex': None}
        clean_identity(values)
        trainees = Trainee.search([
                ('id_number', '=', values['id_number']),
                ('name', '=', values['name']),
                ('id', '!=', claimant.id),
                ], limit=1)
        asked = cls.search([
                ('claimant', '=', claimant.id), ('state', '=', 'requested')], limit=1)
        if trainees and not asked and not claimant.confirmed:
            cls.create([{
                        'trainee': trainees[0].id,
                        'claimant': claimant.id,
                        'claimed_at': clock.now(),
                        }])

    @classmethod
    @ModelView.button
    @Workflow.transition('accepted')
    def accept(cls, claims):
        "Give the claimant's WeChat account to the trainee and log both out"
        pool = Pool()
        Trainee = pool.get('training.trainee')
        Token = pool.get('training.trainee.token')
        for claim in claims:
            if claim.claimant.confirmed:
                raise WrongState(gettext('supervision_training.msg_claimant_confirmed'))
            openid = claim.claimant.openid
            Token.delete(Token.search([
                        ('trainee', 'in', [claim.trainee.id, claim.claimant.id])]))
            Trainee.write([claim.claimant], {'openid': None, 'active': False})
            Trainee.write([claim.trainee], {'openid': openid})
        cls.write(claims, {'decided_by': Transaction().user})

    @classmethod
    @ModelView.button
    @Workflow.transition('refused')
    def refuse(cls, claims):
        cls.write(claims, {'decided_by': Transaction().user})
