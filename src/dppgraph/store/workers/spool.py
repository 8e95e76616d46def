"""Answers that wait for their readers: the front takes them from the workers at full speed, in memory and then on disk.

So a slow reader costs disk, never a worker. The disk is bounded for all answers together, and where it is full, the
reader who has left his answer lying for longest is the one who loses it.
"""

import asyncio
import os
import tempfile
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from dppgraph.errors import DppgraphError, ReaderTooSlow, StoreUnavailable

_AT_HAND: Final = 1 << 16
"""Bytes that are kept in memory for the reader before anything goes to disk."""

_BATCH: Final = 1 << 17
"""Bytes that are written to disk, or read from it, at a time."""


class Source(Protocol):
    """What makes an answer's bytes, as fast as they are taken."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    async def aclose(self) -> None:
        """Stops it."""
        ...


@dataclass(eq=False, slots=True)
class Spool:
    """Room for waiting answers, shared by all of a front.

    Attributes:
        limit: bytes of it, memory and disk together.
        folder: where the files are (they have no name there); None for the system's place for temporary ones.
        used: bytes taken now.
    """

    limit: int
    folder: Path | None = None
    used: int = 0
    _answers: "set[SpooledAnswer]" = field(default_factory=set)

    def answer(self, source: Source) -> "SpooledAnswer":
        """Begins to take an answer from its source."""
        answer = SpooledAnswer(source, self)
        self._answers.add(answer)
        return answer

    def claim(self, answer: "SpooledAnswer", size: int) -> None:
        """Takes room for an answer, from those whose readers have waited longest if need be.

        Raises:
            ReaderTooSlow: it is the one that has waited longest.
        """
        while self.used + size > self.limit:
            slowest = min(self._answers, key=lambda held: (not held.held and held is not answer, held.last_taken))
            error = ReaderTooSlow("there is no room left for an answer whose reader does not take it")
            if slowest is answer:
                raise error
            slowest.lose(error)
        self.used += size
        answer.held += size

    def give_back(self, answer: "SpooledAnswer", size: int) -> None:
        """Gives some of an answer's room back."""
        answer.held -= size
        self.used -= size

    def forget(self, answer: "SpooledAnswer") -> None:
        """Gives all of an answer's room back."""
        self.give_back(answer, answer.held)
        self._answers.discard(answer)


class SpooledAnswer(AsyncIterator[bytes]):
    """One answer between its worker and its reader.

    Attributes:
        held: bytes of the spool's room that it takes.
        last_taken: when the reader took some last, on the loop's clock.
    """

    def __init__(self, source: Source, spool: Spool) -> None:
        loop = asyncio.get_running_loop()
        self.held = 0
        self.last_taken = loop.time()
        self._source = source
        self._spool = spool
        self._first: deque[bytes] = deque()
        self._file = _File(spool.folder)
        self._last = bytearray()
        self._waiting = 0
        self._length = 0
        self._complete = False
        self._error: DppgraphError | None = None
        self._closed = False
        self._news = asyncio.Event()
        self._task = loop.create_task(self._take())

    async def length(self) -> int:
        """How many bytes the answer has; waits until that is known.

        Raises:
            DppgraphError: whatever ended it before.
        """
        while not self._complete:
            await self._wait()
        return self._length

    async def __anext__(self) -> bytes:
        while not self._waiting or self._error:
            if self._complete and not self._error:
                raise StopAsyncIteration
            await self._wait()
        data = await self._next()
        self.last_taken = asyncio.get_running_loop().time()
        self._waiting -= len(data)
        return data

    async def aclose(self) -> None:
        """Stops the source and gives up what was not read."""
        self.lose(ReaderTooSlow("the reader of the answer went away"))
        await self._source.aclose()

    def lose(self, error: DppgraphError) -> None:
        """Gives the answer up: its reader gets the error in place of the rest."""
        if self._closed:
            return
        self._closed = True
        self._error = self._error or error
        self._task.cancel()
        self._file.close()
        self._first.clear()
        self._last.clear()
        self._spool.forget(self)
        self._news.set()

    async def _take(self) -> None:
        try:
            async for data in self._source:
                self._spool.claim(self, len(data))
                self._length += len(data)
                await self._keep(data)
        except DppgraphError as error:
            self._error = self._error or error
        else:
            self._complete = True
        finally:
            # Cancelled too: the worker must not wait for somebody to take what nobody wants.
            await self._source.aclose()
            self._news.set()

    async def _keep(self, data: bytes) -> None:
        self._waiting += len(data)
        self._news.set()
        if self._waiting <= _AT_HAND and not self._last and not self._file.unread:
            self._first.append(data)
            return
        self._last += data
        if len(self._last) >= _BATCH:
            # Taken out before it is written: a reader who comes meanwhile waits for the file.
            batch, self._last = bytes(self._last), bytearray()
            await self._file.append(batch)

    async def _next(self) -> bytes:
        if self._file.unread and not self._first:
            data = await self._file.take(_BATCH)
            if self._error:
                raise self._error
            if not self._file.unread:
                self._spool.give_back(self, await self._file.empty())
            return data
        if self._first:
            data = self._first.popleft()
        else:
            data, self._last = bytes(self._last), bytearray()
        self._spool.give_back(self, len(data))
        return data

    async def _wait(self) -> None:
        if self._error:
            raise self._error
        self._news.clear()
        await self._news.wait()
        if self._error:
            raise self._error


class _File:
    """A temporary file without a name that is appended to and read, in threads, as a disk may make one wait.

    Attributes:
        unread: bytes that are there, or are on their way there.
    """

    def __init__(self, folder: Path | None) -> None:
        self.unread = 0
        self._folder = folder
        self._descriptor = -1
        self._read = 0
        self._written = 0
        self._closed = False
        self._busy: set[asyncio.Future[Any]] = set()
        self._changing = asyncio.Lock()
        self._appended = asyncio.Event()

    async def append(self, data: bytes) -> None:
        """Adds bytes at the end."""
        self.unread += len(data)
        async with self._changing:
            await self._in_thread(lambda: self._append(data))
        self._appended.set()

    async def take(self, most: int) -> bytes:
        """The next bytes, after waiting for those that are being written; none once it is closed."""
        while self._read == self._written and not self._closed:
            self._appended.clear()
            await self._appended.wait()
        if self._closed:
            return b""
        size = min(most, self._written - self._read)
        data: bytes = await self._in_thread(lambda: os.pread(self._descriptor, size, self._read))
        self._read += len(data)
        self.unread -= len(data)
        return data

    async def empty(self) -> int:
        """Gives its room back to the disk, if all of it has been read; how many bytes that is."""
        async with self._changing:
            size = self._written
            if self._read < size or self._closed:
                return 0
            await self._in_thread(lambda: os.ftruncate(self._descriptor, 0))
            self._read = self._written = 0
            return size

    def close(self) -> None:
        """Gives the file up, once no thread is at it any more: its number may soon be another file's."""
        self._closed = True
        self._appended.set()
        if not self._busy and self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _append(self, data: bytes) -> None:
        if self._descriptor < 0:
            with tempfile.TemporaryFile(dir=self._folder) as file:
                self._descriptor = os.dup(file.fileno())
        rest = memoryview(data)
        position = self._written
        while rest:
            size = os.pwrite(self._descriptor, rest, position)
            position += size
            rest = rest[size:]
        self._written = position

    async def _in_thread(self, work: Callable[[], Any]) -> Any:
        future = asyncio.get_running_loop().run_in_executor(None, work)
        self._busy.add(future)
        future.add_done_callback(self._settled)
        try:
            return await asyncio.shield(future)
        except OSError as error:
            raise StoreUnavailable(f"an answer that waits for its reader cannot be kept: {error.strerror}") from error

    def _settled(self, future: "asyncio.Future[Any]") -> None:
        self._busy.discard(future)
        if not future.cancelled():
            # Asked for, so that nobody warns of an error that nobody waits for any more.
            future.exception()
        if self._closed:
            self.close()
