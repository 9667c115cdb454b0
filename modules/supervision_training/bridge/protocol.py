# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""JSON-RPC 2.0 as the specification has it.

openrpc keeps the methods with their types and writes the OpenRPC document. Ours are:
one transaction a call, batches of at most 20, errors by field in the trainee's
language, and logs without personal data.
"""
import inspect
import json
from functools import wraps
from itertools import chain, count
from types import NoneType
from typing import get_type_hints

from jsonrpcobjects.errors import (
    INVALID_PARAMS, INVALID_REQUEST, METHOD_NOT_FOUND, PARSE_ERROR)
from openrpc import ExamplePairing, Info, OpenRPCError, RPCApp
from pydantic import ValidationError
from pydantic_core import to_jsonable_python

from .calls import Caller
from .errors import MESSAGES, error_body

BATCH_LIMIT = 20
app = RPCApp(Info(
        title="supervision_training", version='1.0',
        description="Online registration for supervision training"))


def method(name, form=None, readonly=False, read_committed=False, transaction=True):
    """Return a decorator that makes a function a method of the bridge.

    :param name: the method's name on the wire.
    :param form: a model whose fields are the parameters, handed over as one object;
        otherwise the parameters are the function's own.
    :param readonly: the method writes nothing.
    :param read_committed: see Caller.run.
    :param transaction: False when the method starts its transactions itself.
    """
    def decorator(function):
        @wraps(function)
        def call(caller: Caller, **params):
            if form:
                params = {'form': form(**params)}
            if not transaction:
                return function(caller, **params)
            return caller.run(
                lambda: function(caller, **params), readonly, read_committed)
        if form:
            _flatten(call, form)
        app.method(
            name=name, description=inspect.getdoc(function),
            examples=[ExamplePairing(name=name, params=[])])(call)
        return function
    return decorator


def _flatten(call, form):
    "Give a method the fields of a form as its parameters"
    returns = inspect.signature(call).return_annotation
    parameters = [inspect.Parameter(
            'caller', inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Caller)]
    types = get_type_hints(form, include_extras=True)
    for name, field in form.model_fields.items():
        default = inspect.Parameter.empty if field.is_required() else field.default
        parameters.append(inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=default,
                annotation=types[name]))
    del call.__wrapped__
    call.__signature__ = inspect.Signature(parameters, return_annotation=returns)
    call.__annotations__ = {p.name: p.annotation for p in parameters}
    call.__annotations__['return'] = returns


def handle(caller, body):
    """Return the answer to a request or a batch as JSON text, None if there is none.

    :param body: the raw body of the HTTP request.
    """
    try:
        request = json.loads(body)
    except (ValueError, RecursionError):
        return _dump(_error(caller, PARSE_ERROR.code))
    if not isinstance(request, list):
        answer = _handle_one(caller, request)
        return None if answer is None else _dump(answer)
    if not request:
        return _dump(_error(caller, INVALID_REQUEST.code))
    if len(request) > BATCH_LIMIT:
        message = caller.message('msg_rpc_batch', limit=BATCH_LIMIT)
        return _dump(_answer(OpenRPCError(INVALID_REQUEST.code, message)))
    answers = [_handle_one(caller, item) for item in request]
    answers = [a for a in answers if a is not None]
    return _dump(answers) if answers else None


def _handle_one(caller, request):
    if not _is_request(request):
        return _error(caller, INVALID_REQUEST.code)
    id = request.get('id')
    try:
        answer = {'jsonrpc': '2.0', 'result': _result(caller, request), 'id': id}
    except OpenRPCError as error:
        answer = _answer(error, id)
    return answer if 'id' in request else None


def _is_request(request):
    return (isinstance(request, dict)
        and request.get('jsonrpc') == '2.0'
        and isinstance(request.get('method'), str)
        and isinstance(request.get('params', {}), (dict, list))
        and isinstance(request.get('id'), (str, int, float, NoneType))
        and not isinstance(request.get('id'), bool))


def _result(caller, request):
    known = app.methods_metadata.get(request['method'])
    if not known:
        code = METHOD_NOT_FOUND.code
        raise OpenRPCError(code, caller.message(MESSAGES[code]))
    params = _params(caller, known.params_model, request.get('params', {}))
    if known.context_arg:
        params['caller'] = caller
    return to_jsonable_python(known.function(**params))


def _params(caller, Model, params):
    "Return the parameters in their types, refusing by field those that do not fit"
    names = list(Model.model_fields)
    if isinstance(params, list):
        params = dict(zip(chain(names, map(str, count())), params, strict=False))
    unknown = params.keys() - set(names)
    refused = dict.fromkeys(unknown, unknown and caller.message('msg_field_unknown'))
    try:
        model = Model.model_validate(params)
    except ValidationError as error:
        for problem in error.errors(include_url=False):
            field = '.'.join(map(str, problem['loc']))
            name, variables = _problem(problem)
            refused[field] = caller.message(name, **variables)
    if refused:
        code = INVALID_PARAMS.code
        raise OpenRPCError(code, caller.message(MESSAGES[code]), {'fields': refused})
    return {name: getattr(model, name) for name in names}


def _problem(problem):
    "Return the message, and its variables, of a problem that pydantic found"
    if problem['type'] == 'missing':
        return 'msg_field_missing', {}
    if problem['type'] == 'string_too_long':
        return 'msg_field_long', {'limit': problem['ctx']['max_length']}
    return 'msg_field_invalid', {}


def _error(caller, code):
    return _answer(OpenRPCError(code, caller.message(MESSAGES[code])))


def _answer(error, id=None):
    return {'jsonrpc': '2.0', 'error': error_body(error), 'id': id}


def _dump(answer):
    return json.dumps(answer, ensure_ascii=False, separators=(',', ':'))
