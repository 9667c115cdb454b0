# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""message.*: the trainee's messages (消息通知) and subscriptions."""
from trytond.pool import Pool

from .. import clock
from . import paging
from .calls import Caller
from .protocol import method
from .types import Answer, Message, Messages, Template


@method('message.list', readonly=True)
def list_(
        caller: Caller, cursor: str | None = None,
        limit: int = paging.LIMIT) -> Messages:
    "Return the caller's messages, the newest first."
    Notification = Pool().get('training.notification')
    mine = ('trainee', '=', caller.trainee.id)
    notifications, next_ = paging.page(
        Notification, [mine], cursor, limit, order=[('id', 'DESC')])
    return Messages(
        items=[Message(
                id=n.id, title=n.title, body=n.body,
                sent_at=clock.local(n.sent_at), read=bool(n.read_at),
                registration=n.registration.id if n.registration else None)
            for n in notifications],
        next=next_,
        unread=Notification.search([mine, ('read_at', '=', None)], count=True))


@method('message.read')
def read(caller: Caller, ids: list[int] | None = None) -> bool:
    "Mark messages of the caller as read, all of them without ids."
    Notification = Pool().get('training.notification')
    domain = [('trainee', '=', caller.trainee.id), ('read_at', '=', None)]
    if ids is not None:
        domain.append(('id', 'in', ids))
    Notification.write(Notification.search(domain), {'read_at': clock.now()})
    return True


@method('message.templates', readonly=True)
def templates(caller: Caller) -> list[Template]:
    "Return the subscribe-message templates and when to ask for them."
    Template_ = Pool().get('training.notification.template')
    return [
        Template(id=t.template_id, moment=t.moment) for t in Template_.search([])]


@method('message.subscribed')
def subscribed(caller: Caller, templates: dict[str, Answer]) -> bool:
    "Keep what the caller answered to wx.requestSubscribeMessage."
    Pool().get('training.subscription').answer(caller.trainee, templates)
    return True
