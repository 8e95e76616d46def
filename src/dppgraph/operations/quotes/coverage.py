"""How much of a source facts rest on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dppgraph.core.intervals import Interval, clipped, gaps, measured, merged
from dppgraph.store.search import Passage


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a source facts rest on; in code points.

    Attributes:
        length: how long its text is; None where that is not said.
        covered: how many characters some quote has, each counted once.
        stretches: those characters, as stretches that do not touch.
        gaps: the rest; where the length is not said, as far as the last quote.
    """

    length: int | None
    covered: int
    stretches: tuple[Interval, ...]
    gaps: tuple[Interval, ...]

    @property
    def share(self) -> float | None:
        """The part that is covered, 0 to 1; None where the length is not said."""
        return self.covered / self.length if self.length else None


def places_of(passages: Iterable[Passage]) -> list[Interval]:
    """Where the passages stand that have a place."""
    return [(one.start, one.end) for one in passages if one.start is not None and one.end is not None]


def coverage_of(places: Sequence[Interval], length: int | None) -> Coverage:
    """How much of a source is covered by quotes; what is said to stand after its end does not count."""
    end = length if length is not None else max((end for _, end in places), default=0)
    within = clipped(places, 0, end)
    return Coverage(length, measured(within), tuple(merged(within)), tuple(gaps(within, end)))
