# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt

from trytond.model import Model, fields
from trytond.transaction import Transaction

from . import clock


class PolledMixin(Model):
    "A record about which WeChat is asked, ever more rarely"
    __slots__ = ()

    _query_minutes = [1, 5, 10, 20, 30, 60]

    queries = fields.Integer("Queries", readonly=True)
    query_at = fields.DateTime("Next Query", readonly=True)

    @staticmethod
    def default_queries():
        return 0

    @classmethod
    def next_query(cls, queries=0):
        "Return the values after so many queries"
        minutes = cls._query_minutes[min(queries, len(cls._query_minutes) - 1)]
        return {
            'queries': queries,
            'query_at': clock.now() + dt.timedelta(minutes=minutes),
            }

    @classmethod
    def due(cls, state):
        "Yield each record in a state that is to be asked about, counting the query"
        for record in cls.search([
                    ('state', '=', state), ('query_at', '<=', clock.now())]):
            cls.write([record], cls.next_query(record.queries + 1))
            Transaction().commit()
            yield cls(record.id)
