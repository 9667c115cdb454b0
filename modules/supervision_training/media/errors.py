# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.


class Refused(Exception):
    """An upload that can not be taken.

    :param reason: a stable name: 'empty', 'not_an_image', 'photo_ratio' …
    :param values: the numbers that a message needs.
    """

    def __init__(self, reason, **values):
        super().__init__(reason)
        self.reason = reason
        self.values = values
