# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""What happens when: registration, training and exams of all sessions on one page."""
import datetime as dt

from sql import Literal, Null, Union

from trytond.model import ModelSQL, ModelView, fields
from trytond.pool import Pool

from . import clock

# Where the days of each kind stand, and its colour
KINDS = {
    'registration': ('session.opens_at', 'session.closes_at', '#2e7d32'),
    'training': ('session_region.starts_on', 'session_region.ends_on', '#1f5fa8'),
    'exam': ('session.exam_date', 'session.exam_date', '#b3261e'),
    }
PLANNED = '#78909c'


class SessionDay(ModelSQL, ModelView):
    "A span of days in the calendar of the sessions"
    __name__ = 'training.session.day'

    company = fields.Many2One('company.company', "Organizing Unit", readonly=True)
    session = fields.Many2One('training.session', "Session", readonly=True)
    session_region = fields.Many2One(
        'training.session.region', "Region", readonly=True)
    kind = fields.Selection([
            ('registration', "Registration"),
            ('training', "Training"),
            ('exam', "Exam"),
            ], "Kind", readonly=True, sort=False)
    kind_string = kind.translated('kind')
    starts_on = fields.Function(
        fields.Date("From"), 'get_day', searcher='search_day')
    ends_on = fields.Function(
        fields.Date("Until"), 'get_day', searcher='search_day')
    color = fields.Function(fields.Char("Colour"), 'get_color')

    def get_rec_name(self, name):
        place = self.session_region and self.session_region.region.name
        return ' '.join(filter(None, [self.kind_string, place, self.session.name]))

    def get_day(self, name):
        path = KINDS[self.kind][name == 'ends_on']
        record, field = path.split('.')
        value = getattr(getattr(self, record), field)
        return clock.local(value).date() if self.kind == 'registration' else value

    @classmethod
    def search_day(cls, name, clause):
        _, operator, value = clause
        domain = ['OR']
        for kind, path in KINDS.items():
            limit = value
            if kind == 'registration' and value:
                limit = clock.end_of(value - dt.timedelta(1))
            domain.append([
                    ('kind', '=', kind),
                    (path[name == 'ends_on'], operator, limit)])
        return domain

    def get_color(self, name):
        return PLANNED if self.session.state == 'draft' else KINDS[self.kind][-1]

    @classmethod
    def table_query(cls):
        pool = Pool()
        session = pool.get('training.session').__table__()
        place = pool.get('training.session.region').__table__()
        places = place.join(session, condition=place.session == session.id)
        return Union(
            *(session.select(
                    (session.id * 4 + index).as_('id'),
                    session.company.as_('company'), session.id.as_('session'),
                    cls.session_region.sql_cast(Literal(Null)).as_('session_region'),
                    cls.kind.sql_cast(Literal(kind)).as_('kind'),
                    where=session.state != 'cancelled')
                for index, kind in enumerate(['registration', 'exam'])),
            places.select(
                (place.id * 4 + 2).as_('id'), session.company.as_('company'),
                session.id.as_('session'), place.id.as_('session_region'),
                cls.kind.sql_cast(Literal('training')).as_('kind'),
                where=(session.state != 'cancelled') & (place.starts_on != Null)
                & (place.ends_on != Null)),
            all_=True)
