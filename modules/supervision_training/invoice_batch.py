# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Invoices that go to the tax bureau together, in its workbooks."""
import datetime as dt
from collections import defaultdict
from itertools import chain

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval, If
from trytond.tools import grouped_slice
from trytond.transaction import Transaction
from trytond.wizard import Button, StateAction, StateTransition, StateView, Wizard

from . import clock, tax_workbook
from .access import OfGroups
from .company import OfUnits
from .exceptions import NotFound
from .registration import INVOICE_KINDS
from .workflow import move

DAY = dt.timedelta(1)
SOME = 50  # invoices at once: the time that instances take grows with the square
ANY_KIND = [(None, "All"), *INVOICE_KINDS]


class Batch(ModelSQL, ModelView):
    "Invoices exported together"
    __name__ = 'training.invoice.batch'

    company = fields.Many2One(
        'company.company', "Organizing Unit", required=True, readonly=True,
        ondelete='RESTRICT')
    kind = fields.Selection(
        ANY_KIND, "Kind", readonly=True, sort=False)
    from_date = fields.Date("Asked From", readonly=True)
    to_date = fields.Date("Asked To", required=True, readonly=True)
    exported_at = fields.DateTime("Exported", required=True, readonly=True)
    exported_by = fields.Many2One('res.user', "Exported By", readonly=True)
    count = fields.Integer("Invoices", required=True, readonly=True)
    left_out = fields.Integer("Left Out", required=True, readonly=True)
    files = fields.One2Many(
        'training.invoice.batch.file', 'batch', "Workbooks", readonly=True)
    problems = fields.One2Many(
        'training.invoice.batch.problem', 'batch', "Left Out", readonly=True,
        states={'invisible': ~Bool(Eval('left_out'))},
        help="What the tax bureau would have refused: they wait to be corrected.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(Index(t, (t.company, Index.Equality())))
        cls._order = [('id', 'DESC')]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(Eval('left_out', 0) > 0, 'warning', ''))]

    def get_rec_name(self, name):
        return f'{self.company.rec_name} {clock.local(self.exported_at):%Y-%m-%d %H:%M}'

    @classmethod
    def domain(cls, company, first, last, kind):
        """Return the domain of the invoices of a unit that may go to the bureau.

        :param first: the first day in China on which they were asked for, None for
            all before last; last: the last one.
        :param kind: of the invoices, None for all.
        """
        Invoice = Pool().get('training.invoice')
        domain = [
            *Invoice.exportable,
            ('company', '=', company),
            ('wished_at', '<', clock.end_of(last))]
        if first:
            domain.append(('wished_at', '>=', clock.end_of(first - DAY)))
        if kind:
            domain.append(('kind', '=', kind))
        return domain

    @classmethod
    def export(cls, company, first, last, kind):
        """Put the invoices of a period into a new batch; see domain.

        What the bureau would refuse is left out, with the reasons. The workbooks and
        the invoices' states belong to one transaction.

        :raises NotFound: there is none.
        """
        Invoice = Pool().get('training.invoice')
        cursor = Transaction().connection.cursor()
        cursor.execute(*Invoice.search(
                cls.domain(company, first, last, kind), order=[('id', 'ASC')],
                query=True))
        ids = [id for id, in cursor]
        if not ids:
            raise NotFound(gettext('supervision_training.msg_batch_empty'))
        batch, = cls.create([{
                    'company': company.id,
                    'kind': kind,
                    'from_date': first,
                    'to_date': last,
                    'exported_at': clock.now(),
                    'exported_by': Transaction().user or None,
                    'count': 0,
                    'left_out': 0,
                    }])
        batch._export(ids)
        return batch

    def _export(self, ids):
        pool = Pool()
        Invoice = pool.get('training.invoice')
        Problem = pool.get('training.invoice.batch.problem')
        rows = []
        for some in grouped_slice(ids, SOME):
            found, refused = Invoice.export(Invoice.browse(some), self)
            rows += found
            Problem.create([{
                        'batch': self.id,
                        'invoice': invoice.id,
                        'reason': reason,
                        } for invoice, reason in refused.items()])
            self.count += len(found)
            self.left_out += len(refused)
            if len(rows) > tax_workbook.MAX_INVOICES:
                rows = self._add(rows)
        if rows:
            self._add(rows)
        self.save()

    def _add(self, rows):
        "Make a workbook of rows and return those that it has no place for"
        File = Pool().get('training.invoice.batch.file')
        these, others = (
            rows[:tax_workbook.MAX_INVOICES], rows[tax_workbook.MAX_INVOICES:])
        File.create([{
                    'batch': self.id,
                    'number': File.search([('batch', '=', self.id)], count=True) + 1,
                    'count': len(these),
                    'data': tax_workbook.fill(these, self.company.invoice_template),
                    }])
        return others


class File(OfUnits, ModelSQL, ModelView):
    "Workbook of a batch"
    __name__ = 'training.invoice.batch.file'
    _companies_path = 'batch.company'

    batch = fields.Many2One(
        'training.invoice.batch', "Batch", required=True, readonly=True,
        ondelete='CASCADE')
    number = fields.Integer("Number", required=True, readonly=True)
    count = fields.Integer("Invoices", required=True, readonly=True)
    data = fields.Binary(
        "Workbook", file_id='file_id', store_prefix='supervision_training',
        filename='file_name', readonly=True)
    file_id = fields.Char("File", readonly=True)
    file_name = fields.Function(fields.Char("File Name"), 'get_file_name')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(Index(t, (t.batch, Index.Equality())))
        cls._order = [('number', 'ASC')]

    def get_rec_name(self, name):
        return self.file_name

    def get_file_name(self, name):
        exported = clock.local(self.batch.exported_at)
        return gettext(
            'supervision_training.msg_batch_file', unit=self.batch.company.rec_name,
            date=f'{exported:%Y%m%d}', batch=self.batch.id, number=self.number)


class Problem(OfUnits, ModelSQL, ModelView):
    "Why an invoice was left out of a batch"
    __name__ = 'training.invoice.batch.problem'
    _companies_path = 'batch.company'

    batch = fields.Many2One(
        'training.invoice.batch', "Batch", required=True, readonly=True,
        ondelete='CASCADE')
    invoice = fields.Many2One(
        'training.invoice', "Invoice", required=True, readonly=True,
        ondelete='CASCADE')
    reason = fields.Text("Reason", required=True, readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(Index(t, (t.batch, Index.Equality())))

    def get_rec_name(self, name):
        return self.invoice.rec_name


class ExportStart(ModelView):
    __name__ = 'training.invoice.export.start'

    company = fields.Many2One(
        'company.company', "Organizing Unit", required=True,
        domain=[('id', 'in', Eval('context', {}).get('companies', []))])
    from_date = fields.Date(
        "Asked From", help="Leave empty for all that still wait.")
    to_date = fields.Date("Asked To", required=True)
    kind = fields.Selection(ANY_KIND, "Kind", sort=False)
    count = fields.Function(
        fields.Integer("Invoices to Export"), 'on_change_with_count')
    template = fields.Function(
        fields.Char("Template", help="Upload a newer one when the bureau has one."),
        'on_change_with_template')

    @staticmethod
    def default_company():
        return Transaction().context.get('company')

    @staticmethod
    def default_to_date():
        return clock.today()

    @fields.depends('company', 'from_date', 'to_date', 'kind')
    def on_change_with_count(self, name=None):
        pool = Pool()
        Batch = pool.get('training.invoice.batch')
        Invoice = pool.get('training.invoice')
        if self.company and self.to_date:
            return Invoice.search(Batch.domain(
                    self.company, self.from_date, self.to_date, self.kind), count=True)

    @fields.depends('company')
    def on_change_with_template(self, name=None):
        if self.company:
            return self.company.invoice_template_name or gettext(
                'supervision_training.msg_batch_built_in')


class Export(OfGroups, Wizard):
    "Export invoices for the tax bureau"
    __name__ = 'training.invoice.export'

    start = StateView(
        'training.invoice.export.start',
        'supervision_training.invoice_export_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Export", 'open_', 'tryton-ok', default=True),
            ])
    open_ = StateAction('supervision_training.act_invoice_batch')

    def do_open_(self, action):
        Batch = Pool().get('training.invoice.batch')
        batch = Batch.export(
            own_unit(self.start.company), self.start.from_date, self.start.to_date,
            self.start.kind)
        action['views'].reverse()
        return action, {'res_id': [batch.id]}


def own_unit(company):
    """Return a unit that the user chose in a wizard.

    :raises NotFound: it is not among the user's.
    """
    User = Pool().get('res.user')
    if company.id not in User.get_companies():
        raise NotFound(gettext('supervision_training.msg_unit_missing'))
    return company


class TemplateStart(ModelView):
    __name__ = 'training.invoice.template.start'

    company = fields.Many2One(
        'company.company', "Organizing Unit", required=True,
        domain=[('id', 'in', Eval('context', {}).get('companies', []))])
    template = fields.Binary(
        "Template", filename='name',
        help="The workbook (批量开票-导入开票模板) as downloaded from the tax bureau, "
        "unchanged. Leave empty for the built-in one.")
    name = fields.Char("File Name")

    default_company = ExportStart.default_company


class UploadTemplate(OfGroups, Wizard):
    "Upload the tax bureau's template"
    __name__ = 'training.invoice.template'

    start = StateView(
        'training.invoice.template.start',
        'supervision_training.invoice_template_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Upload", 'upload', 'tryton-ok', default=True),
            ])
    upload = StateTransition()

    def transition_upload(self):
        Company = Pool().get('company.company')
        template = self.start.template
        Company.write([own_unit(self.start.company)], {
                'invoice_template': template,
                'invoice_template_name': template and self.start.name,
                })
        return 'end'


class Company(metaclass=PoolMeta):
    __name__ = 'company.company'

    invoice_template = fields.Binary(
        "Template for Invoices", filename='invoice_template_name',
        help="The tax bureau's workbook for batches. Leave empty for the built-in one.")
    invoice_template_name = fields.Char("Name of the Template")

    @classmethod
    def validate_fields(cls, companies, field_names):
        super().validate_fields(companies, field_names)
        if 'invoice_template' in field_names:
            for company in companies:
                if company.invoice_template:
                    tax_workbook.layout(company.invoice_template)


class Invoice(metaclass=PoolMeta):
    __name__ = 'training.invoice'

    batch = fields.Many2One(
        'training.invoice.batch', "Batch", readonly=True, ondelete='RESTRICT',
        help="The last one in which it was exported.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(Index(t, (t.batch, Index.Equality())))

    @classmethod
    def export(cls, invoices, batch):
        """Put invoices, with the item, tax and remarks as they are set now, in a batch.

        Nobody else can change or export them meanwhile. Those that may not go to the
        bureau any more are passed over.

        :returns: the texts for the workbook, and the reasons of those left out, as the
            bureau would refuse them, by invoice.
        """
        invoices = cls.search([
                ('id', 'in', [i.id for i in cls.hold(invoices)]), *cls.exportable,
                ], order=[('id', 'ASC')])
        changed = cls.prepare(invoices)
        rows = [tax_workbook.texts(i) for i in invoices]
        refused = {
            invoice: '\n'.join(problems)
            for invoice, problems in zip(
                invoices, tax_workbook.check(rows), strict=True) if problems}
        if refused:
            cls.write(*chain.from_iterable(
                    ([invoice], {'failure': reason, **changed.get(invoice, {})})
                    for invoice, reason in refused.items()))
        good = {
            invoice: row for invoice, row in zip(invoices, rows, strict=True)
            if invoice not in refused}
        if good:
            cls._export(list(good), batch, changed)
        return list(good.values()), refused

    @classmethod
    @move('exported', held=True)
    def _export(cls, invoices, batch, changed):
        groups = defaultdict(list)
        for invoice in invoices:
            groups[frozenset(changed.get(invoice, {}).items())].append(invoice)
        # With the state, so that it is one write.
        common = {
            'state': 'exported', 'exported_at': clock.now(), 'failure': None,
            'batch': batch}
        cls.write(*chain.from_iterable(
                (some, {**common, **dict(values)})
                for values, some in groups.items()))
