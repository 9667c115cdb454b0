# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
import json
import secrets
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from trytond import config
from trytond.i18n import gettext
from trytond.model import (
    DeactivableMixin, Index, ModelSQL, ModelView, Unique, fields)
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import Transaction

from . import clock, wechat
from .configuration import SECTION, secret
from .exceptions import WeChatFailure, WrongState
from .locking import lock
from .polling import PolledMixin

PREPAY_MINUTES = 110  # WeChat's prepay_id lives two hours


def to_fen(amount):
    "Return yuan (Decimal) as fen (int)"
    return int((amount * 100).to_integral_value())


def to_yuan(fen):
    "Return fen (int) as yuan (Decimal)"
    return Decimal(fen) / 100


@lru_cache
def pay_client(mchid):
    """Return the WeChat Pay client of a merchant number.

    Its keys are in the section [wechat_pay_<mchid>] of the configuration file.
    """
    section = f'wechat_pay_{mchid}'

    def pem(name):
        return Path(config.get(section, name)).read_text(encoding='ascii')

    return wechat.Merchant(
        mchid=mchid,
        appid=secret('appid'),
        private_key=pem('private_key'),
        cert_serial_no=config.get(section, 'cert_serial_no'),
        apiv3_key=config.get(section, 'apiv3_key'),
        public_key=pem('public_key'),
        public_key_id=config.get(section, 'public_key_id'),
        base_url=config.get(
            SECTION, 'pay_url', default='https://api.mch.weixin.qq.com'))


class Merchant(DeactivableMixin, ModelSQL, ModelView):
    "WeChat Pay merchant of an organizing unit"
    __name__ = 'training.merchant'
    _rec_name = 'mchid'

    company = fields.Many2One(
        'company.company', "Organizing Unit", required=True, ondelete='RESTRICT')
    mchid = fields.Char(
        "Merchant Number", required=True,
        help="Its keys are in the server's configuration file, never here.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints.append(
            ('mchid_unique', Unique(t, t.mchid),
                'supervision_training.msg_mchid_unique'))
        cls._buttons.update({'check': {'icon': 'tryton-ok'}})

    @classmethod
    def of(cls, company):
        "Return the merchant that takes the money of a unit, None without one"
        merchants = cls.search([('company', '=', company.id)], limit=1)
        return merchants[0] if merchants else None

    @property
    def client(self):
        return pay_client(self.mchid)

    def notify_url(self):
        "Return where WeChat sends the notifications of this merchant"
        database = Transaction().database.name
        return (f'{secret("public_url")}/{database}/training/wechat/pay/'
            f'{self.mchid}/notify')

    @classmethod
    @ModelView.button
    def check(cls, merchants):
        "Try the configuration with a harmless call and tell what is wrong"
        for merchant in merchants:
            try:
                merchant.client.check()
            except (wechat.WeChatError, wechat.WeChatUnavailable) as error:
                raise WeChatFailure(gettext(
                        'supervision_training.msg_merchant_broken',
                        merchant=merchant.rec_name, error=str(error)))


class Payment(PolledMixin, ModelSQL, ModelView):
    "An order at WeChat Pay: one attempt to pay a registration"
    __name__ = 'training.payment'
    _rec_name = 'number'
    _query_minutes = [1, 3, 5, 10, 30, 60]

    number = fields.Char(
        "Number", required=True, readonly=True, help="WeChat's out_trade_no.")
    registration = fields.Many2One(
        'training.registration', "Registration", readonly=True, ondelete='RESTRICT')
    company = fields.Many2One(
        'company.company', "Organizing Unit", required=True, readonly=True,
        ondelete='RESTRICT')
    merchant = fields.Many2One(
        'training.merchant', "Merchant", required=True, readonly=True,
        ondelete='RESTRICT')
    currency = fields.Function(
        fields.Many2One('currency.currency', "Currency"), 'get_currency')
    amount = Monetary(
        "Amount", currency='currency', digits='currency', required=True,
        readonly=True)
    request = fields.Text(
        "Request", readonly=True,
        help="What was asked of WeChat: the same number always asks the same.")
    prepay_id = fields.Char("Prepay", readonly=True)
    prepaid_at = fields.DateTime("Prepared", readonly=True)
    expires_at = fields.DateTime("Expires", readonly=True)
    transaction_id = fields.Char("WeChat Transaction", readonly=True)
    paid_at = fields.DateTime("Paid", readonly=True)
    refunds = fields.One2Many(
        'training.refund', 'payment', "Refunds", readonly=True)
    state = fields.Selection([
            ('open', "Open"),
            ('paid', "Paid"),
            ('surplus', "Paid in Surplus"),
            ('disputed', "Disputed"),
            ('closed', "Closed"),
            ], "State", required=True, readonly=True, sort=False,
        help="In surplus: paid too late or twice, given back by itself.\n"
        "Disputed: WeChat reports a payment that does not match an order of ours.")

    @classmethod
    def __setup__(cls):
        cls.number.search_unaccented = False
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('number_unique', Unique(t, t.merchant, t.number),
                'supervision_training.msg_number_unique'),
            ('transaction_unique', Unique(t, t.transaction_id),
                'supervision_training.msg_number_unique'),
            ]
        cls._sql_indexes.update({
                Index(t, (t.registration, Index.Equality())),
                Index(t, (t.query_at, Index.Range()), where=t.state == 'open'),
                Index(t, (t.company, Index.Equality()), (t.paid_at, Index.Range())),
                })
        cls._order = [('id', 'DESC')]
        cls._buttons.update({
                'query': {
                    'invisible': Eval('state') != 'open',
                    'icon': 'tryton-refresh',
                    'depends': ['state'],
                    },
                })

    def get_currency(self, name):
        return self.company.currency.id

    @classmethod
    def prepay(cls, registration):
        """Return what wx.requestPayment takes to pay a registration.

        The order is committed before WeChat hears of it, and asked for again with
        the same number and the same values while it is open.

        :raises WrongState: nothing is to be paid, or not any more.
        :raises WeChatFailure: WeChat did not answer, or refused.
        """
        registration, = lock([registration])
        if 'pay' not in registration.actions:
            raise WrongState(gettext(
                    'supervision_training.msg_nothing_to_pay',
                    label=registration.label_text))
        payment = cls._open_of(registration) or cls._open(registration)
        Transaction().commit()
        payment = cls(payment.id)
        fresh = clock.now() - dt.timedelta(minutes=PREPAY_MINUTES)
        if not payment.prepay_id or payment.prepaid_at < fresh:
            request = json.loads(payment.request)
            request['time_expire'] = clock.local(payment.expires_at)
            try:
                prepay_id = payment.merchant.client.prepay(**request)
            except wechat.WeChatError as error:
                cls.settle([payment.registration])
                raise WeChatFailure(gettext(
                        'supervision_training.msg_wechat_refused',
                        error=error.message))
            except wechat.WeChatUnavailable:
                raise WeChatFailure(
                    gettext('supervision_training.msg_wechat_unavailable'))
            cls.write([payment], {
                    'prepay_id': prepay_id,
                    'prepaid_at': clock.now(),
                    })
        return payment.merchant.client.request_payment(payment.prepay_id)

    @classmethod
    def _open_of(cls, registration):
        for payment in registration.payments:
            if payment.state == 'open' and payment.amount == registration.amount:
                return payment

    @classmethod
    def _open(cls, registration):
        merchant = Pool().get('training.merchant').of(registration.company)
        attempt = len(registration.payments) + 1
        number = f'{registration.number}-{attempt}-{secrets.token_hex(3)}'
        request = {
            'out_trade_no': number,
            'description': gettext(
                'supervision_training.msg_payment_description',
                session=registration.session.name),
            'total': to_fen(registration.amount),
            'openid': registration.trainee.openid,
            'notify_url': merchant.notify_url(),
            }
        payment, = cls.create([{
                    'number': number,
                    'registration': registration.id,
                    'company': registration.company.id,
                    'merchant': merchant.id,
                    'amount': registration.amount,
                    'request': json.dumps(request, ensure_ascii=False),
                    'expires_at': registration.payment_deadline,
                    **cls.next_query(),
                    'state': 'open',
                    }])
        return payment

    @classmethod
    def receive(cls, merchant, transaction):
        """Take in money that WeChat vouches for: the only way that it comes in.

        The first success that matches pays the registration. One that comes too
        late or twice is given back; one that matches nothing is kept for staff.

        :param transaction: a wechat.Transaction whose state is SUCCESS.
        """
        pool = Pool()
        Refund = pool.get('training.refund')
        Registration = pool.get('training.registration')
        payments = cls.search([
                ('merchant', '=', merchant.id),
                ('number', '=', transaction.out_trade_no),
                ])
        values = {
            'transaction_id': transaction.transaction_id,
            'paid_at': clock.naive(transaction.success_time) or clock.now(),
            }
        if not payments:
            cls.create([{
                        **values,
                        'number': transaction.out_trade_no,
                        'company': merchant.company.id,
                        'merchant': merchant.id,
                        'amount': to_yuan(transaction.total),
                        'state': 'disputed',
                        }])
            return
        if not payments[0].registration:
            return
        registration, = lock([payments[0].registration])
        payment, = lock(payments)
        if payment.state not in {'open', 'closed'}:
            return
        if not payment._matches(transaction):
            cls.write([payment], {**values, 'state': 'disputed'})
        elif registration.state == 'approved':
            cls.write([payment], {**values, 'state': 'paid'})
            Registration.pay([registration])
        else:
            cls.write([payment], {**values, 'state': 'surplus'})
            Refund.give_back_surplus(payment)

    def _matches(self, transaction):
        client = self.merchant.client
        return (
            transaction.total == to_fen(self.amount)
            and transaction.mchid == client.mchid
            and transaction.appid == client.appid)

    @classmethod
    @ModelView.button
    def query(cls, payments):
        "Ask WeChat for the state of orders"
        for payment in payments:
            merchant = payment.merchant
            try:
                transaction = merchant.client.query(payment.number)
            except (wechat.WeChatError, wechat.WeChatUnavailable):
                raise WeChatFailure(
                    gettext('supervision_training.msg_wechat_unavailable'))
            if transaction and transaction.state == 'SUCCESS':
                cls.receive(merchant, transaction)
            elif transaction and transaction.state == 'CLOSED':
                cls._closed(payment)
            Transaction().commit()

    @classmethod
    def _closed(cls, payment):
        payment, = lock([payment])
        if payment.state == 'open':
            cls.write([payment], {'state': 'closed'})

    @classmethod
    def settle(cls, registrations):
        "Ask WeChat for the open orders of registrations"
        cls.query(cls._open_orders(registrations))

    @classmethod
    def _open_orders(cls, registrations):
        return cls.search([
                ('registration', 'in', [r.id for r in registrations]),
                ('state', '=', 'open'),
                ])

    @classmethod
    def close_open(cls, registrations):
        """Close the open orders of registrations, so that they can not be paid.

        One that is paid already is taken in instead. Nothing may be uncommitted.

        :raises WeChatFailure: WeChat did not answer; nothing has changed.
        """
        for payment in cls._open_orders(registrations):
            try:
                payment.merchant.client.close(payment.number)
            except wechat.WeChatError:
                cls.query([payment])
            except wechat.WeChatUnavailable:
                raise WeChatFailure(
                    gettext('supervision_training.msg_wechat_unavailable'))
            else:
                cls._closed(payment)
                Transaction().commit()

    @classmethod
    def query_open(cls):
        "Ask WeChat for open orders, ever more rarely (a scheduled task)"
        for payment in cls.due('open'):
            try:
                cls.query([payment])
            except WeChatFailure:
                continue
