# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""What is looked up at each login, submission or imported row is found by an index."""
import pytest
from conftest import BACKEND

LOOKUPS = [
    ('training.trainee.token', 'hash', []),
    ('training.trainee', 'openid', []),
    ('training.trainee', 'id_number_hash', []),
    ('training.document', 'name', []),
    ('training.document', 'digest', []),
    ('training.registration', 'number', []),
    ('training.payment', 'number', [('merchant', '=', 1)]),
    ('training.refund', 'number', []),
    ('training.invoice', 'serial', []),
    ('training.invoice', 'number', []),
    ('training.invoice', 'red_number', []),
    ('training.certificate', 'number', []),
    ]


@pytest.mark.skipif(
    BACKEND != 'postgresql', reason="trytond makes no indexes on SQLite")
@pytest.mark.parametrize('model, field, domain', LOOKUPS)
def test_a_look_up_uses_an_index(name, model, field, domain):
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    with Transaction().start(name, 0) as transaction:
        cursor = transaction.connection.cursor()
        query = Pool().get(model).search(
            [*domain, (field, '=', '1')], order=[], query=True)
        cursor.execute('SET LOCAL enable_seqscan = off')
        cursor.execute(f'EXPLAIN {query}', query.params)
        plan = '\n'.join(line for line, in cursor.fetchall())
    conditions = [line for line in plan.splitlines() if 'Index Cond' in line]
    assert any(field in line for line in conditions), plan
