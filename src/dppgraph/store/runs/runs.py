"""Lines in any order, sorted in pieces that memory holds, and merged when they are read."""

from collections.abc import Iterable, Iterator
from heapq import merge
from pathlib import Path
from typing import Final

from dppgraph.store.runs.lines_file import pieces_of

_MOST: Final = 24 << 20
"""Bytes of lines that are sorted in memory; the sorting takes some three times as many."""


class Runs:
    """Lines that come in any order.

    Args:
        folder: where they are kept; a new folder, or one without files whose names begin alike.
        name: what the names of the files begin with.
        most: bytes of lines that are kept in memory.
    """

    def __init__(self, folder: Path, name: str, most: int = _MOST) -> None:
        self._folder, self._name, self._most = folder, name, most
        self._held: list[bytes] = []
        self._size = 0
        self.paths: list[Path] = []

    def take(self, lines: bytes) -> Path | None:
        """Takes lines, each with its line end, in UTF-8.

        Returns:
            A file that is complete now, with lines of it and of earlier calls; None where none is.
        """
        self._held.append(lines)
        self._size += len(lines)
        return self.end() if self._size > self._most else None

    def end(self) -> Path | None:
        """Writes what memory still holds; its file, or None where it holds nothing."""
        lines = self._sorted()
        if not lines:
            return None
        path = self._folder / f"{self._name}-{len(self.paths):04}.nq"
        with path.open("xb") as file:
            file.write(b"\n".join(lines))
            file.write(b"\n")
        self.paths.append(path)
        return path

    def lines(self) -> Iterator[str]:
        """All lines, sorted, each once, at the end; what memory still holds is not written for that."""
        return _once((line + b"\n" for line in self._sorted()), self.paths)

    def _sorted(self) -> list[bytes]:
        lines = b"".join(self._held).split(b"\n")
        lines.pop()
        lines.sort()
        self._held, self._size = [], 0
        return lines


def merged(paths: Iterable[Path]) -> Iterator[str]:
    """The lines of sorted files, sorted, each once.

    Args:
        paths: the files, in UTF-8; by its bytes, lines are in the order of their code points.
    """
    return _once((), paths)


def _once(lines: Iterable[bytes], paths: Iterable[Path]) -> Iterator[str]:
    last = b""
    files = [path.open("rb") for path in paths]
    try:
        for line in merge(lines, *files):
            if line != last:
                last = line
                yield line[:-1].decode()
    finally:
        for file in files:
            file.close()


def holding(paths: Iterable[Path], mark: str) -> Iterator[str]:
    """The lines of files, one file after the other, that hold some text anywhere."""
    wanted = mark.encode()
    for path in paths:
        for piece in pieces_of(path):
            # Looking for the next one is far faster than looking into each line.
            at = piece.find(wanted)
            while at >= 0:
                begin, end = piece.rfind(b"\n", 0, at) + 1, piece.find(b"\n", at)
                end = len(piece) if end < 0 else end
                yield piece[begin:end].decode()
                at = piece.find(wanted, end + 1)
