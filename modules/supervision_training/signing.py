# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Links that are good for a short time and can not be forged."""
import secrets
import time

from .configuration import keyed_hash

LINK_SECONDS = 600


def sign(path):
    "Return the expiry (epoch seconds) and the signature of a link to a path"
    expires = int(time.time()) + LINK_SECONDS
    return expires, _signature(path, expires)


def check(path, expires, signature):
    "Return whether a link to a path is genuine and has not expired"
    return (time.time() < expires
        and secrets.compare_digest(_signature(path, expires), signature))


def _signature(path, expires):
    return keyed_hash(f'link:{path}:{expires}')
