# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
import hashlib
import re
import secrets

from sql.operators import Equal

from trytond.i18n import gettext
from trytond.model import (
    DeactivableMixin, Exclude, Index, ModelSQL, ModelView, Unique, Workflow, fields)
from trytond.pool import Pool
from trytond.pyson import Bool, Eval
from trytond.tools import grouped_slice
from trytond.transaction import Transaction, without_check_access
from trytond.wizard import Button, StateTransition, StateView, Wizard

from . import clock, identity
from .company import OfUnits
from .configuration import decrypt, encrypt, keyed_hash
from .exceptions import AlreadyRegistered, InvalidFields, WrongState
from .identity import IdentityError

SEXES = [
    ('male', "Male"),
    ('female', "Female"),
    ]
IDENTITY = {'name', 'sex', 'id_number'}
LANGUAGE = 'zh_CN'  # what trainees read
_EMAIL = re.compile(r'[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;.]{2,}')


class Trainee(OfUnits, DeactivableMixin, ModelSQL, ModelView):
    __name__ = 'training.trainee'
    _companies_path = 'registrations.company'

    _locked = {'readonly': Bool(Eval('confirmed_at'))}

    openid = fields.Char(
        "WeChat Account", readonly=True,
        help="The trainee's openid in the mini-program.")
    name = fields.Char("Name", states=_locked)
    sex = fields.Selection([(None, "")] + SEXES, "Sex", states=_locked)
    sex_string = sex.translated('sex')
    id_number = fields.Function(
        fields.Char("ID Number", states=_locked),
        'get_id_number', setter='set_id_number', searcher='search_id_number')
    id_number_masked = fields.Char("ID Number (Masked)", readonly=True)
    id_number_cipher = fields.Char(
        "ID Number Cipher", readonly=True, loading='lazy')
    id_number_hash = fields.Char(
        "ID Number Hash", readonly=True, strip=False, loading='lazy')
    birth_date = fields.Date("Birth Date", readonly=True)
    mobile = fields.Char("Mobile")
    email = fields.Char("E-mail")
    address = fields.Char("Address")
    employer = fields.Char("Employer")
    avatar = fields.Many2One(
        'training.document', "Avatar", ondelete='SET NULL', readonly=True)
    avatar_image = fields.Function(fields.Binary("Avatar"), 'get_avatar_image')
    confirmed_at = fields.DateTime(
        "Confirmed", readonly=True,
        help="When name, sex and ID number were confirmed and locked.")
    registrations = fields.One2Many(
        'training.registration', 'trainee', "Registrations", readonly=True)
    consents = fields.One2Many(
        'training.trainee.consent', 'trainee', "Privacy Consents", readonly=True)
    corrections = fields.One2Many(
        'training.trainee.correction', 'trainee', "Corrections", readonly=True)
    claims = fields.One2Many(
        'training.trainee.claim', 'trainee', "Claims", readonly=True)

    del _locked

    @classmethod
    def __setup__(cls):
        for field in (cls.openid, cls.id_number_masked, cls.mobile):
            field.search_unaccented = False
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('openid_unique', Unique(t, t.openid),
                'supervision_training.msg_openid_unique'),
            ('id_number_unique', Unique(t, t.id_number_hash),
                'supervision_training.msg_id_number_taken'),
            ]
        cls._sql_indexes.update({
                Index(t, (t.mobile, Index.Equality())),
                Index(t, (t.name, Index.Similarity())),
                Index(t, (t.id_number_masked, Index.Similarity())),
                })
        cls._buttons.update({
                'correct': {
                    'invisible': ~Bool(Eval('confirmed_at')),
                    'icon': 'tryton-create',
                    'depends': ['confirmed_at'],
                    },
                })

    @classmethod
    @ModelView.button_action('supervision_training.wizard_trainee_correct')
    def correct(cls, trainees):
        pass

    def get_rec_name(self, name):
        return self.name or gettext(
            'supervision_training.msg_trainee_unnamed', id=self.id)

    @classmethod
    def search_rec_name(cls, name, clause):
        return ['OR',
            ('name', *clause[1:]),
            ('mobile', *clause[1:]),
            ('id_number_masked', *clause[1:]),
            ('employer', *clause[1:]),
            ]

    def get_id_number(self, name):
        if self.id_number_cipher:
            return decrypt(self.id_number_cipher)

    @classmethod
    def set_id_number(cls, trainees, name, value):
        cls.write(trainees, cls._id_number_values(value))

    @classmethod
    def _id_number_values(cls, number):
        if not number:
            return dict.fromkeys([
                    'id_number_cipher', 'id_number_hash', 'id_number_masked',
                    'birth_date'])
        return {
            'id_number_cipher': encrypt(number),
            'id_number_hash': keyed_hash(number),
            'id_number_masked': identity.mask_number(number),
            'birth_date': identity.birth_date(number),
            }

    @classmethod
    def search_id_number(cls, name, clause):
        _, operator, value = clause
        if operator in {'in', 'not in'}:
            value = [keyed_hash(v) if v else v for v in value]
        elif value:
            value = keyed_hash(value.strip('%').upper())
            operator = {'ilike': '=', 'not ilike': '!='}.get(operator, operator)
        return [('id_number_hash', operator, value)]

    def get_avatar_image(self, name):
        return self.avatar.data if self.avatar else None

    @classmethod
    def login(cls, openid):
        """Return the trainee of a WeChat account, made at its first login.

        :param openid: the account's openid, proved by WeChat.
        """
        trainees = cls.search([('openid', '=', openid)], limit=1)
        return trainees[0] if trainees else cls.create([{'openid': openid}])[0]

    @property
    def confirmed(self):
        return bool(self.confirmed_at)

    def save_profile(self, values):
        """Write the profile page (manual, step 1), locking the identity once.

        :param values: any of name, sex, id_number, mobile, email, address,
            employer and avatar (a document).
        :raises InvalidFields: with the message of each value refused.
        :raises AlreadyRegistered: another account holds the ID number.
        """
        values = dict(values)
        errors = self._clean_profile(values)
        if errors:
            raise InvalidFields(errors)
        if not self.confirmed:
            if self.search([
                        ('id_number', '=', values['id_number']),
                        ('id', '!=', self.id),
                        ], limit=1):
                raise AlreadyRegistered(
                    gettext('supervision_training.msg_id_number_taken'))
            values['confirmed_at'] = clock.now()
        self.write([self], values)

    def _clean_profile(self, values):
        "Bring values to their standard form and return what is wrong with them"
        errors = {}
        if self.confirmed:
            for name in IDENTITY & values.keys():
                value = values.pop(name)
                if value and value not in self._accepted_identity(name):
                    errors[name] = gettext('supervision_training.msg_identity_locked')
        else:
            errors.update(clean_identity(values))
        errors.update(clean_contact(values))
        return errors

    def _accepted_identity(self, name):
        if name == 'id_number':
            return {self.id_number, self.id_number_masked}
        return {getattr(self, name)}

    @property
    def privacy_accepted(self):
        "Return whether the present privacy notice has been accepted"
        version = Pool().get('training.configuration')(1).privacy_version
        return any(c.version == version for c in self.consents)

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if number := values.get('id_number'):
            values['id_number'] = identity.clean_number(number, clock.today())
        return values

    @classmethod
    def check_modification(cls, mode, trainees, values=None, external=False):
        super().check_modification(mode, trainees, values=values, external=external)
        if mode == 'write' and external and IDENTITY & values.keys():
            for trainee in trainees:
                if trainee.confirmed:
                    raise WrongState(
                        gettext('supervision_training.msg_identity_locked'))


def clean_identity(values):
    """Bring name, sex and id_number to their standard form, in place.

    :returns: the translated message of each value that can not be taken.
    """
    errors = {}
    cleaners = {
        'name': identity.clean_name,
        'id_number': lambda n: identity.clean_number(n, clock.today()),
        }
    for name, cleaner in cleaners.items():
        try:
            values[name] = cleaner(values.get(name))
        except IdentityError as error:
            errors[name] = gettext(f'supervision_training.msg_{error}')
    if not values.get('sex'):
        errors['sex'] = gettext('supervision_training.msg_sex_missing')
    elif 'id_number' not in errors and (
            values['sex'] != identity.sex(values['id_number'])):
        errors['sex'] = gettext('supervision_training.msg_sex_number')
    return errors


def clean_contact(values):
    """Bring mobile and email to their standard form, in place; see clean_identity."""
    errors = {}
    if values.get('mobile'):
        try:
            values['mobile'] = identity.clean_mobile(values['mobile'])
        except IdentityError as error:
            errors['mobile'] = gettext(f'supervision_training.msg_{error}')
    if values.get('email'):
        values['email'] = values['email'].strip()
        if not _EMAIL.fullmatch(values['email']):
            errors['email'] = gettext('supervision_training.msg_email')
    return errors


class Consent(OfUnits, ModelSQL, ModelView):
    __name__ = 'training.trainee.consent'
    _companies_path = 'trainee.registrations.company'

    trainee = fields.Many2One(
        'training.trainee', "Trainee", required=True, readonly=True,
        ondelete='CASCADE')
    version = fields.Char("Version", required=True, readonly=True)
    accepted_at = fields.DateTime("Accepted", required=True, readonly=True)
    address = fields.Char("Network Address", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints.append(
            ('version_unique', Unique(t, t.trainee, t.version),
                'supervision_training.msg_consent_unique'))

    @classmethod
    def accept(cls, trainee, version):
        """Record that a trainee accepts the present privacy notice.

        :raises InvalidFields: when version is not the present one.
        """
        if version != Pool().get('training.configuration')(1).privacy_version:
            raise InvalidFields({
                    'version': gettext('supervision_training.msg_privacy_changed')})
        if not trainee.privacy_accepted:
            request = Transaction().context.get('_request') or {}
            cls.create([{
                        'trainee': trainee.id,
                        'version': version,
                        'accepted_at': clock.now(),
                        'address': request.get('remote_addr'),
                        }])


class Token(ModelSQL):
    __name__ = 'training.trainee.token'

    trainee = fields.Many2One(
        'training.trainee', "Trainee", required=True, ondelete='CASCADE')
    hash = fields.Char("Hash", required=True)
    expires_at = fields.DateTime("Expires", required=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints.append(
            ('hash_unique', Unique(t, t.hash), 'supervision_training.msg_token_unique'))
        cls._sql_indexes.add(Index(t, (t.trainee, Index.Equality())))

    @staticmethod
    def digest(token):
        return hashlib.sha256(token.encode()).hexdigest()

    @classmethod
    def issue(cls, trainee):
        "Return a new token in clear, kept only as a hash, and its expiry (UTC)"
        configuration = Pool().get('training.configuration')(1)
        token = secrets.token_urlsafe(32)
        expires_at = clock.now() + dt.timedelta(configuration.token_days)
        cls.create([{
                    'trainee': trainee.id,
                    'hash': cls.digest(token),
                    'expires_at': expires_at,
                    }])
        return token, expires_at

    @classmethod
    def trainee_of(cls, token):
        "Return the id of the trainee who holds a token, None if nobody does"
        t = cls.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*t.select(t.trainee, where=(
                    t.hash == cls.digest(token)) & (t.expires_at > clock.now())))
        row = cursor.fetchone()
        return row and row[0]

    @classmethod
    def revoke(cls, token):
        cls.delete(cls.search([('hash', '=', cls.digest(token))]))

    @classmethod
    def clean(cls):
        "Delete the expired tokens (a scheduled task)"
        for tokens in grouped_slice(cls.search([('expires_at', '<=', clock.now())])):
            cls.delete(list(tokens))


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
