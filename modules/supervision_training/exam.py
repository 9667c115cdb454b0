# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""When and where the exam of a session is held."""
from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields, sequence_ordered
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval

from . import clock
from .exceptions import WrongState


class _OfSessionMixin:
    __slots__ = ()

    session = fields.Many2One(
        'training.session', "Session", required=True, ondelete='CASCADE')
    company = fields.Function(
        fields.Many2One('company.company', "Organizing Unit"),
        'get_company', searcher='search_company')

    def get_company(self, name):
        return self.session.company.id

    @classmethod
    def search_company(cls, name, clause):
        return [(f'session.{clause[0]}', *clause[1:])]


class ExamTime(_OfSessionMixin, ModelSQL, ModelView):
    "When a subject is examined; without, all are when the region's exam starts"
    __name__ = 'training.exam_time'

    subject = fields.Many2One(
        'training.subject', "Subject", required=True, ondelete='RESTRICT')
    starts_at = fields.DateTime("Starts", required=True)
    ends_at = fields.DateTime(
        "Ends", required=True, domain=[('ends_at', '>', Eval('starts_at', None))])

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints.append(
            ('subject_unique', Unique(t, t.session, t.subject),
                'supervision_training.msg_exam_time_unique'))
        cls._order = [('starts_at', 'ASC'), ('id', 'ASC')]

    def get_rec_name(self, name):
        return self.subject.rec_name

    @property
    def text(self):
        "Return the time in China as papers have it: 2026-11-23 09:00–11:00"
        starts, ends = clock.local(self.starts_at), clock.local(self.ends_at)
        return f'{starts:%Y-%m-%d %H:%M}–{ends:%H:%M}'


class ExamRoom(sequence_ordered(), _OfSessionMixin, ModelSQL, ModelView):
    __name__ = 'training.exam_room'

    session_region = fields.Many2One(
        'training.session.region', "Region", required=True, ondelete='CASCADE',
        domain=[('session', '=', Eval('session', -1))])
    name = fields.Char("Room", required=True)
    address = fields.Char(
        "Address", help="Building and floor, as printed on the admission ticket.")
    capacity = fields.Integer(
        "Seats", required=True,
        domain=[('capacity', '>=', 1), ('capacity', '<=', 999)])
    seated = fields.Function(fields.Integer("Seated"), 'get_seated')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints.append(
            ('name_unique', Unique(t, t.session_region, t.name),
                'supervision_training.msg_exam_room_unique'))
        cls._sql_indexes.add(Index(t, (t.session, Index.Equality())))

    @staticmethod
    def default_capacity():
        return 30

    @classmethod
    def get_seated(cls, rooms, name):
        Registration = Pool().get('training.registration')
        return {
            r.id: Registration.search([('exam_room', '=', r.id)], count=True)
            for r in rooms}

    @classmethod
    def validate_fields(cls, rooms, field_names):
        super().validate_fields(rooms, field_names)
        if field_names is None or field_names & {'capacity', 'session_region'}:
            cls._check_seated(rooms)

    @classmethod
    def _check_seated(cls, rooms):
        "Check that nobody loses a seat"
        Registration = Pool().get('training.registration')
        for room in rooms:
            for seated in Registration.search([
                        ('exam_room', '=', room.id),
                        ['OR',
                            ('seat_number', '>', room.capacity),
                            ('session_region', '!=', room.session_region.id)],
                        ], order=[('seat_number', 'DESC')], limit=1):
                raise WrongState(gettext(
                        'supervision_training.msg_exam_room_seated',
                        room=room.rec_name, registration=seated.rec_name,
                        seat=seated.seat_number))


class Registration(metaclass=PoolMeta):
    __name__ = 'training.registration'

    @property
    def exam_schedule(self):
        "Return each subject and when it is examined, as papers have it"
        times = {t.subject: t.text for t in self.session.exam_times}
        starts = clock.local(self.session_region.exam_starts_at)
        start = f'{starts:%Y-%m-%d %H:%M}' if starts else str(self.session.exam_date)
        return [(s, times.get(s, start)) for s in self.subjects]
