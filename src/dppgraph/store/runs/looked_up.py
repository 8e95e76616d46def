"""Looking up what a file of sorted lines says of a thing: no more of it is read than that."""

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dppgraph.errors import Damaged


class SortedLines:
    """Lines in a file, sorted, in which those of a subject stand together.

    Args:
        data: the bytes of the file.
    """

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data

    def about(self, subject: str) -> list[str]:
        """The lines of a subject, given as a term; sorted."""
        begin = f"{subject} ".encode()
        found, place = [], self._place(begin)
        while self._data[place : place + len(begin)] == begin:
            end = self._end(place)
            found.append(self._data[place:end].decode())
            place = end + 1
        return found

    def _place(self, begin: bytes) -> int:
        """Where the first line is that does not come before these bytes; as UTF-8 is ordered like its characters."""
        low, high = 0, len(self._data)
        while low < high:
            middle = (low + high) // 2
            start = max(low, self._data.rfind(b"\n", low, middle) + 1)
            end = self._end(middle)
            if self._data[start:end] < begin:
                low = end + 1
            else:
                high = start
        return low

    def _end(self, place: int) -> int:
        """Where the line ends that a place is in."""
        found = self._data.find(b"\n", place)
        return len(self._data) if found < 0 else found


@contextmanager
def looked_up(path: Path) -> Iterator[SortedLines]:
    """The lines of a file, which is not empty, to be looked up until the block ends.

    Raises:
        Damaged: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise Damaged(f"{path} cannot be read: {error}") from error
    # What goes wrong in the block is its own.
    with data:
        yield SortedLines(data)
