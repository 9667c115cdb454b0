# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
import threading


class Faults:
    "Faults on demand: each is had a number of times by the paths that it is for"

    def __init__(self):
        self._lock = threading.Lock()
        self._faults = []

    def add(self, kind, path='', count=1, value=True):
        """Order a fault.

        :param kind: 'error' (value: HTTP status), 'errcode' (value: that of the
            mini-program's API), 'busy', 'bad_signature', 'expired_token',
            'delay' (value: seconds), 'drop', 'duplicate', 'not_enough' or
            'hold_refund'.
        :param path: how the path begins; 'notify' for notifications.
        """
        with self._lock:
            self._faults.append([kind, path, count, value])

    def take(self, kind, path):
        "Return the value of a fault that is due here, using it up, or None"
        with self._lock:
            for fault in self._faults:
                if fault[0] == kind and path.startswith(fault[1]) and fault[2]:
                    fault[2] -= 1
                    return fault[3]

    def clear(self):
        with self._lock:
            self._faults.clear()
