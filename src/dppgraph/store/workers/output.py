"""A file for the engine to write an answer to: holds the first bytes back, counts, and passes on in frames."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.errors import BadRdf, TooManyRows
from dppgraph.store.workers import frames
from dppgraph.store.workers.frames import Kind
from dppgraph.store.workers.rows import row_counter

_CHUNK: Final = 1 << 16
"""Bytes that are held back until evaluation has got so far, or to its end: until then a status can still be true."""

# XML 1.0, section 2.2; and a bare carriage return, which its readers turn into a line feed.
_NOT_IN_XML = re.compile(rb"[\x00-\x08\x0b-\x1f]|\xef\xbf[\xbe\xbf]")

_Item = TypeVar("_Item")


class Output:
    """What the engine takes for a file: it asks no more of one than ``write`` and ``flush``.

    Args:
        send: what takes the frames.
        format_: what is written.
        most_rows: rows after which the answer ends in an error.
        lasting: whether the same query is answered so again (``Answer.lasting``).
    """

    def __init__(
        self, send: Callable[[bytes], None], format_: Format, most_rows: int, *, lasting: bool = False
    ) -> None:
        self._send = send
        self._lasting = lasting
        self._format = format_
        self._most_rows = most_rows
        self._rows = row_counter(format_) if format_ in formats.RESULTS else None
        self._buffer = bytearray()
        self._begun = False

    def write(self, data: bytes) -> int:
        """Takes bytes.

        Raises:
            BadRdf: XML has no way to say them.
            TooManyRows: they belong to a row too many.
        """
        if self._format == formats.XML and (character := _NOT_IN_XML.search(data)):
            raise BadRdf(f"XML has no way to say the character {character.group().decode(errors='replace')!r}")
        self._buffer += data
        if len(self._buffer) >= _CHUNK:
            self._count()
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
        if self._begun or len(self._buffer) > self._most_rows:
            self._count()
        if self._begun:
            self._pass_on(last=True)
        else:
            self._send(frames.encoded_answer(self._format, bytes(self._buffer), lasting=self._lasting))

    def counted(self, triples: Iterable[_Item]) -> Iterator[_Item]:
        """The triples of an answer, as long as there are not too many.

        Raises:
            TooManyRows: there are.
        """
        for number, triple in enumerate(triples):
            if number >= self._most_rows:
                raise self._too_many("triples")
            yield triple

    def _count(self) -> None:
        if self._rows is not None and self._rows.count(bytes(self._buffer)) > self._most_rows:
            raise self._too_many("rows")

    def _too_many(self, things: str) -> TooManyRows:
        return TooManyRows(
            f"the answer has more than {self._most_rows} {things}, the most that this server sends: "
            "ask for less, or add LIMIT and OFFSET"
        )

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
