"""Moments as headers say them: IMF-fixdate in GMT, to the second (RFC 7089, section 2.1; RFC 9110, section 5.6.7)."""

import re
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final

from dppgraph.errors import BadParameter

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE: Final = re.compile(
    rf"[A-Z][a-z]{{2}}, (\d\d) ({'|'.join(_MONTHS)}) (\d{{4}}) (\d\d):(\d\d):(\d\d) GMT", re.ASCII
)
_LONGEST: Final = 50


def moment_of(value: bytes) -> datetime:
    """The moment that ``Accept-Datetime`` asks for.

    Raises:
        BadParameter: it says none.
    """
    said = value.decode("latin-1").strip()
    moment = _read(said)
    # One that contradicts itself on the day of the week says no moment either.
    if moment is None or written(moment) != said:
        said = said[:_LONGEST]
        raise BadParameter(f"Accept-Datetime is {said!r}: it must be a date such as Thu, 31 May 2007 20:35:00 GMT")
    return moment


def written(moment: datetime) -> str:
    """A moment, in UTC, as headers say it."""
    return format_datetime(moment, usegmt=True)


def _read(said: str) -> datetime | None:
    found = _DATE.fullmatch(said)
    if found is None:
        return None
    month = _MONTHS.index(found[2]) + 1
    day, year, hour, minute, second = (int(found[place]) for place in (1, 3, 4, 5, 6))
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
