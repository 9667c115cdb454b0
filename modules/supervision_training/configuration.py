# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet
from sql import Null

from trytond import config
from trytond.model import ModelSingleton, ModelSQL, ModelView, fields
from trytond.transaction import Transaction

from . import wechat

SECTION = 'supervision_training'


def secret(name):
    """Return a secret of the section [supervision_training] of trytond.conf.

    :raises RuntimeError: when it is not set; the message names it.
    """
    value = config.get(SECTION, name)
    if not value:
        raise RuntimeError(f"Set {name} in [{SECTION}] of the configuration file.")
    return value


@lru_cache
def _fernet(key):
    return Fernet(key)


def encrypt(text):
    """Return text encrypted with the configuration's fernet_key."""
    return _fernet(secret('fernet_key')).encrypt(text.encode()).decode()


def decrypt(cipher):
    """Return the text that :func:`encrypt` was given."""
    return _fernet(secret('fernet_key')).decrypt(cipher.encode()).decode()


def keyed_hash(text):
    """Return a hex digest that only who holds fernet_key can make.

    It finds an encrypted value, and signs links, without revealing anything.
    """
    key = secret('fernet_key').encode()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


@lru_cache
def mini_program():
    "Return the client of the mini-program that the configuration names"
    return wechat.MiniProgram(
        secret('appid'), secret('secret'),
        base_url=config.get(
            SECTION, 'api_url', default='https://api.weixin.qq.com'))


class Configuration(ModelSingleton, ModelSQL, ModelView):
    __name__ = 'training.configuration'

    privacy_version = fields.Char(
        "Privacy Notice Version", required=True,
        help="Change it with the notice: trainees are asked again.")
    privacy_text = fields.Text(
        "Privacy Notice", required=True, translate=True,
        help="What a trainee accepts before any personal data is taken.")
    token_days = fields.Integer(
        "Login Days", required=True, domain=[('token_days', '>', 0)],
        help="How many days a trainee stays logged in.")
    orphan_hours = fields.Integer(
        "Upload Hours", required=True, domain=[('orphan_hours', '>', 0)],
        help="Uploads that no registration uses are deleted after these hours.")
    retention_days = fields.Integer(
        "Retention Days", required=True, domain=[('retention_days', '>', 0)],
        help="A trainee can be erased so many days after the last exam or event. The "
        "law (个人信息保护法 art. 19 and 47) wants the shortest time that the purpose "
        "needs, and deletion after it.")
    message_templates = fields.One2Many(
        'training.notification.template', 'configuration', "Message Templates",
        help="The WeChat subscribe-message template of each event.")

    @classmethod
    def __register__(cls, module):
        super().__register__(module)
        # A database from before there was a period
        t = cls.__table__()
        Transaction().connection.cursor().execute(*t.update(
                [t.retention_days], [cls.default_retention_days()],
                where=t.retention_days == Null))

    @classmethod
    def default_privacy_version(cls):
        return '1'

    @classmethod
    def default_privacy_text(cls):
        return ''

    @classmethod
    def default_token_days(cls):
        return 30

    @classmethod
    def default_orphan_hours(cls):
        return 48

    @classmethod
    def default_retention_days(cls):
        return 3 * 365
