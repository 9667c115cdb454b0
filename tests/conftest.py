# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""A whole installation for the tests: WeChat's sandbox, a database, the server.

DATABASE=sqlite (the default) or DATABASE=postgresql says which database; a private
PostgreSQL server comes from PyPI. Each test module gets a database of its own.
"""
import datetime as dt
import itertools
import os
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parent.parent
BACKEND = os.environ.get('DATABASE', 'sqlite')
# trytond chooses its backend as it is imported.
os.environ['TRYTOND_DATABASE_URI'] = f'{BACKEND}://'
sys.path.insert(0, str(ROOT / 'scripts'))

from trytond import config  # noqa: E402

# So does its server with the folder of the web client.
config.set('web', 'root', str(ROOT / 'var' / 'www'))

from acting import Trainee, end_exam  # noqa: E402
from demo_data import fonts, units  # noqa: E402
from demo_data.client import Client  # noqa: E402
from demo_data.installation import Installation  # noqa: E402
from demo_data.people import person  # noqa: E402
from h5 import H5  # noqa: E402
from invoicing import Buyer, title, wish  # noqa: E402
from sandbox import Sandbox  # noqa: E402
from sao import Sao  # noqa: E402

PASSWORD = 'secret-word-1'


@pytest.fixture(scope='session')
def sandbox():
    with Sandbox(speed=2000) as sandbox:
        yield sandbox


@pytest.fixture(scope='module')
def no_orders(sandbox):
    "Forget the orders of other tests: they are of other databases"
    for kind in ['order', 'refund']:
        sandbox.store.clear(kind)


@pytest.fixture(scope='session')
def installation(tmp_path_factory, sandbox, request):
    with Installation(
            tmp_path_factory.mktemp('trytond'), sandbox, PASSWORD) as installation:
        installation.make_template(request.config.cache.mkdir('template'))
        yield installation


_numbers = itertools.count(1)


@pytest.fixture(scope='module')
def name(installation):
    "The name of the module's own database"
    name = f'test{next(_numbers)}'
    installation.copy(name)
    return name


@pytest.fixture(scope='session')
def server(installation):
    "The address of the running server"
    from werkzeug.serving import WSGIRequestHandler, make_server

    from trytond.pool import Pool
    from trytond.wsgi import app
    Pool.start()

    class Quiet(WSGIRequestHandler):
        def log_request(self, *_):
            pass

    parts = urlsplit(installation.url)
    server = make_server(
        parts.hostname, parts.port, app, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield installation.url
    server.shutdown()


@pytest.fixture
def staff(name, installation):
    """A function that enters the database as a user.

    with staff('manager1'): …
    """
    return lambda user='admin': installation.proteus(name, user)


@pytest.fixture
def url(server, name):
    "Where the bridge is"
    return f'{server}/{name}/training'


_people = itertools.count(1)


@pytest.fixture
def new_person():
    "A function that returns another person at each call"
    return lambda: person(next(_people))


@pytest.fixture
def phone(url, sandbox):
    "A function that returns the client of a person, logged in and confirmed"
    def phone(person, confirmed=True):
        client = Client(url).login(sandbox.code(person.openid))
        if confirmed:
            client.confirm(person)
        return client
    return phone


@pytest.fixture
def session(staff):
    """A function that opens a session of the first unit and returns its id.

    It takes what units.session takes.
    """
    def open_(unit=0, **values):
        from proteus import Model

        from trytond.modules.supervision_training import clock
        with staff():
            names = list(units.UNITS)
            company, = Model.get('company.company').find(
                [('party.name', '=', names[unit])])
            return units.open_session(
                company, values.pop('name', "2026年第一期"), clock.today(),
                **values).id
    return open_


@pytest.fixture
def desk(staff):
    """A function that acts as a user of the first unit on a registration.

    desk('reviewer1', id, 'approve') clicks a button, with a callable calls it.
    """
    def desk(user, id, action):
        with staff(user):
            from proteus import Model
            record = Model.get('training.registration')(id)
            return action(record) if callable(action) else record.click(action)
    return desk


@pytest.fixture
def task(name):
    "A function that runs a scheduled task as if an hour had passed"
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    from trytond.worker import run_task

    def task(model, method):
        with Transaction().start(name, 0) as transaction:
            Model_ = Pool().get(model)
            if 'query_at' in Model_._fields:
                records = Model_.search([('query_at', '!=', None)])
                Model_.write(records, {'query_at': dt.datetime(2020, 1, 1)})
            getattr(Model_, method)()
        while transaction.tasks:
            run_task(name, transaction.tasks.pop())
    return task


@pytest.fixture
def trainee(phone, new_person, session):
    "A function that returns a trainee who registered for a new session"
    def trainee(**values):
        person = new_person()
        client = phone(person)
        made = Trainee(client, client.register(person, session(**values)))
        made.person = person
        return made
    return trainee


_shared = {}


@pytest.fixture
def buyer(phone, new_person, session, desk, sandbox, name):
    """A function that returns a trainee who has paid, in a session that all share.

    It takes what invoicing.wish takes, title as a function of the client; without
    kind no invoice is asked for.
    """
    def buyer(kind='electronic', title=title, in_session=None, **changes):
        if not in_session and name not in _shared:
            _shared[name] = session(name='开票期次', capacity=500)
        person = new_person()
        client = phone(person)
        invoice = kind and wish(title(client), kind=kind, **changes)
        made = Buyer(client, client.register(
                person, in_session or _shared[name], invoice=invoice))
        made.person = person
        desk('reviewer1', made.id, 'approve')
        assert made.pay(sandbox) == '已支付'
        return made
    return buyer


@pytest.fixture(scope='session')
def browser(tmp_path_factory):
    "A browser with the font of the papers"
    from playwright.sync_api import sync_playwright
    configuration = fonts.configuration(tmp_path_factory.mktemp('fonts'))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get('CHROMIUM', '/usr/bin/chromium'),
            args=[
                '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
                '--disable-background-networking', '--disable-component-update',
                '--disable-sync'],
            env={**os.environ, 'FONTCONFIG_FILE': str(configuration)})
        yield browser
        browser.close()


@pytest.fixture
def sao(browser, server, name):
    """A function that logs a user in to the web client in a window; see Sao.

    It fails when a page wrote an error or asked another server.
    """
    from trytond import backend
    opened = []

    def sao(user, width=1366, height=900):
        context = browser.new_context(
            viewport={'width': width, 'height': height}, locale='zh-CN',
            timezone_id='Asia/Shanghai', accept_downloads=True)
        # A database that was busy when the server listed them is missing for minutes.
        backend.Database._list_cache.clear()
        opened.append(Sao(context.new_page(), f'{server}/#{name}'))
        return opened[-1].log_in(user, PASSWORD)
    yield sao
    for window in opened:
        window.page.context.close()
    assert [window.problems for window in opened] == [[]] * len(opened)


@pytest.fixture
def examined(session, phone, new_person, desk, sandbox, staff):
    """A function that returns the id of a session whose exam is over, and its people.

    :param people: how many checked in.
    :param days: how long ago the exam was.
    :param values: of the form.
    """
    def examined(people=2, name='2026年第三期', days=1, **values):
        id = session(name=name)
        made = []
        for _ in range(people):
            anna = new_person()
            client = phone(anna)
            one = Trainee(client, client.register(anna, id, **values))
            one.person = anna
            desk('reviewer1', one.id, 'approve')
            one.pay(sandbox)
            desk('reviewer1', one.id, 'check_in')
            made.append(one)
        with staff('manager1'):
            end_exam(id, days)
        return id, made
    return examined


@pytest.fixture
def address(name, url):
    "A function that returns what the QR code of a certificate has"
    from trytond.pool import Pool
    from trytond.transaction import Transaction

    def address(certificate, database=name):
        with Transaction().start(name, 0, readonly=True):
            found = Pool(name).get('training.certificate')(certificate.id).address
        assert found.startswith(url.rsplit('/', 2)[0])
        return found
    return address


@pytest.fixture
def h5(browser, server, name, sandbox):
    """A function that returns a phone with the trainee's web page; see H5.

    It fails when the page wrote an error or asked another server.
    """
    opened = []

    def h5():
        context = browser.new_context(
            viewport={'width': 390, 'height': 844}, is_mobile=True, has_touch=True,
            locale='zh-CN', timezone_id='Asia/Shanghai')
        opened.append(H5(context.new_page(), server, name, sandbox))
        return opened[-1]
    yield h5
    for phone in opened:
        phone.page.context.close()
    assert [phone.problems for phone in opened] == [[]] * len(opened)
