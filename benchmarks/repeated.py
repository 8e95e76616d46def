"""Graphs of any size that read like the shipped one: its plans and all that is said of them, again under new names."""

import re
from collections.abc import Sequence
from typing import Final

from dppgraph.core.iris import graph_iri
from dppgraph.core.quads import parse_line

_COPIED: Final = ("source", "inferred", "interpretation", "external")
"""The graphs that are about plans; the others are there once, however many plans there are."""

_THE_SAME: Final = ("concept", "graph", "agent", "rule", "scheme", "concept-scheme")
"""Kinds of things that all copies share."""


def repeated(lines: Sequence[str], count: int, base: str) -> list[str]:
    """So many canonical lines, or a few more: the lines given, and copies of what they say of plans; sorted."""
    copied = {f"<{graph_iri(name, base)}>" for name in _COPIED}
    mine = [line for line in lines if parse_line(line).graph in copied]
    end_of_name = re.compile(rf"(?<=<)({re.escape(base)}id/(?!(?:{'|'.join(_THE_SAME)})/)[a-z-]+/[^>#]*)")
    # Split where a number goes, so that a copy is one joining.
    pieces = end_of_name.sub(r"\1" + "\0", "\n".join(mine)).split("\0")
    found = set(lines)
    number = 0
    while len(found) < count:
        number += 1
        found.update(f"-{number}".join(pieces).split("\n"))
    return sorted(found)
