"""Dates of any precision: a year, a month or a day, and the days that they cover."""

import re
from datetime import date, timedelta
from typing import Final, NamedTuple

from dppgraph.operations.facts import text_of

_STATED: Final = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T[0-9:.]+)?)?)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DECEMBER: Final = 12


class Span(NamedTuple):
    """The days that a date covers.

    Attributes:
        stated: the date as it was written: ``2012``, ``2012-07``, ``2012-07-16``.
        first: its first day.
        last: its last day, inclusive.
    """

    stated: str
    first: date
    last: date


def span_of(literal: str) -> Span | None:
    """The days that a literal covers, given as a term; None for what is no year, month or day of our era.

    >>> span_of('"2012-02"^^<http://www.w3.org/2001/XMLSchema#gYearMonth>').last
    datetime.date(2012, 2, 29)
    """
    stated = text_of(literal).text.strip() if literal.startswith('"') else ""
    found = _STATED.fullmatch(stated)
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
    except ValueError:
        return None
    if day:
        return Span(stated, first, first)
    return Span(stated, first, _last_of(first, month or _DECEMBER))


def day_of(text: str) -> date | None:
    """The day that a text names, ``yyyy-mm-dd``; None where it names none."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _last_of(first: date, month: int) -> date:
    """The last day of a month, in the year of another day."""
    if month == _DECEMBER:
        return date(first.year, _DECEMBER, 31)
    return date(first.year, month + 1, 1) - timedelta(days=1)
