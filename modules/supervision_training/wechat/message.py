# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Values of subscribe messages, cut to the limits of WeChat's field types."""
import re
import unicodedata

EMPTY = '无'
_LIMITS = {
    'thing': 20,
    'number': 32,
    'letter': 32,
    'symbol': 5,
    'character_string': 32,
    'phone_number': 17,
    'car_number': 8,
    'name': 10,
    'phrase': 5,
    }
_KEEP = {
    'number': r'[^0-9.]',
    'letter': r'[^A-Za-z]',
    'character_string': r'[^\x21-\x7e]',
    'phone_number': r'[^0-9+\-]',
    'phrase': r'[^一-鿿]',
    'amount': r'[^0-9.元￥¥$]',
    }


def message_value(type, text):
    """Return text as a field of a subscribe message takes it.

    :param type: WeChat's field type: 'thing', 'time', 'amount' …, without number.
    :returns: never empty, without emoji, not longer than the type allows (code
        points); source: WeChat's subscribeMessage.send page.
    """
    text = ''.join(c for c in text if unicodedata.category(c) not in {'So', 'Cs', 'Co'})
    text = re.sub(_KEEP.get(type, r'[\r\n\t]+'), '', text).strip()
    limit = _LIMITS.get(type)
    if limit and len(text) > limit:
        text = text[:limit - 1] + '…' if type in {'thing', 'name'} else text[:limit]
    return text or EMPTY
