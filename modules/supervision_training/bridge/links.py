# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Short-lived signed links, for what WeChat downloads without our headers."""
import datetime as dt
from urllib.parse import urlencode

from trytond.i18n import gettext
from trytond.transaction import Transaction

from .. import clock
from ..exceptions import NotFound
from ..signing import sign
from .types import Link


def document(document):
    "Return a link to a document"
    return _link(f'training/file/{document.name}')


def ticket(registration, kind):
    """Return a link to a paper of a registration.

    :param kind: 'attendance', 'admission' or 'certificate'.
    :raises NotFound: it is not published.
    """
    if kind not in registration.actions:
        raise NotFound(gettext('supervision_training.msg_ticket_missing'))
    return _link(f'training/ticket/{registration.id}/{kind}')


def invoice(file):
    "Return a link to a file of an invoice"
    return _link(f'training/invoice/{file.invoice.id}/{file.kind}')


def _link(path):
    path = f'/{Transaction().database.name}/{path}'
    expires, signature = sign(path)
    query = urlencode({'expires': expires, 'signature': signature})
    return Link(
        url=f'{path}?{query}',
        expires_at=dt.datetime.fromtimestamp(expires, clock.CHINA))
