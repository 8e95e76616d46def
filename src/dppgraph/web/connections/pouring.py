"""Files that go to a connection by ``sendfile``: the kernel moves them, and nothing of them is in this process.

The transport knows of no such thing. So the file is sent over a duplicate of its descriptor, once all that was handed
over before is on its way. The event loop says when there is room for more; each turn is short, and the shorter the more
connections have one.
"""

import asyncio
import os
from typing import Final

from dppgraph.web.doors import Doors
from dppgraph.web.files import Pace, Piece, shorter, too_slow

_ROUND: Final = 1 << 20
"""Bytes that all connections of a front together are sent by turns, before whatever else is to be done has its own."""

_LEAST: Final = 1 << 14
"""Bytes that are one turn's, however many connections there are."""

_AHEAD: Final = 1 << 20
"""Bytes of which it is found out at a time whether they are in memory."""

_STEP: Final = 1 << 17
"""Bytes between those that are asked for to find it out."""

_MOMENT: Final = 0.01


class Pouring:
    """What is poured into one connection, one file after the other.

    Args:
        transport: the connection's.
        loop: the event loop.
        doors: what it shares with the other connections.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop, doors: Doors) -> None:
        self._doors = doors
        self._transport = transport
        self._loop = loop
        self._current: _Stream | None = None
        self._lost = False

    async def pour(self, piece: Piece, pace: Pace) -> None:
        """Sends bytes of a file.

        Raises:
            ReaderTooSlow: its reader does not take them.
            Damaged: the file has become shorter.
            OSError: the connection is gone, or the file cannot be read.
        """
        await self._after_all_before(pace)
        stream = self._current = _Stream(self._loop, self._doors, _socket_of(self._transport), piece, pace)
        self._doors.pouring += 1
        try:
            await stream.run()
        finally:
            self._doors.pouring -= 1
            stream.close()
            self._current = None

    def leave(self) -> None:
        """Hears that the client has gone."""
        self._lost = True
        if self._current:
            self._current.end(ConnectionResetError())

    async def _after_all_before(self, pace: Pace) -> None:
        """Waits until the transport has nothing more to send itself."""
        # It sends what was written in this turn of the event loop at its end.
        await asyncio.sleep(0)
        left = self._transport.get_write_buffer_size()
        while left and not self._lost:
            if self._loop.time() > pace.until(0):
                raise too_slow()
            await asyncio.sleep(_MOMENT)
            now = self._transport.get_write_buffer_size()
            if now < left:
                left, pace.moved = now, self._loop.time()
        if self._lost or self._transport.is_closing():
            raise ConnectionResetError


class _Stream:
    """One file on its way out."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, doors: Doors, descriptor: int, piece: Piece, pace: Pace
    ) -> None:
        self._loop = loop
        self._doors = doors
        self._at_hand = piece.place
        """Up to where it is in memory, as far as that is known."""
        self._piece = piece
        self._pace = pace
        self._done: asyncio.Future[None] = loop.create_future()
        self._reading: asyncio.Future[bytes] | None = None
        self._waiting = False
        # The transport's own descriptor cannot be watched by anybody else.
        self._out = os.dup(descriptor)

    async def run(self) -> None:
        """Sends all of it."""
        self._more()
        while not self._done.done():
            left = self._pace.until(self._piece.sent) - self._loop.time()
            if left <= 0:
                raise too_slow()
            await asyncio.wait([self._done], timeout=left)
        await self._done

    def end(self, error: BaseException | None = None) -> None:
        """Ends it, well or with an error."""
        self._wait(False)
        if self._done.done():
            return
        if error:
            self._done.set_exception(error)
        else:
            self._done.set_result(None)

    def close(self) -> None:
        """Lets the connection go."""
        self.end()
        # Told or not, it has been looked at.
        _ = self._done.exception()
        if self._out >= 0:
            os.close(self._out)
            self._out = -1

    def _more(self) -> None:
        """Sends as much as there is room for, but no more than is one turn's."""
        piece = self._piece
        if not piece.left:
            self.end()
            return
        if piece.place >= self._at_hand:
            ahead = min(piece.left, _AHEAD)
            if not _is_at_hand(piece.file, piece.place, ahead):
                self._wait(False)
                self._reading = self._loop.run_in_executor(None, os.pread, piece.file, ahead, piece.place)
                self._reading.add_done_callback(self._was_read)
                return
            self._at_hand = piece.place + ahead
        self._send()

    def _send(self) -> None:
        turn = max(_ROUND // max(self._doors.pouring, 1), _LEAST)
        count = min(self._at_hand - self._piece.place, turn)
        try:
            sent = os.sendfile(self._out, self._piece.file, self._piece.place, count)
        except BlockingIOError:
            self._wait(True)
        except OSError as error:
            self.end(error)
        else:
            if not sent:
                self.end(shorter())
                return
            self._piece.sent += sent
            self._pace.moved = self._loop.time()
            if self._piece.left:
                self._wait(True)
            else:
                self.end()

    def _was_read(self, reading: "asyncio.Future[bytes]") -> None:
        """It is in memory now; or will not be, and is then read where it is sent."""
        if self._done.done() or reading.cancelled():
            return
        if error := reading.exception():
            self.end(error)
        elif not reading.result():
            self.end(shorter())
        else:
            self._at_hand = self._piece.place + len(reading.result())
            self._send()

    def _wait(self, waiting: bool) -> None:
        if waiting == self._waiting:
            return
        self._waiting = waiting
        if waiting:
            self._loop.add_writer(self._out, self._more)
        else:
            self._loop.remove_writer(self._out)


def _socket_of(transport: asyncio.Transport) -> int:
    return int(transport.get_extra_info("socket").fileno())


def _is_at_hand(file: int, start: int, count: int) -> bool:
    """Whether bytes of a file can be had without waiting for a disk, as far as some of them tell."""
    try:
        for place in (*range(start, start + count, _STEP), start + count - 1):
            os.preadv(file, [bytearray(1)], place, os.RWF_NOWAIT)
    except OSError:
        # Not there yet, or a file system that does not say.
        return False
    return True
