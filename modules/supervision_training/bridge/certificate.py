# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""The page on which anybody sees whether a certificate is genuine."""
import base64
import hashlib
from pathlib import Path

from genshi.template import MarkupTemplate
from openrpc import OpenRPCError

from trytond.i18n import gettext
from trytond.pool import Pool
from trytond.protocols.wrappers import HTTPStatus, Response

from ..certificate import TAIL_LENGTH
from .errors import STATUS
from .limits import Limit

# By network address, and by number for those who guess the end of the ID number.
VIEWS = Limit(60, 60)
GUESSES = Limit(5, 600)
FACTS = ['number', 'masked_name', 'industry', 'subjects', 'unit', 'issued_on']
STYLE = '''
body { margin: 0; background: #f2f4f7; color: #1b2430; font: 16px/1.6 sans-serif }
main { box-sizing: border-box; max-width: 30rem; margin: 0 auto; padding: 1.5rem 1rem }
h1 { font-size: 1.35rem; color: #12365f; text-align: center }
.state { border-radius: .4rem; margin: 0 0 1rem; padding: .75rem; text-align: center }
.valid { background: #e2f3e8; color: #17633a }
.revoked { background: #fbe4e1; color: #9a2318 }
.unknown { background: #fdf1d8; color: #7a4d00 }
dl, form { background: #fff; border-radius: .4rem; margin: 0; padding: 1rem }
dt, label { color: #5b6879; font-size: .875rem }
dd { margin: 0 0 .75rem; overflow-wrap: anywhere }
label { display: block }
input, button { box-sizing: border-box; width: 100%; font: inherit; padding: .6rem;
  border: 1px solid #9aa7b8; border-radius: .3rem; margin-bottom: 1rem }
button { background: #12365f; border-color: #12365f; color: #fff; margin: 0 }
'''
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    'Cache-Control': 'no-store',
    'Content-Security-Policy': (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"),
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Robots-Tag': 'noindex',
    }
TEMPLATE = MarkupTemplate(
    (Path(__file__).parent.parent / 'report' / 'certificate_page.html').read_text(
        'utf-8'))


def page(caller, number, code=None, tail=None):
    """Return the page as a response: a certificate, or a form that asks for one.

    Without the code of the paper's QR the end of the ID number is asked for, so that
    nobody goes through the numbers.

    :param code: that in the QR code, None without one.
    :param tail: the end of the ID number, None unless the form was sent.
    """
    def answer():
        VIEWS.check(caller.request['remote_addr'])
        if tail is not None:
            GUESSES.check(number)
        certificate = _certificate(number, code, tail)
        if certificate or (code is None and tail is None):
            return _page(caller, number, certificate)
        return _page(
            caller, number, None, gettext('supervision_training.msg_page_unknown'),
            HTTPStatus.NOT_FOUND)

    try:
        return caller.run(answer, readonly=True)
    except OpenRPCError as error:
        message, status = error.message, STATUS.get(error.code, 500)
        return caller.run(
            lambda: _page(caller, number, None, message, status), readonly=True)


def _certificate(number, code, tail):
    Certificate = Pool().get('training.certificate')
    if code is not None and Certificate.genuine(number, code):
        return next(iter(Certificate.search([('number', '=', number)])), None)
    if tail is not None and len(tail) == TAIL_LENGTH:
        return Certificate.find(number, tail)


def _page(caller, number, certificate, problem=None, status=HTTPStatus.OK):
    def text(name, **variables):
        return gettext(f'supervision_training.msg_page_{name}', **variables)

    html = TEMPLATE.generate(
        _=text, style=STYLE, certificate=certificate, problem=problem, number=number,
        action=f'/{caller.database}/training/certificate',
        facts=certificate and [
            (text(name), _fact(certificate, name)) for name in FACTS])
    return Response(
        html.render('html', doctype='html5'), status,
        content_type='text/html; charset=utf-8', headers=HEADERS)


def _fact(certificate, name):
    if name == 'unit':
        return certificate.company.party.name
    return getattr(certificate, 'industry_string' if name == 'industry' else name)
