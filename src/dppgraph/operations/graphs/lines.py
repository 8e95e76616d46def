"""Lines in a file, to be gone through several times without being in memory."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import IO, overload


class Lines(Sequence[str]):
    """Lines in a file, in their order.

    Args:
        file: has them, and is read from its start each time; by one reader at a time.
        count: how many they are.
    """

    def __init__(self, file: IO[bytes], count: int) -> None:
        self._file = file
        self._count = count

    @classmethod
    def of(cls, lines: Iterable[str], file: IO[bytes]) -> "Lines":
        """Lines that are put into a file.

        Raises:
            OSError: it cannot be written.
        """
        count = 0
        for line in lines:
            file.write(f"{line}\n".encode())
            count += 1
        file.flush()
        return cls(file, count)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[str]:
        self._file.seek(0)
        for line in self._file:
            yield line.decode().removesuffix("\n")

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> list[str]: ...

    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return list(islice(self, *place.indices(self._count)))
        if not -self._count <= place < self._count:
            raise IndexError(place)
        return next(islice(self, place % self._count, None))
