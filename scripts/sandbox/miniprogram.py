# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""api.weixin.qq.com: tokens, logins, phone numbers, messages, codes."""
import io
import secrets
import time

import qrcode
from werkzeug.wrappers import Response

LIMITS = {'thing': 20, 'phrase': 5, 'character_string': 32, 'name': 10, 'amount': 12}
TOKEN_SECONDS = 7200


class MiniProgramApi:
    """The routes of the mini-program's API.

    :param store: where everything is kept.
    """

    def __init__(self, store):
        self.store = store

    def error(self, code, message):
        return {'errcode': code, 'errmsg': message}

    def stable_token(self, request):
        asked = request.get_json(force=True)
        if not self._known(asked.get('appid'), asked.get('secret')):
            return self.error(40013, 'invalid appid')
        token = secrets.token_hex(32)
        self.store.put('token', token, {'appid': asked['appid'], 'at': time.time()})
        return {'access_token': token, 'expires_in': TOKEN_SECONDS}

    def _known(self, appid, secret):
        program = self.store.get('program', appid)
        return program and program['secret'] == secret

    def jscode2session(self, request):
        asked = request.args
        if not self._known(asked.get('appid'), asked.get('secret')):
            return self.error(40013, 'invalid appid')
        code = self.store.pop('code', asked.get('js_code'))
        if not code or code['appid'] != asked['appid']:
            return self.error(40029, 'invalid code')
        return {'openid': code['openid'], 'session_key': secrets.token_hex(8)}

    def _authorized(self, request):
        return self.store.get('token', request.args.get('access_token'))

    def phone_number(self, request):
        token = self._authorized(request)
        if not token:
            return self.error(40001, 'invalid credential')
        code = self.store.pop('phone', request.get_json(force=True).get('code'))
        if not code:
            return self.error(40029, 'invalid code')
        return {
            'errcode': 0,
            'phone_info': {
                'phoneNumber': code['mobile'],
                'purePhoneNumber': code['mobile'],
                'countryCode': '86',
                'watermark': {'appid': token['appid'], 'timestamp': int(time.time())},
                },
            }

    def send_message(self, request):
        if not self._authorized(request):
            return self.error(40001, 'invalid credential')
        asked = request.get_json(force=True)
        for field, value in asked['data'].items():
            limit = LIMITS.get(field.rstrip('0123456789'))
            if not value['value']:
                return self.error(
                    47003, f'argument invalid! data.{field}.value is empty')
            if limit and len(value['value']) > limit:
                return self.error(47003, f'argument invalid! data.{field}.value')
        if self.store.get('refuser', asked['touser']):
            return self.error(43101, 'user refuse to accept the msg')
        self.store.put('message', secrets.token_hex(8), asked)
        return {'errcode': 0, 'errmsg': 'ok'}

    def code(self, request):
        if not self._authorized(request):
            return self.error(40001, 'invalid credential')
        asked = request.get_json(force=True)
        if not 0 < len(asked['scene']) <= 32:
            return self.error(40169, 'invalid scene')
        self.store.put('wxacode', asked['scene'], asked)
        image = io.BytesIO()
        qrcode.make(f"{asked['page']}?scene={asked['scene']}").save(image)
        return Response(image.getvalue(), content_type='image/png')
