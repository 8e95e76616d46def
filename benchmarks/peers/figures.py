"""Figures of several rounds, and how many times as fast one server has to be as another."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from benchmarks.peers.result import IN_TIME, Bar, Row, Spread, figures, ratios
from benchmarks.peers.servers import DISK, MEMORY, NGINX, OURS, RDFLIB

REPEATED: Final = "a repeated query"
HELD: Final = "the same, `If-None-Match`"
DISTINCT: Final = "distinct small queries"
PLAN: Final = "all of a plan"
LARGE: Final = "100,000 rows"
FIRST: Final = "100,000 rows, first byte"
FRONT: Final = "100,000 rows, memory of what speaks HTTP"
FAMILY: Final = "100,000 rows, memory of all processes"

UNITS: Final = {
    REPEATED: "answers/s",
    HELD: "answers/s",
    DISTINCT: "answers/s",
    PLAN: "answers/s",
    LARGE: "ms",
    FIRST: "ms",
    FRONT: "MiB more",
    FAMILY: "MiB more",
}
SERVERS: Final = (OURS, NGINX, DISK, MEMORY, RDFLIB)


@dataclass(frozen=True)
class Bound:
    """How many times as fast one thing has to be as another.

    Attributes:
        one: what is measured, and of which server.
        other: what it is compared with.
        least: the ratio it must have.
        aim: the ratio it should have.
    """

    one: tuple[str, str]
    other: tuple[str, str]
    least: float
    aim: float | None = None

    @property
    def name(self) -> str:
        """What it says, but for the numbers."""
        (what, server), (other_what, other_server) = self.one, self.other
        than = other_server if what == other_what else other_what
        return f"{what}: {server} to {than}"


BOUNDS: Final = (
    Bound((REPEATED, OURS), (REPEATED, DISK), 1.2, 1.5),
    Bound((REPEATED, OURS), (REPEATED, MEMORY), 0.7, 1.0),
    Bound((REPEATED, OURS), (REPEATED, RDFLIB), 15),
    Bound((REPEATED, NGINX), (REPEATED, DISK), 2.5),
    Bound((HELD, OURS), (REPEATED, OURS), 0.8),
    Bound((DISTINCT, OURS), (DISTINCT, DISK), 0.3, 0.5),
    Bound((DISTINCT, OURS), (DISTINCT, RDFLIB), 4),
    Bound((PLAN, OURS), (PLAN, RDFLIB), 10),
    Bound((LARGE, OURS), (LARGE, DISK), 1.5),
    Bound((LARGE, OURS), (LARGE, MEMORY), 0.6),
)
FIRST_BYTE: Final = 50
"""Milliseconds until the first byte of a large answer."""
GROWTH: Final = 32
"""MiB that what speaks HTTP may grow by during a large answer."""


class Figures:
    """The figures, by what is measured and of which server, in the order of the rounds.

    Args:
        units: what is measured to what its figures count, in the order of a table.
    """

    def __init__(self, units: Mapping[str, str] = UNITS) -> None:
        self._units = units
        self._found: dict[tuple[str, str], list[float]] = defaultdict(list)

    def add(self, what: str, server: str, value: float) -> None:
        """Notes the figure of the next round."""
        self._found[what, server].append(value)

    def of(self, what: str, server: str) -> Spread | None:
        """The figures of all rounds, if there are any."""
        found = self._found.get((what, server))
        return Spread(tuple(found)) if found else None

    def ratio(self, bound: Bound) -> Spread | None:
        """How many times as fast the one was as the other, in each round that has both."""
        one, other = self.of(*bound.one), self.of(*bound.other)
        if one is None or other is None:
            return None
        # What is measured in time is faster where it is less.
        in_time = self._units[bound.one[0]] in IN_TIME
        return Spread(ratios(other.values, one.values) if in_time else ratios(one.values, other.values))

    def rows(self, servers: Iterable[str]) -> tuple[Row, ...]:
        """Everything that was measured of some servers."""
        found = (
            Row(what, unit, {one: figures(self._found.get((what, one), ())) for one in servers})
            for what, unit in self._units.items()
        )
        return tuple(row for row in found if any(row.of.values()))

    def bars(self, bounds: Iterable[Bound]) -> tuple[Bar, ...]:
        """What the ratios are held to, those that were not measured left out."""
        found = ((bound, self.ratio(bound)) for bound in bounds)
        return tuple(Bar(bound.name, ratio.values, least=bound.least, aim=bound.aim) for bound, ratio in found if ratio)
