"""The pool parent: holds one version in memory and forks workers from it for the fronts that ask.

Runs as a process of its own (``python -m dppgraph.store.workers.pool``), started by ``process.start_pool``. It answers
over a listening socket of packets. A front says ``{"fork": 7}`` and gets ``{"forked": 7}`` with the worker's socket;
``{"lower": 7}`` and ``{"kill": 7}`` are obeyed; ``{"ended": 7, "signal": 9}`` tells of a worker that is gone. When a
front goes, its workers go.
"""

import gc
import json
import os
import selectors
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import pyoxigraph

from dppgraph.core.quads import parse_line
from dppgraph.errors import DppgraphError
from dppgraph.store.rdf import engine_quads
from dppgraph.store.versions import VersionStore
from dppgraph.store.workers import confine
from dppgraph.store.workers.worker import Dataset, work

_PACKET = 1 << 12
_LOWERED = 10


@dataclass(slots=True)
class _Front:
    connection: socket.socket
    workers: dict[int, int] = field(default_factory=dict)
    """Its name for a worker to the worker's process number."""


class Pool:
    """Forks, lowers, kills and reaps workers; one thread, no waiting on anything but its sockets."""

    def __init__(self, listener: socket.socket, dataset: Dataset, memory: int) -> None:
        self._listener = listener
        self._dataset = dataset
        self._memory = memory
        self._selector = selectors.DefaultSelector()
        self._workers: dict[int, tuple[_Front, int]] = {}
        """Process number of a worker to its front and the front's name for it."""

    def run(self) -> NoReturn:
        """Serves fronts until killed."""
        waking, woken = socket.socketpair()
        waking.setblocking(False)
        woken.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
        self._selector.register(woken, selectors.EVENT_READ)
        self._selector.register(self._listener, selectors.EVENT_READ)
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is woken:
                    woken.recv(_PACKET)
                elif key.fileobj is self._listener:
                    connection, _ = self._listener.accept()
                    self._selector.register(connection, selectors.EVENT_READ, _Front(connection))
                else:
                    self._hear(key.data)
            self._reap()

    def _hear(self, front: _Front) -> None:
        try:
            packet = front.connection.recv(_PACKET)
        except ConnectionError:
            packet = b""
        if not packet:
            self._selector.unregister(front.connection)
            front.connection.close()
            for process in front.workers.values():
                os.kill(process, signal.SIGKILL)
            return
        ((verb, name),) = json.loads(packet).items()
        if verb == "fork":
            self._fork(front, name)
        elif name in front.workers:
            # A worker that has ended stays a zombie until it is reaped here, so its number is still its own.
            if verb == "kill":
                os.kill(front.workers[name], signal.SIGKILL)
            elif verb == "lower":
                os.setpriority(os.PRIO_PROCESS, front.workers[name], _LOWERED)

    def _fork(self, front: _Front, name: int) -> None:
        parent = os.getpid()
        try:
            ours, theirs = socket.socketpair()
            process = os.fork()
        except OSError:
            # Too many processes or files: those that there are go on, and the front is told that this one is not.
            self._tell(front, {"ended": name, "signal": 0})
            return
        if process == 0:
            self._become_worker(ours, parent)
        front.workers[name] = process
        self._workers[process] = front, name
        ours.close()
        self._tell(front, {"forked": name}, theirs)
        theirs.close()

    def _become_worker(self, connection: socket.socket, parent: int) -> NoReturn:
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            confine.die_with(parent)
            confine.limit_memory(self._memory)
            confine.close_all_but(connection.fileno())
            work(connection, self._dataset)
        finally:
            # Without this, an exception would unwind into the parent's loop.
            os._exit(0)

    def _reap(self) -> None:
        while self._workers:
            process, status = os.waitpid(-1, os.WNOHANG)
            if process == 0:
                return
            front, name = self._workers.pop(process)
            del front.workers[name]
            ended = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
            if front.connection.fileno() >= 0:
                self._tell(front, {"ended": name, "signal": ended})

    def _tell(self, front: _Front, said: dict[str, int], passed: socket.socket | None = None) -> None:
        # If it is going, the end of its connection is heard next.
        with suppress(ConnectionError):
            socket.send_fds(front.connection, [json.dumps(said).encode()], [passed.fileno()] if passed else [])


def main(options: dict[str, Any]) -> NoReturn:
    """Loads the version and serves; ``options`` as ``process.start_pool`` makes them."""
    confine.die_with(options["parent"])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    listener = socket.socket(fileno=options["listener"])
    try:
        lines = VersionStore(Path(options["folder"])).lines(options["version"])
    except DppgraphError as error:
        sys.exit(f"dppgraph: the query engine cannot start: {error}")
    store = pyoxigraph.Store()
    store.extend(engine_quads(map(parse_line, lines)))
    del lines
    # Warm: the first query of a process would otherwise pay for the engine's own start.
    store.query("ASK {}")
    gc.collect()
    gc.freeze()
    Pool(listener, Dataset(store, options["base"], options["union"]), options["memory"]).run()


if __name__ == "__main__":
    main(json.load(sys.stdin))
