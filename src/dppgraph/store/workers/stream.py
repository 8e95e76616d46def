"""A front's end of a worker's socket: frames as they come, without a task or a timer for each.

asyncio's own streams cost more than a small query does: several tasks' worth of bookkeeping for each frame, and a timer
for each wait. Here bytes are cut into frames where they arrive, and one wait ends with whatever comes first: a frame,
the end of the worker, or the deadline, which is set once for a query.
"""

import asyncio
from collections.abc import Callable
from typing import Final, cast

from dppgraph.store.workers.frames import HEADER, Kind, kind_of

_ENDS: Final = (Kind.END, Kind.WHOLE)
_HEADER: Final = HEADER.size
_MOST: Final = 1 << 20
"""Bytes that may wait here before the worker has to."""


class FrameStream(asyncio.Protocol):
    """Frames to and from one worker; one at a time listens or waits for them.

    Attributes:
        lost: whether the worker is gone, perhaps before anybody has been told of its end.
    """

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._at = 0
        self._wanted = _HEADER
        self._listener: Callable[[], object] | None = None
        self._failure: Exception | None = None
        self.lost = False
        self._paused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Takes the socket in."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Takes bytes."""
        self._buffer += data
        if len(self._buffer) > _MOST + self._wanted and not self._paused and self._transport:
            self._paused = True
            self._transport.pause_reading()
        if len(self._buffer) - self._at >= self._wanted:
            self._wake()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio has it so
        """The worker is gone."""
        self.lost = True
        self._wake()

    def send(self, data: bytes) -> None:
        """Sends a frame."""
        if self._transport and not self.lost:
            self._transport.write(data)

    def fail(self, error: Exception) -> None:
        """Has whoever listens or waits, or does so next for the same query, get an error."""
        self._failure = error
        self._wake()

    def forgive(self) -> None:
        """Forgets an error that nobody got: its query is over."""
        self._failure = None

    def close(self) -> None:
        """Closes the socket."""
        if self._transport:
            self._transport.close()

    def listen(self, listener: Callable[[], object] | None) -> None:
        """Has a function called whenever :meth:`next` may have more to say, perhaps at once; None for nobody."""
        self._listener = listener
        if self.lost:
            self._wake()

    def next(self) -> tuple[Kind, bytes] | None:
        """The next frame; None while it is on its way.

        Raises:
            ConnectionError: the worker is gone.
            Exception: what ``fail`` was told.
        """
        frame = self._cut()
        # What has come to its end is an answer; of any other, whoever is too fast for its reader would never be late.
        if self._failure and (frame is None or frame[0] not in _ENDS):
            error, self._failure = self._failure, None
            raise error
        if frame is None and self.lost:
            raise ConnectionError("the worker is gone")
        return frame

    async def receive(self) -> tuple[Kind, bytes]:
        """The next frame, once it is there.

        Raises:
            ConnectionError: the worker is gone.
            Exception: what ``fail`` was told.
        """
        while (frame := self.next()) is None:
            news = asyncio.Event()
            self.listen(news.set)
            try:
                await news.wait()
            finally:
                self.listen(None)
        return frame

    def _cut(self) -> tuple[Kind, bytes] | None:
        """The next frame, if it is there as a whole."""
        there = len(self._buffer) - self._at
        if there < _HEADER:
            self._wanted = _HEADER
            return None
        length, kind = HEADER.unpack_from(self._buffer, self._at)
        if there < _HEADER + length:
            self._wanted = _HEADER + length
            return None
        start = self._at + _HEADER
        payload = bytes(memoryview(self._buffer)[start : start + length])
        self._at = start + length
        if self._at == len(self._buffer):
            self._buffer.clear()
            self._at = 0
        elif self._at > _MOST:
            del self._buffer[: self._at]
            self._at = 0
        if self._paused and len(self._buffer) - self._at <= _MOST // 2 and self._transport:
            self._paused = False
            self._transport.resume_reading()
        return kind_of(kind), payload

    def _wake(self) -> None:
        if self._listener:
            self._listener()
