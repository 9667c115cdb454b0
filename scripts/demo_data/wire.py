# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.model.exceptions import AccessError
from trytond.pool import Pool
from trytond.transaction import Transaction


def call(what, *args, **context):
    """Return what Tryton's clients get for a call, in the present transaction.

    :param what: model.training.session.read, wizard.training.print.create, …
    :param context: the client's.
    :raises AccessError: it is not on the wire.
    """
    kind, rest = what.split('.', 1)
    name, method = rest.rsplit('.', 1)
    obj = Pool().get(name, type=kind)
    if method not in obj.__rpc__:
        raise AccessError(f"{what} is not on the wire.")
    rpc = obj.__rpc__[method]
    args, kwargs, Transaction().context, _ = rpc.convert(
        obj, *args, {'language': 'zh_CN', **context})
    return rpc.result(rpc.decorate(getattr(obj, method))(*args, **kwargs))
