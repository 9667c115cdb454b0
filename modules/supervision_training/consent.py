# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, Unique, fields
from trytond.pool import Pool
from trytond.transaction import Transaction

from . import clock
from .company import OfUnits
from .exceptions import InvalidFields


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
