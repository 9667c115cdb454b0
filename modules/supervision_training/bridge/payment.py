# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""payment.*: paying with WeChat Pay."""
from trytond.pool import Pool

from .calls import Caller
from .protocol import method
from .types import PaymentStatus, Prepay


@method('payment.prepay', read_committed=True)
def prepay(caller: Caller, registration: int) -> Prepay:
    "Return what wx.requestPayment takes."
    pool = Pool()
    Payment = pool.get('training.payment')
    Registration = pool.get('training.registration')
    registration = Registration.of(caller.trainee.id, registration)
    return Prepay(**Payment.prepay(registration))


@method('payment.status', read_committed=True)
def status(caller: Caller, registration: int) -> PaymentStatus:
    "Return where a registration stands, asking WeChat when we do not know yet."
    pool = Pool()
    Payment = pool.get('training.payment')
    Registration = pool.get('training.registration')
    trainee = caller.trainee.id
    Payment.settle([Registration.of(trainee, registration)])
    registration = Registration.of(trainee, registration)
    return PaymentStatus(
        state=registration.state, label=registration.label,
        label_text=registration.label_text)
