# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
from functools import wraps

from trytond.i18n import gettext
from trytond.model import Workflow

from .exceptions import WrongState
from .locking import lock


def move(state, held=False):
    """Return a workflow transition that refuses what it can not do.

    Tryton passes over the records whose state does not allow the transition; here
    that is an error. The records' rows are locked first. What the decorated method
    returns goes, after the move, to the class's moved().

    :param held: the caller has locked the rows and read the records afresh.
    :raises WrongState: some record can not make the move.
    """
    def decorator(func):
        transition = Workflow.transition(state)(func)

        @wraps(func)
        def wrapper(cls, records, *args, **kwargs):
            if not held:
                records = lock(records)
            for record in records:
                if (record.state, state) not in cls._transitions:
                    raise WrongState(gettext(
                            'supervision_training.msg_move',
                            record=record.rec_name, state=record.state_string))
            note = transition(cls, records, *args, **kwargs)
            cls.moved(records, state, note)
        return wrapper
    return decorator
