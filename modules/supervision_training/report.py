# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Papers as PDF: HTML templates in report/, the font that is installed with us.
And workbooks."""
import base64
import io
from pathlib import Path

import weasyprint
from cvttf_NotoSansCJK_Regular import get_TTF_path
from weasyprint.text.fonts import FontConfiguration

from trytond.pool import Pool
from trytond.report import Report
from trytond.tools.qrcode import generate_png

from . import clock, sheet

FONT = Path(get_TTF_path()).as_uri()
FACE = f'@font-face {{ font-family: Paper; src: url({FONT}) }}'
STYLE = '''
@page { size: A4; margin: 18mm }
* { box-sizing: border-box }
body { font-family: Paper, sans-serif; color: #16202e; font-size: 11pt; margin: 0 }
section + section { break-before: page }
h1 { font-size: 24pt; letter-spacing: 12pt; text-indent: 12pt; text-align: center;
  margin: 0 0 3mm; font-weight: 700 }
h2 { font-size: 13pt; text-align: center; margin: 0 0 8mm; font-weight: 500 }
.card { border: 0.5mm solid #1f3f6e; border-radius: 2mm; padding: 8mm }
table { border-collapse: collapse; width: 100% }
th, td { border: 0.2mm solid #8b97a8; padding: 2.6mm 3mm; text-align: left;
  vertical-align: middle; overflow-wrap: anywhere }
th { width: 30mm; background: #eef2f8; font-weight: 500; white-space: nowrap }
td.photo { width: 42mm; padding: 2mm; text-align: center }
td.photo img { width: 36mm; height: 50.7mm; object-fit: cover }
footer { display: flex; margin-top: 7mm; gap: 8mm; align-items: flex-start }
footer img { width: 30mm; height: 30mm }
footer div { flex: 1; font-size: 10pt; line-height: 1.7 }
footer p { margin: 0 }
'''


def _data_uri(data, mime_type):
    return f'data:{mime_type};base64,{base64.b64encode(data).decode()}'


class Paper(Report):
    "A report whose HTML becomes PDF with nothing fetched but its own pictures"

    @classmethod
    def get_context(cls, records, header, data):
        context = super().get_context(records, header, data)
        context['photo'] = lambda r: _data_uri(bytes(r.photo.data), 'image/jpeg')
        context['qrcode'] = lambda code: _data_uri(
            generate_png(code, border=0).getvalue(), 'image/png')
        context['local'] = clock.local
        return context

    @classmethod
    def convert(cls, report, data, **kwargs):
        fonts = FontConfiguration()
        style = weasyprint.CSS(string=FACE + STYLE, font_config=fonts)
        paper = weasyprint.HTML(
            string=data,
            url_fetcher=weasyprint.URLFetcher(allowed_protocols={'data'}))
        output = io.BytesIO()
        paper.write_pdf(output, stylesheets=[style], font_config=fonts)
        return 'pdf', output.getvalue()


class Spreadsheet(Report):
    "A report that is a workbook"

    @classmethod
    def get_sheets(cls, records, data):
        "Return what sheet.xlsx takes"
        raise NotImplementedError

    @classmethod
    def _execute(cls, records, header, data, action):
        return 'xlsx', sheet.xlsx(cls.get_sheets(records, data))


def table(name, records, names):
    """Yield the labels of fields, then their values of each record, for sheet.

    :param name: of the model of the records; names: of its fields.
    """
    definitions = Pool().get(name).fields_get(names)
    yield [definitions[n]['string'] for n in names]
    for record in records:
        yield [_value(getattr(record, n), definitions[n]) for n in names]


def _value(value, definition):
    if value is None:
        return None
    if definition['type'] == 'selection':
        return dict(definition['selection'])[value]
    if definition['type'] == 'many2one':
        return value.rec_name
    if definition['type'] == 'datetime':
        return clock.local(value).replace(tzinfo=None)
    return value


class AttendanceCard(Paper):
    __name__ = 'training.registration.attendance'


class AdmissionTicket(Paper):
    __name__ = 'training.registration.admission'
