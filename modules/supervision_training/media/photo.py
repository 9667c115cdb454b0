# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""The ID photo (manual, step 2: 一寸白底电子证件照, 658x926)."""
import io

from PIL import Image, ImageFilter, ImageStat

from .errors import Refused
from .image import open_image, to_jpeg
from .judged import Judged

WIDTH, HEIGHT = 658, 926  # px
RATIO = WIDTH / HEIGHT
MIN_WIDTH, MIN_HEIGHT = 295, 413  # px: one inch at 300 dpi
TOLERANCE = 0.02  # of the ratio, that goes unnoticed
MAX_CROP = 0.10  # of a side
# The background, judged on a strip along the top and the upper sides: the share of
# its pixels that are light and without colour.
LIGHT, GREY = 215, 24  # least value, most difference between channels
GOOD_SHARE, POOR_SHARE = 0.80, 0.55
MIN_CONTRAST = 12  # standard deviation of the middle's grey
SHARP = 25  # variance of the edges, below which a photo looks blurry


def judge_photo(data):
    """Return the photo as it is kept: JPEG of exactly 658 by 926 px.

    :raises Refused: those of open_image and 'photo_small' (width, height),
        'photo_ratio' (width, height), 'photo_background', 'photo_blank'.
    """
    image = open_image(data)
    width, height = image.size
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        raise Refused('photo_small', width=width, height=height)
    warnings = []
    image, cropped = _crop(image)
    if cropped:
        warnings.append('cropped')
    if image.width < WIDTH * (1 - TOLERANCE):
        warnings.append('upscaled')
    image = image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    _check_subject(image)
    share = _background(image)
    if share < POOR_SHARE:
        raise Refused('photo_background')
    if share < GOOD_SHARE:
        warnings.append('background_doubtful')
    if _sharpness(image) < SHARP:
        warnings.append('blurry')
    return Judged(to_jpeg(image), 'image/jpeg', WIDTH, HEIGHT, tuple(warnings))


def _crop(image):
    "Return the image cut to the ratio, from the sides or below, and whether it was"
    width, height = image.size
    ratio = width / height
    if abs(ratio / RATIO - 1) <= TOLERANCE:
        return image, False
    wanted = (round(height * RATIO), height) if ratio > RATIO else (
        width, round(width / RATIO))
    if 1 - wanted[0] * wanted[1] / (width * height) > MAX_CROP:
        raise Refused('photo_ratio', width=width, height=height)
    left = (width - wanted[0]) // 2
    return image.crop((left, 0, left + wanted[0], wanted[1])), True


def _check_subject(image):
    middle = image.convert('L').crop(
        (WIDTH // 4, HEIGHT // 5, WIDTH * 3 // 4, HEIGHT))
    if ImageStat.Stat(middle).stddev[0] < MIN_CONTRAST:
        raise Refused('photo_blank')


def _background(image):
    "Return the share of white in the top strip and the upper sides"
    small = image.resize((94, 132), Image.Resampling.BOX)
    strips = [(0, 0, 94, 6), (0, 0, 7, 60), (87, 0, 94, 60)]
    shares = []
    for box in strips:
        strip = small.crop(box)
        pixels = memoryview(strip.tobytes())
        white = sum(
            min(p) >= LIGHT and max(p) - min(p) <= GREY
            for p in zip(pixels[::3], pixels[1::3], pixels[2::3], strict=True))
        shares.append(white / (strip.width * strip.height))
    return sum(shares) / len(shares)


def _sharpness(image):
    edges = image.convert('L').filter(ImageFilter.Kernel(
            (3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128))
    return ImageStat.Stat(edges.crop((2, 2, WIDTH - 2, HEIGHT - 2))).var[0]


def half(data):
    "Return a photo of ours at half its size, which is enough in print"
    image = Image.open(io.BytesIO(data), formats=['JPEG'])
    image.draft('RGB', (WIDTH // 2, HEIGHT // 2))
    return to_jpeg(image, quality=85)
