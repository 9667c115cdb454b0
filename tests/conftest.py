# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""A whole installation for the tests: WeChat's sandbox, a database, the server.

DATABASE=sqlite (the default) or DATABASE=postgresql says which database; a private
PostgreSQL server comes from PyPI. Each test module gets a database of its own.
"""
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

from acting import Trainee  # noqa: E402
from demo_data import units  # noqa: E402
from demo_data.client import Client  # noqa: E402
from demo_data.installation import Installation  # noqa: E402
from demo_data.people import person  # noqa: E402
from sandbox import Sandbox  # noqa: E402

PASSWORD = 'secret-word-1'


@pytest.fixture(scope='session')
def sandbox():
    with Sandbox(speed=2000) as sandbox:
        yield sandbox


@pytest.fixture(scope='session')
def installation(tmp_path_factory, sandbox):
    with Installation(
            tmp_path_factory.mktemp('trytond'), sandbox, PASSWORD) as installation:
        installation.make_template()
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
def trainee(phone, new_person, session):
    "A function that returns a trainee who registered for a new session"
    def trainee(**values):
        person = new_person()
        client = phone(person)
        made = Trainee(client, client.register(person, session(**values)))
        made.person = person
        return made
    return trainee
