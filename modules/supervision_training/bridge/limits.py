# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""How often somebody may call, counted in each process."""
import time
from collections import defaultdict, deque

from trytond.i18n import gettext
from trytond.transaction import Transaction

from ..exceptions import TooManyRequests


class Limit:
    """At most count calls in so many seconds, by key.

    :param count: how many.
    :param seconds: in how long.
    """

    def __init__(self, count, seconds):
        self.count = count
        self.seconds = seconds
        self._calls = defaultdict(deque)

    def check(self, key):
        """Count a call to a database.

        :raises TooManyRequests: with the seconds to wait.
        """
        now = time.monotonic()
        calls = self._calls[Transaction().database.name, key]
        while calls and calls[0] <= now - self.seconds:
            calls.popleft()
        if len(calls) >= self.count:
            wait = int(calls[0] + self.seconds - now) + 1
            raise TooManyRequests(
                gettext('supervision_training.msg_too_many', seconds=wait), wait)
        calls.append(now)
        if len(self._calls) > 10000:
            self._calls = defaultdict(deque, {
                    k: c for k, c in self._calls.items()
                    if c and c[-1] > now - self.seconds})
