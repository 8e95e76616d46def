"""Statements as a folder of data, in files of a bounded size."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from benchmarks.generate.statements import Statements
from dppgraph.core.iris import graph_iri

NEWLINE: Final = "\n"

FILE: Final = 50_000
"""About how many statements a file has: as many as are read and named together."""


class Folder:
    """A folder of data while it is written.

    Args:
        path: the folder, which must be empty or not be there yet.
        catalogue: the file that describes the data set.

    Attributes:
        count: how many statements were written.
    """

    def __init__(self, path: Path, catalogue: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)
        if any(path.iterdir()):
            raise SystemExit(f"{path} is not empty: name another folder")
        for graph in ("source", "interpretation", "external"):
            (path / graph).mkdir()
        shutil.copyfile(catalogue, path / "catalogue.ttl")
        self.count = 0
        self._path = path
        self._number = 0
        self._waiting: list[Statements] = []
        self._size = 0

    def write(self, said: Statements) -> None:
        """Adds some statements; what hangs together goes into one file of each graph."""
        self._waiting.append(said)
        self._size += said.count
        self.count += said.count
        if self._size >= FILE:
            self._flush()

    def _flush(self) -> None:
        self._number += 1
        for graph in dict.fromkeys(graph for said in self._waiting for graph in said.lines):
            lines = (
                line for number, said in enumerate(self._waiting) for line in _apart(said.lines.get(graph, ()), number)
            )
            name = f"{graph}/{self._number:05d}.nt"
            if graph == "concepts":
                # Bodies belong to no single source: their file names its graph (docs/data.md).
                name = f"source/bodies-{self._number:05d}.nq"
                lines = (f"{line.removesuffix(' .' + NEWLINE)} <{graph_iri(graph)}> .{NEWLINE}" for line in lines)
            with (self._path / name).open("w", encoding="utf-8", newline=NEWLINE) as file:
                file.writelines(lines)
        self._waiting, self._size = [], 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._waiting:
            self._flush()


def _apart(lines: Iterable[str], number: int) -> Iterable[str]:
    """Lines whose blank nodes are not those of other statements in the file."""
    return (line.replace("_:b", f"_:s{number}b") if "_:b" in line else line for line in lines)
