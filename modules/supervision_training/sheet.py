# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Workbooks that go out and come in: text stays text, and limits come first."""
import csv as csv_
import datetime as dt
import io
import itertools
import re
import zipfile
from decimal import Decimal

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from trytond.i18n import gettext

from .exceptions import UnreadableFile

MAX_BYTES = 10 * 1024 ** 2  # of an upload
MAX_UNPACKED = 100 * 1024 ** 2
MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CELL = 32_767
HEADER_ROWS = 10  # the headers stand in one of these
EXACT_DIGITS = 15  # a longer number has lost digits in the spreadsheet
WIDTH = 20  # of a column, in characters: a date with its time fits
_CONTROL = re.compile('[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]')
_FORMULA = tuple('=+-@\t\r＝＋－＠')


def plain(text):
    "Return text without what a workbook can not hold"
    return _CONTROL.sub('', str(text))[:MAX_CELL]


def xlsx(sheets, mark=None, widths=()):
    """Return a workbook, written row by row.

    :param sheets: rows by title of the sheet; the first row of each is its header.
        A str is always a text cell, whatever it starts with; an int or Decimal is a
        number, a date a date, None an empty cell.
    :param mark: where the data comes from: stands above the header, at the foot of
        each printed page and in the file's properties.
    :param widths: of the columns, in characters.
    """
    book = Workbook(write_only=True)
    book.properties.description = mark
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        page.freeze_panes = 'A3' if mark else 'A2'
        rows = iter(rows)
        header = next(rows, ())
        for index, width in enumerate(widths or [WIDTH] * len(header), 1):
            page.column_dimensions[get_column_letter(index)].width = width
        if mark:
            _print(page, mark)
            page.append([_cell(page, mark)])
        for row in itertools.chain([header], rows):
            page.append([_cell(page, value) for value in row])
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def _print(page, mark):
    "Let the pages be wide, with the header on each and the mark at its foot"
    page.print_title_rows = '2:2'
    page.page_setup.orientation = 'landscape'
    page.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.oddFooter.left.text = plain(mark).replace('&', '&&')
    page.oddFooter.right.text = '&P / &N'


def _cell(page, value):
    if value is None:
        return None
    if isinstance(value, (int, Decimal, dt.date)) and not isinstance(value, bool):
        cell = WriteOnlyCell(page, value)
        if isinstance(value, Decimal):
            cell.number_format = '0.00'
        return cell
    cell = WriteOnlyCell(page, plain(value))
    cell.data_type = 's'
    cell.number_format = '@'
    return cell


def csv(rows):
    "Return rows as CSV for a spreadsheet, in which no text becomes a formula"
    output = io.StringIO()
    writer = csv_.writer(output)
    for row in rows:
        writer.writerow(['' if v is None else _inert(v) for v in row])
    return output.getvalue().encode('utf-8-sig')


def _inert(value):
    if not isinstance(value, str):
        return value
    value = plain(value)
    return "'" + value if value.lstrip(' \n').startswith(_FORMULA) else value


def check_zip(data, max_bytes=MAX_BYTES, max_unpacked=MAX_UNPACKED, max_files=5000):
    """Return an upload as an open zip file that can be unpacked safely.

    :raises UnreadableFile: no zip file, or too large before or after unpacking.
    """
    if len(data) > max_bytes:
        raise UnreadableFile(gettext(
                'supervision_training.msg_file_large', limit=max_bytes // 1024 ** 2))
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError):
        raise UnreadableFile(gettext('supervision_training.msg_file_unreadable'))
    members = archive.infolist()
    # zipfile reads no more of a member than its entry announces.
    unpacked = sum(m.file_size for m in members)
    if len(members) > max_files or unpacked > max_unpacked:
        raise UnreadableFile(gettext('supervision_training.msg_file_bomb'))
    if any(m.flag_bits & 1 for m in members):
        raise UnreadableFile(gettext('supervision_training.msg_file_encrypted'))
    return archive


def read(data, columns, max_rows=MAX_ROWS):
    """Return the rows of an uploaded workbook's first sheet that has the columns.

    The headers stand in one of the first rows; spaces and stars in them do not
    count. Rows without any of the columns' values are passed over.

    :param columns: the accepted headers of each column by name; one whose headers
        start with None may be missing, and is then None in each row.
    :return: a list of (row number, {name: text or None}).
    :raises UnreadableFile: no workbook, too large, a header is missing, or some
        cells can not be taken, told by row.
    """
    check_zip(data)
    try:
        book = load_workbook(
            io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        pages = book.worksheets
        missing = [h[0] for h in columns.values() if h[0]]
        for page in pages:
            page.reset_dimensions()
            found, start, gaps = _find(page, columns)
            if start and not gaps:
                return _rows(page, dict.fromkeys(columns) | found, start, max_rows)
            missing = min(missing, gaps, key=len)
    except UnreadableFile:
        raise
    except Exception:
        # A damaged workbook makes the parsers raise about anything.
        raise UnreadableFile(gettext('supervision_training.msg_file_unreadable'))
    raise UnreadableFile(gettext(
            'supervision_training.msg_sheet_columns',
            columns='、'.join(filter(None, missing))))


def header(value):
    "Return a header as it is compared"
    return re.sub(r'[\s*＊]', '', str(value or ''))


def _find(page, columns):
    "Return the index of each column, the row of the headers and what is missing"
    best = {}, 0, [h[0] for h in columns.values()]
    for number, row in enumerate(page.iter_rows(
                max_row=HEADER_ROWS, max_col=MAX_COLUMNS, values_only=True), 1):
        texts = [header(v) for v in row]
        found = {
            name: texts.index(text) for name, headers in columns.items()
            for text in reversed(headers) if text in texts}
        gaps = [
            h[0] for name, h in columns.items() if h[0] and name not in found]
        if len(gaps) < len(best[2]):
            best = found, number, gaps
    return best


def _rows(page, found, start, max_rows):
    rows, problems = [], {}
    for number, row in enumerate(page.iter_rows(
                min_row=start + 1, max_col=MAX_COLUMNS, values_only=True), start + 1):
        if number - start > max_rows:
            raise UnreadableFile(gettext(
                    'supervision_training.msg_sheet_long', limit=max_rows))
        values = {}
        for name, index in found.items():
            known = index is not None and index < len(row)
            try:
                values[name] = _text(row[index]) if known else None
            except ValueError:
                problems[number] = gettext(
                    'supervision_training.msg_sheet_number', value=str(row[index]))
        if any(values.values()):
            rows.append((number, values))
    if problems:
        refuse(problems)
    return rows


def _text(value):
    if value is None or value == '':
        return None
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, (int, float)):
        if abs(value) >= 10 ** EXACT_DIGITS:
            raise ValueError(value)
        return str(int(value)) if value == int(value) else repr(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(' ', 'seconds')
    return plain(value).strip() or None


def refuse(problems):
    """Refuse an uploaded workbook.

    :param problems: a sentence by row number.
    """
    raise UnreadableFile('\n'.join(
            gettext('supervision_training.msg_sheet_row', row=n, problem=problems[n])
            for n in sorted(problems)))
