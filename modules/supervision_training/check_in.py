# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.pool import Pool
from trytond.wizard import Button, StateTransition, StateView, Wizard

from .access import OfGroups
from .exceptions import NotFound


class CheckInStart(ModelView):
    __name__ = 'training.check_in.start'

    code = fields.Char(
        "Code",
        help="Scan the attendance card, or type the registration number, the "
        "admission number or the ID number.")
    last = fields.Char("Last", readonly=True)


class CheckIn(OfGroups, Wizard):
    "Check people in one after the other"
    __name__ = 'training.check_in'

    start = StateView(
        'training.check_in.start',
        'supervision_training.check_in_start_view_form', [
            Button("Close", 'end', 'tryton-close'),
            Button("Check In", 'check_in', 'tryton-ok', default=True),
            ])
    check_in = StateTransition()

    def default_start(self, fields):
        return {'last': getattr(self.start, 'last', None)}

    def transition_check_in(self):
        Registration = Pool().get('training.registration')
        registration = self._find((self.start.code or '').strip())
        Registration.check_in([registration])
        self.start.last = gettext(
            'supervision_training.msg_checked_in',
            registration=registration.rec_name,
            session=registration.session_region.rec_name)
        self.start.code = None
        return 'start'

    def _find(self, code):
        Registration = Pool().get('training.registration')
        User = Pool().get('res.user')
        for registration in code and Registration.search([
                    ['OR',
                        ('number', '=', code),
                        ('admission_number', '=', code),
                        ('trainee.id_number', '=', code)],
                    ('company', 'in', User.get_companies()),
                    ('session.state', 'in', ['open', 'closed']),
                    ('state', 'in', ['paid', 'checked_in']),
                    ], order=[('session.exam_date', 'ASC')], limit=1):
            return registration
        raise NotFound(gettext('supervision_training.msg_check_in_missing'))
