"""Answers that are too long for memory: each is written to a file once, and sent from there by the kernel."""

import asyncio
import errno
import os
import tempfile
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import partial
from typing import IO, Final

from dppgraph.errors import ServerFull, StoreUnavailable
from dppgraph.web.dumps.answer import FileAnswer
from dppgraph.web.headers import Headers

_AT_ONCE: Final = 2
_MOST: Final = 50
"""Answers that may wait to be written."""
_KEPT: Final = 8
"""Files that stay open for whoever asks next."""
_SENT: Final = 16
"""Files that may be sent at once: each takes its room on the disk for as long as its slowest reader."""
_RETRY: Final = 2
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

Write = Callable[[IO[bytes]], None]
"""Writes an answer, in a thread."""


@dataclass(frozen=True, slots=True)
class WrittenFiles:
    """Files with answers of one kind.

    Attributes:
        what: what these answers are, in the plural, as errors have it.
        min_rate: bytes a second that a reader has to take on average; 0 for no such rate.
    """

    what: str
    min_rate: int
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    _under_way: "dict[Hashable, asyncio.Task[None]]" = field(default_factory=dict)
    _files: OrderedDict[Hashable, int] = field(default_factory=OrderedDict)
    _readers: Counter[Hashable] = field(default_factory=Counter)

    async def answered(self, asked: Hashable, write: Write, headers: Headers) -> FileAnswer:
        """The answer with a file, which is written unless it is there.

        Args:
            asked: what is written once.
            write: writes it.
            headers: those of the answer.

        Raises:
            ServerFull: too many are being written or sent already.
            StoreUnavailable: there is no room for it.
            DppgraphError: as ``write``.
        """
        file = await self._file(asked, write)
        answer = FileAnswer(file, os.fstat(file).st_size, None, headers, self.min_rate)
        answer.ended = partial(self._leave, asked)
        return answer

    async def _file(self, asked: Hashable, write: Write) -> int:
        """A descriptor of the file, which the caller closes, and then leaves."""
        self._readers[asked] += 1
        try:
            if asked not in self._files:
                await asyncio.shield(self._task(asked, write))
            self._files.move_to_end(asked)
            return os.dup(self._files[asked])
        except BaseException:
            self._leave(asked)
            raise

    def _leave(self, asked: Hashable) -> None:
        """Somebody does not want a file any more."""
        self._readers[asked] -= 1
        if not self._readers[asked]:
            del self._readers[asked]
        self._close_some()

    def _close_some(self) -> None:
        """Closes files that nobody wants, the oldest first, if there are more than are kept."""
        unwanted = [asked for asked in self._files if asked not in self._readers]
        for asked in unwanted[: max(0, len(self._files) - _KEPT)]:
            os.close(self._files.pop(asked))

    def _task(self, asked: Hashable, write: Write) -> "asyncio.Task[None]":
        task = self._under_way.get(asked)
        if task is None:
            if len(self._under_way) >= _MOST:
                raise ServerFull(f"too many {self.what} are being written at once: ask again", retry_after=_RETRY)
            task = asyncio.get_running_loop().create_task(self._written(asked, write))
            self._under_way[asked] = task
            task.add_done_callback(lambda done: self._ended(asked, done))
        return task

    async def _written(self, asked: Hashable, write: Write) -> None:
        async with self._turns:
            if sum(other in self._readers for other in self._files) >= _SENT:
                raise ServerFull(f"too many {self.what} are being sent at once: ask again", retry_after=_RETRY)
            opened = await asyncio.to_thread(self._write, write)
            self._files[asked] = opened
        self._close_some()

    def _ended(self, asked: Hashable, task: "asyncio.Task[None]") -> None:
        self._under_way.pop(asked, None)
        if not task.cancelled():
            # Asked for here, in case that whoever wanted it is gone.
            task.exception()

    def _write(self, write: Write) -> int:
        try:
            with tempfile.TemporaryFile() as file:
                write(file)
                file.flush()
                return os.dup(file.fileno())
        except OSError as error:
            wrong = "there is no room on the disk for these" if error.errno in _FULL else "something is wrong with the"
            raise StoreUnavailable(f"{wrong} {self.what} ({error.strerror})") from error
