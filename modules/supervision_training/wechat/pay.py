# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""WeChat Pay API v3, on wechatpayv3 in public-key mode. Amounts are fen."""
import csv
import datetime as dt
import gzip
import hashlib
import io
import json
import secrets
import time
from dataclasses import dataclass
from decimal import Decimal

import requests
from cryptography.hazmat.primitives import serialization
from wechatpayv3 import WeChatPay, WeChatPayType

from .errors import InvalidSignature, WeChatError, WeChatUnavailable

WINDOW = 300  # seconds that a notification may be old
DESCRIPTION_LENGTH = 127
REASON_BYTES = 80
BILL_END = '总交易单数'


@dataclass(frozen=True)
class Transaction:
    """An order as WeChat knows it; total in fen, success_time aware."""
    out_trade_no: str
    state: str
    mchid: str
    appid: str
    transaction_id: str | None
    total: int | None
    success_time: dt.datetime | None

    @classmethod
    def from_resource(cls, resource):
        "Return the transaction of an answer or of a notification's resource"
        return cls(
            out_trade_no=resource['out_trade_no'],
            state=resource['trade_state'],
            mchid=resource['mchid'],
            appid=resource['appid'],
            transaction_id=resource.get('transaction_id'),
            total=resource.get('amount', {}).get('total'),
            success_time=_moment(resource.get('success_time')))


@dataclass(frozen=True)
class RefundResult:
    """A refund as WeChat knows it: PROCESSING, SUCCESS, CLOSED or ABNORMAL."""
    out_refund_no: str
    refund_id: str
    status: str

    @classmethod
    def from_resource(cls, resource):
        "Return the result of an answer or of a notification's resource"
        return cls(
            out_refund_no=resource['out_refund_no'],
            refund_id=resource['refund_id'],
            status=resource.get('status') or resource['refund_status'])


@dataclass(frozen=True)
class Entry:
    """A line of a bill: money that came in, or went back; amount in fen.

    number is the out_trade_no, or the out_refund_no of what went back.
    """
    refund: bool
    number: str
    transaction_id: str
    amount: int

    @classmethod
    def from_row(cls, row):
        "Return the entry of a bill's row by WeChat's column names"
        row = {name: text.lstrip('`') for name, text in row.items()}
        number = row['商户退款单号']
        refund = number not in {'', '0'}
        # Older bills name the amount of an order otherwise.
        amount = row['退款金额'] if refund else row.get(
            '订单金额') or row['应结订单金额']
        return cls(
            refund=refund,
            number=number if refund else row['商户订单号'],
            transaction_id=row['微信订单号'],
            amount=int(Decimal(amount) * 100))


@dataclass(frozen=True)
class Notification:
    """A genuine notification, decrypted."""
    id: str
    event_type: str
    resource: dict


def _moment(text):
    return dt.datetime.fromisoformat(text) if text else None


def _pem_key(text):
    "Return a pasted private key as PKCS#8 PEM with plain line ends"
    key = serialization.load_pem_private_key(
        text.replace('\r\n', '\n').strip().encode(), None)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption()).decode()


class Merchant:
    """A merchant of WeChat Pay.

    :param mchid: the merchant number; appid: the mini-program bound to it.
    :param private_key: PEM text of the merchant's key, PKCS#1 or PKCS#8.
    :param cert_serial_no: the serial of the merchant's certificate.
    :param apiv3_key: the APIv3 key, 32 characters.
    :param public_key: PEM text of WeChat Pay's public key; public_key_id: its id.
    :param base_url: where WeChat Pay is.
    Every method that asks raises WeChatError when WeChat refuses and
    WeChatUnavailable when it does not answer, or not genuinely.
    """

    def __init__(self, mchid, appid, private_key, cert_serial_no, apiv3_key,
            public_key, public_key_id, base_url='https://api.mch.weixin.qq.com'):
        self.mchid = mchid
        self.appid = appid
        self.public_key_id = public_key_id
        self._client = WeChatPay(
            wechatpay_type=WeChatPayType.MINIPROG, mchid=mchid, appid=appid,
            private_key=_pem_key(private_key), cert_serial_no=cert_serial_no,
            apiv3_key=apiv3_key, notify_url=None, timeout=(3, 10),
            public_key=public_key.replace('\r\n', '\n'), public_key_id=public_key_id)
        # The library has no setting for the gateway; this is where it keeps it.
        self._client._core._gate_way = base_url

    def prepay(self, out_trade_no, description, total, openid, notify_url,
            time_expire):
        """Create an order, or ask again for the same one, and return its prepay_id.

        :param total: fen, at least 1.
        :param time_expire: aware moment, the last to pay.
        """
        return self._ask(
            self._client.pay, description=description[:DESCRIPTION_LENGTH],
            out_trade_no=out_trade_no, amount={'total': total, 'currency': 'CNY'},
            payer={'openid': openid}, notify_url=notify_url,
            time_expire=time_expire.isoformat(timespec='seconds'))['prepay_id']

    def request_payment(self, prepay_id):
        "Return what wx.requestPayment takes, signed"
        timestamp, nonce = str(int(time.time())), secrets.token_hex(16)
        package = f'prepay_id={prepay_id}'
        return {
            'timeStamp': timestamp,
            'nonceStr': nonce,
            'package': package,
            'signType': 'RSA',
            'paySign': self._client.sign([self.appid, timestamp, nonce, package]),
            }

    def query(self, out_trade_no):
        "Return the Transaction of an order, None when WeChat does not know it"
        try:
            return Transaction.from_resource(
                self._ask(self._client.query, out_trade_no=out_trade_no))
        except WeChatError as error:
            if error.code in {'ORDER_NOT_EXIST', 'ORDERNOTEXIST'}:
                return None
            raise

    def close(self, out_trade_no):
        """Close an order; one that WeChat does not know, or has closed, is closed.

        :raises WeChatError: 'ORDERPAID' when it has been paid.
        """
        try:
            self._ask(self._client.close, out_trade_no=out_trade_no)
        except WeChatError as error:
            if error.code not in {'ORDER_NOT_EXIST', 'ORDERNOTEXIST', 'ORDER_CLOSED'}:
                raise

    def refund(self, out_refund_no, transaction_id, amount, total, reason, notify_url):
        """Give money back and return a RefundResult; the same number gives it once.

        :param amount: fen to give back of total, the fen that were paid.
        :param reason: cut to 80 bytes of UTF-8.
        """
        reason = reason.encode()[:REASON_BYTES].decode(errors='ignore')
        return RefundResult.from_resource(self._ask(
                self._client.refund, out_refund_no=out_refund_no,
                transaction_id=transaction_id, reason=reason, notify_url=notify_url,
                amount={'refund': amount, 'total': total, 'currency': 'CNY'}))

    def query_refund(self, out_refund_no):
        "Return the RefundResult of a refund, None when WeChat does not know it"
        try:
            return RefundResult.from_resource(
                self._ask(self._client.query_refund, out_refund_no=out_refund_no))
        except WeChatError as error:
            if error.code in {'RESOURCE_NOT_EXISTS', 'REFUND_NOT_EXIST'}:
                return None
            raise

    def trade_bill(self, date):
        """Return the entries of a day's bill, none for a day without any.

        The bill of a day in China is there from 10:00 of the next.
        """
        try:
            bill = self._ask(self._client.trade_bill, bill_date=date.isoformat())
        except WeChatError as error:
            if error.code == 'NO_STATEMENT_EXIST':
                return []
            raise
        try:
            _, content = self._client.download_bill(bill['download_url'])
            data = gzip.decompress(content)
        except (requests.RequestException, OSError, TypeError) as error:
            raise WeChatUnavailable from error
        if hashlib.sha1(data).hexdigest() != bill['hash_value'].lower():
            raise WeChatUnavailable("The bill is not the one that was announced.")
        lines = data.decode('utf-8-sig').splitlines()
        try:
            end = next(i for i, line in enumerate(lines) if line.startswith(BILL_END))
            return [
                Entry.from_row(row)
                for row in csv.DictReader(io.StringIO('\n'.join(lines[:end])))]
        except (ArithmeticError, AttributeError, KeyError, StopIteration) as error:
            raise WeChatUnavailable("The bill can not be read.") from error

    def check(self):
        "Ask a harmless question, to see that keys and numbers fit together"
        self.query(f'check-{secrets.token_hex(8)}')

    def notification(self, headers, body):
        """Return the Notification in an HTTP request.

        The serial is compared before anything else: for an unknown one the library
        would call out.

        :param headers: the request's headers; body: its raw bytes.
        :raises InvalidSignature: it is not WeChat's, older than five minutes, or not
            for this merchant.
        """
        if headers.get('Wechatpay-Serial') != self.public_key_id:
            raise InvalidSignature("unknown serial")
        try:
            age = abs(time.time() - int(headers.get('Wechatpay-Timestamp', '')))
        except ValueError:
            raise InvalidSignature("no timestamp")
        if age > WINDOW:
            raise InvalidSignature("outside of the time window")
        try:
            result = self._client.callback(headers, body)
            notification = Notification(
                result['id'], result['event_type'], result['resource'])
        except Exception as error:  # the library raises bare exceptions
            raise InvalidSignature(type(error).__name__) from error
        if notification.resource.get('mchid') != self.mchid:
            raise InvalidSignature("another merchant")
        return notification

    def _ask(self, call, **arguments):
        try:
            status, text = call(**arguments)
            answer = json.loads(text) if text else {}
        except Exception as error:  # the library raises bare exceptions
            raise WeChatUnavailable from error
        if status >= 500:
            raise WeChatUnavailable(answer.get('code'))
        if status >= 300:
            raise WeChatError(
                answer.get('code', str(status)), answer.get('message', ''))
        return answer
