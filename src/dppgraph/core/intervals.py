"""Stretches of a text: from one offset to another, in code points, the end exclusive."""

from collections.abc import Iterable

Interval = tuple[int, int]


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """The same stretches as few that do not touch, in order; empty ones are left out.

    >>> merged([(5, 9), (0, 3), (3, 4), (6, 7)])
    [(0, 4), (5, 9)]
    """
    found: list[Interval] = []
    for start, end in sorted(intervals):
        if end <= start:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def clipped(intervals: Iterable[Interval], start: int, end: int) -> list[Interval]:
    """What of the stretches lies between two offsets; empty ones are left out."""
    cut = ((max(start, a), min(end, b)) for a, b in intervals)
    return [(a, b) for a, b in cut if a < b]


def gaps(intervals: Iterable[Interval], length: int) -> list[Interval]:
    """What of a text of some length none of the stretches covers, in order.

    >>> gaps([(2, 4), (3, 5)], 8)
    [(0, 2), (5, 8)]
    """
    found, at = [], 0
    for start, end in merged(clipped(intervals, 0, length)):
        if start > at:
            found.append((at, start))
        at = end
    return [*found, (at, length)] if at < length else found


def measured(intervals: Iterable[Interval]) -> int:
    """How many characters the stretches have together, each counted once."""
    return sum(end - start for start, end in merged(intervals))
