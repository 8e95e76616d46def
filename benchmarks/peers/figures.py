"""Figures of several rounds: medians, how far they spread, ratios, and the table of them."""

from collections import defaultdict
from dataclasses import dataclass
from statistics import median
from typing import Final

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

BEGIN: Final = "<!-- Figures: written by make bench -->"
END: Final = "<!-- End of the figures -->"


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


@dataclass(frozen=True)
class Spread:
    """The figures of several rounds, or ratios of them."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The one in the middle."""
        return median(self.values)

    def __str__(self) -> str:
        low, high = rounded(min(self.values)), rounded(max(self.values))
        return f"{rounded(self.median)}" + (f" ({low} to {high})" if len(self.values) > 1 else "")


def rounded(value: float) -> str:
    """A figure with as many digits as mean something."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


class Figures:
    """The figures, by what is measured and of which server, in the order of the rounds."""

    def __init__(self) -> None:
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
        in_time = UNITS[bound.one[0]] == "ms"
        pairs = zip(one.values, other.values, strict=False)
        return Spread(tuple(two / first if in_time else first / two for first, two in pairs))

    def table(self) -> str:
        """Everything that was measured, as a table in Markdown; then the ratios beside their bounds, as another."""
        lines = [f"| | {' | '.join(SERVERS)} |", "|--" * (len(SERVERS) + 1) + "|"]
        for what, unit in UNITS.items():
            cells = [self.of(what, server) for server in SERVERS]
            if any(cells):
                lines.append(f"| {what} ({unit}) | {' | '.join(str(cell or '–') for cell in cells)} |")
        lines += ["", "| ratio of speeds | measured | at least | aim |", "|--|--|--|--|"]
        for bound in BOUNDS:
            ratio = self.ratio(bound)
            if ratio is not None:
                lines.append(f"| {bound.name} | {ratio} | {bound.least} | {bound.aim or '–'} |")
        return "\n".join(lines)


def put_into(document: str, figures: str) -> str:
    """A document with other figures between its two marks.

    Raises:
        ValueError: it has not each of the marks once, in their order.
    """
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in rest or END in after or END in before:
        raise ValueError(f"the document must have {BEGIN} and {END}, each once")
    return f"{before}{begin}\n{figures.strip()}\n{end}{after}"
