# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Which papers of a session are printed, for whom and in which order."""
import datetime as dt

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.tools import grouped_slice
from trytond.wizard import Button, StateAction, StateView, Wizard

from .exceptions import WrongState
from .print_job import KINDS
from .roster import alphabetical, by_name

ORDERS = [
    ('seat', "Seat"),
    ('admission_number', "Admission Number"),
    ('name', "Name"),
    ('employer', "Employer"),
    ]
SEATED = ['admission', 'exam', 'desk_label']  # kinds that tell of a seat
HELD = ['paid', 'checked_in', 'completed']
PEOPLE = 100  # in a part, where their papers do not depend on each other


def _ordered(registrations, regions, order):
    "Return registrations by region and then in an order, Chinese by its pinyin"
    def key(registration):
        room = registration.exam_room
        name = by_name(registration.trainee.name)
        number = registration.admission_number or registration.number
        first = {
            'seat': (
                rooms.index(room) if room else -1, registration.seat_number or 0),
            'admission_number': (),
            'name': (name,),
            'employer': (alphabetical(registration.employer_key), name),
            }[order]
        return (regions.index(registration.session_region), *first, number)

    rooms = [room for place in regions for room in place.rooms]
    return sorted(registrations, key=key)


def _parts(kind, regions, registrations, pictures):
    "Yield the content of each part, in order"
    def content(people, **values):
        return {'ids': [r.id for r in people], **values}

    for place in regions:
        here = [r for r in registrations if r.session_region == place]
        if kind == 'check_in':
            for day in _days(place) if here else []:
                yield content(here, day=day, pictures=pictures)
        elif kind in {'exam', 'desk_label'}:
            for room in [*place.rooms, None]:
                if people := [r for r in here if r.exam_room == room]:
                    yield content(
                        people, day=str(place.session.exam_date), pictures=pictures)
        else:
            for people in grouped_slice(here, PEOPLE):
                yield content(people)


def _days(place):
    "Return the days of a region's lectures, or an empty one when they are not set"
    if not place.starts_on or not place.ends_on:
        return ['']
    return [
        str(place.starts_on + dt.timedelta(n))
        for n in range((place.ends_on - place.starts_on).days + 1)]


class Session(metaclass=PoolMeta):
    __name__ = 'training.session'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._buttons['print_papers'] = {
            'invisible': Eval('state').in_(['draft', 'cancelled']),
            'icon': 'tryton-print',
            'depends': ['state'],
            }

    @classmethod
    @ModelView.button_action('supervision_training.wizard_print')
    def print_papers(cls, sessions):
        pass


class PrintStart(ModelView):
    __name__ = 'training.print.start'

    session = fields.Many2One('training.session', "Session", readonly=True)
    kind = fields.Selection(KINDS, "Papers", required=True, sort=False)
    regions = fields.Many2Many(
        'training.session.region', None, None, "Regions", required=True,
        domain=[('session', '=', Eval('session', -1))])
    order = fields.Selection(
        ORDERS, "Order", required=True, sort=False,
        help="The people of a region stay together.")
    pictures = fields.Boolean(
        "With Photos", states={'invisible': ~Eval('kind').in_(['check_in', 'exam'])})

    @staticmethod
    def default_kind():
        return 'admission'

    @staticmethod
    def default_order():
        return 'seat'


class Print(Wizard):
    "Print the papers of a session"
    __name__ = 'training.print'

    start = StateView(
        'training.print.start', 'supervision_training.print_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Print", 'print_', 'tryton-print', default=True),
            ])
    print_ = StateAction('supervision_training.act_print_job')

    def default_start(self, fields):
        return {
            'session': self.record.id,
            'regions': [r.id for r in self.record.regions],
            }

    def do_print_(self, action):
        chosen = {r.id for r in self.start.regions}
        regions = [r for r in self.record.regions if r.id in chosen]
        kind = self.start.kind
        pool = Pool()
        people = _ordered(self._people(regions), regions, self.start.order)
        if kind == 'admission':
            pool.get('training.disclosure').record('paper', people)
        job = pool.get('training.print_job').start(
            self.record, kind, regions,
            list(_parts(kind, regions, people, self.start.pictures)))
        action['views'].reverse()
        return action, {'res_id': job.id}

    def _people(self, regions):
        """Return the registrations that get a paper.

        :raises WrongState: there is none.
        """
        Registration = Pool().get('training.registration')
        seated = self.start.kind in SEATED
        people = [r for r in Registration.search([
                    ('session_region', 'in', [r.id for r in regions]),
                    ('state', 'in', HELD)]) if r.seated or not seated]
        if not people:
            raise WrongState(gettext(
                    'supervision_training.msg_print_unseated' if seated
                    else 'supervision_training.msg_print_nobody',
                    session=self.record.rec_name))
        return people
