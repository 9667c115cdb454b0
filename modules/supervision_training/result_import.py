# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Results of a session from a workbook: all of it, or nothing with the rows to mend."""
import re
from decimal import Decimal

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.pool import Pool
from trytond.pyson import Bool, Eval
from trytond.wizard import Button, StateTransition, StateView, Wizard

from . import sheet
from .exceptions import UnreadableFile

NOT_TAKEN = '—'  # in the template, where a person does not sit a subject
PERSON = ['admission_number', 'number', 'trainee_name']
SHOWN = 200  # changes in the preview
_SCORE = re.compile(r'\d{1,3}(\.\d)?')


class ResultSheet:
    """A workbook with a row a person and a column a subject.

    :param session: whose results they are.
    """

    def __init__(self, session):
        pool = Pool()
        Registration = pool.get('training.registration')
        Result = pool.get('training.registration-training.subject')
        self.session = session
        self.labels = {
            name: definition['string']
            for name, definition in Registration.fields_get(PERSON).items()}
        self.words = {
            label: value for value, label in
            Result.fields_get(['result'])['result']['selection'] if value}
        self.results = {}
        for result in session.search_results(
                [], order=[('admission_number', 'ASC'), ('id', 'ASC')]):
            self.results.setdefault(result.registration, {})[result.subject] = result

    def template(self):
        "Return the workbook to fill in, with what is entered already"
        rows = [[*(self.labels[name] for name in PERSON),
                *(s.name for s in self.session.subjects)]]
        for registration, results in self.results.items():
            rows.append([
                    *(getattr(registration, name) for name in PERSON),
                    *(self._shown(results.get(s)) for s in self.session.subjects)])
        return sheet.xlsx({gettext('supervision_training.msg_results'): rows})

    @staticmethod
    def _shown(result):
        if not result:
            return NOT_TAKEN
        if result.score is not None and result.result != 'disqualified':
            return result.score.normalize()
        return result.result_string if result.result else None

    def read(self, data):
        """Return what a workbook changes: the score and the result by record.

        :raises UnreadableFile: it can not be read, or some rows are wrong.
        """
        columns = {name: [self.labels[name]] for name in PERSON}
        for name in ['admission_number', 'number']:
            columns[name].insert(0, None)
        columns |= {s: [None, sheet.header(s.name)] for s in self.session.subjects}
        people = {
            name: {getattr(r, name): r for r in self.results}
            for name in ['admission_number', 'number']}
        entries, problems, seen = {}, {}, {}
        for row, values in sheet.read(data, columns):
            try:
                registration = self._person(people, values)
                if registration in seen:
                    raise _Problem('twice', row=seen[registration])
                seen[registration] = row
                entries |= self._entries(registration, values)
            except _Problem as problem:
                problems[row] = problem.text
        if problems:
            sheet.refuse(problems)
        if not entries:
            raise UnreadableFile(gettext(
                    'supervision_training.msg_results_none',
                    columns='、'.join(s.name for s in self.session.subjects)))
        return {
            result: entry for result, entry in entries.items()
            if entry != (result.score, result.result)}

    def _person(self, people, values):
        numbers = {n: values[n] for n in people if values[n]}
        if not numbers:
            raise _Problem('number', columns='、'.join(
                    self.labels[name] for name in people))
        found = {people[name].get(number) for name, number in numbers.items()}
        if len(found) > 1 or None in found:
            raise _Problem('person', number=' '.join(numbers.values()))
        registration, = found
        name = values['trainee_name'] or ''
        if sheet.header(name) != sheet.header(registration.trainee_name):
            raise _Problem('name', name=name, number=' '.join(numbers.values()))
        return registration

    def _entries(self, registration, values):
        entries = {}
        for subject in self.session.subjects:
            text = values[subject]
            if not text or text == NOT_TAKEN:
                continue
            result = self.results[registration].get(subject)
            if not result:
                raise _Problem(
                    'not_taken', name=registration.trainee_name, subject=subject.name)
            entries[result] = self._entry(result, text)
        return entries

    def _entry(self, result, text):
        if text in self.words:
            return None, self.words[text]
        full = result.subject.full_mark
        if not _SCORE.fullmatch(text) or Decimal(text) > full:
            raise _Problem(
                'value', subject=result.subject.name, value=text, full=full,
                words='、'.join(self.words))
        score = Decimal(text)
        return score, result.graded(score)


class _Problem(Exception):
    "What is wrong with a row, by the name of the message"

    def __init__(self, problem, **variables):
        self.text = gettext(
            f'supervision_training.msg_results_row_{problem}', **variables)


class ImportStart(ModelView):
    __name__ = 'training.result.import.start'

    session = fields.Many2One('training.session', "Session", readonly=True)
    published = fields.Boolean("Published", readonly=True)
    template = fields.Binary("Template", filename='template_name', readonly=True,
        help="Has everybody of the session. Fill in a score, or one of the words, "
        "and leave empty what is not known yet.")
    template_name = fields.Char("Template Name", readonly=True)
    file = fields.Binary("File", required=True, help="The filled-in template (.xlsx).")
    reason = fields.Text(
        "Reason", states={
            'invisible': ~Bool(Eval('published')),
            'required': Bool(Eval('published')),
            },
        help="Why published results change. The trainees read it.")


class ImportPreview(ModelView):
    __name__ = 'training.result.import.preview'

    text = fields.Text("Changes", readonly=True)


class Import(Wizard):
    "Import the results of a session"
    __name__ = 'training.result.import'

    start = StateView(
        'training.result.import.start',
        'supervision_training.result_import_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Check", 'preview', 'tryton-forward', default=True),
            ])
    preview = StateView(
        'training.result.import.preview',
        'supervision_training.result_import_preview_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Back", 'start', 'tryton-back'),
            Button("Import", 'enter', 'tryton-ok', default=True),
            ])
    enter = StateTransition()

    def default_start(self, fields):
        session = self.record
        return {
            'session': session.id,
            'published': bool(session.results_published),
            'template': ResultSheet(session).template(),
            'template_name': f'{session.name}.xlsx',
            }

    def default_preview(self, fields):
        entries = ResultSheet(self.record).read(self.start.file)
        changed = {r: e for r, e in entries.items() if r.result}
        lines = [gettext(
                'supervision_training.msg_results_preview',
                new=len(entries) - len(changed), changed=len(changed))]
        for result, (score, value) in list(changed.items())[:SHOWN]:
            before = result.text
            result.score, result.result = score, value
            lines.append(gettext(
                    'supervision_training.msg_result_of', before=before,
                    after=result.text, name=result.registration.rec_name))
        if len(changed) > SHOWN:
            lines.append('…')
        return {'text': '\n'.join(lines)}

    def transition_enter(self):
        Result = Pool().get('training.registration-training.subject')
        entries = ResultSheet(self.record).read(self.start.file)
        if self.record.results_published:
            Result.correct(entries, self.start.reason)
        elif entries:
            Result.enter(entries)
        return 'end'
