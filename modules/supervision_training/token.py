# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
import hashlib
import secrets

from trytond.model import Index, ModelSQL, Unique, fields
from trytond.pool import Pool
from trytond.tools import grouped_slice
from trytond.transaction import Transaction

from . import clock


class Token(ModelSQL):
    __name__ = 'training.trainee.token'

    trainee = fields.Many2One(
        'training.trainee', "Trainee", required=True, ondelete='CASCADE')
    hash = fields.Char("Hash", required=True)
    expires_at = fields.DateTime("Expires", required=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints.append(
            ('hash_unique', Unique(t, t.hash), 'supervision_training.msg_token_unique'))
        cls._sql_indexes.add(Index(t, (t.trainee, Index.Equality())))

    @staticmethod
    def digest(token):
        return hashlib.sha256(token.encode()).hexdigest()

    @classmethod
    def issue(cls, trainee):
        "Return a new token in clear, kept only as a hash, and its expiry (UTC)"
        configuration = Pool().get('training.configuration')(1)
        token = secrets.token_urlsafe(32)
        expires_at = clock.now() + dt.timedelta(configuration.token_days)
        cls.create([{
                    'trainee': trainee.id,
                    'hash': cls.digest(token),
                    'expires_at': expires_at,
                    }])
        return token, expires_at

    @classmethod
    def trainee_of(cls, token):
        "Return the id of the trainee who holds a token, None if nobody does"
        t = cls.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*t.select(t.trainee, where=(
                    t.hash == cls.digest(token)) & (t.expires_at > clock.now())))
        row = cursor.fetchone()
        return row and row[0]

    @classmethod
    def revoke(cls, token):
        cls.delete(cls.search([('hash', '=', cls.digest(token))]))

    @classmethod
    def clean(cls):
        "Delete the expired tokens (a scheduled task)"
        for tokens in grouped_slice(cls.search([('expires_at', '<=', clock.now())])):
            cls.delete(list(tokens))
