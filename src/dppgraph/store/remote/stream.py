"""One answer on its way from an engine: read and written anew, at once where it is short, else in a thread.

The beginning is held back until evaluation got so far, or to its end, so that a status is true; what goes wrong before
can be asked again of another engine, and what goes wrong later breaks the answer off.
"""

import asyncio
import io
import threading
import traceback
from collections import deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Final, TypeVar, cast

import aiohttp

from dppgraph.core.formats import Format
from dppgraph.errors import AnswerTooLarge, DppgraphError, EndpointFailed, QueryTimeout
from dppgraph.store.remote.address import Address
from dppgraph.store.remote.dialect import Dialect
from dppgraph.store.remote.transcoding import transcode
from dppgraph.store.remote.wire import translated
from dppgraph.store.workers.caps import Caps

Error = TypeVar("Error", bound=BaseException)

_CHUNK: Final = 1 << 16
"""Bytes that are held back, and that are passed on at a time."""

_AHEAD: Final = 8
"""Chunks that may wait for whoever takes them."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an answer is to become.

    Attributes:
        format: the format.
        most_rows: rows or triples that it may have.
        most_bytes: bytes likewise.
        deadline: when it has to be there, on the loop's clock.
        timeout: what was left for it at the beginning, in seconds, for a message.
    """

    format: Format
    most_rows: int
    most_bytes: int
    deadline: float
    timeout: float

    def late(self) -> QueryTimeout:
        """What is said of a query that is not answered by then."""
        said = f"the query ran for {self.timeout:g} seconds, longer than it may"
        return QueryTimeout(f"{said}: narrow it, or add a LIMIT")

    def require_room(self, size: int) -> None:
        """Makes sure that an answer may have so many bytes.

        Raises:
            AnswerTooLarge: it may not.
        """
        if size > self.most_bytes:
            raise AnswerTooLarge("the answer is larger than this server sends: add a LIMIT, or ask for less")


class Stream(AsyncIterator[bytes]):
    """An answer's bytes in the format that is wanted, once :meth:`begin` has said that there are some.

    Args:
        answer: the engine's, of which the head is there.
        address: where the engine is.
        dialect: what is peculiar to it.
        wanted: what the answer is to become.
        threads: where long ones are read.
        ended: called once when it is over, whatever ended it, with the error that did.
    """

    def __init__(
        self,
        answer: aiohttp.ClientResponse,
        address: Address,
        dialect: Dialect,
        wanted: Wanted,
        threads: Executor,
        ended: Callable[[DppgraphError | None], object],
    ) -> None:
        self._answer = answer
        self._address = address
        self._dialect = dialect
        self._wanted = wanted
        self._threads = threads
        self._ended: Callable[[DppgraphError | None], object] | None = ended
        self._loop = asyncio.get_running_loop()
        self._caps = Caps(wanted.format, wanted.most_rows)
        self._chunks: deque[bytes] = deque()
        self._sent = 0
        self._news = asyncio.Event()
        self._over = False
        self._error: DppgraphError | None = None
        self._room = threading.Semaphore(_AHEAD)
        self._closed = False
        self._reading: Future[bytes] | None = None

    async def begin(self) -> bytes | None:
        """Waits for its beginning: all of its bytes, if they are few; None where they are to be read from here.

        Raises:
            DppgraphError: there is no such answer.
        """
        head = bytearray()
        with translated(self._address):
            while len(head) < _CHUNK and not self._answer.content.at_eof():
                head += await self._answer.content.readany()
        if self._answer.content.at_eof():
            content = self._transcoded(bytes(head))
            self._answer.release()
            self._end(None)
            return content
        self._threads.submit(self._work, bytes(head))
        await self._waited()
        return None

    async def __anext__(self) -> bytes:
        while not self._chunks:
            if self._error:
                raise self._error
            if self._over or self._closed:
                raise StopAsyncIteration
            await self._waited()
        self._room.release()
        return self._chunks.popleft()

    async def aclose(self) -> None:
        """Gives up what was not read."""
        if self._closed:
            return
        self._closed = True
        if self._reading:
            self._reading.cancel()
        self._answer.close()
        # Whoever waits for room is to see that nobody wants any more.
        self._room.release()
        self._end(self._error)

    def _transcoded(self, data: bytes) -> bytes:
        out = io.BytesIO()
        writer = _Writer(self._caps, out.write)
        transcode(io.BytesIO(data), cast("IO[bytes]", writer), self._wanted.format, self._dialect, self._caps)
        writer.end()
        content = out.getvalue()
        self._wanted.require_room(len(content))
        return content

    async def _waited(self) -> None:
        """Waits for the next chunk, the end, or the deadline."""
        self._news.clear()
        try:
            async with asyncio.timeout_at(self._wanted.deadline):
                await self._news.wait()
        except TimeoutError as error:
            self._error = self._wanted.late()
            await self.aclose()
            raise self._error from error
        if self._error and not self._chunks:
            await self.aclose()
            raise self._error

    def _end(self, error: DppgraphError | None) -> None:
        ended, self._ended = self._ended, None
        if ended:
            ended(error)

    # --- In a thread -------------------------------------------------------------------------------------------------

    def _work(self, head: bytes) -> None:
        failure: DppgraphError | None = None
        try:
            writer = _Writer(self._caps, self._pass_on)
            out = cast("IO[bytes]", writer)
            transcode(Reader(head, self._more), out, self._wanted.format, self._dialect, self._caps)
            writer.end()
        except DppgraphError as error:
            failure = _without_frames(error)
        except Exception as error:  # noqa: BLE001 - nobody is above to hear of it, and the reader has to be told
            _without_frames(error)
            failure = EndpointFailed(f"the engine's answer could not be read ({type(error).__name__}): ask again")
        with suppress(RuntimeError):
            # The loop may be closed by now.
            self._loop.call_soon_threadsafe(self._done, failure)

    def _more(self) -> bytes:
        """The next bytes of the engine."""
        if self._closed:
            raise EndpointFailed("nobody waits for the answer any more")
        reading = asyncio.run_coroutine_threadsafe(self._read(), self._loop)
        self._reading = reading
        return reading.result()

    async def _read(self) -> bytes:
        with translated(self._address):
            return await self._answer.content.readany()

    def _pass_on(self, data: bytes) -> None:
        self._sent += len(data)
        self._wanted.require_room(self._sent)
        self._room.acquire()
        if self._closed:
            raise EndpointFailed("nobody waits for the answer any more")
        self._loop.call_soon_threadsafe(self._came, data)

    # --- In the loop -------------------------------------------------------------------------------------------------

    def _came(self, data: bytes) -> None:
        self._chunks.append(data)
        self._news.set()

    def _done(self, failure: DppgraphError | None) -> None:
        self._over = True
        self._error = self._error or failure
        self._news.set()
        self._answer.release() if failure is None else self._answer.close()
        self._end(failure)


def _without_frames(error: Error) -> Error:
    """An error without what its calls held: what the parser gives may be dropped in no other thread than this."""
    said: BaseException | None = error
    while said is not None:
        traceback.clear_frames(said.__traceback__)
        said = said.__cause__ or said.__context__
    return error


class Reader:
    """A file of what an engine sends.

    Args:
        head: what came already.
        more: waits for the next bytes; none at the end.
    """

    def __init__(self, head: bytes, more: Callable[[], bytes]) -> None:
        self._data = memoryview(head)
        self._more = more

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most so many; none at the end."""
        if not self._data:
            self._data = memoryview(self._more())
        end = len(self._data) if size < 0 else size
        data, self._data = bytes(self._data[:end]), self._data[end:]
        return data


class _Writer:
    """A file that passes on what is written to it, a chunk at a time, as far as it may be sent."""

    def __init__(self, caps: Caps, pass_on: Callable[[bytes], object]) -> None:
        self._caps = caps
        self._pass_on = pass_on
        self._buffer = bytearray()

    def write(self, data: bytes) -> int:
        if self._caps.is_xml:
            self._caps.require_sayable(data)
        self._buffer += data
        if len(self._buffer) >= _CHUNK:
            self._flush()
        return len(data)

    def flush(self) -> None:
        """Nothing: the serializer's idea of when to flush is not when a status is known."""

    def end(self) -> None:
        """Passes on what is left."""
        if self._buffer:
            self._flush()

    def _flush(self) -> None:
        data = bytes(self._buffer)
        self._buffer.clear()
        self._caps.count(data)
        self._pass_on(data)
