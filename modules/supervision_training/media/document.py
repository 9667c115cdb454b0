# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Proofs (images or PDF) and avatars."""
import io

from PIL import Image, ImageOps
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from .errors import Refused
from .image import check_bytes, open_image, to_jpeg
from .judged import Judged

MAX_SIDE = 3000  # px
MIN_SIDE = 600  # px, below which a proof can hardly be read
AVATAR = 512  # px
MAX_PAGES = 20
ACTIVE = ('/JavaScript', '/JS', '/Launch', '/EmbeddedFiles', '/OpenAction', '/AA')
PDF_TAIL = 1024  # bytes that may follow a PDF's end


def judge_document(data):
    """Return a proof as it is kept: an upright JPEG, or the PDF as it came.

    :raises Refused: those of open_image, and 'pdf_broken', 'pdf_encrypted',
        'pdf_pages' (limit), 'pdf_active'.
    """
    check_bytes(data)
    if data.startswith(b'%PDF-'):
        _check_pdf(data)
        return Judged(data, 'application/pdf')
    image = open_image(data)
    warnings = ('small',) if max(image.size) < MIN_SIDE else ()
    image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    return Judged(to_jpeg(image), 'image/jpeg', *image.size, warnings)


def judge_avatar(data):
    "Return an avatar as it is kept: a square JPEG of 512 px; see open_image"
    image = ImageOps.fit(open_image(data), (AVATAR, AVATAR))
    return Judged(to_jpeg(image), 'image/jpeg', AVATAR, AVATAR)


def _check_pdf(data):
    end = data.rfind(b'%%EOF')
    if end < 0 or len(data) - end > PDF_TAIL:
        raise Refused('pdf_broken')
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted:
            raise Refused('pdf_encrypted')
        pages = len(reader.pages)
        root = reader.trailer['/Root'].get_object()
        active = _has_active(root)
        if '/Names' in root:
            active = active or _has_active(root['/Names'].get_object())
        if pages <= MAX_PAGES:
            active = active or any(_has_active(page) for page in reader.pages)
    except Refused:
        raise
    except (PyPdfError, AttributeError, KeyError, OSError, RecursionError, TypeError,
            ValueError):
        raise Refused('pdf_broken')
    if not pages:
        raise Refused('pdf_broken')
    if pages > MAX_PAGES:
        raise Refused('pdf_pages', limit=MAX_PAGES)
    if active:
        raise Refused('pdf_active')


def _has_active(dictionary):
    return any(key in dictionary for key in ACTIVE)
