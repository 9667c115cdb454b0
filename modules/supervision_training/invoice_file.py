# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
import hashlib

from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, Unique, fields

from .company import OfUnits
from .exceptions import UnreadableFile

MAX_BYTES = 5 * 1024 ** 2
MIME_TYPES = {
    'pdf': 'application/pdf',
    'ofd': 'application/ofd',
    'xml': 'application/xml',
    }
_BEGINS = {'pdf': b'%PDF-', 'ofd': b'PK\x03\x04', 'xml': b'<'}
_BOM = b'\xef\xbb\xbf'


class File(OfUnits, ModelSQL, ModelView):
    "A file of an issued invoice, as the tax bureau made it"
    __name__ = 'training.invoice.file'
    _companies_path = 'invoice.company'

    invoice = fields.Many2One(
        'training.invoice', "Invoice", required=True, readonly=True,
        ondelete='CASCADE')
    kind = fields.Selection([
            ('pdf', "PDF"),
            ('ofd', "OFD"),
            ('xml', "XML"),
            ], "Kind", required=True, readonly=True, sort=False)
    data = fields.Binary(
        "Data", file_id='file_id', store_prefix='supervision_training',
        filename='file_name', readonly=True)
    file_id = fields.Char("File", readonly=True)
    file_name = fields.Function(fields.Char("File Name"), 'get_file_name')
    size = fields.Integer("Size", required=True, readonly=True, help="In bytes.")
    digest = fields.Char("Digest", readonly=True, help="SHA-256 of the data.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints.append(
            ('kind_unique', Unique(t, t.invoice, t.kind),
                'supervision_training.msg_number_unique'))

    def get_rec_name(self, name):
        return self.file_name

    def get_file_name(self, name):
        return f'{self.invoice.number}.{self.kind}'

    @property
    def mime_type(self):
        return MIME_TYPES[self.kind]

    @classmethod
    def keep(cls, invoice, kind, data):
        """Keep the data of an invoice's file; the same data again changes nothing.

        :raises UnreadableFile: the data is of another kind, or too large.
        """
        if len(data) > MAX_BYTES:
            raise UnreadableFile(gettext(
                    'supervision_training.msg_invoice_file_large',
                    limit=MAX_BYTES // 1024 ** 2))
        if not data.removeprefix(_BOM).lstrip().startswith(_BEGINS[kind]):
            raise UnreadableFile(gettext(
                    'supervision_training.msg_invoice_file_kind', kind=kind.upper()))
        values = {
            'data': data, 'size': len(data),
            'digest': hashlib.sha256(data).hexdigest()}
        same = cls.search([('invoice', '=', invoice.id), ('kind', '=', kind)])
        if not same:
            return cls.create([{**values, 'invoice': invoice.id, 'kind': kind}])[0]
        if same[0].digest != values['digest']:
            cls.write(same, values)
        return same[0]
