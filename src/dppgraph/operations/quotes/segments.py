"""A text cut where quotes begin and end, so that each piece is in the same quotes from beginning to end."""

from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

from dppgraph.core.intervals import Interval


class Segment(NamedTuple):
    """A piece of a text.

    Attributes:
        start: where it begins, in code points.
        text: its characters.
        quotes: the numbers of the quotes that it is in, the outermost first.
        begins: the numbers of those that begin with it.
    """

    start: int
    text: str
    quotes: tuple[int, ...]
    begins: tuple[int, ...]


def segments(text: str, quotes: Mapping[int, Interval], start: int = 0, end: int | None = None) -> list[Segment]:
    """The pieces of a text, or of a part of it, which together are that part.

    Args:
        text: the whole text.
        quotes: where each quote stands, by its number; they may lie in each other and across each other.
        start: where the part begins.
        end: where it ends; None for the end of the text.
    """
    stop = len(text) if end is None else min(end, len(text))
    placed = {number: place for number, place in quotes.items() if place[0] < place[1]}
    stop = max(start, stop)
    edges = sorted({start, stop, *(edge for place in placed.values() for edge in place if start < edge < stop)})
    begun = sorted(placed, key=lambda number: (placed[number][0], -placed[number][1], number))
    found, within, next_ = [], list[int](), 0
    for at, until in pairwise(edges):
        while next_ < len(begun) and placed[begun[next_]][0] <= at:
            within.append(begun[next_])
            next_ += 1
        within = [number for number in within if placed[number][1] > at]
        begins = tuple(number for number in within if placed[number][0] == at)
        found.append(Segment(at, text[at:until], tuple(within), begins))
    return found
