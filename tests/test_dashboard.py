# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""The figures of the dashboard, of the own unit only."""
import datetime as dt

from acting import decide, wait_for
from proteus import Model

from trytond.modules.supervision_training import clock
from trytond.transaction import Transaction

DAY = dt.timedelta(1)


def figures(model, *names):
    "Return the lines that have a figure, the last of the names"
    return [
        tuple(getattr(line, name) for name in names)
        for line in Model.get(f'training.dashboard.{model}').find(
            [(names[-1], '>', 0)])]


def make_older(name, id, age):
    "Let a registration have waited for its review"
    from trytond.pool import Pool
    with Transaction().start(name, 0):
        Registration = Pool().get('training.registration')
        Registration.write(
            [Registration(id)], {'submitted_at': clock.now() - age})


def test_dashboard(trainee, desk, sandbox, staff, name):
    waiting, late, one, two = (trainee() for _ in range(4))
    make_older(name, late.id, 3 * DAY)
    for paid in (one, two):
        desk('reviewer1', paid.id, 'approve')
        assert paid.pay(sandbox) == '已支付'
    two.ask_refund()
    desk('cashier1', two.id, decide)
    wait_for(lambda: two.shows('已退款'))

    with staff('reviewer1'):
        assert figures('state', 'name', 'count') == [
            ('审核中', 2), ('已支付', 1), ('已退款', 1)]
        assert figures('review_age', 'name', 'count') == [
            ('今天', 1), ('三天至一周', 1)]
        assert figures('money', 'date', 'income', 'outcome') == [
            (clock.today(), 2400, 1200)]
        assert figures('attention', 'kind', 'count') == [('review_late', 1)]
    with staff('reviewer2'):
        for model, figure in [
                ('state', 'count'), ('review_age', 'count'), ('money', 'income'),
                ('attention', 'count')]:
            assert not figures(model, figure)
