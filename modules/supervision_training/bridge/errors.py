# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""The wire's errors: each exception of the domain has its code."""
from jsonrpcobjects.errors import (
    INTERNAL_ERROR, INVALID_PARAMS, INVALID_REQUEST, METHOD_NOT_FOUND, PARSE_ERROR)
from openrpc import OpenRPCError

from trytond.exceptions import UserError

from .. import exceptions

CODES = {
    exceptions.NotLoggedIn: -32001,
    exceptions.NotAllowed: -32002,
    exceptions.NotFound: -32003,
    exceptions.InvalidFields: -32004,
    exceptions.SessionFull: -32005,
    exceptions.RegistrationClosed: -32006,
    exceptions.AlreadyRegistered: -32007,
    exceptions.WrongState: -32008,
    exceptions.TooManyRequests: -32009,
    exceptions.WeChatFailure: -32010,
    UserError: -32004,
    }
STATUS = {
    -32001: 401,
    -32002: 403,
    -32003: 404,
    -32009: 429,
    -32010: 503,
    }
MESSAGES = {
    PARSE_ERROR.code: 'msg_rpc_parse',
    INVALID_REQUEST.code: 'msg_rpc_request',
    METHOD_NOT_FOUND.code: 'msg_rpc_method',
    INVALID_PARAMS.code: 'msg_rpc_params',
    INTERNAL_ERROR.code: 'msg_rpc_internal',
    }


def wire_error(error):
    "Return an error of the domain (UserError) as the wire has it"
    code = next(c for cls, c in CODES.items() if isinstance(error, cls))
    data = None
    if isinstance(error, exceptions.InvalidFields):
        data = {'fields': error.fields}
    elif isinstance(error, exceptions.TooManyRequests):
        data = {'retry_after': error.retry_after}
    return OpenRPCError(code, error.message, data)


def error_body(error):
    "Return an OpenRPCError as the member `error` of an answer"
    body = {'code': error.code, 'message': error.message}
    if error.data:
        body['data'] = error.data
    return body
