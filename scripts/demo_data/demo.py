# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Run the demonstration: WeChat's sandbox, the server, people and sessions."""
import argparse
import contextlib
import datetime as dt
import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import requests
from cryptography.fernet import Fernet
from proteus import Model
from proteus import config as proteus_config

from sandbox import Sandbox
from trytond.modules.supervision_training import clock

from . import database, story, units
from .client import Client
from .people import person

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / 'var' / 'demo'
WWW = ROOT / 'var' / 'www'
H5 = WWW / 'h5'
NAME = 'demo'
PASSWORD = 'demo-2026'
BIN = Path(sys.executable).parent
PATIENCE = 120  # seconds


def main():
    parser = argparse.ArgumentParser(prog='scripts/demo', description=__doc__)
    parser.add_argument(
        '--port', type=int, default=8000,
        help="of the server; the sandbox has the next one (default: %(default)s)")
    parser.add_argument(
        '--fresh', action='store_true', help="begin anew, without the earlier data")
    parser.add_argument(
        '--once', action='store_true',
        help="play the main job, register, approve and pay, and stop")
    arguments = parser.parse_args()
    if arguments.fresh:
        shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with contextlib.suppress(KeyboardInterrupt):
        demonstrate(arguments.port, arguments.once)


def demonstrate(port, once):
    configuration = HOME / 'trytond.conf'
    url = f'http://127.0.0.1:{port}'
    with Sandbox(HOME / 'sandbox.sqlite', port + 1) as sandbox:
        write_configuration(configuration, port, sandbox)
        write_client_configuration(sandbox)
        new = not (HOME / f'{NAME}.sqlite').exists()
        if new:
            make_database(configuration)
        else:
            say("Bringing the database up to date")
            database.update(configuration, NAME, PASSWORD)
        with running(configuration, url):
            login(configuration)
            if new:
                story.tell(sandbox, f'{url}/{NAME}/training', say)
            if once:
                play(sandbox, f'{url}/{NAME}/training')
                return
            show(url, sandbox.url)
            signal.pause()


def say(text):
    print(f'· {text}', flush=True)


def write_configuration(path, port, sandbox):
    "Write trytond.conf, keeping the key of what is encrypted already"
    key = HOME / 'fernet.key'
    if not key.exists():
        key.write_bytes(Fernet.generate_key())
    mchids = {mchid: name for name, (mchid, _) in units.UNITS.items()}
    web = f'[web]\nlisten = 127.0.0.1:{port}\nroot = {WWW}\n'
    path.write_text(web + database.CONFIGURATION.format(
            database=f'uri = sqlite://\npath = {HOME}', name=NAME,
            fernet_key=key.read_text(), public_url=f'http://127.0.0.1:{port}',
            wechat=sandbox.write_config(
                database.APPID, database.SECRET, mchids, HOME)), encoding='utf-8')


def write_client_configuration(sandbox):
    "Tell the trainee's web page where the sandbox is"
    (H5 / 'config.json').write_text(json.dumps({
                'server': '', 'database': NAME, 'appid': database.APPID,
                'sandbox': sandbox.url}), encoding='utf-8')


def make_database(configuration):
    say("Making the database in Chinese")
    (HOME / f'{NAME}.sqlite').touch()
    try:
        database.create(configuration, NAME, PASSWORD)
        login(configuration)
        units.set_up(PASSWORD)
        login(configuration)
        units.set_up_merchants()
    except BaseException:
        (HOME / f'{NAME}.sqlite').unlink()
        raise


def login(configuration):
    "Use the database as the administrator, through proteus"
    proteus_config.set_trytond(
        NAME, config_file=str(configuration)).set_context(
        language=database.LANGUAGE)


@contextlib.contextmanager
def running(configuration, url):
    """Run the server and its scheduled tasks.

    There is no trytond-worker: it waits for a channel of the database, which SQLite
    lacks, so the server does what is queued after the request that queued it.
    """
    with contextlib.ExitStack() as stack:
        log = stack.enter_context(open(HOME / 'server.log', 'a', encoding='utf-8'))
        for command in ['trytond-cron', 'trytond']:
            process = subprocess.Popen(
                [BIN / command, '-c', configuration, '-d', NAME],
                stdout=log, stderr=subprocess.STDOUT)
            stack.callback(process.wait)
            stack.callback(process.terminate)
        wait_for(url, process)
        yield


def wait_for(url, process):
    "Wait until the server answers, which loads the module first"
    for second in range(PATIENCE):
        with contextlib.suppress(requests.ConnectionError):
            requests.post(f'{url}/{NAME}/training/rpc', timeout=PATIENCE)
            return
        if process.poll() is not None:
            break
        if second % 10 == 5:
            say("Starting the server")
        time.sleep(1)
    sys.exit(
        f"The server does not answer at {url}: is the port free? "
        f"See {HOME / 'server.log'}.")


def play(sandbox, url):
    "Play the main job, a line a step"
    Registration = Model.get('training.registration')
    company = Model.get('company.company').find([('training', '=', True)])[0]
    session = units.open_session(
        company, f'演示期次 {dt.datetime.now():%H:%M:%S}', clock.today())
    anna = person(time.time_ns() // 10 ** 6 % 10 ** 9)
    say(f'学员 {anna.name} 登录小程序，填写并确认个人信息')
    client = Client(url).login(sandbox.code(anna.openid))
    client.confirm(anna)
    say(f'上传照片、学历证明、工作证明，报名“{session.name}”')
    registration = client.register(anna, session.id)
    id = registration['id']
    say(f"报名编号 {registration['number']}，状态：{registration['label_text']}")
    say(f'{company.party.name} 在 Tryton 中审核通过')
    Registration(id).click('approve')
    registration = client('registration.get', id=id)
    say(f"状态：{registration['label_text']}，"
        f"应付 {registration['amount'] / 100:.2f} 元")
    say('微信下单并支付')
    sandbox.pay(client('payment.prepay', registration=id))
    status = client('payment.status', registration=id)
    say(f"最终状态：{status['label_text']}（{status['state']}）")
    if status['state'] != 'paid':
        sys.exit(1)


def show(url, sandbox_url):
    logins = '、'.join(
        f'{login}{number}' for number in (1, 2) for login in units.STAFF)
    print(f'''
学员（手机网页）    {url}/h5/
    在手机尺寸的窗口中打开；登录时选一位演示用户，或“新的微信用户”
工作人员（Tryton）  {url}/#{NAME}
    用户 {logins}、admin，密码 {PASSWORD}
微信沙箱           {sandbox_url}
    订单、退款、通知和订阅消息
接口               {url}/{NAME}/training/rpc
    JSON-RPC 2.0，方法 rpc.discover 列出全部

可以试试：用 reviewer1 登录，打开“监理培训 → 报名”，审核几条报名；
用 accountant1 登录，打开“财务 → 退款”，同意或拒绝一笔退款。
按 Ctrl-C 停止；再次运行会沿用数据，--fresh 重新开始。
''', flush=True)


if __name__ == '__main__':
    main()
