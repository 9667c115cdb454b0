# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
from dataclasses import dataclass

WARNINGS = ('background_doubtful', 'blurry', 'upscaled', 'cropped', 'small')


@dataclass(frozen=True)
class Judged:
    """An upload as it is kept.

    :param data: the bytes, free of metadata; width and height in px, of an image.
    :param warnings: names among WARNINGS of what a person should look at.
    """
    data: bytes
    mime_type: str
    width: int | None = None
    height: int | None = None
    warnings: tuple = ()
