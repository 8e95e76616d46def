"""A file of canonical lines, sorted and each once, which reads like a list of them."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from dppgraph.store.runs.zipping import Zipped, Zipping

_SOME: Final = 10_000
_PIECE: Final = 1 << 20
"""Characters that are written at a time, or bytes that are read."""


@dataclass(frozen=True, slots=True)
class LinesFile(Collection[str]):
    """Lines in a file in UTF-8, each with its line end.

    Attributes:
        path: the file.
        count: how many lines it has.
        zipped: the same bytes as gzip, where that was made with it.
    """

    path: Path
    count: int
    zipped: Zipped | None = None

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[str]:
        for piece in pieces_of(self.path):
            yield from piece.decode().split("\n")

    def __contains__(self, line: object) -> bool:
        return any(there == line for there in self)


def pieces_of(path: Path) -> Iterator[bytes]:
    """A file of lines, some whole lines at a time, without the last one's line end."""
    begun = b""
    with path.open("rb") as file:
        # No text mode: a literal may hold a character that Python, but not N-Quads, counts as a line's end.
        for piece in iter(partial(file.read, _PIECE), b""):
            whole, end, begun = (begun + piece).rpartition(b"\n")
            if end:
                yield whole


class WritingLines:
    """A new file of lines, in a ``with`` block; what it holds is to be had from :meth:`lines` after it.

    Args:
        path: the file; it is there, in part, as soon as the block begins.
        zipped: whether it is wanted as gzip, too, beside it.
    """

    def __init__(self, path: Path, *, zipped: bool = False) -> None:
        self._path = path
        self._zipping = Zipping(path.with_name(f"{path.name}.gz")) if zipped else None
        self._count = 0
        self._held: list[str] = []
        self._size = 0

    def __enter__(self) -> Self:
        self._open = ExitStack()
        if self._zipping:
            self._open.enter_context(self._zipping)
        self._file: IO[bytes] = self._open.enter_context(self._path.open("xb"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with self._open:
            if error is None:
                self._write()

    def take(self, lines: Sequence[str]) -> None:
        """Appends lines, which come after those that are there."""
        self._held += lines
        self._count += len(lines)
        self._size += sum(map(len, lines))
        if self._size > _PIECE:
            self._write()

    def lines(self) -> LinesFile:
        """All that was written."""
        return LinesFile(self._path, self._count, self._zipping.zipped() if self._zipping else None)

    def _write(self) -> None:
        if self._held:
            data = ("\n".join(self._held) + "\n").encode()
            self._file.write(data)
            if self._zipping:
                self._zipping.take(data)
        self._held, self._size = [], 0


def written(lines: Iterable[str], path: Path) -> LinesFile:
    """Sorted lines, each once, in a new file."""
    with WritingLines(path) as writing:
        some: list[str] = []
        for line in lines:
            some.append(line)
            if len(some) == _SOME:
                writing.take(some)
                some.clear()
        writing.take(some)
    return writing.lines()
