"""The access log: a line of JSON for each request, written by a thread, so that nobody waits for a disk or a pipe."""

import os
import select
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Final

_STDERR: Final = 2
_OFTEN: Final = 512
"""Lines after which they are handed to the thread, if the moment for it did not come before."""

_MOST: Final = 20_000
"""Lines that may wait. What comes while a reader of the log takes none is counted and not written."""


class AccessLog:
    """Lines that are written together.

    Args:
        place: ``stderr``, ``off``, or a file's path, which is opened again when it was moved away.

    Attributes:
        on: whether anything is written.
        dropped: lines that were lost, as nobody took those before them, or they could not be written.
    """

    def __init__(self, place: str) -> None:
        self.on = place != "off"
        self.dropped = 0
        self._path = None if place in ("off", "stderr") else Path(place)
        self._descriptor = _STDERR
        self._lines: list[str] = []
        self._queue: SimpleQueue[list[str] | None] = SimpleQueue()
        self._waiting = 0
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """Begins to write.

        Raises:
            OSError: the file cannot be opened.
        """
        if self._path:
            self._descriptor = _opened(self._path)
        if self.on:
            self._thread = threading.Thread(target=self._write_all, name="access log", daemon=True)
            self._thread.start()

    def write(self, line: str) -> None:
        """Takes a line."""
        self._lines.append(line)
        if len(self._lines) >= _OFTEN:
            self.flush()

    def flush(self) -> None:
        """Hands the lines over; called now and then, so that none stays here for long."""
        if not self._lines:
            return
        lines, self._lines = self._lines, []
        if self._waiting > _MOST:
            self.dropped += len(lines)
        else:
            self._waiting += len(lines)
            self._queue.put(lines)

    def close(self) -> None:
        """Writes what is left."""
        self.flush()
        if self._thread:
            self._queue.put(None)
            self._thread.join(1.0)
            self._thread = None

    def _write_all(self) -> None:
        while (lines := self._queue.get()) is not None:
            # A full disk or a reader that is gone: the requests go on.
            try:
                self._reopen_if_moved()
                for data in _together(lines, select.PIPE_BUF) if _is_pipe(self._descriptor) else ["".join(lines)]:
                    _write(self._descriptor, data.encode())
            except OSError:
                self.dropped += len(lines)
            self._waiting -= len(lines)

    def _reopen_if_moved(self) -> None:
        if self._path is None:
            return
        try:
            same = os.path.samestat(self._path.stat(), os.fstat(self._descriptor))
        except FileNotFoundError:
            same = False
        if not same:
            os.close(self._descriptor)
            self._descriptor = _opened(self._path)


def _is_pipe(descriptor: int) -> bool:
    return stat.S_ISFIFO(os.fstat(descriptor).st_mode)


def _together(lines: list[str], most: int) -> Iterator[str]:
    """Lines in as few pieces as can be of so many bytes: what others write to a pipe comes between such, not within."""
    piece, size = "", 0
    for line in lines:
        length = len(line.encode())
        if piece and size + length > most:
            yield piece
            piece, size = "", 0
        piece, size = piece + line, size + length
    yield piece


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _opened(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
