# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Results of the exam by subject: entered, published, corrected."""
from collections import defaultdict

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval
from trytond.transaction import Transaction
from trytond.wizard import Button, StateTransition, StateView, Wizard

from . import clock
from .catalog import MARK
from .exceptions import InvalidFields, ReasonRequired, WrongState
from .locking import lock

RESULTS = [
    ('passed', "Passed"),
    ('failed', "Failed"),
    ('absent', "Absent"),
    ('disqualified', "Disqualified"),
    ]
EXAMINED = ['checked_in', 'completed']  # the states of those who have results
ENTERED = {'score', 'result'}


class Session(metaclass=PoolMeta):
    __name__ = 'training.session'

    pass_mark = fields.Numeric(
        "Pass Mark", digits=MARK,
        states={'readonly': Bool(Eval('results_published'))},
        domain=['OR', ('pass_mark', '=', None), ('pass_mark', '>', 0)],
        help="The least score that passes in this session. Leave empty for that of "
        "each subject.")
    results_published = fields.DateTime("Results Published", readonly=True)
    results_missing = fields.Function(
        fields.Integer("Results to Enter"), 'get_results_missing')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        planned = Eval('state').in_(['draft', 'cancelled'])
        cls._buttons['cancel']['invisible'] |= Bool(Eval('results_published'))
        cls._buttons['cancel']['depends'].append('results_published')
        cls._buttons.update({
                'enter_results': {
                    'invisible': planned,
                    'icon': 'tryton-open',
                    'depends': ['state'],
                    },
                'import_results': {
                    'invisible': planned,
                    'icon': 'tryton-import',
                    'depends': ['state'],
                    },
                'publish_results': {
                    'invisible': ~Eval('state').in_(['closed', 'finished'])
                    | Bool(Eval('results_published')),
                    'icon': 'tryton-public',
                    'depends': ['state', 'results_published'],
                    },
                })

    def get_results_missing(self, name):
        return self.search_results([('result', '=', None)], count=True)

    def search_results(self, domain, **options):
        "Search the results of those who sat, or were to sit, the exam"
        Result = Pool().get('training.registration-training.subject')
        return Result.search([
                ('registration.session', '=', self.id),
                ('registration.state', 'in', EXAMINED),
                *domain], **options)

    @classmethod
    def copy(cls, sessions, default=None):
        default = {} if default is None else default.copy()
        default.setdefault('results_published')
        return super().copy(sessions, default=default)

    @classmethod
    def check_modification(cls, mode, sessions, values=None, external=False):
        super().check_modification(mode, sessions, values=values, external=external)
        if mode == 'write' and 'pass_mark' in values:
            for session in lock(sessions):
                if session.results_published:
                    raise WrongState(gettext(
                            'supervision_training.msg_results_fixed',
                            session=session.rec_name))

    @classmethod
    def on_modification(cls, mode, sessions, field_names=None):
        super().on_modification(mode, sessions, field_names=field_names)
        if mode == 'write' and 'pass_mark' in field_names:
            Result = Pool().get('training.registration-training.subject')
            for session in sessions:
                Result.put({
                        r: (r.score, r.graded(r.score))
                        for r in session.search_results([
                                ('score', '!=', None),
                                ('result', '!=', 'disqualified')])})

    @classmethod
    @ModelView.button_action('supervision_training.act_result_of_session')
    def enter_results(cls, sessions):
        pass

    @classmethod
    @ModelView.button_action('supervision_training.wizard_result_import')
    def import_results(cls, sessions):
        pass

    @classmethod
    @ModelView.button
    def publish_results(cls, sessions):
        """Let the trainees see their results, once all have theirs.

        :raises WrongState: somebody lacks a result.
        """
        pool = Pool()
        Event = pool.get('training.registration.event')
        Notification = pool.get('training.notification')
        Registration = pool.get('training.registration')
        for session in lock(sessions):
            if missing := session.search_results([('result', '=', None)]):
                raise WrongState(gettext(
                        'supervision_training.msg_results_missing',
                        session=session.rec_name, missing=len(missing),
                        names='、'.join(r.rec_name for r in missing[:5])))
        cls.write(sessions, {'results_published': clock.now()})
        registrations = Registration.search([
                ('session', 'in', [s.id for s in sessions]),
                ('state', 'in', EXAMINED),
                ])
        texts = {
            r: '；'.join(result.text for result in r.results) for r in registrations}
        Event.record(registrations, 'results_published', texts)
        for registration, text in texts.items():
            Notification.post(registration, 'results_published', reason=text)


class Registration(metaclass=PoolMeta):
    __name__ = 'training.registration'

    results = fields.One2Many(
        'training.registration-training.subject', 'registration', "Results",
        readonly=True)

    @property
    def published_results(self):
        "Return the results that the trainee may see"
        if self.state in EXAMINED and self.session.results_published:
            return self.results
        return ()

    @classmethod
    @ModelView.button
    def undo_check_in(cls, registrations):
        """Take a check-in back, as long as there is no result.

        :raises WrongState: some has a result.
        """
        for registration in lock(registrations):
            if any(r.result for r in registration.results):
                raise WrongState(gettext(
                        'supervision_training.msg_check_in_result',
                        registration=registration.rec_name))
        super().undo_check_in(registrations)


class Result(metaclass=PoolMeta):
    "Result of a registration in a subject"
    __name__ = 'training.registration-training.subject'

    _states = {'readonly': Bool(Eval('published'))}

    score = fields.Numeric(
        "Score", digits=MARK, states=_states,
        help="The pass mark decides on the result. Leave it empty where the exam has "
        "no score.")
    result = fields.Selection(
        [(None, "")] + RESULTS, "Result", sort=False, states=_states)
    result_string = result.translated('result')
    entered_by = fields.Many2One('res.user', "Entered By", readonly=True)
    entered_at = fields.DateTime("Entered", readonly=True)
    session = fields.Function(
        fields.Many2One('training.session', "Session"),
        'get_of_registration', searcher='search_of_registration')
    session_region = fields.Function(
        fields.Many2One('training.session.region', "Region"),
        'get_of_registration', searcher='search_of_registration')
    exam_room = fields.Function(
        fields.Many2One('training.exam_room', "Exam Room"),
        'get_of_registration', searcher='search_of_registration')
    seat_number = fields.Function(
        fields.Integer("Seat"),
        'get_of_registration', searcher='search_of_registration')
    admission_number = fields.Function(
        fields.Char("Admission Number"),
        'get_of_registration', searcher='search_of_registration')
    trainee_name = fields.Function(
        fields.Char("Name"),
        'get_of_registration', searcher='search_of_registration')
    published = fields.Function(fields.Boolean("Published"), 'get_published')

    del _states

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._buttons.update({
                'change': {
                    'invisible': ~Eval('published'),
                    'icon': 'tryton-note',
                    'depends': ['published'],
                    },
                })

    def get_rec_name(self, name):
        return f'{self.registration.rec_name} {self.subject.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('registration.rec_name', *clause[1:])]

    def get_of_registration(self, name):
        value = getattr(self.registration, name)
        return getattr(value, 'id', value)

    @classmethod
    def search_of_registration(cls, name, clause):
        return [(f'registration.{clause[0]}', *clause[1:])]

    @classmethod
    def order_admission_number(cls, tables):
        return cls.registration.convert_order(
            'registration.admission_number', tables, cls)

    def get_published(self, name):
        return bool(self.registration.session.results_published)

    @fields.depends('score', 'registration', 'subject')
    def on_change_score(self):
        if self.score is not None:
            self.result = self.graded(self.score)

    @fields.depends('result')
    def on_change_result(self):
        if self.result in {None, 'absent'}:
            self.score = None

    @property
    def text(self):
        "Return the result in a sentence: 监理理论基础知识：合格（85）"
        score = '' if self.score is None else f'（{self.score.normalize():f}）'
        return f'{self.subject.rec_name}：{self.result_string}{score}'

    def graded(self, score):
        "Return the result of a score"
        mark = self.registration.session.pass_mark
        if mark is None:
            mark = self.subject.pass_mark
        return 'passed' if score >= mark else 'failed'

    @classmethod
    def validate_fields(cls, results, field_names):
        super().validate_fields(results, field_names)
        if field_names and field_names & ENTERED:
            for result in results:
                result._check_score()

    def _check_score(self):
        if self.score is None:
            return
        full = self.subject.full_mark
        if not 0 <= self.score <= full:
            raise InvalidFields({'score': gettext(
                        'supervision_training.msg_score_range',
                        result=self.rec_name, full=full)})
        if self.result not in {self.graded(self.score), 'disqualified'}:
            raise InvalidFields({'result': gettext(
                        'supervision_training.msg_score_result',
                        result=self.rec_name, score=self.score)})

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if values.keys() & ENTERED:
            values['entered_by'] = Transaction().user or None
            values['entered_at'] = clock.now()
        return values

    @classmethod
    def check_modification(cls, mode, results, values=None, external=False):
        super().check_modification(mode, results, values=values, external=external)
        if mode == 'write' and external and values.keys() & ENTERED:
            cls.check_open(results)

    @classmethod
    def check_open(cls, results):
        """Check that results can be entered now, and keep it so until the commit.

        :raises WrongState: the exam is to come, they are published, or somebody has
            not checked in.
        """
        for session in lock(list({r.registration.session for r in results})):
            if session.results_published:
                raise WrongState(gettext(
                        'supervision_training.msg_results_fixed',
                        session=session.rec_name))
        cls._check_examined(results)

    @classmethod
    def _check_examined(cls, results):
        for registration in lock(list({r.registration for r in results})):
            session = registration.session
            if session.exam_date > clock.today():
                raise WrongState(gettext(
                        'supervision_training.msg_session_exam_to_come',
                        session=session.rec_name,
                        date=session.exam_date.isoformat()))
            if registration.state not in EXAMINED:
                raise WrongState(gettext(
                        'supervision_training.msg_result_not_examined',
                        registration=registration.rec_name,
                        state=registration.state_string))

    @classmethod
    def put(cls, entries):
        "Write a score and a result for each record, without asking"
        for result, (score, value) in entries.items():
            result.score, result.result = score, value
        cls.save(list(entries))

    @classmethod
    def enter(cls, entries):
        """Write results that are not published yet; see check_open.

        :param entries: the score and the result by record.
        """
        cls.check_open(list(entries))
        cls.put(entries)

    @classmethod
    def check_correction(cls, entries):
        "Check, once they are locked, that results can be corrected; see correct"
        for result, (_, value) in entries.items():
            if not value or not result.published:
                raise WrongState(gettext(
                        'supervision_training.msg_result_empty',
                        result=result.rec_name))
        cls._check_examined(list(entries))

    @classmethod
    def correct(cls, entries, reason):
        """Change published results; the trainees read the reason.

        :param entries: the score and the result by record.
        :raises ReasonRequired: without a reason.
        :raises WrongState: a result is not published or left empty, or a valid
            certificate rests on it.
        """
        pool = Pool()
        Event = pool.get('training.registration.event')
        Notification = pool.get('training.notification')
        reason = (reason or '').strip()
        if not reason:
            raise ReasonRequired(
                gettext('supervision_training.msg_result_reason'))
        entries = dict(zip(lock(list(entries)), entries.values(), strict=True))
        cls.check_correction(entries)
        before = {result: result.text for result in entries}
        cls.put(entries)
        notes = defaultdict(list)
        for result in entries:
            notes[result.registration].append(gettext(
                    'supervision_training.msg_result_changed',
                    before=before[result], after=cls(result.id).text))
        notes = {r: '\n'.join([*lines, reason]) for r, lines in notes.items()}
        Event.record(list(notes), 'result_corrected', notes)
        for registration, note in notes.items():
            Notification.post(registration, 'result_corrected', reason=note)

    @classmethod
    @ModelView.button_action('supervision_training.wizard_result_change')
    def change(cls, results):
        pass


class ChangeStart(ModelView):
    __name__ = 'training.result.change.start'

    record = fields.Many2One(
        'training.registration-training.subject', "Registration", readonly=True)
    score = fields.Numeric("Score", digits=MARK)
    result = fields.Selection(RESULTS, "Result", required=True, sort=False)
    reason = fields.Text("Reason", required=True, help="The trainee reads it.")

    @fields.depends('record', 'score')
    def on_change_score(self):
        if self.record and self.score is not None:
            self.result = self.record.graded(self.score)

    @fields.depends('result')
    def on_change_result(self):
        if self.result == 'absent':
            self.score = None


class Change(Wizard):
    "Correct a published result"
    __name__ = 'training.result.change'

    start = StateView(
        'training.result.change.start',
        'supervision_training.result_change_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Correct", 'change', 'tryton-ok', default=True),
            ])
    change = StateTransition()

    def default_start(self, fields):
        record = self.record
        return {
            'record': record.id, 'score': record.score, 'result': record.result}

    def transition_change(self):
        self.model.correct(
            {self.record: (self.start.score, self.start.result)}, self.start.reason)
        return 'end'
