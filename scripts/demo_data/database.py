# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
import os
import subprocess
import sys
import tempfile
from pathlib import Path

APPID, SECRET = 'wx8a1f0c5d2e7b4936', 'sandbox-secret'
LANGUAGE = 'zh_CN'

CONFIGURATION = '''[database]
{database}
retry = 20
default_name = {name}
[session]
authentications = password
[password]
length = 6
[supervision_training]
fernet_key = {fernet_key}
public_url = {public_url}
{wechat}'''


def admin(configuration, name, password, *arguments):
    """Run trytond-admin on a database.

    :param configuration: the path of trytond.conf.
    :param password: that of the user admin, set at the first run.
    """
    with tempfile.NamedTemporaryFile('w') as file:
        file.write(password)
        file.flush()
        subprocess.run([
                Path(sys.executable).parent / 'trytond-admin', '-c', configuration,
                '-d', name, '--email', 'admin@example.com', *arguments],
            check=True, env={**os.environ, 'TRYTONPASSFILE': file.name})


def create(configuration, name, password):
    "Create a database with the module in Chinese"
    admin(configuration, name, password, '--all', '-l', LANGUAGE)
    update(configuration, name, password)


def update(configuration, name, password):
    "Bring a database up to date with the module"
    admin(
        configuration, name, password, '-u', 'supervision_training',
        '--activate-dependencies')
