"""In which lane of a drawing each plan lies, so that none lies over another."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple


class Block(NamedTuple):
    """The room that a plan takes.

    Attributes:
        key: the plan.
        start: where it begins, with all that is drawn of it.
        end: where it ends.
        label: where its label begins.
        older: the plans that it follows.
    """

    key: str
    start: float
    end: float
    label: float
    older: frozenset[str]


@dataclass(slots=True)
class _Lane:
    blocks: list[Block] = field(default_factory=list)

    def takes(self, block: Block, apart: float, room: float) -> bool:
        """Whether a block fits behind those that are there."""
        before = self.blocks[-1]
        return block.start >= before.end + apart and block.label >= before.label + room


def lanes_of(blocks: Iterable[Block], apart: float, room: float) -> list[list[Block]]:
    """Blocks in lanes, those of a lane from left to right: a plan beside the one that it follows, where that has room.

    Args:
        blocks: what is to be laid out.
        apart: the room between two of a lane.
        room: that between the beginnings of two labels of a lane.
    """
    lanes: list[_Lane] = []
    for block in sorted(blocks, key=lambda block: (block.start, block.end, block.key)):
        free = [lane for lane in lanes if lane.takes(block, apart, room)]
        follows = [lane for lane in free if lane.blocks[-1].key in block.older]
        if found := next(iter(follows or free), None):
            found.blocks.append(block)
        else:
            lanes.append(_Lane([block]))
    return [lane.blocks for lane in lanes]
