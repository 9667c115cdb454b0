# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
import re

from sql.conditionals import Coalesce

from trytond.i18n import gettext
from trytond.model import (
    DeactivableMixin, Index, ModelSQL, ModelView, Unique, fields)
from trytond.pool import Pool
from trytond.pyson import Bool, Eval

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
                # So does trytond compare what may be empty.
                Index(t, (Coalesce(t.openid, ''), Index.Equality())),
                Index(t, (Coalesce(t.id_number_hash, ''), Index.Equality())),
                Index(t, (Coalesce(t.id_number_masked, ''), Index.Similarity())),
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
