# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.


class WeChatError(Exception):
    """WeChat understood and refused.

    :param code: WeChat's code as text: '40029', '43101', 'ORDERPAID', 'NOT_ENOUGH' …
    :param message: WeChat's own words.
    """

    def __init__(self, code, message):
        super().__init__(f'{code} {message}')
        self.code = code
        self.message = message


class WeChatUnavailable(Exception):
    """WeChat was not reached or did not answer sensibly: try the same again later."""


class InvalidSignature(Exception):
    """A notification that is not WeChat's, too old, or not for this merchant."""
