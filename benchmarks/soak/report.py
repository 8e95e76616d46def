"""What a soak came to: how long answers took, what it is held to, and memory over the minutes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from benchmarks.measuring import MIB, percentile
from benchmarks.peers import environment
from benchmarks.peers.result import Bar, Curves, Result, Row, figures
from benchmarks.peers.run import Run
from benchmarks.soak.load import Found
from benchmarks.soak.looks import Look

NAME: Final = "soak"
WHO: Final = ("median", "99 of 100", "most")
GROWTH: Final = 5.0
"""How much memory may grow, in a hundred, from the first quarter of what is looked at to the last."""
_LOOKS: Final = 20
"""Looks of which one surely falls into a moment in which nothing is open but what stays open."""
_FEW: Final = {"different files": 8, "open files": 24}
"""Files that may be open in each of fewer looks. One that stays with each version would be more different files in a
minute, one that stays with each request more open files; less than these is what threads open at their first question.
"""
KINDS: Final = {"dppgraph": "supervisor", "front": "fronts", "pool": "query processes", "writer": "writer"}


@dataclass(frozen=True, slots=True)
class Soaked:
    """What was found.

    Attributes:
        minutes: of load.
        processes: of the server that speak HTTP.
        share: of what it takes, in a hundred.
        capacities: requests a second that it takes, as counted again and again.
        reads: what became of what clients asked; in the order of time.
        edits: what became of changes and builds.
        looks: memory and files, from when all was warm.
        published: versions that were made.
        served: the version that answered at the end.
    """

    minutes: float
    processes: int
    share: int
    capacities: Sequence[float]
    reads: Sequence[Found]
    edits: Found
    looks: Sequence[Look]
    published: int
    served: str

    @property
    def failed(self) -> int:
        """Answers that were others than those that were asked for."""
        return sum(sum(found.failed.values()) for found in (*self.reads, self.edits))


def result(soaked: Soaked, faults: int, ended: int) -> Result:
    """All of it, with how often the log told of a fault of the server's, and of a process that ended by itself."""
    taken = f"{median(soaked.capacities):,.0f} ({min(soaked.capacities):,.0f} to {max(soaked.capacities):,.0f})"
    how = (
        f"{soaked.minutes:g} minutes at {soaked.share} % of the requests a second that it took from sixteen clients, "
        f"{taken} as counted after each look, all from the same machine; --processes {soaked.processes}; "
        f"{soaked.reads[-1].count:,} requests and {soaked.published:,} new versions. "
        "Milliseconds are counted from when a request was due"
    )
    told = Run("", None, 0, soaked.processes, (), quick=False).told(environment.versions("dppgraph"), how)
    rows = (*_rows(soaked.reads[-1]), *_rows(soaked.edits))
    curves = {name: _curve(soaked.looks, kind) for kind, name in KINDS.items()}
    return Result(
        NAME, "Memory over the minutes", told, WHO, tuple(rows), tuple(_bars(soaked, faults, ended)),
        Curves("minutes", "MiB, what is shared counted once", {name: curve for name, curve in curves.items() if curve}),
    )  # fmt: skip


def _rows(found: Found) -> Iterator[Row]:
    for kind, taken in sorted(found.seconds.items()):
        three = (median(taken), percentile(taken, 0.99), max(taken))
        cells = {who: figures([value * 1000]) for who, value in zip(WHO, three, strict=True)}
        yield Row(f"{kind.replace('_', ' ')}, {len(taken):,} times", "ms", cells)


def _bars(soaked: Soaked, faults: int, ended: int) -> Iterator[Bar]:
    yield Bar("answers other than those that were asked for", (soaked.failed,), most=0, timed=False)
    skipped = sum(found.skipped for found in soaked.reads)
    yield Bar("requests that were not sent, as too many waited", (skipped,), most=0)
    for what, values in (
        ("memory, what is shared counted once: growth", [look.shared for look in soaked.looks]),
        ("memory of each process, added up: growth", [look.resident for look in soaked.looks]),
    ):
        first, last = quarters(values)
        yield Bar(what, figures([(last / first - 1) * 100]), "%", most=GROWTH, timed=False)
    # Some are open for a moment, whenever it is looked: what stays open shows in the fewest that ever are.
    half = len(soaked.looks) // 2
    for what, files in (
        ("different files", [look.different.total() for look in soaked.looks]),
        ("open files", [look.files.total() for look in soaked.looks]),
    ):
        more = min(files[half:]) - min(files[:half])
        most = _FEW[what] if half < _LOOKS else 0
        yield Bar(f"{what} at least: more in the second half than in the first", (more,), most=most, timed=False)
    yield Bar("versions that were made", (soaked.published,), least=3, timed=False)
    late = float(soaked.served != str(1 + soaked.published))
    yield Bar("at the end, versions that are published and do not answer", (late,), most=0, timed=False)
    yield Bar("times that the log told of a fault of ours", (faults,), most=0, timed=False)
    yield Bar("processes that ended by themselves and were started again", (ended,), most=0, timed=False)


def quarters(values: Sequence[int]) -> tuple[float, float]:
    """The medians of the first and of the last quarter of what was looked at."""
    part = max(1, len(values) // 4)
    return median(values[:part]), median(values[-part:])


def _curve(looks: Sequence[Look], kind: str) -> tuple[tuple[float, float], ...]:
    if not any(look.of[kind] for look in looks):
        return ()
    return tuple((round(look.seconds / 60, 2), round(look.of[kind] / MIB, 1)) for look in looks)
