"""Where the boxes and lines of the diagram of classes are: a tree that grows to the right, the first branch level."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Final

from dppgraph.operations.ontology import Row
from dppgraph.web.rendering.filters import short

_BOX: Final = 196
_GAP: Final = 222
"""Units between two boxes, in which the names of links stand."""
_LINE: Final = 17
"""Units from one line of text to the next."""
_PADDING: Final = 9
_APART: Final = 14
_TRUNK: Final = 14
"""Units after a box at which a line to a branch further down begins."""
_INDENT: Final = 10
_SET_IN: Final = " "
_IN_BOX: Final = 21
_ON_LINE: Final = 27
"""Characters that fit: those of a wide typeface, since nobody knows which one there is."""
_LONGEST: Final = 80
"""Characters of a name that are shown."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text: where it begins and stands, and what it says."""

    x: int
    y: int
    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A class.

    Attributes:
        x: its left.
        y: its top.
        width: how wide it is.
        height: how high it is.
        lines: its name, and what is narrower; of kind ``more`` where they are no name.
        kind: ``own``, ``again`` or ``other``.
    """

    x: int
    y: int
    width: int
    height: int
    lines: tuple[Line, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """Links from a class to another one: the path of the line, its end, and the names above it."""

    path: str
    x: int
    y: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """All of it, in units that are pixels where there is room."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


@dataclass(frozen=True, slots=True)
class _Texts:
    names: list[str]
    more: list[str]
    links: list[str]

    @property
    def height(self) -> int:
        return _LINE * (len(self.names) + len(self.more)) + 2 * _PADDING - 4

    @property
    def up(self) -> int:
        """How far it reaches above the line that leads to it."""
        return max(self.height // 2, _LINE * len(self.links) + 4)


def drawing(rows: Sequence[Row], named: Callable[[str], str], own: Callable[[str], bool]) -> Drawing:
    """The drawing of some rows.

    Args:
        rows: the rows.
        named: what a class or a property is called.
        own: whether a class is one of this ontology.
    """
    texts = [_texts(row, named) for row in rows]
    levels = _levels(rows, texts)
    boxes, arrows = [], []
    for row, said, level in zip(rows, texts, levels, strict=True):
        x = row.depth * (_BOX + _GAP) + 1
        kind = "again" if row.again else "own" if own(row.cls) else "other"
        boxes.append(_box(x, level, said, kind))
        if row.parent is not None:
            arrows.append(_arrow(x, level, levels[row.parent], said.links))
    width = max((box.x + box.width for box in boxes), default=0) + 1
    height = max((box.y + box.height for box in boxes), default=0) + 2
    return Drawing(width, height, tuple(boxes), tuple(arrows))


def _texts(row: Row, named: Callable[[str], str]) -> _Texts:
    more = [line for iri in row.kinds for line in wrap(short(named(iri), _LONGEST), _IN_BOX - 2)]
    # A name that goes on is set in, so that it is not read as two.
    links = [
        line for iri in row.links for line in wrap(short(named(iri), _LONGEST), _ON_LINE, subsequent_indent=_SET_IN)
    ]
    return _Texts(wrap(short(named(row.cls), _LONGEST), _IN_BOX) or ["?"], more, links)


def _levels(rows: Sequence[Row], texts: Sequence[_Texts]) -> list[int]:
    """How far down the middle of each row's box is: as far as that of its first branch, below all rows before it."""
    # From the last one on, so that what a row needs, up and down, is known before what leads to it.
    branches: list[list[int]] = [[] for _ in rows]
    for place, row in enumerate(rows):
        if row.parent is not None:
            branches[row.parent].append(place)
    up = [text.up for text in texts]
    down = [text.height - text.height // 2 for text in texts]
    for place in reversed(range(len(rows))):
        if branches[place]:
            first, *others = branches[place]
            up[place] = max(up[place], up[first])
            below = down[first] + sum(_APART + up[one] + down[one] for one in others)
            down[place] = max(down[place], below)
    levels = [0] * len(rows)
    bottom = 2
    for place, row in enumerate(rows):
        if row.parent is None:
            levels[place] = bottom + up[place]
            bottom = levels[place] + down[place] + 2 * _APART
        at = levels[place]
        for order, branch in enumerate(branches[place]):
            if order:
                at += _APART + up[branch]
            levels[branch] = at
            at += down[branch]
    return levels


def _box(x: int, level: int, said: _Texts, kind: str) -> Box:
    top = level - said.height // 2
    lines = [*((text, "") for text in said.names), *((text, "more") for text in said.more)]
    first = top + _PADDING + _LINE - 7
    told = tuple(
        Line(x + 10 + _INDENT * bool(how), first + place * _LINE, text, how) for place, (text, how) in enumerate(lines)
    )
    return Box(x, top, _BOX, said.height, told, kind)


def _arrow(x: int, level: int, begins: int, links: Sequence[str]) -> Arrow:
    start = x - _GAP
    begin = f"M{start} {level}" if level == begins else f"M{start + _TRUNK} {begins}V{level}"
    first = level - 6 - _LINE * (len(links) - 1)
    left = start + _TRUNK + 6
    lines = tuple(
        Line(left + _INDENT * text.startswith(_SET_IN), first + place * _LINE, text.strip())
        for place, text in enumerate(links)
    )
    return Arrow(f"{begin}H{x - 7}", x, level, lines)
