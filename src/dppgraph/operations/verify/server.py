"""A server as it is verified, however it is reached."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Final, NamedTuple, Protocol

MOST: Final = 64 << 20
"""Bytes of an answer that is read as a whole."""


class Named(NamedTuple):
    """What an answer names of its version; 0 and nothing, where it names none.

    Attributes:
        version: its number.
        digest: its digest, in hexadecimal.
    """

    version: int
    digest: str


class Answered(NamedTuple):
    """An answer.

    Attributes:
        named: the version that it names.
        content: its bytes.
    """

    named: Named
    content: bytes


class Server(Protocol):
    """What answers at addresses below that of a server, and nowhere else."""

    def answer(self, path: str, **parameters: str) -> Answered:
        """The answer at an address; at most :data:`MOST` bytes.

        Raises:
            Unknown: there is nothing.
            AnswerTooLarge: it is longer.
            ServiceFailed: the server says that it cannot, or breaks off.
            ServerUnreachable: no server answers.
        """
        ...

    def file(self, path: str) -> AbstractContextManager[tuple[Named, Iterator[bytes]]]:
        """Likewise as it comes, however long it is; errors may come while it is read."""
        ...
