# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""A session's papers for 1,000 people, each kind in one file, with progress."""
import contextlib
import threading

from demo_data import crowd, units
from proteus import Model, Wizard

from trytond.modules.supervision_training import clock
from trytond.pool import Pool
from trytond.transaction import Transaction

NAME = 'papers'
PEOPLE = 1000
SEATS = 30  # in a room
SECONDS = 60  # for the admission tickets
STEPS = 10  # of progress, at least
MEGABYTES = 40  # of the tickets
WATCH = 0.1  # s between two looks at the progress


def run(installation, figures):
    with installation.proteus(NAME):
        session = _session()
    crowd.pay(NAME, session, PEOPLE)
    for kind, limit in [
            ('admission', SECONDS), ('attendance', None), ('exam', None),
            ('desk_label', None), ('photos', None)]:
        with installation.proteus(NAME, 'clerk1'), _watched() as seen:
            with figures.timed(f'{PEOPLE} people, {kind}', limit):
                wizard = Wizard(
                    'training.print', [Model.get('training.session')(session)])
                wizard.form.kind = kind
                wizard.execute('print_')
            job, = Model.get('training.print_job').find([], limit=1)
            if job.state != 'done':
                raise RuntimeError(f"The papers are {job.state}.")
            size = len(job.file) / 10 ** 6
        admission = kind == 'admission'
        figures.tell(
            f'{kind}, file', size, 'MB', most=MEGABYTES if admission else None)
        if admission:
            figures.tell('steps of progress seen', len(seen), '', least=STEPS)


def _session():
    company = Model.get('company.company').find([])[0]
    session = units.open_session(
        company, '2026年第四期公路水运监理业务培训班', clock.today(), capacity=PEOPLE)
    for place in session.regions:
        for number in range(1, PEOPLE // len(session.regions) // SEATS + 2):
            room = session.rooms.new(
                name=f'第{number}考场', capacity=SEATS, sequence=number)
            room.session_region = place
    session.save()
    return session.id


@contextlib.contextmanager
def _watched():
    "Collect the values of the progress that another session sees meanwhile"
    def watch():
        while not over.wait(WATCH):
            with Transaction().start(NAME, 0, readonly=True):
                seen.update(
                    j.done for j in Pool(NAME).get('training.print_job').search(
                        [('state', '=', 'running')]))

    over, seen = threading.Event(), set()
    thread = threading.Thread(target=watch)
    thread.start()
    yield seen
    over.set()
    thread.join()
