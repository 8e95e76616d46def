"""A file of canonical lines, sorted and each once, which reads like a list of them."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

_PIECE: Final = 1 << 20
"""Bytes that are read or written at a time."""


@dataclass(frozen=True, slots=True)
class LinesFile(Collection[str]):
    """Lines in a file in UTF-8, each with its line end.

    Attributes:
        path: the file.
        count: how many lines it has.
    """

    path: Path
    count: int

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[str]:
        with self.path.open("rb") as file:
            # Not in text mode: a literal may hold a character that Python, but not N-Quads, counts as a line's end.
            for line in file:
                yield line[:-1].decode()

    def pieces(self) -> Iterator[bytes]:
        """The same bytes, some at a time, without a look at where lines end."""
        with self.path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece

    def __contains__(self, line: object) -> bool:
        return any(there == line for there in self)


class WritingLines:
    """A new file of lines, in a ``with`` block; what it holds is to be had from :meth:`lines` after it.

    Args:
        path: the file; it is there, in part, as soon as the block begins.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._count = 0
        self._held: list[str] = []
        self._size = 0

    def __enter__(self) -> Self:
        self._file: IO[bytes] = self._path.open("xb")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with self._file:
            if error is None:
                self._write()

    def take(self, lines: Iterable[str]) -> None:
        """Appends lines, which come after those that are there."""
        before = len(self._held)
        self._held += lines
        self._count += len(self._held) - before
        self._size += sum(map(len, self._held[before:]))
        if self._size > _PIECE:
            self._write()

    def lines(self) -> LinesFile:
        """All that was written."""
        return LinesFile(self._path, self._count)

    def _write(self) -> None:
        if self._held:
            self._file.write(("\n".join(self._held) + "\n").encode())
        self._held, self._size = [], 0

