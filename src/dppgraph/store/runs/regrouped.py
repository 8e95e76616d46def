"""Lines put together by another name than that of their subject, such as that of the thing which it is a part of."""

import os
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

from dppgraph.core.quads import by_subject
from dppgraph.store.runs.lines_file import LinesFile
from dppgraph.store.runs.runs import Runs

Naming = Callable[[str], str]
"""A name, by the first line of a subject; empty for lines that are not wanted."""


@contextmanager
def work_beside(lines: Collection[str]) -> Iterator[Path]:
    """A new folder for what is made of lines on the way: on the disk that has these, where one does."""
    place = lines.path.parent if isinstance(lines, LinesFile) else None
    with tempfile.TemporaryDirectory(dir=place) as work:
        yield Path(work)


def regrouped(lines: Collection[str], name_of: Naming) -> Iterator[tuple[str, list[str]]]:
    """Each name with its lines, in the order of the names; the lines are in their own order.

    Of lines in a file, memory holds where they stand, as far as it does not take much, and those of one name.

    Args:
        lines: sorted by subject, each once.
        name_of: gives the names, which have no control characters.
    """
    if isinstance(lines, LinesFile):
        yield from _from_file(lines, name_of)
        return
    found: dict[str, list[str]] = {}
    for group in by_subject(lines):
        if name := name_of(group[0]):
            found.setdefault(name, []).extend(group)
    for name in sorted(found):
        yield name, found.pop(name)


def _from_file(lines: LinesFile, name_of: Naming) -> Iterator[tuple[str, list[str]]]:
    with work_beside(lines) as work:
        runs = Runs(work, "names")
        for name, begin, end in _places(lines.path, name_of):
            runs.take(f"{name}\t{begin:015}\t{end}\n".encode())
        with lines.path.open("rb") as file:
            places = (place.split("\t") for place in runs.lines())
            for name, found in groupby(places, key=lambda place: place[0]):
                parts = (os.pread(file.fileno(), int(end) - int(begin), int(begin)) for _, begin, end in found)
                yield name, b"".join(parts).decode().split("\n")[:-1]


def _places(path: Path, name_of: Naming) -> Iterator[tuple[str, int, int]]:
    """Names, and where their lines stand: neighbours of one name are one."""
    name, begin, at = "", 0, 0
    subject = b"\n"
    with path.open("rb") as file:
        for line in file:
            if not line.startswith(subject):
                subject = line[: line.index(b" ") + 1]
                is_ = name_of(line[:-1].decode())
                if is_ != name:
                    if name:
                        yield name, begin, at
                    name, begin = is_, at
            at += len(line)
    if name:
        yield name, begin, at
