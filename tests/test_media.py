# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""The judgement of uploads, on generated images: good, borderline, bad."""
import io
import random
import zlib

import pytest
from demo_data.portrait import certificate, encoded, portrait
from PIL import Image, ImageDraw, ImageFilter, ImageOps
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from trytond.modules.supervision_training.media import (
    Refused, judge_avatar, judge_document, judge_photo)


def photo(size=(658, 926), background='white', seed=1, sex='male'):
    return portrait(seed, sex, size, background)


def jpeg(image, **options):
    return saved(image, 'JPEG', **options)


def saved(image, format, **options):
    output = io.BytesIO()
    image.save(output, format, **options)
    return output.getvalue()


def noisy(image, strength):
    noise = Image.effect_noise(image.size, strength).convert('RGB')
    return Image.blend(image, noise, 0.08)


def gradient(left, right):
    image = photo(background='#00ff01')
    ramp = Image.linear_gradient('L').rotate(90).resize(image.size)
    back = ImageOps.colorize(ramp, left, right)
    mask = Image.new('1', image.size)
    mask.putdata([p == (0, 255, 1) for p in image.get_flattened_data()])
    image.paste(back, mask=mask)
    return image


def room(seed):
    "A photo taken in a room: shelves and colours behind the head"
    chance = random.Random(seed)
    image = Image.new('RGB', (658, 926), '#b8a58c')
    draw = ImageDraw.Draw(image)
    for _ in range(60):
        x, y = chance.randrange(658), chance.randrange(926)
        draw.rectangle(
            (x, y, x + 90, y + 140), fill=tuple(chance.randrange(40, 220, 5)
                for _ in range(3)))
    person = photo(background='#00ff01')
    mask = Image.new('1', image.size)
    mask.putdata([p != (0, 255, 1) for p in person.get_flattened_data()])
    image.paste(person, mask=mask)
    return image


def turned(orientation):
    "A JPEG whose EXIF says how to hold it, upright once that is followed"
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270}
    image = photo()
    if orientation > 1:
        image = image.transpose(back[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x8825] = {1: 'N', 2: (31.0, 14.0, 0.0)}
    return jpeg(image, exif=exif)


def shadowed():
    image = photo()
    ImageDraw.Draw(image).rectangle((0, 0, 40, 300), fill='#aaaaaa')
    return image


GOOD = 'good'
PHOTOS = [
    *((f'portrait {s} {x}', lambda s=s, x=x: jpeg(photo(seed=s, sex=x)), GOOD)
        for s in range(6) for x in ('male', 'female')),
    ('exact png', lambda: saved(photo(), 'PNG'), GOOD),
    ('webp', lambda: saved(photo(), 'WEBP'), GOOD),
    ('bmp', lambda: saved(photo(), 'BMP'), GOOD),
    ('tiff', lambda: saved(photo(), 'TIFF'), GOOD),
    ('progressive', lambda: jpeg(photo(), progressive=True), GOOD),
    ('grey', lambda: jpeg(photo().convert('L')), GOOD),
    ('cmyk', lambda: jpeg(photo().convert('CMYK')), GOOD),
    ('palette', lambda: saved(photo().convert('P'), 'PNG'), GOOD),
    ('16 bit', lambda: saved(
        photo().convert('L').convert('I').point(lambda v: v * 257)
        .convert('I;16'), 'PNG'), GOOD),
    ('alpha', lambda: saved(photo().convert('RGBA'), 'PNG'), GOOD),
    ('twice as large', lambda: jpeg(photo((1316, 1852))), GOOD),
    ('12 megapixels', lambda: jpeg(photo((2920, 4110))), GOOD),
    ('a little wide', lambda: jpeg(photo((666, 926))), GOOD),
    ('near white #f4f4f4', lambda: jpeg(photo(background='#f4f4f4')), GOOD),
    ('light grey #e4e4e4', lambda: jpeg(photo(background='#e4e4e4')), GOOD),
    ('poor jpeg', lambda: jpeg(photo(), quality=25), GOOD),
    ('noise', lambda: jpeg(noisy(photo(), 20)), GOOD),
    *((f'orientation {n}', lambda n=n: turned(n), GOOD) for n in range(1, 9)),
    ('one inch 295x413', lambda: jpeg(photo((295, 413))), ('upscaled',)),
    ('413x626', lambda: jpeg(photo((413, 626))), ('cropped', 'upscaled')),
    ('3:4', lambda: jpeg(photo((900, 1200))), ('cropped',)),
    ('a little high', lambda: jpeg(photo((658, 980))), ('cropped',)),
    ('blurry', lambda: jpeg(photo().filter(ImageFilter.GaussianBlur(9))),
        ('blurry',)),
    ('shadow on one side', lambda: jpeg(shadowed()), ('background_doubtful',)),
    ('square', lambda: jpeg(photo((926, 926))), 'photo_ratio'),
    ('landscape', lambda: jpeg(photo((926, 658))), 'photo_ratio'),
    ('very high', lambda: jpeg(photo((500, 926))), 'photo_ratio'),
    ('tiny', lambda: jpeg(photo((150, 211))), 'photo_small'),
    ('a pixel', lambda: saved(Image.new('RGB', (1, 1)), 'PNG'), 'photo_small'),
    ('grey #999', lambda: jpeg(photo(background='#999999')), 'photo_background'),
    ('blue', lambda: jpeg(photo(background='#438edb')), 'photo_background'),
    ('light blue', lambda: jpeg(photo(background='#bcdcff')), 'photo_background'),
    ('red', lambda: jpeg(photo(background='#d9322e')), 'photo_background'),
    ('yellow', lambda: jpeg(photo(background='#fff2b0')), 'photo_background'),
    ('black', lambda: jpeg(photo(background='black')), 'photo_background'),
    ('room 1', lambda: jpeg(room(1)), 'photo_background'),
    ('room 2', lambda: jpeg(room(2)), 'photo_background'),
    ('dark gradient', lambda: jpeg(gradient('#444444', '#aaaaaa')),
        'photo_background'),
    ('low light', lambda: jpeg(photo().point(lambda v: v // 3)), 'photo_background'),
    ('transparent on blue', lambda: saved(
        photo(background='#438edb').convert('RGBA'), 'PNG'), 'photo_background'),
    ('blank white', lambda: jpeg(Image.new('RGB', (658, 926), 'white')),
        'photo_blank'),
    ('blank grey', lambda: jpeg(Image.new('RGB', (658, 926), '#eeeeee')),
        'photo_blank'),
    ]


@pytest.mark.parametrize(
    'make, verdict', [p[1:] for p in PHOTOS], ids=[p[0] for p in PHOTOS])
def test_photo(make, verdict):
    if isinstance(verdict, str) and verdict != GOOD:
        with pytest.raises(Refused) as raised:
            judge_photo(make())
        assert raised.value.reason == verdict
        return
    judged = judge_photo(make())
    assert set(judged.warnings) == (set() if verdict == GOOD else set(verdict))
    image = Image.open(io.BytesIO(judged.data))
    assert (image.format, image.mode, image.size) == ('JPEG', 'RGB', (658, 926))
    assert not image.getexif() and not image.info.get('icc_profile')


@pytest.mark.parametrize('orientation', range(1, 9))
def test_photo_is_upright(orientation):
    image = Image.open(io.BytesIO(judge_photo(turned(orientation)).data))
    expected = photo()
    for point in [(329, 300), (329, 420), (329, 850), (50, 50), (120, 900)]:
        there, wanted = image.getpixel(point), expected.getpixel(point)
        assert all(abs(a - b) < 24 for a, b in zip(there, wanted, strict=True))


def bomb():
    "A small PNG that claims 30,000 by 30,000 px"
    def chunk(kind, body):
        crc = zlib.crc32(kind + body).to_bytes(4)
        return len(body).to_bytes(4) + kind + body + crc
    size = (30000).to_bytes(4)
    return (b'\x89PNG\r\n\x1a\n'
        + chunk(b'IHDR', size * 2 + bytes([8, 2, 0, 0, 0]))
        + chunk(b'IDAT', zlib.compress(bytes(1000))) + chunk(b'IEND', b''))


def animated(format):
    frames = [photo((300, 420), seed=s) for s in range(3)]
    return saved(frames[0], format, save_all=True, append_images=frames[1:])


NASTY = [
    ('nothing', lambda: b'', 'empty'),
    ('30 MB', lambda: b'\xff\xd8' + bytes(30 * 1024 ** 2), 'too_large'),
    ('text', lambda: b'hello' * 100, 'not_an_image'),
    ('renamed exe', lambda: b'MZ' + bytes(5000), 'not_an_image'),
    ('html', lambda: b'<html><script>alert(1)</script></html>', 'not_an_image'),
    ('truncated jpeg', lambda: jpeg(photo())[:9000], 'truncated'),
    ('truncated png', lambda: saved(photo(), 'PNG')[:9000], 'truncated'),
    ('gif', lambda: animated('GIF'), 'animated'),
    ('animated webp', lambda: animated('WEBP'), 'animated'),
    ('apng', lambda: animated('PNG'), 'animated'),
    ('heic', lambda: b'\x00\x00\x00\x18ftypheic' + bytes(100), 'heic'),
    ('svg', lambda: b'<?xml version="1.0"?><svg xmlns="x"></svg>', 'svg'),
    ('bomb', bomb, 'too_many_pixels'),
    ]


@pytest.mark.parametrize('judge', [judge_photo, judge_document, judge_avatar])
@pytest.mark.parametrize(
    'make, reason', [n[1:] for n in NASTY], ids=[n[0] for n in NASTY])
def test_nasty(judge, make, reason):
    with pytest.raises(Refused) as raised:
        judge(make())
    assert raised.value.reason == reason


def test_polyglot_loses_its_other_face():
    data = jpeg(photo()) + b'PK\x03\x04<script>alert(1)</script>'
    for judge in (judge_photo, judge_document, judge_avatar):
        kept = judge(data).data
        assert b'<script>' not in kept and b'PK\x03\x04' not in kept


def pdf(pages=1, change=None, **options):
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if change:
        change(writer)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def add_script(writer):
    writer.root_object[NameObject('/OpenAction')] = DictionaryObject({
            NameObject('/S'): NameObject('/JavaScript'),
            NameObject('/JS'): TextStringObject('app.alert(1)')})


PDFS = [
    ('fine', pdf, None),
    ('20 pages', lambda: pdf(20), None),
    ('21 pages', lambda: pdf(21), 'pdf_pages'),
    ('5,000 pages', lambda: pdf(5000), 'pdf_pages'),
    ('no page', lambda: pdf(0), 'pdf_broken'),
    ('encrypted', lambda: pdf(change=lambda w: w.encrypt('x')), 'pdf_encrypted'),
    ('script', lambda: pdf(change=add_script), 'pdf_active'),
    ('attachment', lambda: pdf(
        change=lambda w: w.add_attachment('a.exe', b'MZ')), 'pdf_active'),
    ('cut', lambda: pdf()[:200], 'pdf_broken'),
    ('only a header', lambda: b'%PDF-1.7\n%%EOF', 'pdf_broken'),
    ('hidden tail', lambda: pdf() + b'<script>' * 1000, 'pdf_broken'),
    ]


@pytest.mark.parametrize(
    'make, reason', [p[1:] for p in PDFS], ids=[p[0] for p in PDFS])
def test_pdf(make, reason):
    data = make()
    if reason is None:
        judged = judge_document(data)
        assert (judged.data, judged.mime_type) == (data, 'application/pdf')
        return
    with pytest.raises(Refused) as raised:
        judge_document(data)
    assert raised.value.reason == reason


def test_proof_is_kept_readable():
    judged = judge_document(saved(certificate(1).resize((4000, 5656)), 'PNG'))
    assert (judged.mime_type, judged.width, judged.height) == ('image/jpeg', 2122, 3000)
    assert judge_document(encoded(certificate(1).resize((300, 424)))).warnings == (
        'small',)


def test_avatar_is_square():
    judged = judge_avatar(jpeg(photo()))
    assert (judged.width, judged.height) == (512, 512)
