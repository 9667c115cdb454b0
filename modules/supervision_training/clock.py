# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Time, in one place. The database keeps UTC; people live in China's single zone."""
import datetime as dt
from zoneinfo import ZoneInfo

CHINA = ZoneInfo('Asia/Shanghai')


def now():
    """Return the present moment as naive UTC, to the second, as fields keep it."""
    return dt.datetime.now(dt.timezone.utc).replace(tzinfo=None, microsecond=0)


def today():
    """Return the present day in China."""
    return local(now()).date()


def local(moment):
    """Return naive UTC as an aware moment in China; None stays None."""
    if moment is not None:
        return moment.replace(tzinfo=dt.timezone.utc).astimezone(CHINA)


def end_of(day):
    """Return the end of a day in China as naive UTC."""
    midnight = dt.datetime.combine(day + dt.timedelta(1), dt.time(), CHINA)
    return midnight.astimezone(dt.timezone.utc).replace(tzinfo=None)


def naive(moment):
    """Return an aware moment as naive UTC; None stays None."""
    if moment is not None:
        return moment.astimezone(dt.timezone.utc).replace(tzinfo=None)
