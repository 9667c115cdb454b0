# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""The data of the demonstration: sessions in every state and those who registered."""
import datetime as dt
from decimal import Decimal

from proteus import Model, Wizard

from trytond.modules.supervision_training import clock

from . import units
from .client import Client
from .people import person, tax_number

DAY = dt.timedelta(1)


def tell(sandbox, url, say):
    """Fill a database that is set up, through the doors that people use.

    :param say: called with a line of progress.
    """
    Story(sandbox, url, say).tell()


class Story:
    def __init__(self, sandbox, url, say):
        self.sandbox = sandbox
        self.url = url
        self.say = say
        self.people = iter(map(person, range(1, 1000)))
        self.today = clock.today()
        self.units = {
            c.party.name: c
            for c in Model.get('company.company').find([('training', '=', True)])}

    def tell(self):
        east, middle = self.units.values()
        year = self.today.year
        self.say("Sessions")
        first = units.open_session(
            east, f'{year}年第四期公路水运监理业务培训班', self.today,
            waiting_list=True, notice='请携带身份证原件报到。',
            refund_until=self.today + 40 * DAY)
        for days, rate in [(30, 100), (40, 80)]:
            step = first.refund_rates.new()
            step.until, step.rate = self.today + days * DAY, rate
        first.save()
        full = units.open_session(
            middle, f'{year}年第六期公路监理业务培训班', self.today,
            industry='highway', regions=['湖北'], capacity=3, waiting_list=True)
        past = units.open_session(
            east, f'{year}年第三期公路水运监理业务培训班', self.today)
        units.session(
            middle, f'{year + 1}年第一期水运监理业务培训班', self.today,
            industry='waterway', opens_at=units.at(self.today + 30 * DAY),
            closes_at=units.at(self.today + 60 * DAY),
            exam_date=self.today + 90 * DAY)
        units.session(
            east, f'{year}年暑期加开班', self.today).click('cancel')
        for name, order, columns in [
                ('报到名单', 'name', [
                    'name', 'sex', 'mobile', 'employer', 'region', 'label']),
                ('上报名单', 'admission_number', [
                    'admission_number', 'name', 'sex', 'id_number', 'education',
                    'major', 'subjects', 'exam_type', 'industry', 'employer'])]:
            layout = Model.get('training.roster.layout')(
                name=name, company=east, order=order)
            for column in columns:
                layout.columns.new().name = column
            layout.save()
        self.say("Registrations under review, rejected, to pay, paid, refunded")
        for _ in range(8):
            self.register(first)
        self.reject(self.register(first))
        self.reject(self.register(first))
        for _ in range(3):
            self.approve(self.register(first))
        for _ in range(4):
            self.pay(self.register(first))
        self.refund(self.pay(self.register(first)))
        self.grant(self.refund(self.pay(self.register(first))))
        self.refuse(self.refund(self.pay(self.register(first))))
        for _ in range(5):
            self.register(full)
        self.say("A new phone, a misspelt name, messages by WeChat")
        self.tell_about_messages(first)
        self.mend_identities(first)
        self.say("A session that is over")
        for _ in range(4):
            client, registration = self.pay(self.register(past))
            Model.get('training.registration')(registration['id']).click('check_in')
        self.pay(self.register(past))
        self.reject(self.register(past))
        past.opens_at = units.at(self.today - 90 * DAY)
        past.closes_at = units.at(self.today - 40 * DAY)
        past.exam_date = self.today - 10 * DAY
        past.save()
        past.click('close')
        self.seat(past)
        past.click('publish_admission')
        past.click('finish')
        self.say("Its results, a retake, certificates")
        Result = Model.get('training.registration-training.subject')
        for number, result in enumerate(Result.find([
                        ('session', '=', past.id),
                        ('registration.state', '=', 'completed')])):
            result.score = Decimal(58 if number == 3 else 72 + 5 * number % 23)
            result.save()
        past.click('publish_results')
        Wizard('training.certificate.issue', [past]).execute('end')
        self.retake(past, first)

    def register(self, session):
        who = next(self.people)
        self.sandbox.user(who.openid, who.name)
        client = Client(self.url).login(self.sandbox.code(who.openid))
        client.confirm(who)
        invoice = None
        if who.seed % 2:
            title = client(
                'invoice_title.save', name=who.employer,
                tax_number=tax_number(who.seed), address=who.address,
                phone='021-58001234', bank='中国工商银行上海分行',
                bank_account='6222021001112223334', mailing_address=who.address)
            invoice = {
                'kind': 'electronic', 'title': title['id'], 'email': who.email}
        return client, client.register(who, session.id, invoice=invoice)

    def seat(self, session):
        "Give a session rooms and everybody who paid a seat"
        for place in session.regions:
            for number in (1, 2):
                room = session.rooms.new()
                room.session_region = place
                room.name = f'第{number}考场'
                room.address = f'教学楼{number}层'
        session.save()
        wizard = Wizard('training.session.seat', [session])
        wizard.execute('seat')
        wizard.execute('end')

    def retake(self, past, session):
        "Let who failed a subject of a session that is over retake it in another one"
        failed, = Model.get('training.registration-training.subject').find(
            [('session', '=', past.id), ('result', '=', 'failed')])
        openid = failed.registration.trainee.openid
        who = next(p for p in map(person, range(1, 1000)) if p.openid == openid)
        client = Client(self.url).login(self.sandbox.code(openid))
        client.register(
            who, session.id, exam_type='retake', subjects=[failed.subject.id],
            industry=failed.registration.industry)

    def tell_about_messages(self, session):
        template = Model.get('training.notification.template')(
            template_id='demo-review', moment='submit',
            events=['approved', 'rejected'])
        for key, value in [
                ('thing1', 'session'), ('phrase2', 'label'), ('thing3', 'reason')]:
            line = template.lines.new()
            line.key, line.value = key, value
        template.save()
        client, registration = self.register(session)
        client('message.subscribed', templates={template.template_id: 'accept'})
        self.reject((client, registration))

    def mend_identities(self, session):
        _, registration = self.register(session)
        trainee = Model.get('training.registration')(registration['id']).trainee
        wizard = Wizard('training.trainee.correct', [trainee])
        wizard.form.name = trainee.name + '华'
        wizard.form.reason = '户口簿与身份证姓名一致，报名时少填一字。'
        number = wizard.form.id_number
        wizard.execute('correct')
        self.sandbox.user('oNewPhone', '新手机')
        client = Client(self.url).login(self.sandbox.code('oNewPhone'))
        client('privacy.accept', version=client('privacy.get')['version'])
        client('profile.claim', name=trainee.name, id_number=number)

    def approve(self, registered):
        _, registration = registered
        Model.get('training.registration')(registration['id']).click('approve')
        return registered

    def reject(self, registered):
        _, registration = registered
        Registration = Model.get('training.registration')
        reason = Model.get('training.reject_reason').find([])[
            registration['id'] % 6]
        wizard = Wizard(
            'training.registration.reject', [Registration(registration['id'])])
        wizard.form.reasons = [str(reason.id)]
        wizard.execute('reject')

    def pay(self, registered):
        client, registration = self.approve(registered)
        id = registration['id']
        self.sandbox.pay(client('payment.prepay', registration=id))
        client('payment.status', registration=id)
        return registered

    def refund(self, registered):
        client, registration = registered
        client(
            'refund.request', registration=registration['id'],
            reason='工作安排有变，无法参加本期培训。')
        refund, = Model.get('training.refund').find(
            [('registration', '=', registration['id'])])
        return refund

    def grant(self, refund):
        refund.click('approve')

    def refuse(self, refund):
        wizard = Wizard('training.refund.reject', [refund])
        wizard.form.reason = '教材已寄出，按规定不予退款。'
        wizard.execute('reject')
