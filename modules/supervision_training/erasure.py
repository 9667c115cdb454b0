# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Erasing a trainee (PIPL, art. 19 and 47): the person goes, the money stays."""
import datetime as dt

from sql import Column

from trytond.filestore import filestore
from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval
from trytond.transaction import Transaction, inactive_records
from trytond.wizard import Button, StateTransition, StateView, Wizard

from . import clock
from .certificate import TAIL_LENGTH
from .exceptions import WrongState
from .identity import mask_name
from .invoice_title import DETAILS
from .locking import lock
from .trainee import LANGUAGE

ERASED = '****'  # where a text has to be, as Tryton's party has it
ENDED = {'rejected', 'completed', 'cancelled', 'expired', 'refunded'}
RESOURCES = ['ir.attachment', 'ir.note', 'ir.avatar', 'ir.email']


class Registration(metaclass=PoolMeta):
    __name__ = 'training.registration'

    def get_warnings(self, name):
        if not self.trainee.erased_at:
            return super().get_warnings(name)

    @property
    def unsettled(self):
        "Return what still needs the trainee's data, as sentences"
        absent = self.state == 'paid' and self.session.state == 'finished'
        found = {
            'registration': [] if self.state in ENDED or absent else [self],
            'payment': [p for p in self.payments if p.state in {'open', 'disputed'}],
            'refund': [
                r for p in self.payments for r in p.refunds
                if r.state not in {'done', 'rejected'}],
            'invoice': [
                i for i in self.invoices
                if i.state in {'draft', 'exported', 'failed'}
                or i.red_state in {'requested', 'to_do'}],
            }
        return [
            gettext(f'supervision_training.msg_erase_{kind}', record=r.rec_name)
            for kind, records in found.items() for r in records]


class Trainee(metaclass=PoolMeta):
    __name__ = 'training.trainee'

    erased_at = fields.DateTime(
        "Erased", readonly=True, states={'invisible': ~Bool(Eval('erased_at'))})

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._buttons.update({
                'erase': {
                    'invisible': Bool(Eval('erased_at')),
                    'icon': 'tryton-clear',
                    'depends': ['erased_at'],
                    },
                })

    @classmethod
    @ModelView.button_action('supervision_training.wizard_trainee_erase')
    def erase(cls, trainees):
        pass

    def check_erase(self):
        """Check that nothing needs the trainee's data any more.

        Of another unit only is told that there is something.

        :raises WrongState: with the reasons, or the day from which it may be erased.
        """
        pool = Pool()
        units = pool.get('res.user').get_companies()
        days = pool.get('training.configuration')(1).retention_days
        if self.erased_at:
            raise WrongState(gettext('supervision_training.msg_erase_done'))
        reasons = [
            reason if r.company.id in units
            else gettext('supervision_training.msg_erase_elsewhere')
            for r in self.registrations for reason in r.unsettled]
        if any(c.state == 'requested' for c in self.claims):
            reasons.append(gettext('supervision_training.msg_erase_claim'))
        if reasons:
            raise WrongState(gettext(
                    'supervision_training.msg_erase_unsettled', days=days,
                    trainee=self.rec_name, reasons='\n'.join(dict.fromkeys(reasons))))
        day = self.last_day + dt.timedelta(days)
        if clock.today() < day:
            raise WrongState(gettext(
                    'supervision_training.msg_erase_early', days=days,
                    trainee=self.rec_name, date=day.isoformat()))

    @property
    def last_day(self):
        "Return the day of the first login, the last event or exam, whatever is last"
        return max(
            [clock.local(self.create_date).date()]
            + [clock.local(e.happened_at).date()
                for r in self.registrations for e in r.events]
            + [r.session.exam_date
                for r in self.registrations if r.state in {'paid', 'completed'}])


class EraseStart(ModelView):
    __name__ = 'training.trainee.erase.start'

    trainee = fields.Many2One('training.trainee', "Trainee", readonly=True)
    taken = fields.Text("Taken for Good", readonly=True)
    kept = fields.Text("Kept", readonly=True)


class Erase(Wizard):
    "Erase a trainee"
    __name__ = 'training.trainee.erase'

    start = StateView(
        'training.trainee.erase.start',
        'supervision_training.trainee_erase_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel', default=True),
            Button("Erase", 'erase', 'tryton-clear'),
            ])
    erase = StateTransition()

    def default_start(self, fields):
        self.record.check_erase()
        return {
            'trainee': self.record.id,
            'taken': gettext('supervision_training.msg_erase_taken'),
            'kept': gettext('supervision_training.msg_erase_kept'),
            }

    @inactive_records
    def transition_erase(self):
        trainee, = lock([self.record])
        registrations = lock(trainee.registrations)
        trainee.check_erase()
        transaction = Transaction()
        files = [
            file for Model, domain, values in self.to_erase(trainee, registrations)
            for file in _take(Model, Model.search(domain), values)]
        transaction.counter += 1
        Pool().get('training.registration.event').record(registrations, 'erased')
        transaction.commit()
        for file, prefix in files:
            filestore.delete(file, prefix)
        return 'end'

    def to_erase(self, trainee, registrations):
        """Yield the model, domain and new values of what is erased, in this order.

        Without values the records are deleted.
        """
        def of(kind):
            return pool.get(f'training.{kind}')

        pool = Pool()
        # The other accounts that were given up for the trainee's
        trainees = [trainee.id] + [
            c.claimant.id for c in trainee.claims if c.state == 'accepted']
        owned = [('trainee', 'in', trainees)]
        registered = [('registration', 'in', [r.id for r in registrations])]
        certificates = [c for r in registrations for c in r.certificates]
        for name in RESOURCES:
            yield pool.get(name), [
                ('resource', 'in', [str(r) for r in [
                            trainee, *registrations, *certificates]])], None
        with Transaction().set_context(language=LANGUAGE):
            erased = gettext('supervision_training.msg_trainee_erased')
        yield of('disclosure'), owned, {'name': erased}
        yield of('registration'), [('id', 'in', [r.id for r in registrations])], {
            **dict.fromkeys(['mobile', 'employer', 'certificate_address'], ERASED),
            **dict.fromkeys([
                    'textbook_address', 'education_code', 'education_valid_until',
                    'invoice_title', 'invoice_email', 'reject_reason']),
            }
        yield of('registration.mark'), registered, None
        yield of('registration.event'), registered, {'note': None}
        yield of('payment'), registered, {'request': None, 'prepay_id': None}
        yield of('refund'), registered, {
            'reason': ERASED, 'reject_reason': None, 'error': None}
        yield of('invoice'), registered, dict.fromkeys([
                'email', 'mailing_address', 'failure', 'red_note', 'red_refusal'])
        yield of('invoice'), [*registered, ('state', '=', 'cancelled')], {
            **dict.fromkeys([*DETAILS, 'remarks']), 'name': ERASED}
        for certificate in certificates:
            masked = certificate.id_number_masked
            yield of('certificate'), [('id', '=', certificate.id)], {
                'name': mask_name(certificate.name),
                'id_number_masked': masked[-TAIL_LENGTH:].rjust(len(masked), '*'),
                'id_number_cipher': ERASED,
                'revoke_reason': None,
                }
        yield of('print_job'), [
            ('session', 'in', [r.session.id for r in registrations]),
            ('state', '=', 'done'),
            ], {'file_id': None, 'state': 'expired'}
        yield of('document'), owned, dict.fromkeys(['file_id', 'digest', 'warnings'])
        yield of('trainee.correction'), owned, dict.fromkeys(
            ['reason', 'before', 'after'], ERASED)
        yield of('trainee.consent'), owned, {'address': None}
        for name in [
                'trainee.token', 'trainee.claim', 'subscription', 'notification',
                'invoice.title']:
            yield of(name), owned, None
        yield of('trainee'), [('id', 'in', trainees)], {
            **dict.fromkeys([
                    'openid', 'sex', 'id_number_cipher', 'id_number_hash',
                    'id_number_masked', 'birth_date', 'mobile', 'email', 'address',
                    'employer', 'avatar', 'confirmed_at']),
            'name': erased,
            'active': False,
            'erased_at': clock.now(),
            }
        # Forms that a client left open
        yield pool.get('ir.session.wizard'), [
            ('id', '!=', self._session_id),
            ('create_date', '<', clock.now() - dt.timedelta(1)),
            ], None


def _take(Model, records, values):
    """Write values as they are, whatever the model's rules, or delete the records.

    :returns: the names and prefixes of the files that nothing refers to any more.
    """
    transaction = Transaction()
    files = [
        (getattr(r, field.file_id), field.store_prefix or transaction.database.name)
        for field in Model._fields.values() if getattr(field, 'file_id', None)
        for r in records if getattr(r, field.file_id)]
    if values is None:
        Model.delete(records)
    elif records:
        t = Model.__table__()
        transaction.connection.cursor().execute(*t.update(
                [Column(t, name) for name in values], list(values.values()),
                where=t.id.in_([r.id for r in records])))
    return files
