# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""The review desk at 100,000 registrations: it opens, searches, pages within a second.

The calls are those that Tryton's web client makes, as a reviewer and with the checks of
a reviewer's rights.
"""
from functools import partial

from proteus import Model

from demo_data import units
from demo_data.people import EMPLOYERS, FAMILY, FEMALE, MALE
from demo_data.portrait import certificate, encoded, portrait
from demo_data.wire import call
from trytond.modules.supervision_training import clock

COUNT = 100_000
BAR = 1  # second
# Of a hundred registrations, how many are in which state.
STATES = {
    'submitted': 5, 'waiting': 1, 'rejected': 5, 'approved': 4, 'paid': 30,
    'checked_in': 10, 'completed': 40, 'cancelled': 3, 'expired': 2}
MODEL = 'model.training.registration.'
PAGE = 1000  # what the client asks for at once
ROWS = 100  # what it reads of them to show the first
BOARD = [
    'dashboard.attention', 'dashboard.review_age', 'dashboard.state', 'dashboard.money',
    'session.region']
ORDER = [('submitted_at', 'ASC'), ('id', 'ASC')]
TABS = [
    ['reviewing'], ['waiting'], ['rejected'], ['to_pay'], ['paid', 'refund_refused'],
    ['refunding']]


def run(installation, figures):
    name = 'desk'
    with installation.proteus(name):
        company, = Model.get('company.company').find([
                ('party.name', '=', next(iter(units.UNITS)))])
        sessions = [
            units.open_session(
                company, f'2026年第{n}期', clock.today(), capacity=COUNT).id
            for n in range(1, 11)]
    fill(name, sessions, COUNT, STATES)
    desk = Desk(name)
    one = desk(MODEL + 'read', desk(MODEL + 'search', [], COUNT // 2, 1, None), [
            'number', 'mobile', 'trainee_name', 'employer'])[0]
    tell = partial(figures.repeated, most=BAR)
    tell('open: tabs, their counts and the first page', desk.open)
    tell('all: the last page', lambda: desk.page([], COUNT - PAGE))
    for label in ['paid', 'completed']:
        tell(f'{label}: page 2', partial(desk.page, [('label', '=', label)], PAGE))
    for key in ['number', 'mobile', 'trainee_name', 'employer']:
        domain = [('rec_name', 'ilike', f'%{one[key]}%')]
        found = tell(f'search by {key}', partial(desk.page, domain, 0))
        assert one['id'] in [r['id'] for r in found] or len(found) == PAGE, key
    tell('search for nobody', lambda: desk.page([('rec_name', 'ilike', '%没有%')], 0))
    tell('open a form with its pictures', lambda: desk.form(one['id']))
    tell('the dashboard', desk.board)


class Desk:
    "The calls of a reviewer's client"

    def __init__(self, name):
        from trytond.pool import Pool
        from trytond.transaction import Transaction
        self.name = name
        with Transaction().start(name, 0):
            self.user = Pool(name).get('res.user').search(
                [('login', '=', 'reviewer1')])[0].id
        self.columns = {
            type: sorted(self(MODEL + 'fields_view_get', None, type)['fields'])
            for type in ['tree', 'form']}

    def __call__(self, what, *args):
        from trytond.transaction import Transaction
        with Transaction().start(self.name, self.user, readonly=True):
            return call(what, *args)

    def page(self, domain, offset):
        "Search as the client does and return the rows that it shows first"
        ids = self(MODEL + 'search', domain, offset, PAGE, ORDER)
        if len(ids) == PAGE:
            self(MODEL + 'search_count', domain, 0, 10 * PAGE)
        return self(MODEL + 'read', ids[:ROWS], self.columns['tree'])

    def open(self):
        "Show the first tab, and count all of them"
        for labels in TABS:
            self(MODEL + 'search_count', [('label', 'in', labels)], 0, PAGE)
        return self.page([('label', 'in', TABS[0])], 0)

    def board(self):
        "Read what the dashboard's list and graphs show"
        for name in BOARD:
            model = f'model.training.{name}.'
            columns = sorted(self(model + 'fields_get'))
            self(model + 'read', self(model + 'search', [], 0, PAGE, None), columns)

    def form(self, id):
        return self(MODEL + 'read', [id], self.columns['form'])


def fill(name, sessions, count, shares):
    """Insert registrations, each of another trainee, with the database's own means.

    :param name: of the database.
    :param sessions: the ids of theirs.
    :param shares: of a hundred registrations, how many are in which state.
    """
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    with Transaction().start(name, 0) as transaction:
        pool = Pool(name)
        Document = pool.get('training.document')
        Trainee = pool.get('training.trainee')
        cursor = transaction.connection.cursor()
        cursor.execute(TRAINEES, {
                'count': count, 'family': list(FAMILY), 'given': MALE + FEMALE,
                'employers': EMPLOYERS})
        trainee, = Trainee.search([('openid', '=', 'bench1')])
        photo, proof, _ = Document.create([{
                    'name': f'bench{kind}', 'trainee': trainee.id, 'kind': kind,
                    'data': encoded(data), 'mime_type': 'image/jpeg',
                    'uploaded_at': clock.now(),
                    } for kind, data in [
                    ('photo', portrait(1, 'male')),
                    ('education_proof', certificate(1)),
                    ('work_proof', certificate(2))]])
        states = [s for state, share in shares.items() for s in [state] * share]
        cursor.execute(REGISTRATIONS, {
                'sessions': sessions, 'states': states, 'photo': photo.id,
                'proof': proof.id,
                'education': pool.get('training.education').search([], limit=1)[0].id,
                'major': pool.get('training.major').search([], limit=1)[0].id})
        cursor.execute(PAYMENTS)
        transaction.commit()
        cursor.execute('ANALYZE')
        transaction.commit()


TRAINEES = '''
INSERT INTO training_trainee (
    openid, active, name, sex, mobile, employer, id_number_masked, id_number_hash,
    confirmed_at)
SELECT 'bench' || n, true,
    (%(family)s::text[])[1 + n %% 31] || (%(given)s::text[])[1 + n / 31 %% 20],
    'male', '139' || lpad(n::text, 8, '0'),
    (%(employers)s::text[])[1 + n %% 6] || n / 500,
    '310115********' || lpad((n %% 10000)::text, 4, '0'), md5(n::text), now()
FROM generate_series(1, %(count)s) AS n'''

REGISTRATIONS = '''
INSERT INTO training_registration (
    number, client_ref, trainee, company, session, session_region, submitted_at, mobile,
    education, education_proof, work_years, work_proof, major, exam_type, photo,
    industry, employer, certificate_address, textbook_same_address, amount, state,
    create_date)
SELECT '2026' || lpad(t.id::text, 8, '0'), t.openid, t.id, s.company, s.id, r.id,
    now() - t.id * interval '1 minute', t.mobile, %(education)s, %(proof)s,
    'one_or_more', %(proof)s, %(major)s, 'normal', %(photo)s, 'highway', t.employer,
    '人民路', true, 1200, (%(states)s::text[])[1 + t.id %% 100], now()
FROM training_trainee AS t
JOIN training_session AS s
    ON s.id = (%(sessions)s::int[])[1 + t.id %% cardinality(%(sessions)s::int[])]
JOIN training_session_region AS r ON r.id = (
    SELECT min(id) FROM training_session_region WHERE session = s.id)
WHERE t.openid LIKE 'bench%%'
'''

PAYMENTS = '''
INSERT INTO training_payment (
    number, registration, company, merchant, amount, paid_at, state, queries,
    create_date)
SELECT 'P' || r.id, r.id, r.company, m.id, r.amount, r.submitted_at + interval '1 hour',
    'paid', 0, now()
FROM training_registration AS r JOIN training_merchant AS m ON m.company = r.company
WHERE r.state IN ('paid', 'checked_in', 'completed')
'''
