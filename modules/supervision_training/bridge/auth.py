# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""auth.* and privacy.*: login, logout, phone number, consent."""
from trytond.i18n import gettext
from trytond.pool import Pool

from .. import clock, wechat
from ..configuration import mini_program
from ..exceptions import InvalidFields, WeChatFailure
from .calls import Caller
from .limits import Limit
from .protocol import method
from .types import Login, LoginTrainee, Mobile, Privacy

# By network address: a whole class may log in behind one.
LOGINS = Limit(300, 60)


@method('auth.login', transaction=False)
def login(caller: Caller, code: str) -> Login:
    "Log in with the code of wx.login."
    def ask():
        LOGINS.check(caller.request['remote_addr'])
        try:
            return mini_program().login(code)
        except wechat.WeChatError:
            raise InvalidFields(
                {'code': gettext('supervision_training.msg_wechat_login')})
        except wechat.WeChatUnavailable:
            raise WeChatFailure(
                gettext('supervision_training.msg_wechat_unavailable'))

    def issue():
        pool = Pool()
        Token = pool.get('training.trainee.token')
        Trainee = pool.get('training.trainee')
        trainee = Trainee.login(openid)
        token, expires_at = Token.issue(trainee)
        return Login(
            token=token, expires_at=clock.local(expires_at),
            trainee=LoginTrainee(confirmed=trainee.confirmed))

    openid = caller.run(ask, readonly=True).openid
    return caller.run(issue)


@method('auth.logout')
def logout(caller: Caller) -> bool:
    "End the caller's login."
    Token = Pool().get('training.trainee.token')
    if caller.token:
        Token.revoke(caller.token)
    return True


@method('auth.phone', readonly=True)
def phone(caller: Caller, code: str) -> Mobile:
    "Return the phone number behind the code of a getPhoneNumber button."
    caller.check_login()
    try:
        return Mobile(mobile=mini_program().phone_number(code))
    except (wechat.WeChatError, wechat.WeChatUnavailable):
        raise WeChatFailure(gettext('supervision_training.msg_wechat_phone'))


@method('privacy.get', readonly=True)
def privacy(caller: Caller) -> Privacy:
    "Return the privacy notice; nobody needs to be logged in to read it."
    configuration = Pool().get('training.configuration')(1)
    return Privacy(
        version=configuration.privacy_version,
        text=configuration.privacy_text,
        accepted=bool(caller.token) and caller.trainee.privacy_accepted)


@method('privacy.accept')
def accept(caller: Caller, version: str) -> Privacy:
    "Record that the caller accepts the present privacy notice."
    Pool().get('training.trainee.consent').accept(caller.trainee, version)
    return privacy(caller)
