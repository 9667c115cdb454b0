# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Papers as PDF: HTML templates in report/, the font that is installed with us.
And workbooks."""
import io
from pathlib import Path
from typing import NamedTuple

import qrcode
import weasyprint
from cvttf_NotoSansCJK_Regular import get_TTF_path
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcherResponse

from trytond.i18n import gettext
from trytond.pool import Pool
from trytond.report import Report
from trytond.tools import grouped_slice
from trytond.transaction import Transaction

from . import clock, media, sheet
from .disclosure import DisclosingMixin
from .exceptions import WrongState

FACE = f'@font-face {{ font-family: Paper; src: url({Path(get_TTF_path()).as_uri()}) }}'
STYLE = FACE + (Path(__file__).parent / 'report' / 'paper.css').read_text('utf-8')
LAYERS = ['form', 'values']
MANY = 100  # people at once; more are made in the background


class _Pictures(weasyprint.URLFetcher):
    "Hands a paper its own pictures, and nothing else"

    def __init__(self, pictures):
        super().__init__(allowed_protocols={'data'})
        self.pictures = pictures

    def fetch(self, url, headers=None):
        if url in self.pictures:
            return URLFetcherResponse(url, self.pictures[url])
        return super().fetch(url, headers)


def _qrcode(text):
    "Return a QR code as PNG; looking for its best mask would take most of the time"
    code = qrcode.QRCode(
        error_correction=qrcode.ERROR_CORRECT_M, box_size=4, border=0, mask_pattern=2)
    code.add_data(text)
    output = io.BytesIO()
    code.make_image().save(output)
    return output.getvalue()


class Drawing(NamedTuple):
    "A paper that needs no database any more"
    html: str
    pictures: dict

    def pdf(self):
        "Return the paper as PDF"
        fonts = FontConfiguration()
        style = weasyprint.CSS(string=STYLE, font_config=fonts)
        paper = weasyprint.HTML(
            string=self.html, url_fetcher=_Pictures(self.pictures))
        output = io.BytesIO()
        paper.write_pdf(output, stylesheets=[style], font_config=fonts)
        return output.getvalue()


class Paper(Report):
    "A report whose HTML becomes PDF with nothing fetched but its own pictures"

    @classmethod
    def get_context(cls, records, header, data):
        def picture(name, content):
            url = f'picture:{name}'
            pictures[url] = content
            return url

        context = super().get_context(records, header, data)
        context['layers'] = data.get('layers', LAYERS)
        context['pictures'] = pictures = {}
        context['picture'] = picture
        context['photo'] = lambda r: r.photo.data and picture(
            f'photo-{r.id}', media.half(r.photo.data))
        context['qrcode'] = lambda code: picture(
            f'code-{code}', _qrcode(code))
        context['sliced'] = grouped_slice
        context['local'] = clock.local
        context['money'] = lambda amount: f'{amount:,.2f}'.removesuffix('.00') + ' 元'
        return context

    @classmethod
    def _execute(cls, records, header, data, action):
        return 'pdf', cls._draw(records, header, data, action).pdf()

    @classmethod
    def _draw(cls, records, header, data, action):
        with Transaction().set_context(Transaction().context):
            context = cls.get_context(records, header, data)
            return Drawing(cls.render(action, context), context['pictures'])

    @classmethod
    def draw(cls, ids, data):
        "Return a drawing of some records, for whoever may have it"
        Action = Pool().get('ir.action.report')
        action, = Action.search([('report_name', '=', cls.__name__)])
        return cls._draw(
            cls._get_records(ids, action.model, data), {}, data, action)


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


class _OfPeople(Paper):
    @classmethod
    def _execute(cls, records, header, data, action):
        if len(records) > MANY:
            raise WrongState(gettext(
                    'supervision_training.msg_papers_many', limit=MANY))
        return super()._execute(records, header, data, action)


class _OfSeated(_OfPeople):
    @classmethod
    def _execute(cls, records, header, data, action):
        for record in records:
            if not record.seated:
                raise WrongState(gettext(
                        'supervision_training.msg_paper_unseated',
                        registration=record.rec_name))
        return super()._execute(records, header, data, action)


class AttendanceCard(_OfPeople):
    __name__ = 'training.registration.attendance'


class AdmissionTicket(DisclosingMixin, _OfSeated):
    __name__ = 'training.registration.admission'


class DeskLabel(_OfSeated):
    __name__ = 'training.registration.desk_label'


class SignSheet(Paper):
    "Where people sign that they came: those of a day in a region, or of an exam room"
    __name__ = 'training.registration.sign_sheet'
