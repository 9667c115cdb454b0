# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
from sql.operators import Equal

from trytond.i18n import gettext
from trytond.model import (
    Exclude, Index, ModelSQL, ModelView, Unique, Workflow, fields)
from trytond.modules.currency.fields import Monetary
from trytond.pool import Pool
from trytond.pyson import Bool, Eval
from trytond.transaction import Transaction
from trytond.wizard import Button, StateTransition, StateView, Wizard

from . import clock, wechat
from .exceptions import InvalidFields, WrongState
from .locking import lock
from .payment import to_fen
from .polling import PolledMixin
from .workflow import move


class Refund(Workflow, PolledMixin, ModelSQL, ModelView):
    __name__ = 'training.refund'
    _rec_name = 'number'

    number = fields.Char(
        "Number", required=True, readonly=True, help="WeChat's out_refund_no.")
    attempt = fields.Integer("Attempt", required=True, readonly=True)
    registration = fields.Many2One(
        'training.registration', "Registration", required=True, readonly=True,
        ondelete='RESTRICT')
    payment = fields.Many2One(
        'training.payment', "Payment", required=True, readonly=True,
        ondelete='RESTRICT')
    company = fields.Many2One(
        'company.company', "Organizing Unit", required=True, readonly=True,
        ondelete='RESTRICT')
    currency = fields.Function(
        fields.Many2One('currency.currency', "Currency"), 'get_currency')
    amount = Monetary(
        "Amount", currency='currency', digits='currency', required=True,
        readonly=True)
    reason = fields.Text("Reason", required=True, readonly=True)
    reject_reason = fields.Text(
        "Reason of Refusal", readonly=True,
        states={'invisible': ~Bool(Eval('reject_reason'))})
    requested_at = fields.DateTime("Requested", required=True, readonly=True)
    decided_at = fields.DateTime("Decided", readonly=True)
    decided_by = fields.Many2One('res.user', "Decided By", readonly=True)
    refund_id = fields.Char("WeChat Refund", readonly=True)
    done_at = fields.DateTime("Done", readonly=True)
    error = fields.Text(
        "Error", readonly=True, states={'invisible': ~Bool(Eval('error'))})
    state = fields.Selection([
            ('requested', "Requested"),
            ('approved', "Granted"),
            ('processing', "Processing"),
            ('done', "Done"),
            ('rejected', "Refused"),
            ('failed', "Failed"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')
    four_eyes = fields.Function(
        fields.Boolean("Four Eyes",
            states={'invisible': ~Eval('four_eyes')},
            help="Two persons have to grant it, as the amount is above the limit of "
            "the unit."),
        'get_four_eyes')

    @classmethod
    def __setup__(cls):
        cls.number.search_unaccented = False
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('number_unique', Unique(t, t.number),
                'supervision_training.msg_number_unique'),
            ('live_unique',
                Exclude(t, (t.payment, Equal), where=t.state != 'rejected'),
                'supervision_training.msg_refund_live'),
            ]
        cls._sql_indexes.update({
                Index(t, (t.registration, Index.Equality())),
                Index(t, (t.company, Index.Equality()), (t.state, Index.Equality())),
                Index(t, (t.query_at, Index.Range()), where=t.state == 'processing'),
                })
        cls._order = [('id', 'DESC')]
        cls._transitions |= {
            ('requested', 'approved'),
            ('requested', 'rejected'),
            ('approved', 'processing'),
            ('processing', 'done'),
            ('processing', 'failed'),
            ('failed', 'processing'),
            ('failed', 'done'),
            }
        states = {
            'approve': 'requested',
            'reject': 'requested',
            'retry': 'failed',
            'settle_by_hand': 'failed',
            'query': 'processing',
            }
        cls._buttons.update({
                name: {'invisible': Eval('state') != state, 'depends': ['state']}
                for name, state in states.items()})

    @staticmethod
    def default_attempt():
        return 1

    def get_currency(self, name):
        return self.company.currency.id

    def get_four_eyes(self, name):
        limit = self.company.refund_limit
        return limit is not None and self.amount > limit

    @classmethod
    def moved(cls, refunds, state, note):
        "The registration's events tell of a refund what its methods record"

    @classmethod
    def request(cls, registration, reason):
        """Ask, as the trainee, for the money back (manual, step 4).

        :raises InvalidFields: without a reason.
        :raises WrongState: the rules of the session do not allow it.
        """
        pool = Pool()
        Event = pool.get('training.registration.event')
        Notification = pool.get('training.notification')
        reason = (reason or '').strip()
        if not reason:
            raise InvalidFields({
                    'reason': gettext('supervision_training.msg_refund_reason')})
        registration, = lock([registration])
        amount = registration.refundable
        if amount is None:
            raise WrongState(gettext(
                    'supervision_training.msg_refund_not_allowed',
                    label=registration.label_text,
                    rules='；'.join(registration.session.refund_rules)))
        payment, = [p for p in registration.payments if p.state == 'paid']
        refund = cls._create(payment, amount, reason, 'requested')
        registration.refund = refund
        registration.save()
        Event.record([registration], 'refund_requested', reason)
        Notification.post(registration, 'refund_requested')

    @classmethod
    def give_back(cls, registration):
        "Give all the money of a registration back, whatever the rules say"
        if refund := registration.refund:
            if refund.state == 'requested':
                cls.write([refund], {'amount': refund.payment.amount})
                cls.grant([refund])
            if refund.state != 'rejected':
                return
        payment, = [p for p in registration.payments if p.state == 'paid']
        refund = cls._create(
            payment, payment.amount,
            gettext('supervision_training.msg_session_cancelled_reason'), 'approved')
        registration.refund = refund
        registration.save()
        cls.__queue__.process([refund])

    @classmethod
    def give_back_surplus(cls, payment):
        "Give back a payment that pays nothing"
        Notification = Pool().get('training.notification')
        refund = cls._create(
            payment, payment.amount,
            gettext('supervision_training.msg_surplus_reason'), 'approved')
        Notification.post(payment.registration, 'surplus')
        cls.__queue__.process([refund])

    @classmethod
    def _create(cls, payment, amount, reason, state):
        assert 0 < amount <= payment.amount
        attempt = len(payment.refunds) + 1
        refund, = cls.create([{
                    'number': f'{payment.number}-R{attempt}',
                    'registration': payment.registration.id,
                    'payment': payment.id,
                    'company': payment.company.id,
                    'amount': amount,
                    'reason': reason,
                    'requested_at': clock.now(),
                    'state': state,
                    }])
        return refund

    @classmethod
    @ModelView.button
    def approve(cls, refunds):
        cls.grant(refunds)

    @classmethod
    @move('approved')
    def grant(cls, refunds):
        Event = Pool().get('training.registration.event')
        cls._decide(refunds)
        Event.record([r.registration for r in refunds], 'refund_approved')
        cls.__queue__.process(refunds)

    @classmethod
    @ModelView.button_action('supervision_training.wizard_refund_reject')
    def reject(cls, refunds):
        pass

    @classmethod
    @move('rejected')
    def refuse(cls, refunds, reason):
        "Refuse with a reason that the trainee reads"
        pool = Pool()
        Event = pool.get('training.registration.event')
        Notification = pool.get('training.notification')
        cls._decide(refunds, reject_reason=reason)
        Event.record([r.registration for r in refunds], 'refund_rejected', reason)
        for refund in refunds:
            Notification.post(refund.registration, 'refund_rejected', reason=reason)

    @classmethod
    def _decide(cls, refunds, **values):
        cls.write(refunds, {
                **values,
                'decided_at': clock.now(),
                'decided_by': Transaction().user or None,
                })

    @classmethod
    def process(cls, refunds):
        "Send granted refunds to WeChat, each committed before WeChat hears of it"
        for refund in lock(refunds):
            if refund.state == 'approved':
                cls._start([refund])
        Transaction().commit()
        for refund in cls.browse(refunds):
            if refund.state == 'processing':
                refund._send()
                Transaction().commit()

    @classmethod
    @move('processing')
    def _start(cls, refunds):
        cls.write(refunds, cls.next_query())

    def _send(self):
        "Ask WeChat for the money; the same number never gives it twice"
        payment = self.payment
        try:
            result = payment.merchant.client.refund(
                out_refund_no=self.number,
                transaction_id=payment.transaction_id,
                amount=to_fen(self.amount),
                total=to_fen(payment.amount),
                reason=self.reason,
                notify_url=payment.merchant.notify_url())
        except wechat.WeChatUnavailable:
            return  # the scheduled query tries again
        except wechat.WeChatError as error:
            self._failed([self], f'{error.code} {error.message}')
        else:
            self.receive(payment.merchant, result)

    @classmethod
    def receive(cls, merchant, result):
        """Take in what WeChat says of a refund: the only way that one ends.

        :param result: a wechat.RefundResult.
        """
        Registration = Pool().get('training.registration')
        refunds = cls.search([
                ('payment.merchant', '=', merchant.id),
                ('number', '=', result.out_refund_no),
                ])
        if not refunds:
            return
        registration, = lock([refunds[0].registration])
        refund, = lock(refunds)
        if refund.state not in {'processing', 'failed'}:
            return
        cls.write([refund], {'refund_id': result.refund_id})
        if result.status == 'SUCCESS':
            cls._done([refund])
            if registration.refund == refund:
                Registration.refunded([registration])
        elif result.status in {'CLOSED', 'ABNORMAL'} and refund.state == 'processing':
            cls._failed([refund], result.status)

    @classmethod
    @move('done')
    def _done(cls, refunds):
        Notification = Pool().get('training.notification')
        cls.write(refunds, {'done_at': clock.now(), 'error': None})
        for refund in refunds:
            Notification.post(refund.registration, 'refunded')

    @classmethod
    @move('failed')
    def _failed(cls, refunds, error):
        Event = Pool().get('training.registration.event')
        cls.write(refunds, {'error': error})
        Event.record([r.registration for r in refunds], 'refund_failed', error)

    @classmethod
    @ModelView.button
    def retry(cls, refunds):
        """Try a failed refund again.

        WeChat wants a new number for one that it closed, and the same for others.
        """
        for refund in lock(refunds):
            if refund.error == 'CLOSED':
                attempt = refund.attempt + 1
                number = refund.number.partition('.')[0]
                cls.write([refund], {
                        'attempt': attempt, 'number': f'{number}.{attempt}'})
            cls._start([refund])
        cls.__queue__.process(refunds)

    @classmethod
    @ModelView.button
    def settle_by_hand(cls, refunds):
        "Note that a failed refund was given back in another way"
        Registration = Pool().get('training.registration')
        cls._done(refunds)
        Registration.refunded([
                r.registration for r in refunds if r.registration.refund == r])

    @classmethod
    @ModelView.button
    def query(cls, refunds):
        "Ask WeChat for the state of refunds, sending those that it does not know"
        for refund in refunds:
            merchant = refund.payment.merchant
            try:
                result = merchant.client.query_refund(refund.number)
            except (wechat.WeChatError, wechat.WeChatUnavailable):
                continue
            if result:
                cls.receive(merchant, result)
            else:
                refund._send()
            Transaction().commit()

    @classmethod
    def query_processing(cls):
        """Ask WeChat for refunds, ever more rarely (a scheduled task).

        Granted refunds that a crash kept from WeChat are sent.
        """
        cls.process(cls.search([('state', '=', 'approved')]))
        for refund in cls.due('processing'):
            cls.query([refund])


class RejectStart(ModelView):
    __name__ = 'training.refund.reject.start'

    reason = fields.Text("Reason", required=True, help="The trainee reads it.")


class Reject(Wizard):
    "Refuse refunds"
    __name__ = 'training.refund.reject'

    start = StateView(
        'training.refund.reject.start',
        'supervision_training.refund_reject_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Refuse", 'reject', 'tryton-ok', default=True),
            ])
    reject = StateTransition()

    def transition_reject(self):
        self.model.refuse(self.records, self.start.reason)
        return 'end'
