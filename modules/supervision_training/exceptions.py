# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""What can go wrong, by name. The bridge gives each class its wire code."""
from trytond.exceptions import UserError, UserWarning
from trytond.model.exceptions import ValidationError


class TrainingError(UserError):
    """A refusal that a trainee or a member of staff can act on."""


class NotLoggedIn(TrainingError):
    """The token is missing, unknown or expired."""


class NotAllowed(TrainingError):
    """The caller may not do this."""


class NotFound(TrainingError):
    """The record does not exist, or is not the caller's."""


class InvalidFields(TrainingError, ValidationError):
    """Some values can not be taken.

    :param fields: the translated message of each refused field, by name.
    """

    def __init__(self, fields):
        self.fields = dict(fields)
        super().__init__("\n".join(self.fields.values()))


class SessionFull(TrainingError):
    """The session has no seat left in the region."""


class RegistrationClosed(TrainingError):
    """The session does not take registrations now."""


class AlreadyRegistered(TrainingError):
    """The trainee, or the identity number, is taken already."""


class WrongState(TrainingError):
    """The record is in a state that does not allow the move."""


class IncompleteSession(WrongState, ValidationError):
    """A session lacks what it needs, or its dates do not fit."""


class CancelWarning(UserWarning):
    """Many people lose their seats: staff must want it."""


class TooManyRequests(TrainingError):
    """The caller must wait.

    :param retry_after: seconds to wait.
    """

    def __init__(self, message, retry_after):
        super().__init__(message)
        self.retry_after = retry_after


class WeChatFailure(TrainingError):
    """WeChat refused, or did not answer: nothing was lost, try again."""


class ReasonRequired(WrongState):
    """Staff must give a reason."""


class UnreadableFile(TrainingError):
    """An uploaded file can not be read, or what it says can not be true."""
