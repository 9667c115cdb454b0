# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""What the tax bureau returns: results by workbook, invoices by files in a zip."""
import hashlib
import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.pool import Pool
from trytond.pyson import Bool, Eval, If
from trytond.tools import grouped_slice
from trytond.transaction import Transaction
from trytond.wizard import Button, StateAction, StateView, Wizard

from . import clock, sheet, tax_workbook
from .access import OfGroups
from .company import OfUnits
from .exceptions import TrainingError, UnreadableFile
from .invoice_batch import own_unit
from .invoice_file import MAX_BYTES, MIME_TYPES

MAX_ZIP = 14 * 1024 ** 2  # as base64 it is what the web server lets in
MAX_UNPACKED = 200 * 1024 ** 2
ROWS_A_COMMIT = 20
OUTCOMES = [
    ('refused', "Not Taken In"),
    ('same', "Known Already"),
    ('taken', "Taken In"),
    ]
_WORKBOOK = 'xl/workbook.xml'
_OFD = 'OFD.xml'
_TOKEN = re.compile('[0-9A-Za-z]+')
_NUMBER = re.compile(r'\d{20}')
_UTF8_NAME = 0x800


class Row(NamedTuple):
    "A row of a workbook, or a file of a zip, and how to take it in"
    place: str
    serial: str | None
    take: Callable  # returns the invoice and whether anything was new


class Import(ModelSQL, ModelView):
    "File of the tax bureau, and what became of each of its rows"
    __name__ = 'training.invoice.import'

    company = fields.Many2One(
        'company.company', "Organizing Unit", required=True, readonly=True,
        ondelete='RESTRICT')
    name = fields.Char("File Name", readonly=True)
    digest = fields.Char(
        "Digest", required=True, readonly=True, help="SHA-256 of the file.")
    imported_at = fields.DateTime("Imported", required=True, readonly=True)
    imported_by = fields.Many2One('res.user', "Imported By", readonly=True)
    taken = fields.Integer("Taken In", required=True, readonly=True)
    same = fields.Integer("Known Already", required=True, readonly=True)
    refused = fields.Integer("Not Taken In", required=True, readonly=True)
    lines = fields.One2Many(
        'training.invoice.import.line', 'import_', "Rows", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(Index(
                t, (t.company, Index.Equality()), (t.digest, Index.Equality())))
        cls._order = [('id', 'DESC')]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(Eval('refused', 0) > 0, 'warning', ''))]

    def get_rec_name(self, name):
        return self.name or super().get_rec_name(name)

    @classmethod
    def take_in(cls, company, name, data):
        """Take in a file of the bureau for a unit, each row by itself.

        What was taken in from the same file before is not looked at again: a list of
        failures that comes twice must not undo a new export.

        :param data: the bytes of a workbook of results, or of a zip of PDF, OFD and
            XML files of issued invoices.
        :return: the import, with a line a row.
        :raises UnreadableFile: it is neither.
        """
        Line = Pool().get('training.invoice.import.line')
        digest = hashlib.sha256(data).hexdigest()
        rows = cls._rows(company, data)
        before = {
            line.place for line in Line.search([
                    ('import_.company', '=', company),
                    ('import_.digest', '=', digest),
                    ('outcome', '=', 'taken')])}
        import_, = cls.create([{
                    'company': company.id,
                    'name': name,
                    'digest': digest,
                    'imported_at': clock.now(),
                    'imported_by': Transaction().user or None,
                    'taken': 0,
                    'same': 0,
                    'refused': 0,
                    }])
        for some in grouped_slice(rows, ROWS_A_COMMIT):
            Line.create([{
                        'import_': import_.id,
                        'place': row.place,
                        'serial': row.serial,
                        **({'outcome': 'same'} if row.place in before
                            else cls._take(row)),
                        } for row in some])
            Transaction().commit()
        import_ = cls(import_.id)
        counts = Counter(line.outcome for line in import_.lines)
        cls.write([import_], {outcome: counts[outcome] for outcome, _ in OUTCOMES})
        return import_

    @staticmethod
    def _take(row):
        try:
            invoice, new = row.take()
        except TrainingError as error:
            return {'outcome': 'refused', 'reason': error.message}
        return {
            'outcome': 'taken' if new else 'same',
            'serial': invoice.serial,
            'invoice': invoice.id,
            }

    @classmethod
    def _rows(cls, company, data):
        archive = sheet.check_zip(data, MAX_ZIP, MAX_UNPACKED)
        if _WORKBOOK in archive.namelist():
            return [
                Row(gettext('supervision_training.msg_import_row', row=r.row),
                    r.serial, lambda r=r: cls._take_result(company, r))
                for r in tax_workbook.results(data)]
        return [
            Row(_name(member), None,
                lambda member=member: cls._take_file(company, archive, member))
            for member in archive.infolist() if not member.is_dir()]

    @classmethod
    def _take_result(cls, company, result):
        Invoice = Pool().get('training.invoice')
        if result.problem:
            raise UnreadableFile(result.problem)
        invoice = cls._of(company, [('serial', '=', result.serial)], result.serial)
        before = invoice.state, invoice.failure
        if result.reason:
            Invoice.fail(invoice, result.reason)
        else:
            Invoice.issue(invoice, result.number, result.date)
        invoice = Invoice(invoice.id)
        return invoice, before != (invoice.state, invoice.failure)

    @classmethod
    def _take_file(cls, company, archive, member):
        "Keep a file by the serial or number in its name, or in an XML by what it says"
        Invoice = Pool().get('training.invoice')
        stem, _, kind = posixpath.basename(_name(member)).rpartition('.')
        kind = kind.lower()
        if kind not in MIME_TYPES:
            raise UnreadableFile(gettext('supervision_training.msg_import_kind'))
        if member.file_size > MAX_BYTES:
            raise UnreadableFile(gettext(
                    'supervision_training.msg_file_large',
                    limit=MAX_BYTES // 1024 ** 2))
        try:
            data = archive.read(member)
        except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError):
            raise UnreadableFile(gettext('supervision_training.msg_file_unreadable'))
        inside = _look_inside(kind, data)
        names = _TOKEN.findall(stem)
        numbers = list(filter(_NUMBER.fullmatch, names)) or inside
        invoice = cls._of(company, ['OR',
                ('serial', 'in', names), ('number', 'in', numbers)], stem)
        if inside and invoice.number not in inside:
            raise UnreadableFile(gettext(
                    'supervision_training.msg_import_contradiction',
                    invoice=invoice.rec_name, number=invoice.number or ''))
        before = {(f.kind, f.digest) for f in invoice.files}
        file = Invoice.attach(invoice, kind, data)
        return invoice, (kind, file.digest) not in before

    @staticmethod
    def _of(company, domain, name):
        """Return the one invoice of a unit that a domain finds.

        :raises UnreadableFile: there is none, or more than one.
        """
        Invoice = Pool().get('training.invoice')
        found = Invoice.search([('company', '=', company), domain])
        if len(found) != 1:
            raise UnreadableFile(gettext(
                    'supervision_training.msg_import_ambiguous' if found
                    else 'supervision_training.msg_import_unknown',
                    name=name, unit=company.rec_name))
        return found[0]


def _name(member):
    "Return the name of a file in a zip, also where Windows wrote it in GBK"
    if member.flag_bits & _UTF8_NAME:
        return member.filename
    return member.filename.encode('cp437', 'replace').decode('gbk', 'replace')


def _look_inside(kind, data):
    """Return the numbers of invoices that an XML file names, nothing for others.

    :raises UnreadableFile: it is no XML, or no OFD, at all.
    """
    try:
        if kind == 'xml':
            texts = [(e.text or '').strip() for e in fromstring(data).iter()]
            return [text for text in texts if _NUMBER.fullmatch(text)]
        if kind == 'ofd':
            sheet.check_zip(data, MAX_BYTES).getinfo(_OFD)
    except (ParseError, DefusedXmlException, ValueError, KeyError):
        raise UnreadableFile(gettext(
                'supervision_training.msg_invoice_file_kind', kind=kind.upper()))
    return []


class Line(OfUnits, ModelSQL, ModelView):
    "What became of a row"
    __name__ = 'training.invoice.import.line'
    _companies_path = 'import_.company'

    import_ = fields.Many2One(
        'training.invoice.import', "Import", required=True, readonly=True,
        ondelete='CASCADE')
    place = fields.Char("Row", required=True, readonly=True)
    serial = fields.Char("Serial Number", readonly=True)
    invoice = fields.Many2One(
        'training.invoice', "Invoice", readonly=True, ondelete='SET NULL')
    outcome = fields.Selection(
        OUTCOMES, "Outcome", required=True, readonly=True, sort=False)
    reason = fields.Text(
        "Reason", readonly=True, states={'invisible': ~Bool(Eval('reason'))})

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(Index(t, (t.import_, Index.Equality())))
        cls._order = [('outcome', 'ASC'), ('id', 'ASC')]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(
                    Eval('outcome') == 'refused', 'danger',
                    If(Eval('outcome') == 'same', 'muted', '')))]

    def get_rec_name(self, name):
        return self.place


class ImportStart(ModelView):
    __name__ = 'training.invoice.import.start'

    company = fields.Many2One(
        'company.company', "Organizing Unit", required=True,
        domain=[('id', 'in', Eval('context', {}).get('companies', []))])
    file = fields.Binary(
        "File", filename='name', required=True,
        help="The tax bureau's workbook of issued or of failed invoices, or a zip of "
        "PDF, OFD and XML files whose names have the serial number or the number of "
        "the invoice.")
    name = fields.Char("File Name")

    @staticmethod
    def default_company():
        return Transaction().context.get('company')


class ImportResults(OfGroups, Wizard):
    "Import what the tax bureau returned"
    __name__ = 'training.invoice.import.file'

    start = StateView(
        'training.invoice.import.start',
        'supervision_training.invoice_import_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Import", 'open_', 'tryton-ok', default=True),
            ])
    open_ = StateAction('supervision_training.act_invoice_import')

    def do_open_(self, action):
        Import = Pool().get('training.invoice.import')
        import_ = Import.take_in(
            own_unit(self.start.company), self.start.name, self.start.file)
        action['views'].reverse()
        return action, {'res_id': [import_.id]}
