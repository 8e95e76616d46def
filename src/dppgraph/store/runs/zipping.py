"""A gzip that is written beside other work, by another thread: compressing needs no interpreter."""

import hashlib
import os
import zlib
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import Full, Queue
from types import TracebackType
from typing import Final, NamedTuple, Self

_LEVEL: Final = 6
_GZIP: Final = zlib.MAX_WBITS | 16
"""What zlib calls its own format with the head of gzip."""
_AHEAD: Final = 8
"""Pieces that wait to be compressed."""
_PATIENCE: Final = 1.0


class Zipped(NamedTuple):
    """A gzipped file, and the SHA-256 of its bytes in hexadecimal."""

    path: Path
    sha256: str


class Zipping:
    """A new gzipped file, written through to the disk when its ``with`` block ends; the same bytes for the same.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._pieces: Queue[bytes] = Queue(_AHEAD)

    def __enter__(self) -> Self:
        self._thread = ThreadPoolExecutor(1)
        self._written: Future[str] = self._thread.submit(_write, self._path, iter(self._pieces.get, b""))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.take(b"")
        self._thread.shutdown()

    def take(self, piece: bytes) -> None:
        """Takes the next piece; an empty one is the end.

        Raises:
            OSError: the disk does not take it.
        """
        while True:
            try:
                return self._pieces.put(piece, timeout=_PATIENCE)
            except Full:
                if self._written.done():
                    self._written.result()
                    raise

    def zipped(self) -> Zipped:
        """The file, once the block has ended."""
        return Zipped(self._path, self._written.result())


def _write(path: Path, pieces: Iterable[bytes]) -> str:
    found, zipping = hashlib.sha256(), zlib.compressobj(_LEVEL, wbits=_GZIP)
    with path.open("xb") as file:
        for piece in pieces:
            written = zipping.compress(piece)
            file.write(written)
            found.update(written)
        last = zipping.flush()
        file.write(last)
        found.update(last)
        file.flush()
        os.fsync(file.fileno())
    return found.hexdigest()
