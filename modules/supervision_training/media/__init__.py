# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Judging uploads by their content. Knows no Tryton model."""
from .document import judge_avatar, judge_document
from .errors import Refused
from .judged import WARNINGS, Judged
from .photo import half, judge_photo

__all__ = [
    'WARNINGS', 'Judged', 'Refused', 'half', 'judge_avatar', 'judge_document',
    'judge_photo']
