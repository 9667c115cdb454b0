# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Papers of a whole session in one file, made in the background."""
import datetime as dt
import io
import logging
import zipfile

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject

from trytond import backend
from trytond.bus import notify
from trytond.filestore import filestore
from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.tools import slugify
from trytond.transaction import Transaction, TransactionError

from . import clock
from .company import OfUnits
from .locking import lock

KINDS = [
    ('attendance', "Attendance Cards"),
    ('admission', "Admission Tickets"),
    ('check_in', "Check-In Sheets"),
    ('exam', "Exam Sign-In Sheets"),
    ('desk_label', "Desk Labels"),
    ('photos', "Photo Archive"),
    ]
REPORTS = {
    'attendance': 'training.registration.attendance',
    'admission': 'training.registration.admission',
    'check_in': 'training.registration.sign_sheet',
    'exam': 'training.registration.sign_sheet',
    'desk_label': 'training.registration.desk_label',
    }
KEPT = dt.timedelta(7)
STALE = dt.timedelta(minutes=5)  # without progress; a part takes seconds
ATTEMPTS = 5
STORE = 'supervision_training'
logger = logging.getLogger(__name__)


class PrintJob(ModelSQL, ModelView):
    "Papers that are made in the background, and stay as a note of who printed what"
    __name__ = 'training.print_job'

    session = fields.Many2One(
        'training.session', "Session", required=True, readonly=True,
        ondelete='RESTRICT')
    company = fields.Many2One(
        'company.company', "Organizing Unit", required=True, readonly=True,
        ondelete='RESTRICT')
    user = fields.Many2One(
        'res.user', "User", required=True, readonly=True, ondelete='RESTRICT')
    kind = fields.Selection(KINDS, "Papers", required=True, readonly=True, sort=False)
    kind_string = kind.translated('kind')
    regions = fields.Char("Regions", readonly=True)
    asked_at = fields.DateTime("Date", required=True, readonly=True)
    total = fields.Integer("People", required=True, readonly=True)
    done = fields.Integer("Done", required=True, readonly=True)
    progress = fields.Function(
        fields.Float("Progress", digits=(1, 2)), 'get_progress')
    parts = fields.One2Many(
        'training.print_job.part', 'job', "Parts", readonly=True)
    moved_at = fields.DateTime("Last Progress", required=True, readonly=True)
    attempts = fields.Integer("Attempts", required=True, readonly=True)
    state = fields.Selection([
            ('waiting', "Waiting"),
            ('running', "Running"),
            ('done', "Done"),
            ('failed', "Failed"),
            ('expired', "Expired"),
            ], "State", required=True, readonly=True, sort=False)
    file = fields.Binary(
        "File", filename='file_name', file_id='file_id', store_prefix=STORE,
        readonly=True, states={'invisible': Eval('state') != 'done'})
    file_id = fields.Char("File", readonly=True)
    file_name = fields.Function(fields.Char("File Name"), 'get_file_name')
    expires_on = fields.Date("Kept until", required=True, readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.update({
                Index(t, (t.company, Index.Equality()), (t.id, Index.Range())),
                Index(t, (t.session, Index.Equality())),
                Index(t, (t.moved_at, Index.Range()),
                    where=t.state.in_(['waiting', 'running'])),
                })
        cls._order = [('id', 'DESC')]
        cls._buttons.update({
                'refresh': {
                    'invisible': ~Eval('state').in_(['waiting', 'running']),
                    'icon': 'tryton-refresh',
                    'depends': ['state'],
                    },
                'retry': {
                    'invisible': Eval('state') != 'failed',
                    'icon': 'tryton-undo',
                    'depends': ['state'],
                    },
                })

    def get_rec_name(self, name):
        return f'{self.kind_string} {self.session.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('session.rec_name', *clause[1:])]

    def get_progress(self, name):
        return self.done / self.total

    def get_file_name(self, name):
        extension = 'zip' if self.kind == 'photos' else 'pdf'
        return f'{slugify(self.rec_name)}.{extension}'

    @classmethod
    def start(cls, session, kind, regions, parts):
        """Return a job that makes papers in the background.

        :param kind: see KINDS.
        :param regions: those of the session (training.session.region).
        :param parts: the content of each part: the ids of its registrations, and
            what else its paper tells.
        """
        now = clock.now()
        job, = cls.create([{
                    'session': session.id,
                    'company': session.company.id,
                    'user': Transaction().user,
                    'kind': kind,
                    'regions': '、'.join(r.region.name for r in regions),
                    'asked_at': now,
                    'total': sum(len(c['ids']) for c in parts),
                    'done': 0,
                    'moved_at': now,
                    'attempts': 0,
                    'state': 'waiting',
                    'expires_on': clock.today() + KEPT,
                    'parts': [('create', [{'content': c} for c in parts])],
                    }])
        cls.__queue__.make([job])
        return job

    @classmethod
    @ModelView.button
    def refresh(cls, jobs):
        pass

    @classmethod
    @ModelView.button
    def retry(cls, jobs):
        "Go on with what has failed"
        jobs = [j for j in lock(jobs) if j.state == 'failed']
        cls.write(jobs, {
                'state': 'waiting', 'attempts': 0, 'moved_at': clock.now()})
        cls.__queue__.make(jobs)

    @classmethod
    def resume(cls):
        "Go on with what was interrupted (a scheduled task)"
        cls.make(cls.search([
                    ('state', 'in', ['waiting', 'running']),
                    ('moved_at', '<', clock.now() - STALE),
                    ], order=[('id', 'ASC')]))

    @classmethod
    def make(cls, jobs):
        """Make the papers, part by part, each one committed.

        Whoever takes a job last makes it: an earlier run of it stops.
        """
        transaction = Transaction()
        for job in jobs:
            with transaction.set_user(0), transaction.set_context(
                    language=job.user.language.code if job.user.language else None):
                attempt = job._take()
                try:
                    if attempt:
                        job._make(attempt)
                except (backend.DatabaseOperationalError, TransactionError):
                    raise
                except Exception:
                    logger.exception("Papers %s failed", job.id)
                    transaction.rollback()
                    if taken := job._taken(attempt):
                        taken._move(state='failed')

    def _take(self):
        "Begin an attempt and return its number, None when there is nothing to do"
        job, = lock([self])
        if job.state not in {'waiting', 'running'}:
            return None
        attempt = job.attempts + 1
        over = attempt > ATTEMPTS
        job._move(attempts=attempt, state='failed' if over else 'running')
        return None if over else attempt

    def _taken(self, attempt):
        "Return the job, locked, unless it is over or another attempt has taken it"
        job, = lock([self])
        if job.state == 'running' and job.attempts == attempt:
            return job

    def _make(self, attempt):
        for part in self.parts:
            if part.file_id:
                continue
            file = part.made()
            job = self._taken(attempt)
            if not job:
                return
            part.write([part], {'file': file})
            job._move(done=job.done + len(part.content['ids']))
        files = [bytes(p.file) for p in self.parts]
        Transaction().commit()
        file = (_join_zip if self.kind == 'photos' else _join_pdf)(files)
        if job := self._taken(attempt):
            job._finish(file)

    def _move(self, **values):
        self.write([self], {'moved_at': clock.now(), **values})
        Transaction().commit()

    def _finish(self, file):
        files = self._drop(self.parts)
        self._move(file=file, state='done')
        filestore.delete_many(files, STORE)
        notify(
            gettext('supervision_training.msg_print_done', job=self.rec_name),
            user=self.user.id)

    @classmethod
    def _drop(cls, parts):
        "Delete parts and return the names of their files"
        files = [p.file_id for p in parts if p.file_id]
        Pool().get('training.print_job.part').delete(parts)
        return files

    @classmethod
    def clean(cls):
        "Delete the files that have expired (a scheduled task)"
        jobs = cls.search([
                ('state', '!=', 'expired'), ('expires_on', '<', clock.today())])
        files = [j.file_id for j in jobs if j.file_id]
        files += cls._drop([p for j in jobs for p in j.parts])
        cls.write(jobs, {'file': None, 'state': 'expired'})
        Transaction().commit()
        filestore.delete_many(files, STORE)


class PrintPart(OfUnits, ModelSQL):
    "What is made of a job at once"
    __name__ = 'training.print_job.part'
    _companies_path = 'job.company'

    job = fields.Many2One(
        'training.print_job', "Job", required=True, readonly=True,
        ondelete='CASCADE')
    content = fields.Dict(
        None, "Content", readonly=True,
        help="The ids of the registrations and what else the paper tells.")
    file = fields.Binary(
        "File", file_id='file_id', store_prefix=STORE, readonly=True)
    file_id = fields.Char("File", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(Index(t, (t.job, Index.Equality())))
        cls._order = [('id', 'ASC')]

    def made(self):
        "Return the part as a file; nothing is locked or open while it is drawn"
        pool = Pool()
        content = dict(self.content)
        ids = content.pop('ids')
        if self.job.kind == 'photos':
            Registration = pool.get('training.registration')
            photos = {
                r.admission_number or r.number: r.photo.data
                for r in Registration.browse(ids) if r.photo.data}
            Transaction().commit()
            return _zip(photos)
        Report = pool.get(REPORTS[self.job.kind], type='report')
        data = {'kind': self.job.kind, **content}
        if self.job.kind == 'admission':
            form = Report.draw(ids[:1], {**data, 'layers': ['form']})
            values = Report.draw(ids, {**data, 'layers': ['values']})
            Transaction().commit()
            return _on_form(values.pdf(), form.pdf())
        drawing = Report.draw(ids, data)
        Transaction().commit()
        return drawing.pdf()


def _on_form(values, form):
    "Return a PDF with the page of another beneath each of its pages, kept once"
    writer = PdfWriter(clone_from=io.BytesIO(values))
    page = PdfReader(io.BytesIO(form)).pages[0]
    drawn = StreamObject()
    drawn.set_data(page.get_contents().get_data())
    drawn.update({
            NameObject('/Type'): NameObject('/XObject'),
            NameObject('/Subtype'): NameObject('/Form'),
            NameObject('/BBox'): page.mediabox,
            NameObject('/Resources'): page['/Resources'],
            })
    drawn = writer._add_object(drawn.flate_encode().clone(writer))
    draw = StreamObject()
    draw.set_data(b'/Form Do\n')
    draw = writer._add_object(draw)
    for page in writer.pages:
        resources = page['/Resources']
        resources.setdefault(NameObject('/XObject'), DictionaryObject())[
            NameObject('/Form')] = drawn
        page[NameObject('/Contents')] = ArrayObject(
            [draw, page.raw_get('/Contents')])
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def _join_pdf(files):
    writer = PdfWriter()
    for file in files:
        writer.append(io.BytesIO(file), import_outline=False)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def _zip(photos):
    output = io.BytesIO()
    with zipfile.ZipFile(output, 'w') as archive:
        for name, photo in photos.items():
            archive.writestr(f'{slugify(name)}.jpg', photo)
    return output.getvalue()


def _join_zip(files):
    output = io.BytesIO()
    with zipfile.ZipFile(output, 'w') as whole:
        for file in files:
            with zipfile.ZipFile(io.BytesIO(file)) as part:
                for name in part.namelist():
                    whole.writestr(name, part.read(name))
    return output.getvalue()
