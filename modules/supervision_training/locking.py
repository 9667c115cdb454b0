# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
from sql import For

from trytond.transaction import Transaction


def lock(records):
    """Wait for the rows of records of one model and return the records afresh.

    A move reads the state only after this, so that of two moves at the same time
    the second one sees what the first one did. SQLite locks no rows: there an update
    that changes nothing keeps every other writer out.
    """
    if not records:
        return []
    Model = type(records[0])
    transaction = Transaction()
    ids = [r.id for r in records]
    t = Model.__table__()
    cursor = transaction.connection.cursor()
    if transaction.database.has_select_for():
        cursor.execute(*t.select(
                t.id, where=t.id.in_(ids), order_by=t.id, for_=For('UPDATE')))
    else:
        cursor.execute(*t.update([t.id], [t.id], where=t.id.in_(ids)))
    for cache in transaction.cache.values():
        cache.pop(Model.__name__, None)
    return Model.browse(ids)
