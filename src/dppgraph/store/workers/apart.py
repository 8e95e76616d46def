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
from typing import Any, Final, TypeVar

from dppgraph.errors import EngineDied
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

    def submit(self, function: Callable[..., _Found], /, *args: Any, **kwargs: Any) -> Future[_Found]:
        """Has a function called; what it raises, the future raises.

        The future raises ``EngineDied`` if the process ends without an answer.
        """
        return self._threads.submit(self._call, pickle.dumps((os.getpid(), function, args, kwargs)))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends: what has begun is waited for, or, with ``cancel_futures``, killed."""
        if cancel_futures:
            for process in list(self._running):
                process.kill()
        self._threads.shutdown(wait, cancel_futures=cancel_futures)

    def _call(self, said: bytes) -> Any:
        with subprocess.Popen(
            [sys.executable, "-P", "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # It is in the same folder, as files may be named by where they are from there.
            env={},
            # Ctrl-C in a terminal is for whoever started it.
            start_new_session=True,
        ) as process:
            self._running.add(process)
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
    parent, function, args, kwargs = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by our own process
    die_with(parent)
    # What libraries print is no answer.
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    error: Exception | None = None
    found = None
    try:
        found = function(*args, **kwargs)
    except Exception as raised:  # noqa: BLE001 - whatever it is, the caller is told
        error = raised
    with out:
        pickle.dump((error, found), out)


if __name__ == "__main__":
    main()
