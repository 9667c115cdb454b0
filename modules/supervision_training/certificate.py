# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""The certificate (合格证书) of who passed all the subjects of a session."""
import secrets
from urllib.parse import quote

from sql.operators import Equal

from trytond.i18n import gettext
from trytond.model import (
    Exclude, Index, ModelSQL, ModelView, Unique, Workflow, fields)
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval, Id
from trytond.transaction import Transaction
from trytond.wizard import Button, StateTransition, StateView, Wizard

from . import clock, identity
from .configuration import decrypt, keyed_hash, secret
from .disclosure import DisclosingMixin
from .exceptions import ReasonRequired, WrongState
from .locking import lock
from .report import Paper
from .result import EXAMINED
from .review import DecideMixin
from .session import INDUSTRIES
from .trainee import SEXES
from .workflow import move

CODE_LENGTH = 16  # 64 bits of the keyed hash
TAIL_LENGTH = 4  # of the ID number, asked for without the code


class Company(metaclass=PoolMeta):
    __name__ = 'company.company'

    certificate_sequence = fields.Many2One(
        'ir.sequence', "Certificate Numbers",
        domain=[
            ('sequence_type', '=', Id('supervision_training', 'sequence_type')),
            ('company', 'in', [Eval('id', -1), None]),
            ],
        help="Makes the numbers of the unit's certificates. Leave empty for the "
        "common one.")


class Certificate(Workflow, ModelSQL, ModelView):
    __name__ = 'training.certificate'
    _rec_name = 'number'

    number = fields.Char("Number", required=True, readonly=True)
    company = fields.Many2One(
        'company.company', "Organizing Unit", required=True, readonly=True,
        ondelete='RESTRICT')
    registration = fields.Many2One(
        'training.registration', "Registration", required=True, readonly=True,
        ondelete='RESTRICT')
    session = fields.Function(
        fields.Many2One('training.session', "Session"),
        'get_session', searcher='search_session')
    name = fields.Char("Name", required=True, readonly=True)
    sex = fields.Selection(SEXES, "Sex", required=True, readonly=True)
    sex_string = sex.translated('sex')
    id_number = fields.Function(fields.Char("ID Number"), 'get_id_number')
    id_number_masked = fields.Char("ID Number (Masked)", required=True, readonly=True)
    id_number_cipher = fields.Char(
        "ID Number Cipher", required=True, readonly=True, loading='lazy')
    photo = fields.Many2One(
        'training.document', "Photo", required=True, readonly=True,
        ondelete='RESTRICT')
    industry = fields.Selection(
        INDUSTRIES, "Industry", required=True, readonly=True)
    industry_string = industry.translated('industry')
    subjects = fields.Char("Subjects", required=True, readonly=True)
    results = fields.One2Many(
        'training.registration-training.subject', 'certificate', "Results",
        readonly=True, help="The passes that the certificate rests on.")
    issued_on = fields.Date("Issued", required=True, readonly=True)
    issued_by = fields.Many2One('res.user', "Issued By", readonly=True)
    revoked_on = fields.Date(
        "Revoked", readonly=True, states={'invisible': ~Bool(Eval('revoked_on'))})
    revoked_by = fields.Many2One(
        'res.user', "Revoked By", readonly=True,
        states={'invisible': ~Bool(Eval('revoked_on'))})
    revoke_reason = fields.Text(
        "Reason", readonly=True, states={'invisible': ~Bool(Eval('revoked_on'))})
    state = fields.Selection([
            ('valid', "Valid"),
            ('revoked', "Revoked"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')

    @classmethod
    def __setup__(cls):
        cls.number.search_unaccented = False
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('number_unique', Unique(t, t.number),
                'supervision_training.msg_certificate_number'),
            ('valid_unique',
                Exclude(t, (t.registration, Equal), where=t.state == 'valid'),
                'supervision_training.msg_certificate_held'),
            ]
        cls._sql_indexes.update({
                Index(t, (t.registration, Index.Equality())),
                Index(t, (t.name, Index.Similarity())),
                })
        cls._order = [('id', 'DESC')]
        cls._transitions.add(('valid', 'revoked'))
        cls._buttons.update({
                'revoke': {
                    'invisible': Eval('state') != 'valid',
                    'icon': 'tryton-cancel',
                    'depends': ['state'],
                    },
                })

    def get_rec_name(self, name):
        return f'{self.number} {self.name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return ['OR',
            ('number', *clause[1:]),
            ('name', *clause[1:]),
            ('registration.trainee.id_number', *clause[1:]),
            ]

    def get_session(self, name):
        return self.registration.session.id

    @classmethod
    def search_session(cls, name, clause):
        return [(f'registration.{clause[0]}', *clause[1:])]

    def get_id_number(self, name):
        return decrypt(self.id_number_cipher)

    @property
    def masked_name(self):
        return identity.mask_name(self.name)

    @property
    def address(self):
        "Return the public page, with the code that proves who has the paper"
        database = Transaction().database.name
        return (f'{secret("public_url")}/{database}/training/certificate/'
            f'{quote(self.number, safe="")}?code={self._code(self.number)}')

    @classmethod
    def _code(cls, number):
        database = Transaction().database.name
        return keyed_hash(f'certificate:{database}:{number}')[:CODE_LENGTH]

    @classmethod
    def genuine(cls, number, code):
        "Return whether a code is that of the paper with a number"
        return secrets.compare_digest(cls._code(number).encode(), code.encode())

    @classmethod
    def find(cls, number, tail):
        """Return the certificate with a number, None if there is no such one.

        :param tail: the end of its ID number.
        """
        for certificate in cls.search([('number', '=', number)]):
            wanted = certificate.id_number_masked[-TAIL_LENGTH:]
            if secrets.compare_digest(wanted.encode(), tail.upper().encode()):
                return certificate

    @classmethod
    def issue(cls, registrations):
        """Issue certificates, and return by registration why there is none.

        The passes they rest on are written, so that of an issue and a correction at
        the same time the second one sees the first.
        """
        pool = Pool()
        Event = pool.get('training.registration.event')
        Notification = pool.get('training.notification')
        Result = pool.get('training.registration-training.subject')
        refusals = {}
        for registration in lock(registrations):
            passes = registration.trainee.passes(
                registration.session, registration.industry)
            if refusal := registration.certificate_missing(passes):
                refusals[registration] = refusal
                continue
            results = [passes[s] for s in registration.session.subjects]
            certificate, = cls.create([cls._snapshot(registration)])
            Result.write(results, {'certificate': certificate.id})
            Event.record([registration], 'certificate_issued', certificate.number)
            Notification.post(
                registration, 'certificate_issued', reason=certificate.number)
        return refusals

    @classmethod
    def _snapshot(cls, registration):
        pool = Pool()
        ModelData = pool.get('ir.model.data')
        Sequence = pool.get('ir.sequence')
        sequence = registration.company.certificate_sequence or Sequence(
            ModelData.get_id('supervision_training', 'sequence_certificate'))
        trainee = registration.trainee
        return {
            'number': sequence.get(),
            'company': registration.company.id,
            'registration': registration.id,
            **{name: getattr(trainee, name) for name in [
                    'name', 'sex', 'id_number_masked', 'id_number_cipher']},
            'photo': registration.photo.id,
            'industry': registration.industry,
            'subjects': '、'.join(s.name for s in registration.session.subjects),
            'issued_on': clock.today(),
            'issued_by': Transaction().user or None,
            'state': 'valid',
            }

    @classmethod
    @ModelView.button_action('supervision_training.wizard_certificate_revoke')
    def revoke(cls, certificates):
        pass

    @classmethod
    @move('revoked')
    def withdraw(cls, certificates, reason):
        """Revoke, with a reason that the trainee reads.

        :raises ReasonRequired: without one.
        """
        pool = Pool()
        Event = pool.get('training.registration.event')
        Notification = pool.get('training.notification')
        Result = pool.get('training.registration-training.subject')
        reason = (reason or '').strip()
        if not reason:
            raise ReasonRequired(gettext('supervision_training.msg_reason_required'))
        cls.write(certificates, {
                'revoked_on': clock.today(),
                'revoked_by': Transaction().user or None,
                'revoke_reason': reason,
                })
        for certificate in certificates:
            Result.write(list(certificate.results), {'certificate': None})
            note = f'{certificate.number}\n{reason}'
            Event.record([certificate.registration], 'certificate_revoked', note)
            Notification.post(
                certificate.registration, 'certificate_revoked', reason=note)

    @classmethod
    def moved(cls, certificates, state, note):
        "The registration's events tell of it"


class Result(metaclass=PoolMeta):
    __name__ = 'training.registration-training.subject'

    certificate = fields.Many2One(
        'training.certificate', "Certificate", readonly=True, ondelete='RESTRICT')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(Index(t, (t.certificate, Index.Equality())))

    @classmethod
    def check_correction(cls, entries):
        super().check_correction(entries)
        for result, (_, value) in entries.items():
            if result.certificate and value != 'passed':
                raise WrongState(gettext(
                        'supervision_training.msg_certificate_rests',
                        result=result.rec_name,
                        certificate=result.certificate.number))


class Registration(metaclass=PoolMeta):
    __name__ = 'training.registration'

    certificates = fields.One2Many(
        'training.certificate', 'registration', "Certificates", readonly=True)

    @property
    def certificate(self):
        "Return the valid certificate, None without one"
        if self.state in EXAMINED:
            return next((c for c in self.certificates if c.state == 'valid'), None)

    @property
    def actions(self):
        return super().actions + (['certificate'] if self.certificate else [])

    def certificate_missing(self, passes):
        """Return why no certificate can be issued now, None when one can.

        :param passes: what training.trainee.passes() returns.
        """
        subjects = self.session.subjects
        missing = [s.rec_name for s in subjects if s not in passes]
        if self.state not in EXAMINED:
            return self.state_string
        if missing:
            return gettext('supervision_training.msg_certificate_missing',
                subjects='、'.join(missing))
        if self.certificate or all(passes[s].certificate for s in subjects):
            return gettext('supervision_training.msg_certificate_held')


class Session(metaclass=PoolMeta):
    __name__ = 'training.session'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._buttons.update({
                'issue_certificates': {
                    'invisible': ~Bool(Eval('results_published')),
                    'icon': 'tryton-ok',
                    'depends': ['results_published'],
                    },
                })

    @classmethod
    @ModelView.button_action('supervision_training.wizard_certificate_issue')
    def issue_certificates(cls, sessions):
        pass


class Issue(DecideMixin, Wizard):
    "Issue the certificates of a session"
    __name__ = 'training.certificate.issue'

    start_state = 'issue'
    issue = StateTransition()

    def transition_issue(self):
        pool = Pool()
        Certificate = pool.get('training.certificate')
        Registration = pool.get('training.registration')
        registrations = Registration.search([
                ('session', '=', self.record.id), ('state', 'in', EXAMINED)],
            order=[('admission_number', 'ASC'), ('id', 'ASC')])
        refusals = Certificate.issue(registrations)
        self.outcome.text = '\n'.join([
                gettext('supervision_training.msg_certificates_issued',
                    issued=len(registrations) - len(refusals), left=len(refusals)),
                *(f'{r.rec_name}: {text}' for r, text in refusals.items())])
        return 'outcome'


class RevokeStart(ModelView):
    __name__ = 'training.certificate.revoke.start'

    reason = fields.Text("Reason", required=True, help="The trainee reads it.")


class Revoke(Wizard):
    "Revoke certificates"
    __name__ = 'training.certificate.revoke'

    start = StateView(
        'training.certificate.revoke.start',
        'supervision_training.certificate_revoke_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Revoke", 'revoke', 'tryton-ok', default=True),
            ])
    revoke = StateTransition()

    def transition_revoke(self):
        self.model.withdraw(self.records, self.start.reason)
        return 'end'


class Print(DisclosingMixin, Paper):
    __name__ = 'training.certificate'
    _disclosed = 'training.certificate'

    @classmethod
    def get_context(cls, records, header, data):
        """Return what the template sees.

        :raises WrongState: a certificate is revoked, or its trainee erased.
        """
        for certificate in records:
            if certificate.state != 'valid':
                raise WrongState(gettext(
                        'supervision_training.msg_certificate_revoked',
                        certificate=certificate.rec_name))
            if certificate.registration.trainee.erased_at:
                raise WrongState(gettext(
                        'supervision_training.msg_certificate_erased',
                        certificate=certificate.rec_name))
        return super().get_context(records, header, data)
