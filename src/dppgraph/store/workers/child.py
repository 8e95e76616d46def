"""Work that may crash, run on or use up memory, as only what strangers send can: done in a process that can be killed.

The process is a copy of the one that starts it, so that what is loaded there need not be loaded again. It may open
files, but no connection, and says what came of it in a file in memory, whose length nobody has to know before.
"""

import gc
import json
import logging
import os
import resource
import select
import signal
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from dppgraph.errors import (
    ChangeMemory,
    ChangeTimeout,
    DppgraphError,
    EngineDied,
    InvalidInput,
    NotWritten,
    StoreUnavailable,
    error_of,
    said_of,
)
from dppgraph.store.workers import confine

_MIB: Final = 1 << 20
_UNTOLD: Final = 74
"""The exit status of a child that could not say what came of its work."""
_log = logging.getLogger("dppgraph.write")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one child may take.

    Attributes:
        seconds: from its start to its end.
        memory: bytes beyond what it shares with its parent.
    """

    seconds: float
    memory: int


class Child:
    """One piece of work on its way.

    Args:
        work: what is to be done; what it returns, JSON has to be able to say.
        bounds: what it may take.
        close: descriptors of the parent that the child is not to hold open: sockets whose end others wait for.

    Raises:
        StoreUnavailable: the machine has no room for another process.
    """

    def __init__(self, work: Callable[[], Any], bounds: Bounds, close: Iterable[int] = ()) -> None:
        self._bounds = bounds
        self.deadline = time.monotonic() + bounds.seconds
        try:
            self._said = os.memfd_create("outcome", os.MFD_CLOEXEC)
            try:
                self.process, self._ended = self._begun(work, close)
            except OSError:
                os.close(self._said)
                raise
        except OSError as error:
            raise StoreUnavailable(f"no process can be started for this ({error.strerror}): ask again") from error

    def _begun(self, work: Callable[[], Any], close: Iterable[int]) -> tuple[int, int]:
        """The child's number, and a descriptor that tells of its end."""
        parent = os.getpid()
        process = os.fork()
        if process == 0:
            try:
                _be_child(work, self._bounds, self._said, parent, close)
            finally:
                # Nothing may unwind into the parent's stack.
                os._exit(1)
        try:
            return process, os.pidfd_open(process)
        except OSError:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            raise

    def fileno(self) -> int:
        """A descriptor that is readable once it has ended."""
        return self._ended

    def wait(self) -> None:
        """Waits until it has ended, or its deadline is there."""
        select.select([self._ended], [], [], max(0.0, self.deadline - time.monotonic()))

    def outcome(self) -> Any:
        """What it returned; it is killed if it has not ended.

        Raises:
            ChangeTimeout: it had not.
            ChangeMemory: it needed more memory than it may have.
            NotWritten: what it returned takes more room than there is.
            InvalidInput: it crashed, as what nests too deeply makes it do.
            EngineDied: it was ended otherwise.
            DppgraphError: what it raised.
        """
        late = not select.select([self._ended], [], [], 0)[0]
        if late:
            os.kill(self.process, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])
        os.close(self._ended)
        with os.fdopen(self._said, "rb") as file:
            file.seek(0)
            said = file.read()
        if late:
            seconds = f"{self._bounds.seconds:g}"
            raise ChangeTimeout(f"the change took longer than {seconds} seconds: send it in smaller parts")
        if status == 0:
            told: dict[str, Any] = json.loads(said)
            if "error" in told:
                raise error_of(told)
            return told["returned"]
        if status == _UNTOLD:
            raise NotWritten("what comes of the change cannot be written: there is no room for a file of its size")
        if -status == signal.SIGABRT:
            raise _too_much(self._bounds)
        if -status in (signal.SIGSEGV, signal.SIGBUS):
            raise InvalidInput("the change is too deeply nested to be read: write it flatter")
        raise EngineDied("the process that was at the change was ended: nothing is changed, send it again")

    def kill(self) -> None:
        """Ends it; nobody wants to know what comes of it."""
        with suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self._ended)
        os.close(self._said)


def _be_child(work: Callable[[], Any], bounds: Bounds, said: int, parent: int, close: Iterable[int]) -> None:
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    confine.die_with(parent)
    for descriptor in close:
        os.close(descriptor)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    confine.no_network()
    confine.limit_memory(bounds.memory)
    # What came with the fork is the parent's to look through.
    gc.freeze()
    try:
        told = {"returned": work()}
    except DppgraphError as error:
        told = said_of(error)
    except MemoryError:
        told = said_of(_too_much(bounds))
    except Exception:  # noqa: BLE001 - nobody is above to hear of it, and the log has to be told
        _log.exception("a change could not be judged")
        os._exit(1)
    try:
        with os.fdopen(said, "wb") as file:
            file.write(json.dumps(told).encode())
    except OSError:
        # What is in memory counts as a file, where files may not grow.
        os._exit(_UNTOLD)
    os._exit(0)


def _too_much(bounds: Bounds) -> ChangeMemory:
    return ChangeMemory(f"the change needs more than {bounds.memory // _MIB} MiB of memory: send it in smaller parts")
