# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Lists in parts: an opaque cursor and at most 50 items."""
from trytond.i18n import gettext

from ..exceptions import InvalidFields

LIMIT = 20
MAX_LIMIT = 50


def page(Model, domain, cursor, limit, order):
    """Return the records of a part of a list and the cursor of the next, or None.

    :param cursor: what the previous part returned, None for the first.
    :param limit: how many at most, 1 to 50.
    :raises InvalidFields: the cursor or the limit makes no sense.
    """
    message = gettext('supervision_training.msg_field_invalid')
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidFields({'limit': message})
    if cursor is not None and not (cursor.isascii() and cursor.isdecimal()):
        raise InvalidFields({'cursor': message})
    offset = int(cursor or 0)
    records = Model.search(domain, offset=offset, limit=limit + 1, order=order)
    more = len(records) > limit
    return records[:limit], str(offset + limit) if more else None
