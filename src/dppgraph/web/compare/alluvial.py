"""The drawing of a comparison: the lines of two plans in two columns, and what runs from one to the other."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Literal, NamedTuple

from dppgraph.operations.compare import Comparison, Line, Reading
from dppgraph.web.fitting import fitted

SIZE: Final = 13.0
"""The size of labels."""

LINE: Final = 16.0
BLOCK: Final = 28.0
"""How wide the block of a line is: it has the line's number in it."""

HIGH: Final = 34.0
_BETWEEN: Final = 10.0
_MARGIN: Final = 2.0
_BESIDE: Final = 10.0
MOST: Final = 40
"""Lines that are drawn in a column at most; of longer ones, those that a reading is about."""

Sort = Literal["same", "changed", "unsure"]


class Sheet(NamedTuple):
    """What is drawn on: its name, how wide it is, and how much of that a column of labels takes."""

    name: str
    width: float
    labels: float


SHEETS: Final = (Sheet("wide", 1080, 380), Sheet("middle", 700, 250), Sheet("narrow", 340, 0))


class Node(NamedTuple):
    """A line: its block, whose height is :data:`HIGH`, and its label.

    Attributes:
        line: the line.
        x: where its block begins.
        y: the top of its block.
        label_x: where its label begins; of a line of the older plan, where it ends.
        label_y: the baseline of the label's first line.
        label: the label, in lines; empty where there is no room for any.
        is_alone: whether no reading that is sure enough is about it: it is new, or was dropped.
    """

    line: Line
    x: float
    y: float
    label_x: float
    label_y: float
    label: tuple[str, ...]
    is_alone: bool


class Flow(NamedTuple):
    """A reading: the outline of the band between two blocks, and what sort of reading it is."""

    path: str
    sort: Sort
    reading: Reading
    start: tuple[float, float]
    end: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Alluvial:
    """The drawing of a comparison.

    Attributes:
        name: which of the page's drawings it is.
        width: how wide it is.
        height: how high.
        older: the lines of the older plan.
        newer: those of the newer one.
        flows: the readings, the less sure ones first, so that the others lie over them.
        older_left: how many lines of the older plan are not drawn.
        newer_left: likewise of the newer one.
    """

    name: str
    width: float
    height: float
    older: tuple[Node, ...]
    newer: tuple[Node, ...]
    flows: tuple[Flow, ...]
    older_left: int
    newer_left: int


def flowing(found: Comparison, line: Callable[[str], Line], sheet: Sheet) -> Alluvial:
    """The drawing of a comparison.

    Args:
        found: the comparison.
        line: gives a line by its term.
        sheet: what to draw on.
    """
    readings = (*found.unsure, *found.kept, *found.changed)
    older = _drawn(found.older_lines, [reading.older for reading in readings])
    newer = _drawn(found.newer_lines, [reading.newer for reading in readings])
    height = 2 * _MARGIN + max(_high(older), _high(newer))
    sure = {term for reading in (*found.kept, *found.changed) for term in (reading.older, reading.newer)}

    room = sheet.labels - _MARGIN - _BESIDE

    def column(terms: Sequence[str], x: float, label_x: float) -> tuple[Node, ...]:
        top = (height - _high(terms)) / 2
        return tuple(
            _node(line(term), (x, top + place * (HIGH + _BETWEEN)), (label_x, room), term not in sure)
            for place, term in enumerate(terms)
        )

    left = column(older, sheet.labels, sheet.labels - _BESIDE)
    right = column(newer, sheet.width - sheet.labels - BLOCK, sheet.width - sheet.labels + _BESIDE)
    flows = tuple(_flows(found, {node.line.term: node for node in left}, {node.line.term: node for node in right}))
    left_out = (
        len(set(lines) - set(terms)) for lines, terms in ((found.older_lines, older), (found.newer_lines, newer))
    )
    return Alluvial(sheet.name, sheet.width, height, left, right, flows, *left_out)


def _drawn(lines: Sequence[str], read: Sequence[str]) -> list[str]:
    """The lines to draw: all, with those below others that a reading is about, or else the latter alone."""
    known = dict.fromkeys((*lines, *read))
    if len(known) <= MOST:
        return list(known)
    wanted = set(read)
    return list(islice((line for line in known if line in wanted), MOST))


def _high(terms: Sequence[str]) -> float:
    return len(terms) * (HIGH + _BETWEEN) - _BETWEEN if terms else 0


def _node(line: Line, at: tuple[float, float], label: tuple[float, float], is_alone: bool) -> Node:
    (x, y), (label_x, room) = at, label
    lines = fitted(line.label.text, room, 2, SIZE) if room > 0 else ()
    # The middle of the lines is that of the block; a baseline is a third of the font's size below a line's middle.
    label_y = y + HIGH / 2 + SIZE / 3 - LINE * (max(len(lines), 1) - 1) / 2
    return Node(line, x, y, label_x, label_y, lines, is_alone)


def _flows(found: Comparison, older: Mapping[str, Node], newer: Mapping[str, Node]) -> Iterator[Flow]:
    sorts: tuple[tuple[Sort, Sequence[Reading]], ...] = (
        ("unsure", found.unsure),
        ("same", found.kept),
        ("changed", found.changed),
    )
    drawn = [
        (sort, reading, older[reading.older], newer[reading.newer])
        for sort, readings in sorts
        for reading in readings
        if reading.older in older and reading.newer in newer
    ]
    # Bands leave a block in the order in which they arrive, so that they cross as little as can be.
    starts = _shares([(before.line.term, after.y, place) for place, (_, _, before, after) in enumerate(drawn)])
    ends = _shares([(after.line.term, before.y, place) for place, (_, _, before, after) in enumerate(drawn)])
    for place, (sort, reading, before, after) in enumerate(drawn):
        (top, bottom), (to_top, to_bottom) = starts[place], ends[place]
        x1, x2 = before.x + BLOCK, after.x
        start, end = (before.y + top, before.y + bottom), (after.y + to_top, after.y + to_bottom)
        yield Flow(_band(x1, start, x2, end), sort, reading, start, end)


def _shares(ends: Sequence[tuple[str, float, int]]) -> dict[int, tuple[float, float]]:
    """The part of its block's height that each band has, from the top of the block."""
    at: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for block, other, place in ends:
        at[block].append((other, place))
    shares = {}
    for bands in at.values():
        share = HIGH / len(bands)
        for number, (_, place) in enumerate(sorted(bands)):
            shares[place] = share * number, share * (number + 1)
    return shares


def _band(x1: float, start: tuple[float, float], x2: float, end: tuple[float, float]) -> str:
    middle = (x1 + x2) / 2
    upper = f"M{x1:.1f} {start[0]:.1f}C{middle:.1f} {start[0]:.1f} {middle:.1f} {end[0]:.1f} {x2:.1f} {end[0]:.1f}"
    lower = f"L{x2:.1f} {end[1]:.1f}C{middle:.1f} {end[1]:.1f} {middle:.1f} {start[1]:.1f} {x1:.1f} {start[1]:.1f}Z"
    return upper + lower
