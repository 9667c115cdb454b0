# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""api.mch.weixin.qq.com: orders, refunds, notifications, bills."""
import datetime as dt
import gzip
import hashlib
import json
import secrets
import threading
import time
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import requests
from werkzeug.wrappers import Response

from . import keys

CHINA = ZoneInfo('Asia/Shanghai')
RETRIES = [15, 15, 30, 180, 600, 1200]  # seconds, from WeChat's notification page
BILL_COLUMNS = (
    '交易时间,公众账号ID,商户号,微信订单号,商户订单号,交易状态,'
    '订单金额,商户退款单号,退款金额')


class PayError(Exception):
    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def now():
    return dt.datetime.now(CHINA)


class PayApi:
    """The routes of WeChat Pay.

    :param store: where everything is kept.
    :param faults: asked for a fault before each notification.
    :param speed: how many times faster than WeChat's the retries are.
    """

    def __init__(self, store, faults, speed):
        self.store = store
        self.faults = faults
        self.speed = speed

    def merchant_of(self, request, body):
        "Return the merchant whose key signed a request"
        given = keys.parse_authorization(request.headers.get('Authorization'))
        merchant = self.store.get('merchant', given.get('mchid'))
        path = request.full_path.rstrip('?')
        text = (f"{request.method}\n{path}\n{given.get('timestamp')}\n"
            f"{given.get('nonce_str')}\n{body}\n")
        if (not merchant or given.get('serial_no') != merchant['cert_serial_no']
                or not keys.verify(
                    merchant['private_key'], text, given['signature'])):
            raise PayError(401, 'SIGN_ERROR', '签名错误')
        return merchant

    def answer(self, merchant, body='', status=200):
        "Return a response signed as WeChat Pay's"
        text = json.dumps(body, ensure_ascii=False) if body else ''
        headers = keys.signed_headers(
            merchant['platform_key'], merchant['public_key_id'], text)
        return Response(text, status, headers, content_type='application/json')

    def prepay(self, merchant, asked):
        number = asked['out_trade_no']
        if asked['amount']['total'] < 1 or not 6 <= len(number) <= 32:
            raise PayError(400, 'PARAM_ERROR', '参数错误')
        with self.store:
            order = self._order(merchant, number)
            if order and order['asked'] != asked:
                raise PayError(400, 'INVALID_REQUEST', '201 商户订单号重复')
            if order and order['state'] == 'SUCCESS':
                raise PayError(400, 'ORDERPAID', '该订单已支付')
            if order and order['state'] == 'CLOSED':
                raise PayError(400, 'ORDER_CLOSED', '该订单已关闭')
            prepay_id = f'wx{secrets.token_hex(15)}'
            order = order or {
                'number': number, 'mchid': merchant['mchid'], 'asked': asked,
                'state': 'NOTPAY', 'created': now().isoformat(timespec='seconds')}
            self._keep(order)
            self.store.put(
                'prepay', prepay_id, {'mchid': merchant['mchid'], 'number': number})
        return {'prepay_id': prepay_id}

    def _order(self, merchant, number):
        return self.store.get('order', f"{merchant['mchid']}/{number}")

    def _keep(self, order):
        self.store.put('order', f"{order['mchid']}/{order['number']}", order)

    def query(self, merchant, number):
        order = self._order(merchant, number)
        if not order:
            raise PayError(404, 'ORDER_NOT_EXIST', '订单不存在')
        return self._transaction(order)

    def _transaction(self, order):
        asked = order['asked']
        transaction = {
            'appid': asked['appid'], 'mchid': order['mchid'],
            'out_trade_no': order['number'], 'trade_type': 'JSAPI',
            'trade_state': order['state'], 'trade_state_desc': order['state'],
            }
        if order.get('transaction_id'):
            transaction |= {
                'transaction_id': order['transaction_id'],
                'success_time': order['paid'],
                'payer': asked['payer'],
                'amount': {
                    'total': asked['amount']['total'], 'currency': 'CNY',
                    'payer_total': asked['amount']['total'], 'payer_currency': 'CNY'},
                }
        return transaction

    def close(self, merchant, number):
        with self.store:
            order = self._order(merchant, number)
            if not order:
                raise PayError(404, 'ORDER_NOT_EXIST', '订单不存在')
            if order['state'] == 'SUCCESS':
                raise PayError(400, 'ORDERPAID', '该订单已支付')
            order['state'] = 'CLOSED'
            self._keep(order)

    def pay(self, merchant, number, force=False):
        """Pay an order as the payer does, and tell the merchant.

        :param force: pay even a closed or expired one, as a race at WeChat would.
        """
        with self.store:
            order = self._order(merchant, number)
            if not order or order['state'] == 'SUCCESS':
                raise PayError(400, 'ORDERPAID', '订单不存在或已支付')
            expires = order['asked'].get('time_expire')
            late = expires and dt.datetime.fromisoformat(expires) < now()
            if not force and (late or order['state'] == 'CLOSED'):
                raise PayError(400, 'ORDER_CLOSED', '订单已关闭或已过期')
            order |= {
                'state': 'SUCCESS',
                'transaction_id': f'42{time.time_ns()}{secrets.randbelow(10 ** 6):06}',
                'paid': now().isoformat(timespec='seconds'),
                }
            self._keep(order)
        self.notify(
            merchant, order['asked']['notify_url'], 'TRANSACTION.SUCCESS',
            self._transaction(order))

    def refund(self, merchant, asked):
        with self.store:
            orders = [
                o for o in self.store.all('order')
                if o.get('transaction_id') == asked['transaction_id']]
            if not orders:
                raise PayError(404, 'RESOURCE_NOT_EXISTS', '订单不存在')
            order, = orders
            refund = self.store.get('refund', asked['out_refund_no'])
            if refund:
                return self._refund_view(refund)
            before = [
                r for r in self.store.all('refund')
                if r['order'] == order['number'] and r['status'] != 'CLOSED']
            total = order['asked']['amount']['total']
            if (asked['amount']['total'] != total or asked['amount']['refund'] < 1
                    or sum(r['amount'] for r in before)
                    + asked['amount']['refund'] > total):
                raise PayError(400, 'INVALID_REQUEST', '申请退款金额有误')
            if self.faults.take('not_enough', '/v3/refund'):
                raise PayError(403, 'NOT_ENOUGH', '商户余额不足')
            refund = {
                'out_refund_no': asked['out_refund_no'],
                'refund_id': f'50{time.time_ns()}',
                'mchid': merchant['mchid'], 'order': order['number'],
                'transaction_id': asked['transaction_id'],
                'amount': asked['amount']['refund'], 'total': total,
                'notify_url': asked['notify_url'], 'status': 'PROCESSING',
                }
            self.store.put('refund', refund['out_refund_no'], refund)
        if not self.faults.take('hold_refund', '/v3/refund'):
            self._later(0.3, self.settle, merchant, refund['out_refund_no'], 'SUCCESS')
        return self._refund_view(refund)

    def query_refund(self, merchant, number):
        refund = self.store.get('refund', number)
        if not refund:
            raise PayError(404, 'RESOURCE_NOT_EXISTS', '退款单不存在')
        return self._refund_view(refund)

    def _refund_view(self, refund):
        return {
            'refund_id': refund['refund_id'],
            'out_refund_no': refund['out_refund_no'],
            'transaction_id': refund['transaction_id'],
            'out_trade_no': refund['order'], 'status': refund['status'],
            'amount': {'total': refund['total'], 'refund': refund['amount']},
            }

    def settle(self, merchant, number, status):
        "End a refund as SUCCESS, CLOSED or ABNORMAL, and tell the merchant"
        with self.store:
            refund = self.store.get('refund', number)
            refund |= {
                'status': status, 'at': now().isoformat(timespec='seconds')}
            self.store.put('refund', number, refund)
        resource = self._refund_view(refund)
        resource['refund_status'] = resource.pop('status')
        resource['mchid'] = merchant['mchid']
        self.notify(merchant, refund['notify_url'], f'REFUND.{status}', resource)

    def notify(self, merchant, url, event, resource):
        "Send a notification in the background, again until it is taken in"
        sent = {
            'id': secrets.token_hex(16), 'url': url, 'mchid': merchant['mchid'],
            'event': event, 'resource': resource, 'status': None}
        self.store.put('notification', sent['id'], sent)
        if not self.faults.take('drop', 'notify'):
            delay = self.faults.take('delay', 'notify') or 0
            copies = 2 if self.faults.take('duplicate', 'notify') else 1
            for _ in range(copies):
                self._later(delay, self.send, merchant, sent, 0)

    def _later(self, seconds, function, *arguments):
        timer = threading.Timer(seconds, function, arguments)
        timer.daemon = True
        timer.start()

    def send(self, merchant, sent, attempt=None, timestamp=None, forged=False):
        """Send a notification once and return the HTTP status, None without an answer.

        :param attempt: which try it is; after a failure another follows.
        :param timestamp: pretend to have signed then (epoch seconds).
        :param forged: sign with a key that is not WeChat Pay's.
        """
        body = json.dumps({
                'id': sent['id'], 'event_type': sent['event'],
                'create_time': now().isoformat(timespec='seconds'),
                'resource_type': 'encrypt-resource', 'summary': sent['event'],
                'resource': keys.encrypt(merchant['apiv3_key'], sent['resource']),
                }, ensure_ascii=False)
        key = keys.new_key() if forged else merchant['platform_key']
        headers = keys.signed_headers(
            key, merchant['public_key_id'], body, timestamp)
        headers['Content-Type'] = 'application/json'
        assert urlsplit(sent['url']).hostname in {'127.0.0.1', 'localhost'}
        try:
            status = requests.post(
                sent['url'], body.encode(), headers=headers, timeout=5).status_code
        except requests.RequestException:
            status = None
        sent['status'] = status
        self.store.put('notification', sent['id'], sent)
        failed = status is None or status >= 300
        if attempt is not None and failed and attempt < len(RETRIES):
            self._later(
                RETRIES[attempt] / self.speed, self.send, merchant, sent, attempt + 1)
        return status

    def bill(self, merchant, base_url, date):
        "Return what announces a day's bill"
        data = self.bill_data(merchant, date)
        return {
            'hash_type': 'SHA1', 'hash_value': hashlib.sha1(data).hexdigest(),
            'download_url':
                f"{base_url}/v3/billdownload/file?mchid={merchant['mchid']}&date={date}",
            }

    def bill_data(self, merchant, date):
        rows, paid, refunded = [], 0, 0
        for order in self.store.all('order'):
            if (order['mchid'] == merchant['mchid']
                    and order.get('paid', '').startswith(date)):
                total = order['asked']['amount']['total']
                paid += total
                rows.append([
                        order['paid'], order['asked']['appid'], order['mchid'],
                        order['transaction_id'], order['number'], 'SUCCESS',
                        f'{total / 100:.2f}', '0', '0.00'])
        for refund in self.store.all('refund'):
            if (refund['mchid'] == merchant['mchid']
                    and refund['status'] == 'SUCCESS'
                    and refund['at'].startswith(date)):
                refunded += refund['amount']
                rows.append([
                        refund['at'], '', refund['mchid'], refund['transaction_id'],
                        refund['order'], 'REFUND', '0.00', refund['out_refund_no'],
                        f"{refund['amount'] / 100:.2f}"])
        if not rows:
            raise PayError(400, 'NO_STATEMENT_EXIST', '账单文件不存在')
        lines = [BILL_COLUMNS]
        lines += [','.join('`' + value for value in row) for row in rows]
        lines += [
            '总交易单数,订单总金额,退款总金额',
            f'`{len(rows)},`{paid / 100:.2f},`{refunded / 100:.2f}', '']
        return '\r\n'.join(lines).encode()

    def bill_file(self, merchant, date):
        return Response(
            gzip.compress(self.bill_data(merchant, date)),
            content_type='application/octet-stream')
