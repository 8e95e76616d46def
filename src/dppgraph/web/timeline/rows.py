"""What is drawn of one plan, before it is known at which height."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, NamedTuple

from dppgraph.operations.timeline import Gap, Period, Plan, Span, span_of
from dppgraph.web.timeline.drawing import Bar, Edge, Mark, Point, Space
from dppgraph.web.timeline.scale import Scale

RADIUS: Final = 5.0
_LEAST: Final = 3.0
_STUB: Final = 28.0
"""How long a bar is whose other end nobody knows."""

_BETWEEN: Final = 1.0
"""The room that a bar leaves at its end, so that the one that follows at once is seen to be another."""


class Drawn(NamedTuple):
    """What is drawn of a plan, at the height 0; ``start`` and ``end`` are the edges of all of it."""

    plan: Plan
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    spaces: tuple[Space, ...]
    start: float
    end: float


def drawn(scale: Scale, plan: Plan, gaps: Iterable[Gap], on: date | None) -> Drawn | None:
    """What is drawn of a plan; None where no date of it is known."""
    bars = sorted((bar for period in plan.periods for bar in _bars(scale, period, on)), key=lambda bar: bar.x)
    marks = [
        Mark(point_of(scale, span, 0, literal), event)
        for event in plan.events
        for literal in event.dates
        if (span := span_of(literal))
    ]
    if not bars and not marks:
        return None
    spaces = [_space(scale, gap) for gap in gaps if gap.before == plan.term] if bars else []
    starts = [*(bar.x for bar in bars), *(mark.point.first for mark in marks)]
    ends = [bar.x + bar.width for bar in bars] + [space.x + space.width for space in spaces]
    ends += [mark.point.last for mark in marks]
    return Drawn(plan, tuple(bars), tuple(marks), tuple(spaces), min(starts), max(ends))


def shifted(row: Drawn, y: float) -> tuple[tuple[Bar, ...], tuple[Mark, ...], tuple[Space, ...]]:
    """What is drawn of a plan, its bars beginning at a height and its points in their middle."""
    from_bar = y + RADIUS + 2
    return (
        tuple(bar._replace(y=y) for bar in row.bars),
        tuple(mark._replace(point=mark.point._replace(y=from_bar)) for mark in row.marks),
        tuple(space._replace(y=y) for space in row.spaces),
    )


def point_of(scale: Scale, span: Span, y: float, literal: str) -> Point:
    """A date as a point, in the middle of the days that it may be."""
    x = min(max(scale.middle(span), scale.left + RADIUS), scale.right - RADIUS)
    first, last = min(scale.start(span.first), x - RADIUS), max(scale.end(span.last), x + RADIUS)
    return Point(round(x, 1), y, round(first, 1), round(last, 1), literal)


def _bars(scale: Scale, period: Period, on: date | None) -> Iterator[Bar]:
    first, last = period.begins, period.ends
    if first is None and last is None:
        return
    start = scale.start(first) if first else max(scale.left, scale.end(last or date.min) - _STUB)
    end, ends = _end(scale, last, start, period.is_open)
    # What begins on the last day that is drawn is as wide as all others.
    start = min(start, scale.right - _LEAST)
    end = max(end, start + _LEAST)
    is_in_force = on is not None and period.standing(on.isoformat()) == "in-force"
    yield Bar(round(start, 1), 0, round(end - start, 1), period, "known" if first else "unknown", ends, is_in_force)


def _end(scale: Scale, last: date | None, start: float, is_open: bool) -> tuple[float, Edge]:
    """Where a bar ends, and how."""
    if last is None:
        return (scale.right, "open") if is_open else (min(scale.right, start + _STUB), "unknown")
    if last > scale.last:
        return scale.right, "open"
    return scale.end(last) - _BETWEEN, "known"


def _space(scale: Scale, gap: Gap) -> Space:
    start, end = scale.start(gap.days.first), scale.end(gap.days.last)
    return Space(start, 0, round(max(end - start - _BETWEEN, 0.0), 1), gap)
