# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""The bridge's addresses, below /<database>/training/."""
import json
import logging
from functools import wraps
from urllib.parse import quote

from jsonrpcobjects.errors import INTERNAL_ERROR, INVALID_REQUEST
from openrpc import OpenRPCError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from trytond.i18n import gettext
from trytond.pool import Pool
from trytond.protocols.wrappers import (
    HTTPStatus, Response, set_max_request_size, with_pool)
from trytond.wsgi import app

from .. import signing, wechat
from ..document import KINDS
from ..exceptions import InvalidFields
from ..form import check_privacy
from . import certificate as certificates
from . import files, methods, protocol
from .calls import Caller
from .errors import STATUS, error_body
from .limits import Limit

__all__ = [methods]
logger = logging.getLogger(__name__)
RPC_BYTES = 256 * 1024
UPLOAD_BYTES = 10 * 1024 * 1024
FORM_BYTES = 64 * 1024  # what multipart adds to a file
NOTIFY_BYTES = 64 * 1024
UPLOADS = Limit(60, 60)  # by trainee


def _json(body, status=HTTPStatus.OK):
    if not isinstance(body, str):
        body = json.dumps(body, ensure_ascii=False)
    response = Response(
        body, status, content_type='application/json; charset=utf-8')
    response.headers['Cache-Control'] = 'no-store'
    return response


def _error(error):
    status = STATUS.get(error.code, 500 if error.code == INTERNAL_ERROR.code else 400)
    return _json({'error': error_body(error)}, status)


def training(path, size, **options):
    """Return a decorator that puts a function at an address of the bridge.

    The function gets the request and its caller. Whatever happens the answer is
    JSON, with an HTTP status where it is not JSON-RPC's own.

    :param path: below /<database>/training/.
    :param size: the largest body, in bytes.
    """
    def decorator(function):
        @app.route(f'/<database_name>/training/{path}', **options)
        @set_max_request_size(size)
        @wraps(function)
        def endpoint(request, database_name, **arguments):
            authorization = request.authorization
            bearer = authorization and authorization.type == 'bearer'
            caller = Caller(
                database_name, authorization.token if bearer else None,
                request.context)
            try:
                return _in_pool(request, database_name, function, caller, arguments)
            except HTTPException as error:
                code = INVALID_REQUEST.code
                body = error_body(OpenRPCError(code, error.name))
                return _json({'error': body}, error.code)
        return endpoint
    return decorator


def _in_pool(request, database_name, function, caller, arguments):
    @with_pool
    def inside(request, pool):
        try:
            return function(request, caller, **arguments)
        except OpenRPCError as error:
            return _error(error)
        except RequestEntityTooLarge:
            return _error(OpenRPCError(
                    INVALID_REQUEST.code, caller.message('msg_rpc_large')))
        except HTTPException:
            raise
        except Exception as error:
            return _error(caller.internal(error))
    return inside(request, database_name)


@training('rpc', RPC_BYTES, methods=['POST'])
def rpc(request, caller):
    try:
        body = request.get_data()
    except RequestEntityTooLarge:
        code = INVALID_REQUEST.code
        error = OpenRPCError(code, caller.message('msg_rpc_large'))
        return _json({'jsonrpc': '2.0', 'error': error_body(error), 'id': None})
    answer = protocol.handle(caller, body)
    if answer is None:
        return Response(status=HTTPStatus.NO_CONTENT)
    return _json(answer)


@training('upload', UPLOAD_BYTES + FORM_BYTES, methods=['POST'])
def upload(request, caller):
    "Take in a file: multipart with kind and file"
    def check():
        trainee = caller.trainee
        UPLOADS.check(trainee.id)
        check_privacy(trainee)
        kind = request.form.get('kind')
        if kind not in dict(KINDS):
            raise InvalidFields(
                {'kind': gettext('supervision_training.msg_upload_kind')})
        if 'file' not in request.files:
            raise InvalidFields(
                {kind: gettext('supervision_training.msg_upload_file')})
        return trainee.id, kind

    Document = Pool(caller.database).get('training.document')
    try:
        trainee, kind = caller.run(check, readonly=True)
    except RequestEntityTooLarge:
        limit = UPLOAD_BYTES // 1024 ** 2
        raise OpenRPCError(-32004, caller.message('msg_upload_large', limit=limit))
    data = request.files['file'].read()
    judged = caller.run(lambda: Document.judge(kind, data), readonly=True)
    return _json(caller.run(
            lambda: files.uploaded(Document.keep(trainee, kind, judged))))


@training('file/<name>', FORM_BYTES, methods=['GET'])
def file(request, caller, name):
    "Hand out a document: to its owner, or by a signed link"
    signed = _signed(request)
    return caller.run(lambda: files.document(caller, name, signed), readonly=True)


@training('ticket/<int:id>/<kind>', FORM_BYTES, methods=['GET'])
def ticket(request, caller, id, kind):
    "Hand out a paper of a registration by a signed link"
    signed = _signed(request)
    return caller.run(lambda: files.ticket(caller, id, kind, signed), readonly=True)


@training('invoice/<int:id>/<kind>', FORM_BYTES, methods=['GET'])
def invoice(request, caller, id, kind):
    "Hand out a file of an invoice by a signed link"
    signed = _signed(request)
    return caller.run(lambda: files.invoice(caller, id, kind, signed), readonly=True)


@training('template/work-certificate', FORM_BYTES, methods=['GET'])
def work_certificate(request, caller):
    "Hand out the work certificate's form (附件2) of a unit"
    organizer = request.args.get('organizer', type=int)
    return caller.run(lambda: files.work_certificate(organizer), readonly=True)


def certificate(request, caller, number=''):
    "Show whether a certificate is genuine, to anybody"
    form = request.form if request.method == 'POST' else {}
    return certificates.page(
        caller, form.get('number', number).strip(), request.args.get('code'),
        form.get('tail'))


for path in ['certificate', 'certificate/<path:number>']:
    training(path, FORM_BYTES, methods=['GET', 'POST'])(certificate)


def _signed(request):
    try:
        expires = int(request.args['expires'])
    except (KeyError, ValueError):
        return False
    return signing.check(
        quote(request.path), expires, request.args.get('signature', ''))


@training('wechat/pay/<mchid>/notify', NOTIFY_BYTES, methods=['POST'])
def notify(request, caller, mchid):
    "Take in a notification of WeChat Pay; only a 2xx tells WeChat that it arrived"
    def refuse(status):
        return _json({'code': 'FAIL', 'message': 'FAIL'}, status)

    def find():
        Merchant = Pool().get('training.merchant')
        merchants = Merchant.search([('mchid', '=', mchid)])
        return merchants and merchants[0].client

    def take_in():
        pool = Pool()
        merchant, = pool.get('training.merchant').search([('mchid', '=', mchid)])
        if notification.event_type == 'TRANSACTION.SUCCESS':
            transaction = wechat.Transaction.from_resource(notification.resource)
            pool.get('training.payment').receive(merchant, transaction)
        elif notification.event_type.startswith('REFUND.'):
            result = wechat.RefundResult.from_resource(notification.resource)
            pool.get('training.refund').receive(merchant, result)

    body = request.get_data()
    client = caller.run(find, readonly=True)
    if not client:
        return refuse(HTTPStatus.NOT_FOUND)
    try:
        notification = client.notification(request.headers, body)
    except wechat.InvalidSignature as error:
        logger.warning("A notification for merchant %s is refused: %s", mchid, error)
        return refuse(HTTPStatus.UNAUTHORIZED)
    caller.run(take_in, read_committed=True)
    return Response(status=HTTPStatus.NO_CONTENT)
