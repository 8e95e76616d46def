"""Bytes of a file as the body of an answer: the kernel moves them to the connection, where the server can do that.

Else they are read in a thread, a piece at a time. Either way no more than a piece of the file is in memory for a
reader, however slow.
"""

import asyncio
import os
from dataclasses import dataclass
from typing import Final

from starlette.types import Receive, Scope, Send

from dppgraph.errors import Damaged, ReaderTooSlow

POUR: Final = "dppgraph.pour"
"""The ASGI extension that sends bytes of a file after the head of an answer: ``{"pour": ...}``.

It is awaited with a :class:`Piece` and the :class:`Pace` of its reader. The empty end of the body follows in the usual
way.
"""

_READ: Final = 1 << 18


@dataclass(slots=True)
class Piece:
    """Some bytes of an open file.

    Attributes:
        file: its descriptor.
        start: where they begin.
        count: how many they are.
        sent: how many of them have been sent.
    """

    file: int
    start: int
    count: int
    sent: int = 0

    @property
    def place(self) -> int:
        """Where the next byte is."""
        return self.start + self.sent

    @property
    def left(self) -> int:
        """How many are still to be sent."""
        return self.count - self.sent


@dataclass(slots=True)
class Pace:
    """How long a reader may take, at the lowest rate that it may have on average.

    Attributes:
        begun: when the first byte could be taken, by the event loop's clock.
        min_rate: bytes a second; 0 for as slowly as it likes, as long as it takes something.
        moved: when something was taken last.
        patience: seconds that a reader may take nothing, or be behind the lowest rate.
    """

    begun: float
    min_rate: int
    moved: float
    patience: float = 30.0

    @classmethod
    def from_now(cls, min_rate: int) -> "Pace":
        """The pace of a reader who may begin now."""
        now = asyncio.get_running_loop().time()
        return cls(now, min_rate, now)

    def until(self, sent: int) -> float:
        """When the reader is given up, unless it takes more of what it has got so much of."""
        # Enough for all so far at the lowest rate; but nobody, however fast before, may stand still for long.
        return min(self.begun + sent / max(self.min_rate, 1), self.moved) + self.patience


async def send_piece(piece: Piece, pace: Pace, scope: Scope, receive: Receive, send: Send) -> None:
    """Sends bytes of a file, and with them ends the answer, whose head was sent.

    Raises:
        ReaderTooSlow: its reader does not take them.
        Damaged: the file has become shorter.
        OSError: the connection is gone, or the file cannot be read.
    """
    pour = scope["state"].get("pour")
    if pour is not None:
        await pour(piece, pace)
    else:
        await _read_and_send(piece, pace, receive, send)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _read_and_send(piece: Piece, pace: Pace, receive: Receive, send: Send) -> None:
    loop = asyncio.get_running_loop()
    gone = loop.create_task(_gone(receive))
    try:
        while piece.left:
            if gone.done():
                raise ConnectionResetError
            data = await asyncio.to_thread(os.pread, piece.file, min(piece.left, _READ), piece.place)
            if not data:
                raise shorter()
            piece.sent += len(data)
            pace.moved = loop.time()
            try:
                async with asyncio.timeout_at(pace.until(piece.sent)):
                    await send({"type": "http.response.body", "body": data, "more_body": True})
            except TimeoutError as error:
                raise too_slow() from error
    finally:
        gone.cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def shorter() -> Damaged:
    """What ends an answer whose file was cut short meanwhile."""
    return Damaged("a file that is being sent has become shorter")


def too_slow() -> ReaderTooSlow:
    """What ends an answer whose reader does not take it."""
    return ReaderTooSlow("its reader takes it too slowly, or not at all")
