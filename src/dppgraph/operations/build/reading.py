"""Files of data read by several processes: each writes sorted lines, which the engine then loads."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dppgraph.operations.infer import unseen_graphs
from dppgraph.operations.sources import Sources, canonical_placed, placed_files
from dppgraph.store.runs import Runs

_SOME: Final = 24 << 20
"""Bytes of files that a process reads, of the first: what it reads is loaded while others read."""
_MOST: Final = 192 << 20
"""Bytes that any process reads; each reads twice as much as the one before, as to begin one takes a while."""

Placed = tuple[Path, str | None]
"""A file, and the name of the graph of its place."""


@dataclass(frozen=True, slots=True)
class Read:
    """Files of sorted lines.

    Attributes:
        seen: of the graphs that rules see.
        unseen: of the others.
    """

    seen: list[Path] = field(default_factory=list)
    unseen: list[Path] = field(default_factory=list)


def read_all(sources: Sources, folder: Path, processes: Executor) -> Iterator[Read]:
    """The lines of all files of the data, as they are read.

    Args:
        sources: where the files are.
        folder: where their lines go.
        processes: who reads.

    Raises:
        BadRdf: a file does not parse, or lies where no graph is.
        BadCall: a file cannot be read, or the folder is not there.
    """
    reading = [
        processes.submit(read_some, files, sources, folder, f"{number:04}")
        for number, files in enumerate(_shares(placed_files(sources)))
    ]
    try:
        for done in as_completed(reading):
            yield done.result()
    finally:
        for waiting in reading:
            waiting.cancel()


def read_some(files: Iterable[Placed], sources: Sources, folder: Path, name: str) -> Read:
    """The lines of some files.

    Args:
        files: the files.
        sources: what they belong to.
        folder: where the lines go.
        name: what the names of these files end with, and those of no others in the folder.
    """
    never_seen = {f"<{graph}>" for graph in unseen_graphs(sources.base)}
    seen, unseen = Runs(folder, f"seen-{name}"), Runs(folder, f"unseen-{name}")
    for path, place in files:
        for graph, lines in canonical_placed(path, place, sources):
            (unseen if graph in never_seen else seen).take(lines)
    seen.end()
    unseen.end()
    return Read(seen.paths, unseen.paths)


def _shares(files: Iterable[Placed]) -> Iterator[list[Placed]]:
    share: list[Placed] = []
    size, enough = 0, _SOME
    for path, place in files:
        share.append((path, place))
        size += path.stat().st_size
        if size >= enough:
            yield share
            share, size, enough = [], 0, min(2 * enough, _MOST)
    if share:
        yield share
