# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Names, identity numbers and mobile numbers of people in China."""
import datetime as dt
import re
import unicodedata

from stdnum.cn import ric

_DOTS = dict.fromkeys(map(ord, '•．・‧∙.'), '·')
_NUMBER = re.compile(r'[1-9]\d{16}[\dX]')
_MOBILE = re.compile(r'1[3-9]\d{9}')
NAME_LENGTH = 50
AGES = range(16, 81)


class IdentityError(ValueError):
    """A value that can not be right; the argument is the message's name."""


def clean_name(name):
    """Return a name with single spaces and the standard separator (U+00B7).

    The rule is that of 民委发〔2016〕33号: 50 characters, every character of GB 18030.

    :raises IdentityError: 'name_missing', 'name_long' or 'name_characters'.
    """
    name = ' '.join((name or '').translate(_DOTS).split())
    if not name:
        raise IdentityError('name_missing')
    if len(name) > NAME_LENGTH:
        raise IdentityError('name_long')
    if not all(c in '· -\'' or unicodedata.category(c)[0] in 'LM' for c in name):
        raise IdentityError('name_characters')
    return name


def clean_number(number, today):
    """Return an identity number (GB 11643) in its standard form.

    The region is not judged: residence permits of Hong Kong, Macao and Taiwan and
    new regions have codes that no list is sure to hold.

    :param today: the day at which the age is judged.
    :raises IdentityError: 'number_format', 'number_check', 'number_birth' or
        'number_age'.
    """
    number = unicodedata.normalize('NFKC', number or '')
    number = re.sub(r'[\s-]', '', number).upper()
    if not _NUMBER.fullmatch(number):
        raise IdentityError('number_format')
    if ric.calc_check_digit(number[:-1]) != number[-1]:
        raise IdentityError('number_check')
    born = birth_date(number)
    if born is None or born > today:
        raise IdentityError('number_birth')
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if age not in AGES:
        raise IdentityError('number_age')
    return number


def birth_date(number):
    """Return the day of birth in an identity number, None if there is no such day."""
    try:
        return dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex(number):
    """Return 'male' or 'female' as the 17th digit of an identity number says."""
    return 'male' if int(number[16]) % 2 else 'female'


def mask_number(number):
    """Return an identity number with all but six and four characters hidden."""
    return number[:6] + '*' * (len(number) - 10) + number[-4:]


def mask_name(name):
    """Return a name with all but its first and last character hidden: 张*三."""
    return name[0] + '*' * max(1, len(name) - 2) + name[2:][-1:]


def mask_mobile(mobile):
    """Return a mobile number with its middle hidden."""
    return mobile[:3] + '****' + mobile[-4:]


def clean_mobile(mobile):
    """Return the eleven digits of a mobile number of mainland China.

    :raises IdentityError: 'mobile'.
    """
    mobile = unicodedata.normalize('NFKC', mobile or '')
    mobile = re.sub(r'[\s-]', '', mobile)
    mobile = re.sub(r'^(\+?86)(?=\d{11}$)', '', mobile)
    if not _MOBILE.fullmatch(mobile):
        raise IdentityError('mobile')
    return mobile
