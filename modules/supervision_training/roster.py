# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Rosters: who is registered, as a workbook with the columns that a unit likes."""
from functools import lru_cache

from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, Unique, fields, sequence_ordered
from trytond.pool import Pool
from trytond.pyson import Bool, Eval
from trytond.report import Report
from trytond.rpc import RPC
from trytond.transaction import Transaction
from trytond.wizard import Button, StateReport, StateView, Wizard

from . import clock, sheet
from .company import OfUnits

ORDERS = [
    ('employer', "Employer"),
    ('name', "Name"),
    ('admission_number', "Admission Number"),
    ('number', "Registration Number"),
    ]


def _local(moment):
    return moment and clock.local(moment).replace(tzinfo=None)


# What each column is called, what it has of a registration, its width in characters
COLUMNS = {
    'number': ("Registration Number", lambda r: r.number, 18),
    'admission_number': ("Admission Number", lambda r: r.admission_number, 18),
    'name': ("Name", lambda r: r.trainee.name, 12),
    'sex': ("Sex", lambda r: r.trainee.sex_string, 6),
    'id_number_masked': (
        "ID Number (Masked)", lambda r: r.trainee.id_number_masked, 20),
    'id_number': ("ID Number (Full)", lambda r: r.trainee.id_number, 20),
    'birth_date': ("Birth Date", lambda r: r.trainee.birth_date, 12),
    'mobile': ("Mobile", lambda r: r.mobile, 14),
    'email': ("E-mail", lambda r: r.trainee.email, 24),
    'education': ("Education", lambda r: r.education.name, 12),
    'major': ("Major", lambda r: r.major.name, 18),
    'work_years': ("Years of Work", lambda r: r.work_years_string, 10),
    'subjects': ("Subjects", lambda r: '、'.join(s.name for s in r.subjects), 40),
    'exam_type': ("Exam Type", lambda r: r.exam_type_string, 10),
    'industry': ("Industry", lambda r: r.industry_string, 8),
    'employer': ("Employer", lambda r: r.employer, 32),
    'session': ("Session", lambda r: r.session.name, 28),
    'region': ("Region", lambda r: r.session_region.region.name, 10),
    'exam_room': ("Exam Room", lambda r: r.exam_room and r.exam_room.name, 14),
    'seat_number': ("Seat", lambda r: r.seat_number, 6),
    'label': ("State", lambda r: r.label_string, 12),
    'submitted_at': ("Submitted", lambda r: _local(r.submitted_at), 20),
    'amount': ("Amount", lambda r: r.amount, 10),
    'paid_at': ("Paid", lambda r: _local(r.paid_at), 20),
    'certificate_address': (
        "Certificate Address", lambda r: r.certificate_address, 40),
    'textbook_address': (
        "Textbook Address", lambda r: r.certificate_address
        if r.textbook_same_address else r.textbook_address, 40),
    'invoice_kind': ("Invoice", lambda r: r.invoice_kind_string, 14),
    'invoice_title': (
        "Invoice Title", lambda r: r.invoice_title and r.invoice_title.name, 32),
    'invoice_tax_number': (
        "Tax Number", lambda r: r.invoice_title and r.invoice_title.tax_number, 22),
    'invoice_email': ("Invoice E-mail", lambda r: r.invoice_email, 24),
    }
STANDARD = [
    'number', 'admission_number', 'name', 'sex', 'id_number_masked', 'mobile',
    'education', 'major', 'subjects', 'exam_type', 'industry', 'employer', 'region',
    'label']
_SURNAMES = {
    '曾': 'zeng1', '单': 'shan4', '解': 'xie4', '查': 'zha1', '仇': 'qiu2',
    '区': 'ou1', '朴': 'piao2', '任': 'ren2', '华': 'hua4', '盖': 'ge3'}


@lru_cache(20_000)
def _pinyin(character):
    # Loaded by the first roster that needs it, not with every server process.
    from xpinyin import Pinyin
    return Pinyin().get_pinyin(character, tone_marks='numbers')


def alphabetical(text):
    "Return the key that puts Chinese text in the order of its pinyin"
    return [_pinyin(c) for c in text], text


def by_name(name):
    "Return the key that orders people, some of whose surnames are read differently"
    key = [_pinyin(c) for c in name]
    return [_SURNAMES.get(name[:1], *key[:1]), *key[1:]], name


_KEYS = {
    'employer': lambda r: (alphabetical(r.employer), by_name(r.trainee.name)),
    'name': lambda r: by_name(r.trainee.name),
    'admission_number': lambda r: (not r.admission_number, r.admission_number),
    'number': lambda r: r.number,
    }


class Layout(sequence_ordered(), ModelSQL, ModelView):
    "Columns of a unit's rosters"
    __name__ = 'training.roster.layout'

    name = fields.Char("Name", required=True)
    company = fields.Many2One(
        'company.company', "Organizing Unit", required=True, ondelete='CASCADE')
    order = fields.Selection(ORDERS, "Sorted by", required=True, sort=False)
    columns = fields.One2Many(
        'training.roster.column', 'layout', "Columns", required=True)

    @staticmethod
    def default_company():
        return Transaction().context.get('company')

    @staticmethod
    def default_order():
        return 'employer'


class Column(sequence_ordered(), OfUnits, ModelSQL, ModelView):
    __name__ = 'training.roster.column'
    _companies_path = 'layout.company'

    layout = fields.Many2One(
        'training.roster.layout', "Layout", required=True, ondelete='CASCADE')
    name = fields.Selection(
        [(name, label) for name, (label, *_) in COLUMNS.items()], "Column",
        required=True, sort=False)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints.append(
            ('name_unique', Unique(t, t.layout, t.name),
                'supervision_training.msg_roster_column_unique'))


class Roster(Report):
    __name__ = 'training.roster'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__rpc__['execute'] = RPC(readonly=False)

    @classmethod
    def execute(cls, ids, data):
        """Return the workbook.

        :param ids: the registrations; without, those that data describes.
        :param data: layout (an id or None), order, and for the registrations
            sessions and regions (ids), labels, text.
        """
        pool = Pool()
        ActionReport = pool.get('ir.action.report')
        Disclosure = pool.get('training.disclosure')
        Layout = pool.get('training.roster.layout')
        Registration = pool.get('training.registration')
        action, = ActionReport.search([('report_name', '=', cls.__name__)])
        cls.check_access(action, 'training.registration', ids)
        names = STANDARD
        for layout in Layout.search([('id', '=', data['layout'])]):
            names = [c.name for c in layout.columns]
        if not Disclosure.allowed():
            names = ['id_number_masked' if n == 'id_number' else n for n in names]
        registrations = Registration.search(
            [('id', 'in', ids)] if ids else cls.domain(data), order=[])
        registrations.sort(key=_KEYS[data['order']])
        sessions = '、'.join(sorted({r.session.rec_name for r in registrations}))
        full = 'id_number' in names
        if full:
            Disclosure.record('roster', registrations, sessions)
        content = sheet.xlsx(
            {action.name: cls.rows(registrations, names)},
            cls.mark(registrations, sessions, full),
            [6, *(COLUMNS[n][2] for n in names)])
        return 'xlsx', content, False, f'{action.name}-{sessions[:60]}'

    @classmethod
    def domain(cls, data):
        domain = []
        for name, path in [
                ('sessions', 'session'), ('regions', 'session_region.region'),
                ('labels', 'label')]:
            if data[name]:
                domain.append((path, 'in', data[name]))
        if data['text']:
            domain.append(('rec_name', 'ilike', f'%{data["text"]}%'))
        return domain

    @classmethod
    def rows(cls, registrations, names):
        "Yield the header and a row for each registration"
        Column = Pool().get('training.roster.column')
        titles = dict(Column.fields_get(['name'])['name']['selection'])
        getters = [COLUMNS[n][1] for n in names]
        yield [
            gettext('supervision_training.msg_roster_row'), *(titles[n] for n in names)]
        for number, registration in enumerate(registrations, 1):
            yield [number, *(get(registration) for get in getters)]

    @classmethod
    def mark(cls, registrations, sessions, full):
        "Return who exported what, and when, as the workbook shows it"
        User = Pool().get('res.user')
        text = gettext(
            'supervision_training.msg_roster_mark', sessions=sessions,
            count=len(registrations), user=User(Transaction().user).rec_name,
            time=f'{clock.local(clock.now()):%Y-%m-%d %H:%M}')
        if full:
            text += gettext('supervision_training.msg_roster_full')
        return text


class RosterStart(ModelView):
    __name__ = 'training.roster.start'

    chosen = fields.Many2Many(
        'training.registration', None, None, "Chosen", states={'invisible': True})
    only_chosen = fields.Boolean(
        "Only the Selected Ones", states={'invisible': ~Bool(Eval('chosen'))})
    _described = {'invisible': Bool(Eval('only_chosen'))}
    sessions = fields.Many2Many(
        'training.session', None, None, "Sessions", states=_described,
        help="Leave empty for all.")
    regions = fields.Many2Many(
        'training.region', None, None, "Regions", states=_described,
        help="Leave empty for all.")
    labels = fields.MultiSelection(
        'get_labels', "States", sort=False, states=_described,
        help="Leave empty for all.")
    text = fields.Char(
        "Search", states=_described,
        help="As in the list: a name, an employer, a mobile or a number.")
    layout = fields.Many2One(
        'training.roster.layout', "Layout",
        help="Which columns, in which order. Leave empty for the standard ones. "
        "Full ID numbers come only out for who may see them, and that is noted.")
    order = fields.Selection(ORDERS, "Sorted by", required=True, sort=False)

    del _described

    @staticmethod
    def get_labels():
        Registration = Pool().get('training.registration')
        return Registration.fields_get(['label'])['label']['selection']

    @fields.depends('layout')
    def on_change_layout(self):
        if self.layout:
            self.order = self.layout.order


class ExportRoster(Wizard):
    "Export a roster of registrations"
    __name__ = 'training.roster.export'

    start = StateView(
        'training.roster.start', 'supervision_training.roster_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Export", 'export', 'tryton-export', default=True),
            ])
    export = StateReport('training.roster')

    def default_start(self, fields):
        pool = Pool()
        Layout = pool.get('training.roster.layout')
        User = pool.get('res.user')
        values = {
            'labels': ['paid', 'refund_refused', 'completed'],
            'order': 'employer',
            }
        if self.model and self.model.__name__ == 'training.registration':
            values['chosen'] = [r.id for r in self.records]
            values['only_chosen'] = len(self.records) > 1
            values['sessions'] = list({r.session.id for r in self.records})
        elif self.model and self.model.__name__ == 'training.session':
            values['sessions'] = [s.id for s in self.records]
        for layout in Layout.search(
                [('company', 'in', User.get_companies())], limit=1):
            values['layout'] = layout.id
            values['order'] = layout.order
        return values

    def do_export(self, action):
        start = self.start
        return action, {
            'ids': [r.id for r in start.chosen] if start.only_chosen else [],
            'sessions': [s.id for s in start.sessions],
            'regions': [r.id for r in start.regions],
            'labels': list(start.labels),
            'text': start.text,
            'layout': start.layout and start.layout.id,
            'order': start.order,
            }
