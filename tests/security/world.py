# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Two units with records of each kind, and a user of each role in the first."""

import contextlib
import datetime as dt
from functools import partial

from acting import Trainee, reject
from conftest import PASSWORD
from demo_data import units
from demo_data.client import Client
from demo_data.people import person, tax_number
from demo_data.wire import call
from proteus import Model, Wizard
from rights import MODELS, ROLES, SHARED, table

from trytond.exceptions import UserError
from trytond.model.exceptions import AccessError
from trytond.model.modelview import AccessButtonError
from trytond.modules.supervision_training import clock
from trytond.pool import Pool
from trytond.transaction import Transaction

REFUSALS = AccessError, AccessButtonError, NotImplementedError
GROUPS = {
    **{role: groups[-1] for role, (_, groups) in units.STAFF.items()},
    'admin': units.STAFF['manager'][1][-1]}


def make_world(installation, url, name, sandbox):
    """Return the world of a database.

    :param url: of the bridge.
    """
    with installation.proteus(name):
        users = add_users()
        sessions = [
            units.open_session(
                company, f'{company.party.name}的期次', clock.today(),
                regions=[units.UNITS[company.party.name][1][0]])
            for company in Model.get('company.company').find(
                [('training', '=', True)], order=[('id', 'ASC')])]
        add_template()
        both = register(url, sandbox, person(900), sessions[0])
        both.client.register(both.person, sessions[1].id)
        for seed, session in enumerate(sessions, 901):
            fill(url, sandbox, session, seed)
    world = World(name, users, [s.company.id for s in sessions])
    world.look(complete)
    for name in sorted(table(MODELS).keys() - SHARED):
        for unit in [0, 1]:
            if not world.ids(name, unit):
                world.look(partial(invent, name=name, company=world.companies[unit]))
    return world


def add_users():
    "Add a user with the rights of one role alone for each, and return their ids"
    User, Group = Model.get('res.user'), Model.get('res.group')
    ids = {}
    for role in ROLES:
        like, = User.find([('login', '=', 'auditor1')])
        user = User(
            name=role, login=f'only-{role}', password=PASSWORD,
            language=like.language)
        user.companies.append(Model.get('company.company')(like.company.id))
        user.company = user.companies[0]
        group, = Group.find([('name', '=', GROUPS[role])])
        user.groups.append(group)
        user.save()
        ids[role] = user.id
    return ids


def add_template():
    template = Model.get('training.notification.template')(
        template_id='template', moment='submit', events=['approved'])
    template.lines.new(key='thing1', value='session')
    template.save()


def register(url, sandbox, who, session, **values):
    client = Client(url).login(sandbox.code(who.openid))
    client.confirm(who)
    made = Trainee(client, client.register(who, session.id, **values))
    made.person = who
    return made


def fill(url, sandbox, session, seed):
    "Make a record of each kind for the unit of a session"
    Registration = Model.get('training.registration')
    who = person(seed)
    client = Client(url).login(sandbox.code(who.openid))
    client.confirm(who)
    client('message.subscribed', templates={'template': 'accept'})
    title = client(
        'invoice_title.save', name=who.employer, tax_number=tax_number(seed),
        address=who.address, phone='021-58001234', bank='中国工商银行上海分行',
        bank_account='6222021001112223334', mailing_address=who.address)
    one = Trainee(client, client.register(who, session.id, invoice={
                'kind': 'electronic', 'title': title['id'], 'email': who.email}))
    Registration(one.id).click('approve')
    one.pay(sandbox)
    one.ask_refund()
    other = register(url, sandbox, person(seed + 10), session)
    reject(Registration(other.id))
    trainee = Registration(other.id).trainee
    correct = Wizard('training.trainee.correct', [trainee])
    correct.form.name, correct.form.reason = trainee.name + '华', '少填一字。'
    correct.execute('correct')
    phone = Client(url).login(sandbox.code(f'oNewPhone{seed}'))
    phone('privacy.accept', version=phone('privacy.get')['version'])
    phone('profile.claim', name=trainee.name, id_number=other.person.id_number)
    rate = session.refund_rates.new()
    rate.until, rate.rate = session.exam_date - dt.timedelta(1), 80
    room = session.rooms.new(name='第一考场', capacity=30)
    room.session_region = session.regions[0]
    time = session.exam_times.new(subject=session.subjects[0])
    time.starts_at, time.ends_at = units.at(session.exam_date), units.at(
        session.exam_date, 11)
    session.save()
    layout = Model.get('training.roster.layout')(
        name='报到', company=session.company)
    layout.columns.new(name='name')
    layout.save()


def complete(pool):
    "Make what otherwise needs the tax bureau or an exam"
    Certificate = pool.get('training.certificate')
    for invoice in pool.get('training.invoice').search([]):
        pool.get('training.invoice.file').keep(invoice, 'pdf', b'%PDF-1.7')
        Certificate.create([Certificate._snapshot(invoice.registration)])


def invent(pool, name, company):
    "Make a record of a unit out of what the fields of its model require"
    def of_unit(Model):
        if Model.__name__ == 'company.company':
            return company
        unit = {'company', 'companies'} & Model._fields.keys()
        return Model.search(
            [(field, 'in', [company]) for field in unit], limit=1)[0].id

    Model = pool.get(name)
    invented = {
        'many2one': lambda field: of_unit(field.get_target()),
        'selection': lambda field: field.selection[0][0],
        'integer': lambda field: 1,
        'date': lambda field: clock.today(),
        'timestamp': lambda field: clock.now(),
        'datetime': lambda field: clock.now(),
        'char': lambda field: str(company),
        'text': lambda field: str(company),
        }
    defaults = Model.default_get(list(Model._fields), with_rec_name=False)
    Model.create([{
                name: invented[field._type](field)
                for name, field in Model._fields.items()
                if field.required and field._sql_type and name not in defaults
                and field._type in invented}])


class World:
    """The records, and calls as the client makes them.

    :param users: ids by role.
    :param companies: ids of the user's unit and of the other.
    """

    def __init__(self, name, users, companies):
        self.name = name
        self.users = users
        self.companies = companies

    def look(self, function):
        "Return what a function says that may see everything"
        with Transaction().start(
                self.name, 0, context={'active_test': False}) as transaction:
            result = function(Pool())
            transaction.commit()
            return result

    def ids(self, model, unit):
        "Return the ids of a model's records that only a unit has"
        return self.look(lambda pool: self._ids(pool.get(model), unit))

    def _ids(self, Model, unit):
        own, others = (
            {r.id for r in Model.search([(field, 'in', [company])])}
            for company in [self.companies[unit], self.companies[1 - unit]]
            for field in ['company' if 'company' in Model._fields else 'companies'])
        return sorted(own - others)

    @contextlib.contextmanager
    def acting(self, role, **context):
        """Act as the user of a role, in a transaction that is undone.

        It gives a function that calls as the client does, by what is on the wire:
        model.training.session.read
        """
        with Transaction().start(self.name, self.users[role]) as transaction:
            try:
                yield partial(call, **{
                        'company': self.companies[0], 'company_filter': 'one',
                        **context})
            finally:
                transaction.rollback()
                transaction.tasks.clear()

    def __call__(self, role, *args, **context):
        with self.acting(role, **context) as call:
            return call(*args)

    def may(self, *args, refusals=REFUSALS, **context):
        "Return whether a call is not refused for want of rights"
        try:
            self(*args, **context)
        except refusals:
            return False
        except UserError:
            pass
        return True
