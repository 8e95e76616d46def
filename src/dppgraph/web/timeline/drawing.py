"""What a drawing of the timeline consists of. All measures are in the units of its own coordinates."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from dppgraph.operations.said import Name
from dppgraph.operations.timeline import Event, Gap, Period, Plan, Target
from dppgraph.web.timeline.scale import Tick

Edge = Literal["known", "open", "unknown"]
"""How a bar ends: on a day; not, as a source says, or beyond the drawing; or nobody knows where."""


class Label(NamedTuple):
    """A text in lines.

    Attributes:
        x: where it begins, or where it ends if it is to the left of what it names.
        y: the baseline of its first line.
        lines: the lines.
        is_before: whether it ends at ``x``.
    """

    x: float
    y: float
    lines: tuple[str, ...]
    is_before: bool = False


class Bar(NamedTuple):
    """A period of a plan."""

    x: float
    y: float
    width: float
    period: Period
    starts: Edge
    ends: Edge
    is_in_force: bool


class Point(NamedTuple):
    """A date of an event or a target; ``first`` and ``last`` are the edges of the days that it may be."""

    x: float
    y: float
    first: float
    last: float
    date: str


class Mark(NamedTuple):
    """A date of an event."""

    point: Point
    event: Event


class Space(NamedTuple):
    """Days between a plan and its successor that neither covers."""

    x: float
    y: float
    width: float
    gap: Gap


class Row(NamedTuple):
    """A plan: its label, its periods, what happened to it, and the gap after it."""

    plan: Plan
    lane: int
    label: Label
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    spaces: tuple[Space, ...]


class Band(NamedTuple):
    """The plans of a policy level: where its heading stands, and its plans."""

    y: float
    level: Name | None
    rows: tuple[Row, ...]


class Link(NamedTuple):
    """That a plan succeeds another: the line between them, and where it ends."""

    path: str
    x: float
    y: float
    older: Plan
    newer: Plan


class Promise(NamedTuple):
    """A target: its label and its deadline."""

    label: Label
    point: Point
    target: Target


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing of the timeline.

    Attributes:
        name: which of the page's drawings it is: ``wide``, ``middle`` or ``narrow``.
        width: how wide it is.
        height: how high.
        top: where the lines of the years begin.
        ticks: the years.
        bands: the plans, by policy level.
        links: which follows which.
        promises_y: where the heading of the targets stands; 0 where there are none.
        promises: the targets.
        on: where the day is that was asked about; None where none was, or it is not drawn.
    """

    name: str
    width: float
    height: float
    top: float
    ticks: tuple[Tick, ...]
    bands: tuple[Band, ...]
    links: tuple[Link, ...]
    promises_y: float
    promises: tuple[Promise, ...]
    on: float | None

    @property
    def signs(self) -> list[str]:
        """The names of the signs that are in it, for a legend."""
        rows = [row for band in self.bands for row in band.rows]
        bars = [bar for row in rows for bar in row.bars]
        approvals = [mark.event.is_approval for row in rows for mark in row.marks]
        unknown = ["unknown" in (bar.starts, bar.ends) for bar in bars]
        there = {
            "bar": not all(unknown),
            "approval": any(approvals),
            "event": not all(approvals),
            "target": bool(self.promises),
            "gap": any(row.spaces for row in rows),
            "open": any(bar.ends == "open" for bar in bars),
            "unknown": any(unknown),
        }
        return [name for name, is_there in there.items() if is_there]
