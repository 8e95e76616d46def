"""Rows with dates, on a line of time."""

import re
from calendar import monthrange
from datetime import date
from typing import Final, NamedTuple

from dppgraph.operations.facts import Text
from dppgraph.operations.results.cells import Cell, Shown

_DATE: Final = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T.*)?)?)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII | re.DOTALL)
_STEPS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_TICKS: Final = 12
_WHOLE: Final = 100.0


class Span(NamedTuple):
    """What lies on the line.

    Attributes:
        labels: what the row is of.
        start: where it begins, in percent of the line.
        length: how long it is, likewise; 0 for a day alone.
        said: its dates, as the row has them.
    """

    labels: list[Text]
    start: float
    length: float
    said: list[str]


class Timeline(NamedTuple):
    """A line of time.

    Attributes:
        years: years to write at it, each with where it begins, in percent of the line.
        spans: what lies on it, in the order of the rows.
    """

    years: list[tuple[int, float]]
    spans: list[Span]


def timeline(table: Shown) -> Timeline | None:
    """Rows on a line of time, or None where no column has dates.

    A second column of dates is where what begins at the first one ends, if it never ends before it begins.

    Args:
        table: the rows.
    """
    dated = [place for place in range(len(table.columns)) if _is_dated([row[place] for row in table.rows])][:2]
    found = [(row, days) for row in table.rows if (days := _days([row[place] for place in dated])) is not None]
    if not found:
        return None
    if any(last < first for _, (first, last) in found):
        dated = dated[:1]
        found = [(row, days) for row in table.rows if (days := _days([row[place] for place in dated])) is not None]
    first, last = min(days[0].year for _, days in found), max(days[1].year for _, days in found)
    begin = date(first, 1, 1).toordinal()
    days_in_all = date(last, 12, 31).toordinal() - begin + 1

    def place_of(day: date) -> float:
        return round(_WHOLE * (day.toordinal() - begin) / days_in_all, 3)

    spans = [
        Span(
            [cell.text for cell in row if cell.kind in ("iri", "text")][:1] or [Text("")],
            place_of(start),
            round(_WHOLE * (end.toordinal() - start.toordinal() + 1) / days_in_all, 3) if end > start else 0.0,
            [row[place].text.text for place in dated if row[place].kind],
        )
        for row, (start, end) in found
    ]
    step = next((step for step in _STEPS if (last - first + 1) / step <= _TICKS), _STEPS[-1])
    years = [year for year in range(first, last + 1) if year % step == 0 or first == last]
    return Timeline([(year, place_of(date(year, 1, 1))) for year in years], spans)


def _is_dated(cells: list[Cell]) -> bool:
    there = [cell for cell in cells if cell.kind]
    return bool(there) and all(cell.kind == "date" for cell in there)


def _days(cells: list[Cell]) -> tuple[date, date] | None:
    """The first and the last day that dates stand for, of one column or two; None where none is known."""
    spans = [span for cell in cells if (span := _span(cell.text.text)) is not None]
    return (spans[0][0], spans[-1][1]) if spans else None


def _span(text: str) -> tuple[date, date] | None:
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) if part else 0 for part in match.groups())
    try:
        first = date(year, month or 1, day or 1)
        last = first if day else date(year, month or 12, monthrange(year, month or 12)[1])
    except ValueError:
        return None
    return first, last
