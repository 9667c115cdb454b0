# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Admission numbers, and who sits where in the exam."""
import unicodedata
from collections import defaultdict, deque

from trytond.i18n import gettext
from trytond.model import ModelView, Unique, fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval
from trytond.wizard import Button, StateTransition, StateView, Wizard

from .exceptions import WrongState
from .locking import lock

ARRANGEMENTS = [
    ('ordered', "By Admission Number"),
    ('apart', "People of One Employer Apart"),
    ]
SEATED = [('state', 'in', ['paid', 'checked_in'])]


def arrange(free, waiting, taken):
    """Return the seat of each person, the same for the same arguments.

    People of one employer do not get seats side by side as long as there is
    another way: the largest group goes first, and where too few are left of the
    others, seats stay empty if there are enough.

    :param free: the seats in order, each (room, number).
    :param waiting: (person, employer) in order; as many as fit get a seat.
    :param taken: the employer at each seat that is taken.
    """
    groups = defaultdict(deque)
    for person, employer in waiting:
        groups[employer].append(person)
    taken, given = dict(taken), {}
    for index, (room, number) in enumerate(free):
        if not groups:
            break
        near = {taken.get((room, number - 1)), taken.get((room, number + 1))}
        fitting = groups.keys() - near
        if not fitting and len(free) - index > len(waiting) - len(given):
            continue
        employer = max(
            (e for e in groups if e in fitting or not fitting),
            key=lambda e: len(groups[e]))
        given[groups[employer].popleft()] = room, number
        taken[room, number] = employer
        if not groups[employer]:
            del groups[employer]
    return given


def side_by_side(taken):
    "Return the seats whose next seat has somebody of the same employer, in order"
    return [
        (room, number) for (room, number), employer in taken.items()
        if taken.get((room, number + 1)) == employer]


class Session(metaclass=PoolMeta):
    __name__ = 'training.session'

    exam_times = fields.One2Many(
        'training.exam_time', 'session', "Exam Times",
        states={'readonly': Eval('state').in_(['finished', 'cancelled'])},
        help="Leave empty when all subjects start with the region's exam.")
    rooms = fields.One2Many(
        'training.exam_room', 'session', "Exam Rooms",
        states={'readonly': Eval('state').in_(['finished', 'cancelled'])})

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._buttons.update({
                'allocate_seats': {
                    'invisible': ~Eval('state').in_(['open', 'closed']),
                    'readonly': ~Bool(Eval('rooms')),
                    'icon': 'tryton-list',
                    'depends': ['state', 'rooms'],
                    },
                })

    @classmethod
    @ModelView.button_action('supervision_training.wizard_session_seat')
    def allocate_seats(cls, sessions):
        pass

    @classmethod
    @ModelView.button
    def publish_admission(cls, sessions):
        """Let the trainees see their admission tickets, once all have a seat.

        :raises WrongState: a region with rooms has too few seats.
        """
        Registration = Pool().get('training.registration')
        for session in sessions:
            Registration.allocate(session.to_seat())
            if missing := session.to_seat(unseated=True):
                raise WrongState(gettext(
                        'supervision_training.msg_seats_missing',
                        session=session.rec_name, missing=len(missing),
                        names='、'.join(r.rec_name for r in missing[:5])))
        super().publish_admission(sessions)

    def to_seat(self, unseated=False):
        """Return the registrations that sit the exam, in order.

        :param unseated: only those that lack a seat in a region with rooms.
        """
        Registration = Pool().get('training.registration')
        domain = [('session', '=', self.id), *SEATED]
        if unseated:
            domain += [
                ('exam_room', '=', None), ('session_region.rooms', '!=', None)]
        return Registration.search(domain, order=[('id', 'ASC')])

    @classmethod
    def copy(cls, sessions, default=None):
        default = {} if default is None else default.copy()
        default.setdefault('exam_times')
        default.setdefault('rooms')
        return super().copy(sessions, default=default)


class SessionRegion(metaclass=PoolMeta):
    __name__ = 'training.session.region'

    rooms = fields.One2Many(
        'training.exam_room', 'session_region', "Exam Rooms", readonly=True)
    arrangement = fields.Selection(ARRANGEMENTS, "Seats", required=True, sort=False)

    @staticmethod
    def default_arrangement():
        return 'ordered'

    @classmethod
    def copy(cls, regions, default=None):
        default = {} if default is None else default.copy()
        default.setdefault('rooms')
        return super().copy(regions, default=default)

    def arrange(self, arrangement):
        """Note the arrangement, and let nobody else give seats until the commit.

        The row is always written: who waits for it and saw less starts again.
        """
        self.write([self], {'arrangement': arrangement})

    @property
    def taken_seats(self):
        "Return who has each seat: registrations by (room, number), in order"
        Registration = Pool().get('training.registration')
        seats = {
            (r.exam_room, r.seat_number): r for r in Registration.search([
                    ('exam_room', 'in', [r.id for r in self.rooms])])}
        return {
            seat: seats[seat] for room in self.rooms
            for number in range(1, room.capacity + 1)
            if (seat := (room, number)) in seats}


class Registration(metaclass=PoolMeta):
    __name__ = 'training.registration'

    admission_number = fields.Char("Admission Number", readonly=True)
    exam_room = fields.Many2One(
        'training.exam_room', "Exam Room", readonly=True, ondelete='RESTRICT')
    seat_number = fields.Integer("Seat", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('admission_number_unique', Unique(t, t.admission_number),
                'supervision_training.msg_number_unique'),
            ('seat_unique', Unique(t, t.exam_room, t.seat_number),
                'supervision_training.msg_seat_unique'),
            ]

    @property
    def seated(self):
        "Return whether the admission ticket has all that it tells"
        return bool(self.admission_number) and (
            bool(self.exam_room) or not self.session_region.rooms)

    @property
    def employer_key(self):
        "Return the employer without the differences of typing"
        return ''.join(unicodedata.normalize('NFKC', self.employer).split()).lower()

    @classmethod
    def allocate(cls, registrations):
        """Give an admission number and a seat to those who lack one, moving nobody.

        Where the region has rooms the seat is in one of them, as long as there are
        free ones; otherwise it is the number within the region. Whose session's
        tickets are published already gets a message with the seat.
        """
        Notification = Pool().get('training.notification')
        members = defaultdict(list)
        for registration in lock(registrations):
            if not registration.seated:
                members[registration.session_region].append(registration)
        for place, lacking in members.items():
            place.arrange(place.arrangement)
            cls._number(place, [r for r in lacking if not r.admission_number])
            if place.rooms:
                cls._seat(place, lacking)
            for registration in lacking:
                if registration.session.admission_published and registration.seated:
                    Notification.post(registration, 'admission_published')

    @classmethod
    def _number(cls, place, registrations):
        """Give admission numbers, which nobody ever loses or gets again.

        A number is the day of the exam, the session's region and a count that goes
        on, also over those who left.
        """
        given = cls.search([
                ('session_region', '=', place.id),
                ('admission_number', '!=', None),
                ], count=True)
        day = place.session.exam_date
        for count, registration in enumerate(registrations, given + 1):
            registration.admission_number = f'{day:%y%m%d}{place.id:05}{count:04}'
            if not place.rooms:
                registration.seat_number = count
        cls.save(registrations)

    @classmethod
    def _seat(cls, place, registrations):
        taken = {
            seat: r.employer_key for seat, r in place.taken_seats.items()}
        free = [
            (room, number) for room in place.rooms
            for number in range(1, room.capacity + 1) if (room, number) not in taken]
        apart = place.arrangement == 'apart'
        given = arrange(free, [
                (r, r.employer_key if apart else r)
                for r in sorted(registrations, key=lambda r: r.admission_number)],
            taken)
        for registration, (room, number) in given.items():
            registration.exam_room, registration.seat_number = room, number
        cls.save(list(given))

    @classmethod
    def leave(cls, registrations):
        "Free the seats in the exam; the admission number stays, so nobody gets it"
        cls.write([r for r in registrations if r.seat_number], {
                'exam_room': None, 'seat_number': None})

    @classmethod
    def release_seats(cls, registrations):
        super().release_seats(registrations)
        cls.leave(registrations)

    @classmethod
    def seat_late(cls):
        "Seat those who paid after the tickets were published (a scheduled task)"
        cls.allocate(cls.search([
                    *SEATED,
                    ('session.admission_published', '!=', None),
                    ('session.state', 'in', ['open', 'closed']),
                    ['OR',
                        ('admission_number', '=', None),
                        [('exam_room', '=', None),
                            ('session_region.rooms', '!=', None)]],
                    ], order=[('id', 'ASC')]))


class SeatStart(ModelView):
    __name__ = 'training.session.seat.start'

    session = fields.Many2One('training.session', "Session", readonly=True)
    regions = fields.Many2Many(
        'training.session.region', None, None, "Regions", required=True,
        domain=[('session', '=', Eval('session', -1)), ('rooms', '!=', None)])
    arrangement = fields.Selection(ARRANGEMENTS, "Seats", required=True, sort=False)
    published = fields.Boolean("Published", states={'invisible': True})
    anew = fields.Boolean(
        "Begin Anew", states={'invisible': Bool(Eval('published'))},
        help="Seat everybody again. Otherwise only those without a seat get one. "
        "Once the tickets are published nobody moves.")

    @staticmethod
    def default_arrangement():
        return 'ordered'


class Seat(Wizard):
    "Give seats in the exam rooms of a session"
    __name__ = 'training.session.seat'

    start = StateView(
        'training.session.seat.start',
        'supervision_training.session_seat_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Allocate", 'seat', 'tryton-ok', default=True),
            ])
    seat = StateTransition()
    outcome = StateView(
        'training.registration.outcome',
        'supervision_training.registration_outcome_view_form', [
            Button("Close", 'end', 'tryton-close', default=True),
            ])

    def default_start(self, fields):
        regions = [r for r in self.record.regions if r.rooms]
        return {
            'session': self.record.id,
            'regions': [r.id for r in regions],
            'arrangement': regions[0].arrangement if regions else 'ordered',
            'published': bool(self.record.admission_published),
            }

    def transition_seat(self):
        Registration = Pool().get('training.registration')
        chosen = {r.id for r in self.start.regions}
        texts = []
        for place in self.record.regions:
            if place.id not in chosen:
                continue
            people = Registration.search([
                    ('session_region', '=', place.id), *SEATED],
                order=[('id', 'ASC')])
            place.arrange(self.start.arrangement)
            if self.start.anew and not self.record.admission_published:
                Registration.leave(lock(people))
            Registration.allocate(people)
            texts.append(self._tell(type(place)(place.id)))
        self.outcome.text = '\n\n'.join(texts)
        return 'outcome'

    def _tell(self, place):
        "Return what came out for a region"
        Registration = Pool().get('training.registration')
        taken = place.taken_seats
        seats = sum(r.capacity for r in place.rooms)
        lines = [gettext(
                'supervision_training.msg_seated', region=place.region.rec_name,
                seated=len(taken), rooms=len({room for room, _ in taken}),
                left=seats - len(taken))]
        missing = Registration.search([
                ('session_region', '=', place.id), ('exam_room', '=', None), *SEATED],
            count=True)
        if missing:
            lines.append(gettext(
                    'supervision_training.msg_seated_missing', missing=missing))
        close = side_by_side({s: r.employer_key for s, r in taken.items()})
        if place.arrangement == 'apart' and close:
            lines.append(gettext(
                    'supervision_training.msg_seated_close', count=len(close)))
            lines += [
                f'{room.name} {number}–{number + 1} {taken[room, number].employer}'
                for room, number in close]
        return '\n'.join(lines)

    def default_outcome(self, fields):
        return {'text': self.outcome.text}
