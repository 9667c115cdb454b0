# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Drawn ID photos and proofs, so that nobody's real picture is needed."""
import io
import random

from PIL import Image, ImageDraw

SCALE = 2  # drawn larger and reduced, for smooth edges
SKINS = ['#f2cfae', '#e9bd97', '#f6d9bf', '#deab82']
HAIRS = ['#1c1714', '#2b211c', '#3a2c24', '#4a4a4a']
SUITS = ['#1f2f4a', '#2f3338', '#27406b', '#4a2f3a', '#23443c']
SHIRTS = ['#ffffff', '#dfe9f5', '#f3e9dc']


def portrait(seed, sex, size=(658, 926), background='white'):
    """Return a drawn ID photo as an RGB image.

    :param sex: 'male' or 'female'.
    :param size: (width, height) in px.
    """
    chance = random.Random(seed)
    width, height = 658 * SCALE, 926 * SCALE
    image = Image.new('RGB', (width, height), background)
    draw = ImageDraw.Draw(image)
    skin, hair = chance.choice(SKINS), chance.choice(HAIRS)
    shadow = _darker(skin)

    def box(x0, y0, x1, y1):
        return [x0 * SCALE, y0 * SCALE, x1 * SCALE, y1 * SCALE]

    def points(*xy):
        return [(x * SCALE, y * SCALE) for x, y in xy]

    if sex == 'female':
        length = chance.choice([560, 640, 700])
        draw.rounded_rectangle(box(176, 190, 482, length), 120 * SCALE, fill=hair)
    suit = chance.choice(SUITS)
    draw.rounded_rectangle(box(70, 700, 588, 1100), 130 * SCALE, fill=suit)
    draw.polygon(points((258, 668), (400, 668), (372, 930), (286, 930)),
        fill=chance.choice(SHIRTS))
    draw.rounded_rectangle(box(272, 560, 386, 730), 50 * SCALE, fill=shadow)
    draw.polygon(points((262, 690), (329, 760), (250, 830), (214, 716)), fill=suit)
    draw.polygon(points((396, 690), (329, 760), (408, 830), (444, 716)), fill=suit)
    if sex == 'male':
        draw.polygon(points((312, 752), (346, 752), (354, 930), (304, 930)),
            fill=chance.choice(['#7a1f2b', '#22355c', '#3b3b3b']))
    draw.ellipse(box(184, 400, 228, 480), fill=skin)
    draw.ellipse(box(430, 400, 474, 480), fill=skin)
    draw.ellipse(box(200, 222, 458, 630), fill=skin)
    draw.chord(box(192, 196, 466, 480), 180, 360, fill=hair)
    if sex == 'female':
        draw.pieslice(box(196, 236, 430, 480), 180, 300, fill=hair)
    else:
        draw.rectangle(box(196, 330, 216, 400), fill=hair)
        draw.rectangle(box(442, 330, 462, 400), fill=hair)
    for x in (268, 390):
        draw.line(points((x - 30, 396), (x + 26, 390)), fill=hair, width=7 * SCALE)
        draw.ellipse(box(x - 24, 416, x + 24, 446), fill='white')
        draw.ellipse(box(x - 13, 416, x + 13, 444), fill='#26201c')
        draw.ellipse(box(x - 7, 421, x - 1, 427), fill='white')
    if chance.random() < 0.35:
        for x in (268, 390):
            draw.rounded_rectangle(
                box(x - 40, 406, x + 40, 458), 18 * SCALE, outline='#333',
                width=4 * SCALE)
        draw.line(points((308, 428), (350, 428)), fill='#333', width=4 * SCALE)
    draw.arc(box(310, 440, 350, 512), 20, 150, fill=shadow, width=5 * SCALE)
    lips = '#b5545a' if sex == 'female' else '#a8675a'
    draw.arc(box(286, 500, 372, 566), 25, 155, fill=lips, width=8 * SCALE)
    return image.resize(size, Image.Resampling.LANCZOS)


def _darker(colour):
    values = (int(colour[i:i + 2], 16) for i in (1, 3, 5))
    return '#' + ''.join(f'{int(v * 0.9):02x}' for v in values)


def certificate(seed):
    """Return a drawn proof, 1000 by 1414 px: a page with a frame, lines and a seal.

    It has no letters, as no font can be relied on.
    """
    chance = random.Random(seed)
    image = Image.new('RGB', (1000, 1414), '#fdfcf8')
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 60, 940, 1354), outline='#8a6d3b', width=6)
    draw.rectangle((80, 80, 920, 1334), outline='#c8b07a', width=2)
    draw.rectangle((300, 150, 700, 186), fill='#333')
    for line in range(14):
        y = 300 + line * 60
        draw.rectangle((150, y, 290, y + 18), fill='#888')
        end = 330 + chance.randrange(150, 520)
        draw.rectangle((330, y, end, y + 18), fill='#444')
    draw.ellipse((640, 1080, 840, 1280), outline='#c0262d', width=8)
    draw.regular_polygon((740, 1180, 44), 5, fill='#c0262d')
    return image


def encoded(image, format='JPEG'):
    "Return an image as the bytes of a file"
    output = io.BytesIO()
    image.save(output, format, quality=90)
    return output.getvalue()
