"""The lines of each graph, in a file of their own: most other files are written from these."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, NamedTuple

from dppgraph.core.quads import Graphs, by_subject
from dppgraph.store.runs import LinesFile
from dppgraph.store.writing import Survey, Surveying

_MOST: Final = 16 << 20
"""Characters that memory holds of all graphs: there may be more of these than files that can be open."""


class Part(NamedTuple):
    """The lines of a graph, and what is known of them."""

    lines: LinesFile
    known: Survey


def split(lines: Iterable[str], path_of: Callable[[str], Path]) -> dict[str, Part]:
    """Writes the lines of each graph into a file.

    Args:
        lines: canonical lines, sorted, each once.
        path_of: gives the file of a graph, given as a term; asked once for each.

    Returns:
        Graph, as a term, to its lines; in the order of the terms.

    Raises:
        OSError: a file cannot be written.
    """
    graphs = Graphs()
    held: dict[str, list[str]] = defaultdict(list)
    found: dict[str, _Writing] = {}
    size = 0

    def put() -> None:
        for graph, some in held.items():
            if graph not in found:
                found[graph] = _Writing(path_of(graph))
            found[graph].take(some)
        held.clear()

    for group in by_subject(lines):
        for line, graph in zip(group, graphs.of(group), strict=True):
            held[graph].append(line)
            size += len(line)
        if size > _MOST:
            put()
            size = 0
    put()
    return {graph: found[graph].part() for graph in sorted(found)}


class _Writing:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._count = 0
        self._surveying = Surveying()
        path.open("xb").close()

    def take(self, lines: list[str]) -> None:
        with self._path.open("ab") as file:
            file.write(("\n".join(lines) + "\n").encode())
        self._count += len(lines)
        self._surveying.take(lines)

    def part(self) -> Part:
        return Part(LinesFile(self._path, self._count), self._surveying.survey())
