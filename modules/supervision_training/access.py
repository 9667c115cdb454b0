# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.transaction import Transaction


class OfGroups:
    """A wizard that only the groups of its actions may use.

    trytond asks the action that the client names instead, and lets everybody pass
    when a wizard without a model has no such action.
    """
    __slots__ = ()

    @classmethod
    def check_access(cls):
        with Transaction().set_context(action_id=None):
            super().check_access()
