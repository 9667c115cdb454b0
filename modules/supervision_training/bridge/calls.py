# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""A call: who calls, in which transaction, and what becomes of an error."""
import logging
import time
import traceback

from jsonrpcobjects.errors import INTERNAL_ERROR
from openrpc import BaseContext, OpenRPCError
from psycopg import IsolationLevel
from werkzeug.exceptions import HTTPException

from trytond import backend, config
from trytond.exceptions import UserError
from trytond.i18n import gettext
from trytond.pool import Pool
from trytond.transaction import Transaction, TransactionError
from trytond.worker import run_task

from ..exceptions import NotLoggedIn
from ..trainee import LANGUAGE
from .errors import MESSAGES, wire_error

logger = logging.getLogger(__name__)


class Caller(BaseContext):
    """Who calls: a database, perhaps a token.

    :param database: the name of the database.
    :param token: the bearer token, None without one.
    :param request: the request's context: remote_addr, http_host, …
    """

    def __init__(self, database, token, request):
        super().__init__()
        self.database = database
        self.token = token
        self.request = request

    @property
    def trainee(self):
        """Return the trainee who calls.

        :raises NotLoggedIn: the token is missing, unknown or expired.
        """
        pool = Pool()
        Token = pool.get('training.trainee.token')
        Trainee = pool.get('training.trainee')
        id = self.token and Token.trainee_of(self.token)
        if not id:
            raise NotLoggedIn(gettext('supervision_training.msg_login_first'))
        return Trainee(id)

    def check_login(self):
        "Check that somebody is logged in; see trainee"
        return self.trainee

    def transaction(self, readonly=False, **extras):
        "Start a transaction of the bridge: as root, in the trainees' language"
        return Transaction().start(
            self.database, 0, readonly=readonly,
            context={
                'language': LANGUAGE,
                'trainee': True,
                '_request': self.request,
                '_skip_warnings': True,
                }, **extras)

    def run(self, function, readonly=False, read_committed=False):
        """Return what function returns in a transaction, retried as trytond does.

        :param function: called without arguments, perhaps several times.
        :param read_committed: on PostgreSQL, see what others commit meanwhile.
        :raises OpenRPCError: any error, as the wire has it.
        :raises HTTPException: that of the request.
        """
        retry = config.getint('database', 'retry')
        extras = {}
        for count in range(retry + 1):
            time.sleep(0.02 * count)
            with self.transaction(readonly, **extras) as transaction:
                try:
                    if read_committed and backend.name == 'postgresql':
                        transaction.connection.rollback()
                        transaction.connection.isolation_level = (
                            IsolationLevel.READ_COMMITTED)
                    result = function()
                    transaction.commit()
                    failure = None
                except Exception as error:
                    transaction.rollback()
                    transaction.tasks.clear()
                    failure = error
            if isinstance(failure, TransactionError):
                failure.fix(extras)
            elif isinstance(failure, UserError):
                raise wire_error(failure)
            elif isinstance(failure, HTTPException):
                raise failure
            elif not failure:
                while transaction.tasks:
                    run_task(self.database, transaction.tasks.pop())
                return result
            elif not isinstance(failure, backend.DatabaseOperationalError):
                break
        raise self.internal(failure)

    def internal(self, error):
        """Log an unforeseen error and return what the wire tells of it.

        The error's own text may quote personal data: only its place is logged.
        """
        logger.error(
            "%s in a call:\n%s", type(error).__name__,
            ''.join(traceback.format_tb(error.__traceback__)))
        code = INTERNAL_ERROR.code
        return OpenRPCError(code, self.message(MESSAGES[code]))

    def message(self, name, **variables):
        "Return a translated message, outside of any transaction of the caller's"
        with self.transaction(readonly=True):
            return gettext(f'supervision_training.{name}', **variables)
