# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Opening an image that somebody sent: by content, within bounds, upright, RGB."""
import contextlib
import io
import threading
import warnings

from PIL import Image, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

from .errors import Refused

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
_loading = threading.Lock()
FORMATS = ('JPEG', 'PNG', 'WEBP', 'BMP', 'TIFF', 'GIF')


def check_bytes(data):
    """Check the size of an upload.

    :raises Refused: 'empty' or 'too_large'.
    """
    if not data:
        raise Refused('empty')
    if len(data) > MAX_BYTES:
        raise Refused('too_large', limit=MAX_BYTES // 1024 ** 2)


def open_image(data):
    """Return an image as RGB: upright, flattened on white, without metadata.

    :raises Refused: 'empty', 'too_large', 'heic', 'svg', 'not_an_image', 'animated',
        'too_many_pixels' or 'truncated'.
    """
    check_bytes(data)
    _check_look(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore', Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError:
        raise Refused('too_many_pixels', limit=MAX_PIXELS // 10 ** 6)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise Refused('not_an_image')
    if image.width * image.height > MAX_PIXELS:
        raise Refused('too_many_pixels', limit=MAX_PIXELS // 10 ** 6)
    if getattr(image, 'n_frames', 1) > 1 and image.format != 'MPO':
        raise Refused('animated')
    try:
        with _whole():
            image.load()
        return _plain(ImageOps.exif_transpose(image))
    except (OSError, ValueError, SyntaxError, EOFError):
        raise Refused('truncated')


@contextlib.contextmanager
def _whole():
    """Refuse truncated images, as Pillow does unless told otherwise.

    The setting is global, and some libraries (weasyprint) turn it off.
    """
    with _loading:
        before = ImageFile.LOAD_TRUNCATED_IMAGES
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = before


def _check_look(data):
    "Name what phones and browsers send that is no image for us"
    if data[4:8] == b'ftyp' and data[8:12] in {
            b'heic', b'heix', b'hevc', b'mif1', b'msf1', b'heim', b'avif'}:
        raise Refused('heic')
    if b'<svg' in data[:1024].lower():
        raise Refused('svg')


def _plain(image):
    "Return an image as 8-bit RGB on white"
    if image.mode.startswith(('I', 'F')):
        low, high = image.getextrema()
        scale = 255 / 65535 if high > 255 else 1
        image = image.convert('F').point(lambda v: v * scale).convert('L')
    profile = image.info.get('icc_profile')
    if image.mode == 'CMYK' and profile:
        try:
            image = ImageCms.profileToProfile(
                image, ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile('sRGB'), outputMode='RGB')
        except ImageCms.PyCMSError:
            image = image.convert('RGB')
    if image.mode in {'RGBA', 'LA', 'PA', 'La', 'RGBa'} or 'transparency' in image.info:
        image = image.convert('RGBA')
        white = Image.new('RGBA', image.size, 'white')
        image = Image.alpha_composite(white, image)
    return image.convert('RGB')


def to_jpeg(image, quality=90):
    "Return an image as JPEG bytes, without any metadata"
    clean = Image.new('RGB', image.size)
    clean.paste(image)
    output = io.BytesIO()
    clean.save(output, 'JPEG', quality=quality, optimize=True)
    return output.getvalue()
