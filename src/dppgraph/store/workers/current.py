"""The number of the version that is current, in a page of memory that the supervisor shares with all fronts.

Fronts read it at the beginning of each request. So there is one moment from which all of them answer from a new
version: nobody who asks one front and then another finds the new version first and the old one after it.

The number is one aligned word, and an item of a memoryview is copied as a whole, so a reader sees the number before or
the one after. (``struct.pack_into`` writes zeros first, which readers do see.)
"""

import mmap
import os
from typing import Final, Self

_WORD: Final = 8


class CurrentVersion:
    """The number, as one process sees it.

    Args:
        descriptor: the memory, open, as whoever made it has passed it on.
        access: ``mmap.ACCESS_READ``, or ``mmap.ACCESS_WRITE`` for whoever decides.

    Attributes:
        descriptor: the memory, to be passed on.
    """

    def __init__(self, descriptor: int, access: int = mmap.ACCESS_READ) -> None:
        self.descriptor = descriptor
        self._words = memoryview(mmap.mmap(descriptor, _WORD, access=access)).cast("Q")

    @classmethod
    def made(cls, number: int) -> Self:
        """New memory, which holds a number and can be written to."""
        descriptor = os.memfd_create("dppgraph-current")
        os.ftruncate(descriptor, _WORD)
        made = cls(descriptor, mmap.ACCESS_WRITE)
        made.number = number
        return made

    @classmethod
    def alone(cls, number: int) -> Self:
        """The same for one process, which shares it with nobody."""
        made = cls(-1, mmap.ACCESS_WRITE)
        made.number = number
        return made

    @property
    def number(self) -> int:
        """The number of the version."""
        return self._words[0]

    @number.setter
    def number(self, number: int) -> None:
        self._words[0] = number
