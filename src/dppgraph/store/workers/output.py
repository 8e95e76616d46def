"""A file for the engine to write an answer to: holds the first bytes back, counts, and passes on in frames."""

from collections.abc import Callable
from typing import Final

from dppgraph.core.formats import Format
from dppgraph.store.workers import frames
from dppgraph.store.workers.caps import Caps
from dppgraph.store.workers.frames import Kind

_CHUNK: Final = 1 << 16
"""Bytes that are held back until evaluation has got so far, or to its end: until then a status can still be true."""


class Output:
    """What the engine takes for a file: it asks no more of one than ``write`` and ``flush``.

    Args:
        send: what takes the frames.
        format_: what is written.
        caps: what the answer may not be.
        lasting: whether the same query is answered so again (``Answer.lasting``).
    """

    def __init__(self, send: Callable[[bytes], None], format_: Format, caps: Caps, *, lasting: bool = False) -> None:
        self._send = send
        self._lasting = lasting
        self._format = format_
        self._caps = caps
        self._buffer = bytearray()
        self._begun = False

    def write(self, data: bytes) -> int:
        """Takes bytes.

        Raises:
            BadRdf: XML has no way to say them.
            TooManyRows: they belong to a row too many.
        """
        if self._caps.is_xml:
            self._caps.require_sayable(data)
        self._buffer += data
        if len(self._buffer) >= _CHUNK:
            self._caps.count(bytes(self._buffer))
            self._pass_on()
        return len(data)

    def flush(self) -> None:
        """Nothing: the engine's idea of when to flush is not when a status is known."""

    def finish(self) -> None:
        """Passes on what is left, and says that it is the end.

        Raises:
            TooManyRows: the last bytes belong to a row too many.
        """
        # A row is a byte at least.
        if self._begun or len(self._buffer) > self._caps.most_rows:
            self._caps.count(bytes(self._buffer))
        if self._begun:
            self._pass_on(last=True)
        else:
            self._send(frames.encoded_answer(self._format, bytes(self._buffer), lasting=self._lasting))

    def _pass_on(self, *, last: bool = False) -> None:
        frame = b""
        if not self._begun:
            self._begun = True
            begun = {"format": self._format.name, "lasting": self._lasting}
            frame = frames.encoded_json(Kind.BEGUN, begun)
        # In pieces: a single long literal would otherwise be one frame, which the front holds whole before it counts.
        for start in range(0, len(self._buffer), _CHUNK):
            if start:
                self._send(frame)
                frame = b""
            frame += frames.encoded(Kind.DATA, bytes(self._buffer[start : start + _CHUNK]))
        if last:
            # With what came before it: the other side is woken once.
            frame += frames.encoded(Kind.END)
        if frame:
            self._send(frame)
        self._buffer.clear()
