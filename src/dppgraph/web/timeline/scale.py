"""Where days are in a drawing, from left to right."""

from collections.abc import Iterable
from datetime import date
from typing import Final, NamedTuple

from dppgraph.operations.timeline import Span

_FURTHEST: Final = 50
"""Years after the last beginning that are drawn at most: an end in 9999 is to leave the rest its room."""

_STEPS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
_LONGEST_YEAR: Final = 366


class Tick(NamedTuple):
    """Where a year begins."""

    x: float
    year: int


class Scale(NamedTuple):
    """The days of a drawing.

    Attributes:
        first: the first of them.
        last: the last.
        left: where the first begins, in the units of the drawing.
        right: where the last ends.
    """

    first: date
    last: date
    left: float
    right: float

    def start(self, day: date) -> float:
        """Where a day begins; of one that is not drawn, the edge on its side."""
        return self._at(day.toordinal())

    def end(self, day: date) -> float:
        """Where a day ends, likewise."""
        return self._at(day.toordinal() + 1)

    def middle(self, span: Span) -> float:
        """The middle of some days."""
        return (self.start(span.first) + self.end(span.last)) / 2

    def ticks(self, apart: float) -> list[Tick]:
        """Where years begin: as many round ones as leave so much room between them."""
        unit = (self.right - self.left) / (self._days / _LONGEST_YEAR)
        step = next((step for step in _STEPS if step * unit >= apart), _STEPS[-1])
        begin = -(-self.first.year // step) * step
        years = (year for year in range(begin, self.last.year + 1, step) if year >= date.min.year)
        return [Tick(self.start(date(year, 1, 1)), year) for year in years]

    @property
    def _days(self) -> int:
        return self.last.toordinal() + 1 - self.first.toordinal()

    def _at(self, ordinal: int) -> float:
        part = (ordinal - self.first.toordinal()) / self._days
        return round(self.left + min(max(part, 0.0), 1.0) * (self.right - self.left), 1)


def scale_of(spans: Iterable[Span], left: float, right: float) -> Scale | None:
    """The scale on which all these days are, from the beginning of a year to the end of one; None for no days."""
    found = list(spans)
    if not found:
        return None
    begin = min(span.first.year for span in found)
    latest = max(span.first.year for span in found)
    end = min(max(span.last.year for span in found), latest + _FURTHEST)
    return Scale(date(begin, 1, 1), date(end, 12, 31), left, right)
