# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""10,000 invoices go to the tax bureau in 30 seconds, in the memory of 1,000.

Each export has a process of its own, whose memory at the worst is that of the export.
"""
import datetime as dt
import io
import subprocess
import sys
import time
from pathlib import Path

from openpyxl import Workbook

FEW, MANY = 1000, 10_000
BAR = 30  # seconds
NAME = 'invoices'


def run(installation, figures):
    _make(installation)
    peaks = {}
    for count in [FEW, MANY]:
        done = subprocess.run(
            [sys.executable, '-m', 'benchmarks.invoices',
                installation.configuration, str(count)],
            check=True, stdout=subprocess.PIPE, text=True)
        seconds, peaks[count], exported, files = map(float, done.stdout.split())
        if exported != count:
            raise RuntimeError(f"{exported:g} invoices were exported.")
        figures.tell(
            f'export of {count} invoices in {files:g} workbooks', seconds, 's',
            most=BAR if count == MANY else None)
        figures.tell(f'memory at the worst, {count} invoices', peaks[count], 'MB')
    figures.tell(
        'more memory for ten times as many', peaks[MANY] - peaks[FEW], 'MB', most=30)
    with _transaction():
        from trytond.pool import Pool
        pool = Pool()
        invoices = pool.get('training.invoice').search(
            [('state', '=', 'exported')], limit=FEW)
        data = _issued(invoices)
        with figures.timed(f'import of the results of {FEW} invoices'):
            import_ = pool.get('training.invoice.import').take_in(
                invoices[0].company, 'results.xlsx', data)
        if import_.taken != FEW:
            raise RuntimeError(f"{import_.taken} results were taken in.")


def _make(installation):
    "Make invoices that wait: few asked for yesterday, many today"
    from demo_data import units
    from demo_data.people import tax_number
    from proteus import Model

    from trytond.modules.supervision_training import clock

    from .desk import fill
    with installation.proteus(NAME):
        company = Model.get('company.company').find([], limit=1)[0]
        session = units.open_session(company, '2026年第一期', clock.today())
    fill(NAME, [session.id], FEW + MANY, {'paid': 100})
    with _transaction() as transaction:
        midnight = clock.end_of(clock.today() - dt.timedelta(1))
        cursor = transaction.connection.cursor()
        cursor.execute(
            'UPDATE training_registration SET paid_at = %s', [midnight])
        cursor.execute(INVOICES, {
                'few': FEW, 'midnight': midnight, 'tax_number': tax_number(1)})
        cursor.execute('ANALYZE')


INVOICES = '''
INSERT INTO training_invoice (
    serial, registration, company, kind, route, title_kind, name, tax_number, address,
    phone, bank, bank_account, mailing_address, email, amount, wished_at, state,
    tax_code, item_name, tax_rate, price_includes_tax, show_buyer, remarks, create_date)
SELECT 'FP2026' || lpad(r.id::text, 12, '0'), r.id, r.company, 'electronic', 'digital',
    'unit', r.employer, %(tax_number)s, '上海市浦东新区世纪大道1号', '021-58001234',
    '中国工商银行上海分行', '6222021001112223334', '上海市浦东新区世纪大道1号',
    'finance@example.com', r.amount, %(midnight)s
    - CASE WHEN row_number() OVER (ORDER BY r.id) <= %(few)s
        THEN interval '1 hour' ELSE '0' END,
    'draft', c.tax_code, c.item_name, c.tax_rate, c.price_includes_tax, c.show_buyer,
    concat_ws(' ', s.name, g.name, t.name), now()
FROM training_registration AS r
JOIN training_trainee AS t ON t.id = r.trainee
JOIN training_session AS s ON s.id = r.session
JOIN training_session_region AS p ON p.id = r.session_region
JOIN training_region AS g ON g.id = p.region
JOIN training_invoice_setting AS c ON c.company = r.company
'''


def _transaction():
    from trytond.transaction import Transaction
    return Transaction().start(NAME, 0, context={'language': 'zh_CN'})


def _issued(invoices):
    "Return the bureau's workbook of issued invoices"
    from trytond.modules.supervision_training import clock
    book = Workbook()
    book.active.append(['发票流水号', '数电票号码', '开票日期'])
    for number, invoice in enumerate(invoices):
        book.active.append(
            [invoice.serial, f'{number:020}', clock.today().isoformat()])
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def _export(configuration, count):
    "Export and print seconds, memory at the worst (MB), invoices and workbooks"
    from trytond import config
    config.update_etc(configuration)
    from trytond.pool import Pool
    Pool.start()
    Pool(NAME).init()

    from trytond.modules.supervision_training import clock
    with _transaction() as transaction:
        pool = Pool()
        company = pool.get('training.invoice').search([], limit=1)[0].company
        last = clock.today() - dt.timedelta(count == FEW)
        start = time.perf_counter()
        batch = pool.get('training.invoice.batch').export(company, None, last, None)
        transaction.commit()
        print(
            time.perf_counter() - start,
            _peak(), batch.count, len(batch.files))


def _peak():
    "Return the memory (MB) at the worst; getrusage tells that of the parent too"
    status = Path('/proc/self/status').read_text()
    return int(status.partition('VmHWM:')[2].split()[0]) / 1024


if __name__ == '__main__':
    _export(sys.argv[1], int(sys.argv[2]))
