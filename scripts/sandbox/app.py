# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
import json
import secrets
import threading
import time
from pathlib import Path

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from . import keys, pages
from .faults import Faults
from .miniprogram import MiniProgramApi
from .pay import PayApi, PayError
from .store import Store

API = {
    '/cgi-bin/stable_token': 'stable_token',
    '/sns/jscode2session': 'jscode2session',
    '/wxa/business/getuserphonenumber': 'phone_number',
    '/cgi-bin/message/subscribe/send': 'send_message',
    '/wxa/getwxacodeunlimit': 'code',
    }
RULES = [
    *(Rule(path, endpoint=f'api.{name}') for path, name in API.items()),
    Rule('/v3/pay/transactions/jsapi', endpoint='pay.prepay', methods=['POST']),
    Rule('/v3/pay/transactions/out-trade-no/<number>', endpoint='pay.query'),
    Rule('/v3/pay/transactions/out-trade-no/<number>/close', endpoint='pay.close'),
    Rule('/v3/refund/domestic/refunds', endpoint='pay.refund', methods=['POST']),
    Rule('/v3/refund/domestic/refunds/<number>', endpoint='pay.query_refund'),
    Rule('/v3/bill/tradebill', endpoint='pay.bill'),
    Rule('/v3/billdownload/file', endpoint='pay.bill_file'),
    Rule('/sandbox/login', endpoint='page.login'),
    Rule('/sandbox/cashier', endpoint='page.cashier'),
    Rule('/', endpoint='page.index'),
    ]


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_):
        pass


class Sandbox:
    """WeChat on loopback.

    :param path: the SQLite file that keeps everything, ':memory:' for none.
    :param port: where to listen, 0 for any free port.
    :param speed: how many times faster than WeChat's the retries are.
    """

    def __init__(self, path=':memory:', port=0, speed=60):
        self.store = Store(str(path))
        self.faults = Faults()
        self.api = MiniProgramApi(self.store)
        self.pay_api = PayApi(self.store, self.faults, speed)
        self._map = Map(RULES)
        self._server = make_server(
            '127.0.0.1', port, self, threaded=True, request_handler=_Quiet)
        self.url = f'http://127.0.0.1:{self._server.server_port}'

    def serve(self):
        "Serve until interrupted"
        self._server.serve_forever()

    def __enter__(self):
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    # What the demonstration and the tests do in WeChat's place

    def program(self, appid, secret):
        "Register a mini-program"
        self.store.put('program', appid, {'appid': appid, 'secret': secret})

    def merchant(self, mchid, name=''):
        "Return the parameters of a merchant, made at the first call"
        return self.store.get('merchant', mchid) or self.store.put(
            'merchant', mchid, self._new_merchant(mchid, name))

    def _new_merchant(self, mchid, name):
        platform_key = keys.new_key()
        return {
            'mchid': mchid, 'name': name, 'private_key': keys.new_key(),
            'cert_serial_no': secrets.token_hex(20).upper(),
            'apiv3_key': secrets.token_hex(16),
            'platform_key': platform_key,
            'public_key': keys.public_pem(platform_key),
            'public_key_id': f'PUB_KEY_ID_{secrets.token_hex(12)}',
            }

    def write_config(self, appid, secret, mchids, directory):
        """Return the sections of trytond.conf for a mini-program and merchants.

        :param mchids: the name of each merchant by its number.
        :param directory: where the keys' PEM files go.
        """
        self.program(appid, secret)
        lines = []
        for mchid, name in mchids.items():
            merchant = self.merchant(mchid, name)
            lines += ['', f'[wechat_pay_{mchid}]']
            for key in ['private_key', 'public_key']:
                file = Path(directory, f'{mchid}_{key}.pem')
                file.write_text(merchant[key], encoding='ascii')
                lines.append(f'{key} = {file}')
            lines += [
                f'{key} = {merchant[key]}'
                for key in ['cert_serial_no', 'apiv3_key', 'public_key_id']]
        return '\n'.join([
                f'appid = {appid}', f'secret = {secret}', f'api_url = {self.url}',
                f'pay_url = {self.url}', *lines, ''])

    def user(self, openid, name):
        "Put a WeChat user on the login page"
        self.store.put('user', openid, {'openid': openid, 'name': name})

    def code(self, openid, appid=None):
        "Return a login code of a user"
        appid = appid or self.store.all('program')[0]['appid']
        code = secrets.token_urlsafe(16)
        self.store.put('code', code, {'openid': openid, 'appid': appid})
        return code

    def phone_code(self, mobile):
        "Return a code as a getPhoneNumber button gives"
        code = secrets.token_urlsafe(16)
        self.store.put('phone', code, {'mobile': mobile})
        return code

    def pay(self, prepay, force=False):
        "Pay the order behind what wx.requestPayment would get"
        order = self.order(prepay)
        merchant = self.store.get('merchant', order['mchid'])
        self.pay_api.pay(merchant, order['number'], force)
        return order['number']

    def order(self, prepay):
        "Return the order behind what wx.requestPayment would get"
        prepay = self.store.get(
            'prepay', prepay['package'].removeprefix('prepay_id='))
        return self.store.get('order', f"{prepay['mchid']}/{prepay['number']}")

    def settle(self, number, status):
        "End a refund that is held: SUCCESS, CLOSED or ABNORMAL"
        refund = self.store.get('refund', number)
        self.pay_api.settle(
            self.store.get('merchant', refund['mchid']), number, status)

    def resend(self, notification, **how):
        "Send a notification again and return the HTTP status; see PayApi.send"
        merchant = self.store.get('merchant', notification['mchid'])
        return self.pay_api.send(merchant, notification, **how)

    # HTTP

    def __call__(self, environ, start_response):
        request = Request(environ)
        try:
            endpoint, values = self._map.bind_to_environ(environ).match()
            response = self._respond(request, endpoint, values)
        except HTTPException as error:
            response = error
        return response(environ, start_response)

    def _respond(self, request, endpoint, values):
        if delay := self.faults.take('delay', request.path):
            time.sleep(delay)
        if status := self.faults.take('error', request.path):
            return Response('{"code": "SYSTEM_ERROR"}', status)
        kind, _, name = endpoint.partition('.')
        if kind == 'api':
            return self._respond_api(request, name)
        if kind == 'pay':
            return self._respond_pay(request, name, values)
        return getattr(self, f'_page_{name}')(request)

    def _respond_api(self, request, name):
        if self.faults.take('busy', request.path):
            answer = self.api.error(-1, 'system error')
        elif self.faults.take('expired_token', request.path):
            answer = self.api.error(42001, 'access_token expired')
        elif code := self.faults.take('errcode', request.path):
            answer = self.api.error(code, 'refused')
        else:
            answer = getattr(self.api, name)(request)
        if isinstance(answer, Response):
            return answer
        return Response(json.dumps(answer), content_type='application/json')

    def _respond_pay(self, request, name, values):
        api, body = self.pay_api, request.get_data(as_text=True)
        try:
            merchant = api.merchant_of(request, body)
            if name in {'prepay', 'refund'}:
                values = {'asked': json.loads(body)}
            elif name == 'bill':
                values = {
                    'base_url': self.url, 'date': request.args['bill_date']}
            elif name == 'bill_file':
                return api.bill_file(merchant, request.args['date'])
            answer = getattr(api, name)(merchant, **values)
        except PayError as error:
            return Response(
                json.dumps({'code': error.code, 'message': error.message}),
                error.status, content_type='application/json')
        if self.faults.take('bad_signature', request.path):
            merchant = {**merchant, 'platform_key': keys.new_key()}
        return api.answer(merchant, answer, 204 if name == 'close' else 200)

    def _page_index(self, request):
        return pages.index(self.store)

    def _page_login(self, request):
        target = request.args.get('redirect_uri', '')
        if not pages.on_loopback(target):
            return pages.broken('只能返回本机页面')
        if request.method != 'POST':
            return pages.login(self.store.all('user'), request)
        openid = request.form.get('openid') or f'o{secrets.token_hex(13)}'
        code = self.code(openid, request.args.get('appid'))
        return pages.back(target, code=code, state=request.args.get('state', ''))

    def _page_cashier(self, request):
        asked = request.args
        target = asked.get('redirect_uri', '')
        prepay = self.store.get(
            'prepay', asked.get('package', '').removeprefix('prepay_id='))
        if not prepay or not pages.on_loopback(target):
            return pages.broken('支付参数有误')
        merchant = self.store.get('merchant', prepay['mchid'])
        text = ''.join(
            asked.get(n, '') + '\n'
            for n in ['appid', 'timeStamp', 'nonceStr', 'package'])
        if not keys.verify(
                merchant['private_key'], text, asked.get('paySign', '')):
            return pages.broken('支付验证签名失败')
        order = self.order(asked)
        if request.method != 'POST':
            return pages.cashier(order, merchant)
        if request.form.get('result') == 'ok':
            try:
                self.pay_api.pay(merchant, order['number'])
            except PayError as error:
                return pages.broken(error.message)
            return pages.back(target, result='ok')
        return pages.back(target, result='cancel')
