# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""The mini-program's API at api.weixin.qq.com, on wechatpy."""
import time
from dataclasses import dataclass

import requests
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException

from .errors import WeChatError, WeChatUnavailable

BUSY = -1
EXPIRED_TOKEN = {40001, 40014, 42001}
TIMEOUT = (3, 10)  # seconds to connect, to read


@dataclass(frozen=True)
class Login:
    """Who wx.login was: unionid only with an Open Platform account."""
    openid: str
    unionid: str | None


class _Client(WeChatClient):
    "wechatpy with the stable token, a timeout, and a base URL of our choice"

    def __init__(self, appid, secret, base_url):
        super().__init__(appid, secret, timeout=TIMEOUT, auto_retry=False)
        self.base_url = base_url

    def fetch_access_token(self):
        """Fetch the token that several processes may ask for without hurting.

        Source: /cgi-bin/stable_token on developers.weixin.qq.com.
        """
        token = self.post(f'{self.base_url}/cgi-bin/stable_token', data={
                'grant_type': 'client_credential',
                'appid': self.appid,
                'secret': self.secret,
                }, params={'access_token': None})
        self.session.set(
            self.access_token_key, token['access_token'], token['expires_in'])
        self.expires_at = int(time.time()) + token['expires_in']
        return token


class MiniProgram:
    """A mini-program, as its server sees WeChat.

    :param appid: the mini-program's id.
    :param secret: its AppSecret.
    :param base_url: where WeChat's API is.
    Every method raises WeChatError when WeChat refuses and WeChatUnavailable when it
    does not answer.
    """

    def __init__(self, appid, secret, base_url='https://api.weixin.qq.com'):
        self.appid = appid
        self.base_url = base_url
        self._client = _Client(appid, secret, base_url)

    def login(self, code):
        "Return the Login behind a code of wx.login; a code is good once, 5 minutes"
        result = self._ask(self._client.get, '/sns/jscode2session', params={
                'appid': self.appid,
                'secret': self._client.secret,
                'js_code': code,
                'grant_type': 'authorization_code',
                'access_token': None,
                })
        return Login(result['openid'], result.get('unionid'))

    def phone_number(self, code):
        """Return the mobile number behind a code of a getPhoneNumber button.

        :raises WeChatError: 'appid' when the code is another mini-program's.
        """
        info = self._post('/wxa/business/getuserphonenumber', code=code)['phone_info']
        if info['watermark']['appid'] != self.appid:
            raise WeChatError('appid', "The number is for another mini-program.")
        return info['purePhoneNumber']

    def send_message(self, openid, template, data, page, state='formal'):
        """Send a one-time subscribe message.

        :param data: {field: {'value': text}}, see message.message_value.
        :param page: the mini-program's page that it opens.
        :param state: 'formal', 'trial' or 'developer'.
        """
        self._post(
            '/cgi-bin/message/subscribe/send', touser=openid, template_id=template,
            page=page, data=data, miniprogram_state=state, lang='zh_CN')

    def code(self, scene, page, width=430):
        """Return a mini-program code as the bytes of an image.

        :param scene: at most 32 visible characters, handed to the page.
        :param width: 280 to 1280 px.
        """
        response = self._post(
            '/wxa/getwxacodeunlimit', scene=scene, page=page, width=width)
        return response.content

    def _post(self, path, **data):
        try:
            return self._ask(self._client.post, path, data=data)
        except WeChatError as error:
            if not error.code.isdecimal() or int(error.code) not in EXPIRED_TOKEN:
                raise
        self._ask_token()
        return self._ask(self._client.post, path, data=data)

    def _ask_token(self):
        self._ask(lambda url, **_: self._client.fetch_access_token(), '')

    def _ask(self, call, path, **arguments):
        try:
            return call(f'{self.base_url}{path}', **arguments)
        except WeChatClientException as error:
            if error.errcode in {None, BUSY}:
                raise WeChatUnavailable from error
            raise WeChatError(str(error.errcode), str(error.errmsg)) from error
        except (requests.RequestException, KeyError, TypeError, ValueError) as error:
            raise WeChatUnavailable from error
