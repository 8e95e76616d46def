"""Laying the timeline out: by policy level, in lanes, on one scale."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final, NamedTuple

from dppgraph.operations.timeline import Outline, Plan, Span, Target, Timeline, span_of
from dppgraph.web.fitting import fitted, widths
from dppgraph.web.timeline.drawing import Band, Drawing, Label, Link, Promise, Row
from dppgraph.web.timeline.lanes import Block, lanes_of
from dppgraph.web.timeline.rows import Drawn, drawn, point_of, shifted
from dppgraph.web.timeline.scale import Scale, scale_of

SIZE: Final = 13.0
"""The size of labels."""

LINE: Final = 17.0
BAR: Final = 14.0
_MARGIN: Final = 8.0
_TICKS: Final = 46.0
_AXIS: Final = 26.0
_ON: Final = 20.0
_HEADING: Final = 30.0
_APART: Final = 0.5
_BELOW: Final = 16.0
_BESIDE: Final = 14.0
_ROOM: Final = 200.0
_LABEL: Final = 320.0
_LINES: Final = 2


class Sheet(NamedTuple):
    """What is drawn on.

    Attributes:
        name: which of the page's drawings it is.
        width: how wide it is.
        is_shared: whether plans that follow each other share a lane; if not, each has its own, and its label all the
            width.
    """

    name: str
    width: float
    is_shared: bool


SHEETS: Final = (Sheet("wide", 1080, True), Sheet("middle", 700, True), Sheet("narrow", 340, False))
"""For wide screens, for tablets and paper, and for phones."""


def draw(
    timeline: Timeline | Outline, plans: Sequence[Plan], targets: Sequence[Target], on: date | None, sheet: Sheet
) -> Drawing | None:
    """A drawing of some plans and targets of a timeline; None where none of its dates is known.

    Args:
        timeline: the timeline; its first and last year are those of the drawing, whichever plans are drawn.
        plans: the plans to draw, in their order; those without a date are left out.
        targets: the targets to draw, likewise.
        on: the day to mark.
        sheet: what to draw on.
    """
    scale = scale_of(timeline.days(), _MARGIN, sheet.width - _MARGIN)
    if scale is None:
        return None
    marked = scale.middle(Span("", on, on)) if on and scale.first <= on <= scale.last else None
    top = _AXIS + (_ON if marked is not None else 0)
    pen = _Pen(scale, sheet, on, top)
    rows = [row for plan in plans if (row := drawn(scale, plan, timeline.gaps, on))]
    bands = tuple(pen.band(list(found)) for _, found in groupby(rows, key=lambda row: row.plan.level))
    links = tuple(_links([row for band in bands for row in band.rows]))
    dated = [target for target in targets if any(map(span_of, target.deadlines))]
    heading = pen.heading() if dated else 0.0
    promises = tuple(promise for target in dated for promise in pen.promises(target))
    ticks = tuple(scale.ticks(_TICKS))
    return Drawing(sheet.name, sheet.width, pen.y + _MARGIN, top, ticks, bands, links, heading, promises, marked)


@dataclass(slots=True)
class _Pen:
    """What draws, from top to bottom."""

    scale: Scale
    sheet: Sheet
    on: date | None
    y: float

    def heading(self) -> float:
        """Makes room for a heading; its baseline."""
        self.y += _HEADING
        return self.y - LINE / 2

    def band(self, rows: list[Drawn]) -> Band:
        """The plans of a level, each succession below the one before it."""
        y = self.heading()
        level = rows[0].plan.level
        found: list[Row] = []
        lane = 0
        for _, chain in groupby(rows, key=lambda row: row.plan.chain):
            for together in self._lanes(list(chain)):
                found += self._lane(together, lane)
                lane += 1
        return Band(y, level, tuple(found))

    def promises(self, target: Target) -> Iterator[Promise]:
        """A target, once for each of its deadlines."""
        for literal in target.deadlines:
            span = span_of(literal)
            if span is not None:
                y = self.y + LINE
                point = point_of(self.scale, span, y, literal)
                label = self._beside(point.x, y + SIZE / 3, target.label.text)
                self.y += LINE * max(2, len(label.lines)) + _MARGIN
                yield Promise(label, point, target)

    def _lanes(self, chain: list[Drawn]) -> list[list[Drawn]]:
        if not self.sheet.is_shared:
            return [[row] for row in chain]
        rows = {row.plan.term: row for row in chain}
        blocks = (
            Block(row.plan.term, row.start, row.end, self._begin(row), frozenset(row.plan.older)) for row in chain
        )
        return [[rows[block.key] for block in lane] for lane in lanes_of(blocks, _APART, _ROOM)]

    def _begin(self, row: Drawn) -> float:
        """Where the label of a plan begins: above it, or before it where there is too little room to the right."""
        if not self.sheet.is_shared:
            return self.scale.left
        wanted = min(widths(row.plan.title.text[:100]) * SIZE, _LABEL)
        return max(self.scale.left, min(row.start, self.scale.right - wanted))

    def _lane(self, rows: list[Drawn], lane: int) -> Iterable[Row]:
        begins = [self._begin(row) for row in rows]
        ends = [*(begin - _BESIDE for begin in begins[1:]), self.scale.right]
        lines = [
            fitted(row.plan.title.text, end - begin, _LINES, SIZE)
            for row, begin, end in zip(rows, begins, ends, strict=True)
        ]
        highest = max(1, *map(len, lines))
        y = self.y + highest * LINE
        self.y = y + BAR + _BELOW
        for row, begin, found in zip(rows, begins, lines, strict=True):
            # The last line of each is right above its bar.
            label = Label(begin, y - LINE * (max(len(found), 1) - 1) - LINE / 3, found)
            yield Row(row.plan, lane, label, *shifted(row, y))

    def _beside(self, x: float, y: float, text: str) -> Label:
        """A label on that side of a point where there is more room."""
        before, after = x - self.scale.left - _BESIDE, self.scale.right - x - _BESIDE
        is_before = before > after
        lines = fitted(text, max(before, after), _LINES, SIZE)
        return Label(x - _BESIDE if is_before else x + _BESIDE, y, lines, is_before)


def _links(rows: Iterable[Row]) -> Iterator[Link]:
    """A line from the end of each plan to the beginning of those that follow it, where both are drawn as bars."""
    known = {row.plan.term: row for row in rows if row.bars}
    for older in known.values():
        for newer in (known[term] for term in older.plan.newer if term in known):
            after = older.spaces[-1] if older.spaces else older.bars[-1]
            before = newer.bars[0]
            x1, y1, x2, y2 = after.x + after.width, after.y + BAR / 2, before.x, before.y + BAR / 2
            bend = max(_BESIDE, (x2 - x1) / 2)
            curve = f"C{x1 + bend:.1f} {y1:.1f} {x2 - bend:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
            yield Link(f"M{x1:.1f} {y1:.1f}{curve}", x2, y2, older.plan, newer.plan)
