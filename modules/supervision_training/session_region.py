# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
from collections import defaultdict

from trytond.i18n import gettext
from trytond.model import (
    Check, Index, ModelSQL, ModelView, Unique, fields, sequence_ordered)
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import Transaction

from .exceptions import SessionFull
from .session import ShownMixin


class SessionRegion(ShownMixin, sequence_ordered(), ModelSQL, ModelView):
    __name__ = 'training.session.region'

    session = fields.Many2One(
        'training.session', "Session", required=True, ondelete='CASCADE')
    company = fields.Function(
        fields.Many2One('company.company', "Organizing Unit"),
        'get_company', searcher='search_company')
    region = fields.Many2One(
        'training.region', "Region", required=True, ondelete='RESTRICT')
    capacity = fields.Integer(
        "Capacity", required=True,
        help="How many may hold a seat. It can grow at any time; it can not fall below "
        "the seats taken.")
    taken = fields.Integer("Seats Taken", readonly=True, required=True)
    seats_left = fields.Function(fields.Integer("Seats Left"), 'get_seats_left')
    venue = fields.Char(
        "Venue", help="Where the lectures are held, as printed on the attendance card.")
    starts_on = fields.Date("Training Starts")
    ends_on = fields.Date("Training Ends")
    exam_venue = fields.Char("Exam Venue", help="As printed on the admission ticket.")
    exam_starts_at = fields.DateTime(
        "Exam Starts",
        help="As printed on the admission ticket, where the subjects have no times of "
        "their own.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('session_region_unique', Unique(t, t.session, t.region),
                'supervision_training.msg_session_region_unique'),
            ('taken_capacity', Check(t, (t.taken >= 0) & (t.taken <= t.capacity)),
                'supervision_training.msg_session_region_capacity'),
            ]
        cls._sql_indexes.add(Index(t, (t.session, Index.Equality())))

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree/field[@name="session"]', 'tree_invisible',
                Eval('active_model') == 'training.session')]

    @staticmethod
    def default_taken():
        return 0

    def get_rec_name(self, name):
        return f'{self.session.name} {self.region.name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return ['OR',
            ('session.name', *clause[1:]),
            ('region.name', *clause[1:]),
            ]

    def get_company(self, name):
        return self.session.company.id

    @classmethod
    def search_company(cls, name, clause):
        return [(f'session.{clause[0]}', *clause[1:])]

    def get_seats_left(self, name):
        return self.capacity - self.taken

    @classmethod
    def free_seats(cls, sessions):
        "Return the seats left by region, by the id of each session"
        t = cls.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*t.select(
                t.session, t.region, t.capacity - t.taken,
                where=t.session.in_(sessions)))
        free = defaultdict(dict)
        for session, region, left in cursor:
            free[session][region] = left
        return free

    @classmethod
    def copy(cls, regions, default=None):
        default = {} if default is None else default.copy()
        default.setdefault('taken', 0)
        return super().copy(regions, default=default)

    def take_seat(self):
        """Hold a seat: the only way that one is taken.

        One conditional update, the last statement before the commit, so that
        nobody waits for the row longer than that.

        :raises SessionFull: when none is left.
        """
        t = self.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*t.update(
                [t.taken], [t.taken + 1],
                where=(t.id == self.id) & (t.taken < t.capacity)))
        if not cursor.rowcount:
            raise SessionFull(gettext(
                    'supervision_training.msg_session_full', region=self.rec_name))

    def release_seat(self):
        "Give a held seat to the first in the waiting list, or free it: the only way"
        Registration = Pool().get('training.registration')
        if not Registration.promote(self):
            t = self.__table__()
            cursor = Transaction().connection.cursor()
            cursor.execute(*t.update(
                    [t.taken], [t.taken - 1],
                    where=(t.id == self.id) & (t.taken > 0)))
