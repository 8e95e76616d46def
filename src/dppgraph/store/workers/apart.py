"""Functions called in processes of their own: they take another processor, and their memory is gone with them.

For work on files that somebody who runs this trusts. What callers send is taken by ``child``, which has bounds.
"""

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final, TypeVar

from dppgraph.errors import EngineDied
from dppgraph.store.workers.collecting import seldom_collecting
from dppgraph.store.workers.confine import die_with

_Found = TypeVar("_Found")
_AT_ONCE: Final = 2


class Apart(Executor):
    """Calls each function that it is given in a new process, at most two at a time.

    Function, arguments, and what comes of it are pickled. As a context manager, it waits for all of them at its end.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_AT_ONCE)
        self._running: set[subprocess.Popen[bytes]] = set()
        self._ahead: set[subprocess.Popen[bytes]] = set()

    def submit(self, function: Callable[..., _Found], /, *args: Any, **kwargs: Any) -> Future[_Found]:
        """Has a function called; what it raises, the future raises.

        The future raises ``EngineDied`` if the process ends without an answer.
        """
        return self._threads.submit(self._call, _said(function, args, kwargs))

    def ahead(self, function: Callable[..., Any], /, *args: Any) -> "Ahead":
        """Begins a process that makes something to be called, while what it is called with is not known yet.

        A process that never is called, is ended with the others.
        """
        process = self._begun(_said(function, args, {}, more=True))
        return Ahead(process, lambda said: self._threads.submit(self._answer, process, said))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends: what has begun is waited for, or, with ``cancel_futures``, killed."""
        if cancel_futures:
            for process in list(self._running):
                process.kill()
        # What was to be called is called, unless it is cancelled.
        self._threads.shutdown(wait, cancel_futures=cancel_futures)
        for process in self._ahead:
            process.kill()
            process.communicate()
        self._ahead.clear()

    def _begun(self, said: bytes) -> subprocess.Popen[bytes]:
        """A process that is told more later."""
        process = _started()
        self._ahead.add(process)
        _write(process, said)
        return process

    def _call(self, said: bytes) -> Any:
        return self._answer(_started(), said)

    def _answer(self, process: subprocess.Popen[bytes], said: bytes) -> Any:
        with process:
            self._running.add(process)
            self._ahead.discard(process)
            try:
                answer, _ = process.communicate(said)
            finally:
                self._running.discard(process)
        if process.returncode:
            why = signal.Signals(-process.returncode).name if process.returncode < 0 else f"status {process.returncode}"
            raise EngineDied(f"a process of this command ended before its work was done ({why}): is there memory left?")
        error, found = pickle.loads(answer)  # noqa: S301 - written by our own process
        if error:
            raise error
        return found


class Ahead:
    """A process that makes something to be called.

    Args:
        process: the process.
        answer: writes the last that it is told, and gives the future of its answer.
    """

    def __init__(self, process: subprocess.Popen[bytes], answer: Callable[[bytes], Future[Any]]) -> None:
        self._process = process
        self._answer = answer

    def then(self, *args: Any) -> None:
        """Has what it made called, which makes something to be called in its turn."""
        _write(self._process, pickle.dumps((False, args)))

    def call(self, *args: Any) -> Future[Any]:
        """Has what it made called, for the last time; the future of what comes of that, or of what was raised."""
        return self._answer(pickle.dumps((True, args)))


def _write(process: subprocess.Popen[bytes], said: bytes) -> None:
    pipe = process.stdin
    assert pipe is not None  # noqa: S101 - it is made with one
    with suppress(BrokenPipeError):
        # Of one that is gone is told when it has to answer.
        pipe.write(said)
        pipe.flush()


def _said(function: Callable[..., Any], args: Any, kwargs: Any, *, more: bool = False) -> bytes:
    return pickle.dumps((os.getpid(), function, args, kwargs, more))


def _started() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # It is in the same folder, as files may be named by where they are from there.
        env={},
        # Ctrl-C in a terminal is for whoever started it.
        start_new_session=True,
    )


def called(works: Iterable[Callable[[], _Found]], *, apart: bool) -> list[_Found]:
    """What comes of several functions.

    Args:
        works: the functions; none needs what another one comes to.
        apart: whether each is called in a process of its own, which finds the same files; else one after the other.

    Raises:
        EngineDied: such a process ended without an answer.
    """
    if not apart:
        return [work() for work in works]
    with Apart() as processes:
        return [future.result() for future in [processes.submit(work) for work in works]]


def main() -> None:
    """Calls the function that standard input tells, and writes what comes of it to standard output."""
    parent, function, args, kwargs, more = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by our own process
    die_with(parent)
    # What libraries print is no answer.
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    error: Exception | None = None
    found = None
    with seldom_collecting():
        try:
            found = function(*args, **kwargs)
            last = not more
            while not last:
                last, args = pickle.load(sys.stdin.buffer)  # noqa: S301 - likewise
                found = found(*args)
        except Exception as raised:  # noqa: BLE001 - whatever it is, the caller is told
            error = raised
        with out:
            pickle.dump((error, found), out)
        sys.stdout.flush()
        sys.stderr.flush()
        # Putting away all that it holds, one by one, would take a while, and whoever called waits for the end.
        os._exit(0)


if __name__ == "__main__":
    main()
