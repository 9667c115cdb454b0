# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import Transaction

from . import clock, wechat
from .company import OfUnits
from .configuration import mini_program
from .locking import lock
from .trainee import LANGUAGE

EVENTS = [
    ('submitted', "Submitted"),
    ('waiting', "Put in the Waiting List"),
    ('promoted', "Got a Seat"),
    ('approved', "Approved"),
    ('rejected', "Rejected"),
    ('paid', "Paid"),
    ('expired', "Expired"),
    ('refund_requested', "Refund Requested"),
    ('refund_rejected', "Refund Refused"),
    ('refunded', "Refunded"),
    ('surplus', "Paid in Surplus"),
    ('invoice_issued', "Invoice Issued"),
    ('invoice_failed', "Invoice to Correct"),
    ('invoice_sent', "Invoice Sent"),
    ('invoice_refused', "Red Invoice Refused"),
    ('invoice_reversed', "Invoice Reversed"),
    ('attendance_published', "Attendance Card Published"),
    ('admission_published', "Admission Ticket Published"),
    ('results_published', "Results Published"),
    ('result_corrected', "Result Corrected"),
    ('certificate_issued', "Certificate Issued"),
    ('certificate_revoked', "Certificate Revoked"),
    ('session_cancelled', "Session Cancelled"),
    ]
MOMENTS = [
    ('submit', "On Submitting"),
    ('pay', "After Paying"),
    ('refund', "On Asking for a Refund"),
    ]
MAX_TRIES = 5
REFUSED = '43101'  # the subscription is refused or used up


class Notification(ModelSQL, ModelView):
    "Message to a trainee: in the inbox at once, by WeChat when subscribed"
    __name__ = 'training.notification'

    trainee = fields.Many2One(
        'training.trainee', "Trainee", required=True, readonly=True,
        ondelete='CASCADE')
    registration = fields.Many2One(
        'training.registration', "Registration", readonly=True, ondelete='CASCADE')
    company = fields.Many2One(
        'company.company', "Organizing Unit", readonly=True, ondelete='CASCADE')
    event = fields.Selection(EVENTS, "Event", required=True, readonly=True)
    title = fields.Char("Title", required=True, readonly=True)
    body = fields.Text("Body", required=True, readonly=True)
    reason = fields.Text("Reason", readonly=True)
    sent_at = fields.DateTime("Sent", required=True, readonly=True)
    read_at = fields.DateTime("Read", readonly=True)
    tries = fields.Integer("Tries", readonly=True)
    error = fields.Char("Error", readonly=True)
    state = fields.Selection([
            ('inbox', "Only in the Inbox"),
            ('queued', "To Send by WeChat"),
            ('sent', "Sent by WeChat"),
            ('failed', "Not Sent by WeChat"),
            ], "WeChat", required=True, readonly=True, sort=False)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.update({
                Index(t, (t.trainee, Index.Equality()), (t.id, Index.Range())),
                Index(t, (t.registration, Index.Equality())),
                Index(t, (t.state, Index.Equality()),
                    where=t.state.in_(['queued', 'failed'])),
                })
        cls._order = [('id', 'DESC')]
        cls._buttons.update({'retry': {
                    'invisible': Eval('state') != 'failed',
                    'depends': ['state'],
                    'icon': 'tryton-refresh',
                    }})

    @classmethod
    def post(cls, registration, event, reason=None):
        "Tell the trainee of a registration what happened"
        Subscription = Pool().get('training.subscription')
        variables = {
            'session': registration.session.name,
            'number': registration.number,
            'reason': reason or '',
            }
        deadline = clock.local(registration.payment_deadline)
        variables['deadline'] = f'{deadline:%Y-%m-%d %H:%M}' if deadline else ''
        subscribed = Subscription.of(registration.trainee, event)
        with Transaction().set_context(language=LANGUAGE):
            title = gettext(f'supervision_training.msg_notify_{event}_title')
            body = gettext(f'supervision_training.msg_notify_{event}', **variables)
        notification, = cls.create([{
                    'trainee': registration.trainee.id,
                    'registration': registration.id,
                    'company': registration.company.id,
                    'event': event,
                    'title': title,
                    'body': body,
                    'reason': reason,
                    'sent_at': clock.now(),
                    'tries': 0,
                    'state': 'queued' if subscribed else 'inbox',
                    }])
        if subscribed:
            cls.__queue__.send([notification])

    @classmethod
    def send(cls, notifications):
        "Send by WeChat what its trainee subscribed to, each committed by itself"
        for notification in notifications:
            notification, = lock([notification])
            if notification.state == 'queued':
                notification._send()
            Transaction().commit()

    def _send(self):
        Subscription = Pool().get('training.subscription')
        subscription = Subscription.of(self.trainee, self.event)
        if not subscription:
            self.state = 'failed'
            self.error = REFUSED
            self.save()
            return
        template = subscription.template
        # The message counts as sent before WeChat hears of it: a crash may lose one
        # but never sends one twice, and the inbox has it anyway.
        Subscription.write([subscription], {'count': subscription.count - 1})
        self.tries += 1
        self.state = 'sent'
        self.save()
        Transaction().commit()
        with Transaction().set_context(language=LANGUAGE):
            data = template.data(type(self)(self.id))
        try:
            mini_program().send_message(
                self.trainee.openid, template.template_id, data, page=self._page())
        except wechat.WeChatError as error:
            Subscription.write([subscription], {
                    'count': 0 if error.code == REFUSED else subscription.count})
            self._not_sent(error.code, 'failed')
        except wechat.WeChatUnavailable:
            Subscription.write([subscription], {'count': subscription.count})
            self._not_sent('', 'queued' if self.tries < MAX_TRIES else 'failed')

    def _not_sent(self, error, state):
        self.write([self], {'state': state, 'error': error})

    def _page(self):
        return f'pages/registration/index?id={self.registration.id}'

    @classmethod
    @ModelView.button
    def retry(cls, notifications):
        cls.write(notifications, {'state': 'queued', 'error': None})
        cls.__queue__.send(notifications)

    @classmethod
    def send_queued(cls):
        "Send what could not be sent yet (a scheduled task)"
        cls.send(cls.search([('state', '=', 'queued')]))


class Template(ModelSQL, ModelView):
    "Subscribe-message template of WeChat for an event"
    __name__ = 'training.notification.template'
    _rec_name = 'template_id'

    configuration = fields.Many2One(
        'training.configuration', "Configuration", required=True,
        ondelete='CASCADE')
    events = fields.MultiSelection(EVENTS, "Events", required=True, sort=False)
    template_id = fields.Char("Template", required=True)
    moment = fields.Selection(
        MOMENTS, "Asked", required=True, help="When the trainee is asked to subscribe.")
    lines = fields.One2Many(
        'training.notification.template.line', 'template', "Lines")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints.append(
            ('template_unique', Unique(t, t.template_id),
                'supervision_training.msg_template_unique'))

    @staticmethod
    def default_configuration():
        return 1

    @classmethod
    def of(cls, event):
        "Return the template of an event, None without one"
        for template in cls.search([]):
            if event in template.events:
                return template

    def data(self, notification):
        "Return the values of the template's fields as WeChat takes them"
        return {
            line.key: {'value': wechat.message_value(
                    line.key.rstrip('0123456789'), line.text(notification))}
            for line in self.lines}


class TemplateLine(ModelSQL, ModelView):
    __name__ = 'training.notification.template.line'

    template = fields.Many2One(
        'training.notification.template', "Template", required=True,
        ondelete='CASCADE')
    key = fields.Char("Key", required=True, help="As WeChat names it: thing1, time3 …")
    value = fields.Selection([
            ('name', "Name"),
            ('session', "Session"),
            ('number', "Number"),
            ('amount', "Amount"),
            ('label', "Label"),
            ('reason', "Reason"),
            ('deadline', "Payment Deadline"),
            ('sent_at', "Sent"),
            ('title', "Title"),
            ], "Value", required=True)

    def text(self, notification):
        "Return the value for a notification as text"
        registration = notification.registration
        if self.value in {'reason', 'title'}:
            return getattr(notification, self.value) or ''
        if self.value == 'sent_at':
            return f'{clock.local(notification.sent_at):%Y-%m-%d %H:%M}'
        if self.value == 'deadline':
            deadline = clock.local(registration.payment_deadline)
            return f'{deadline:%Y-%m-%d %H:%M}' if deadline else ''
        return {
            'name': registration.trainee.name,
            'session': registration.session.name,
            'number': registration.number,
            'amount': f'{registration.amount:.2f}元',
            'label': registration.label_text,
            }[self.value]


class Subscription(OfUnits, ModelSQL, ModelView):
    "How many messages of a template a trainee still wants: WeChat does not tell"
    __name__ = 'training.subscription'
    _companies_path = 'trainee.registrations.company'

    trainee = fields.Many2One(
        'training.trainee', "Trainee", required=True, readonly=True,
        ondelete='CASCADE')
    template = fields.Many2One(
        'training.notification.template', "Template", required=True, readonly=True,
        ondelete='CASCADE')
    count = fields.Integer("Count", required=True, readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints.append(
            ('template_unique', Unique(t, t.trainee, t.template),
                'supervision_training.msg_subscription_unique'))

    @classmethod
    def of(cls, trainee, event):
        "Return a subscription of a trainee with messages left, None without one"
        template = Pool().get('training.notification.template').of(event)
        subscriptions = template and cls.search([
                ('trainee', '=', trainee.id),
                ('template', '=', template.id),
                ('count', '>', 0),
                ], limit=1)
        return subscriptions[0] if subscriptions else None

    @classmethod
    def answer(cls, trainee, answers):
        """Count what the trainee answered to wx.requestSubscribeMessage.

        :param answers: 'accept', 'reject', 'ban' or 'filter' by template id.
        """
        Template = Pool().get('training.notification.template')
        for template in Template.search([('template_id', 'in', list(answers))]):
            known = cls.search([
                    ('trainee', '=', trainee.id), ('template', '=', template.id)])
            subscription = known[0] if known else cls(
                trainee=trainee, template=template, count=0)
            answer = answers[template.template_id]
            if answer == 'accept':
                subscription.count += 1
            elif answer == 'ban':
                subscription.count = 0
            subscription.save()
