"""The pool parent: has one version at hand and forks workers for the fronts that ask.

Runs as a process of its own (``python -m dppgraph.store.workers.pool``), started by ``process.start_pool``. It answers
over a listening socket of packets. A front says ``{"fork": 7}`` and gets ``{"forked": 7}`` with the worker's socket;
``{"lower": 7}`` and ``{"kill": 7}`` are obeyed; ``{"ended": 7, "signal": 9}`` tells of a worker that is gone. When a
front goes, its workers go. ``{"advance": 3, ...}``, with a listening socket, has a copy of this process take on the
next version (``advance.py``), and ``{"advanced": 3, "process": 4711}`` is said when it has.
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
from typing import Any, NoReturn

from dppgraph.errors import DppgraphError
from dppgraph.store.workers import confine
from dppgraph.store.workers.holding import Holding, advanced, held
from dppgraph.store.workers.worker import Rules, work

_PACKET = 1 << 12
_LOWERED = 10


@dataclass(slots=True)
class _Front:
    connection: socket.socket
    workers: dict[int, int] = field(default_factory=dict)
    """Its name for a worker to the worker's process number."""


class Pool:
    """Forks, lowers, kills and reaps workers; one thread, no waiting on anything but its sockets."""

    def __init__(self, listener: socket.socket, holding: Holding, rules: Rules, memory: int) -> None:
        self._listener = listener
        self._holding = holding
        self._rules = rules
        self._memory = memory
        self._selector = selectors.DefaultSelector()
        self._signals = socket.socketpair()
        self._fronts: list[_Front] = []
        self._workers: dict[int, tuple[_Front, int]] = {}
        """Process number of a worker to its front and the front's name for it."""

    def run(self) -> NoReturn:
        """Serves fronts until killed.

        Raises:
            Succeeded: this process is a copy now, which has taken on the next version.
        """
        waking, woken = self._signals
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
                    front = _Front(connection)
                    self._fronts.append(front)
                    self._selector.register(connection, selectors.EVENT_READ, front)
                else:
                    self._hear(key.data)
            self._reap()

    def _hear(self, front: _Front) -> None:
        try:
            packet, descriptors, _, _ = socket.recv_fds(front.connection, _PACKET, 1)
        except ConnectionError:
            packet, descriptors = b"", []
        if not packet:
            self._selector.unregister(front.connection)
            front.connection.close()
            self._fronts.remove(front)
            for process in front.workers.values():
                os.kill(process, signal.SIGKILL)
            return
        said = json.loads(packet)
        if "fork" in said:
            self._fork(front, said["fork"], self._rules_for(said))
        elif "advance" in said:
            self._advance(front, said, descriptors)
        elif (name := said.get("kill", said.get("lower"))) in front.workers:
            # A worker that has ended stays a zombie until it is reaped here, so its number is still its own.
            if "kill" in said:
                os.kill(front.workers[name], signal.SIGKILL)
            else:
                os.setpriority(os.PRIO_PROCESS, front.workers[name], _LOWERED)

    def _rules_for(self, said: dict[str, Any]) -> Rules:
        network = bool(said.get("network")) and bool(self._rules.service_allow)
        return Rules(self._rules.max_rows, self._rules.service_allow, network)

    def _fork(self, front: _Front, name: int, rules: Rules) -> None:
        parent = os.getpid()
        try:
            ours, theirs = socket.socketpair()
            process = os.fork()
        except OSError:
            # Too many processes or files: those that there are go on, and the front is told that this one is not.
            self._tell(front, {"ended": name, "signal": 0})
            return
        if process == 0:
            try:
                self._be_worker(ours, parent, rules)
            finally:
                # Without this, an exception would unwind into the parent's loop.
                os._exit(0)
        front.workers[name] = process
        self._workers[process] = front, name
        ours.close()
        self._tell(front, {"forked": name}, theirs)
        theirs.close()

    def _advance(self, supervisor: _Front, said: dict[str, Any], descriptors: list[int]) -> None:
        """Has a copy of this process take on the next version, as a child of the supervisor and not of this one."""
        try:
            process = os.fork()
        except OSError:
            # The supervisor hears nothing, and has another process started.
            process = -1
        if process == 0:
            following: Pool | None = None
            try:
                following = self._following(supervisor, said, descriptors[0])
            finally:
                if following is None:
                    os._exit(0)
            # The stack unwinds to where it began, or it would be deeper with each version.
            raise Succeeded(following)
        for descriptor in descriptors:
            os.close(descriptor)

    def _be_worker(self, connection: socket.socket, parent: int, rules: Rules) -> None:
        _forget_signals()
        confine.die_with(parent)
        confine.close_all_but(connection.fileno())
        if not rules.network:
            # Before a database is opened: the threads that come with it are held to this too.
            confine.no_network()
        dataset = self._holding.dataset()
        confine.limit_memory(self._memory)
        if not (rules.network or self._holding.opens_files):
            confine.open_nothing()
        work(connection, dataset, rules)

    def _following(self, supervisor: _Front, said: dict[str, Any], listener: int) -> "Pool | None":
        """In a copy of this process: what it serves next. None in one that only stood between the two."""
        _forget_signals()
        between = os.getpid()
        if os.fork():
            # Whoever started all this adopts the one that goes on.
            return None
        confine.die_with_adopter(between, said["supervisor"])
        self._selector.close()
        for left in (self._listener, *self._signals, *(front.connection for front in self._fronts)):
            if left is not supervisor.connection:
                left.close()
        with supervisor.connection as connection:
            try:
                holding = advanced(self._holding, said["options"])
            except DppgraphError as error:
                connection.send(json.dumps({"failed": str(error)}).encode())
                return None
            following = Pool(socket.socket(fileno=listener), holding, self._rules, self._memory)
            connection.send(json.dumps({"advanced": said["advance"], "process": os.getpid()}).encode())
        return following

    def _reap(self) -> None:
        while True:
            try:
                process, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if process == 0:
                return
            if process not in self._workers:
                # The one between this process and the next version's.
                continue
            front, name = self._workers.pop(process)
            del front.workers[name]
            ended = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
            if front.connection.fileno() >= 0:
                self._tell(front, {"ended": name, "signal": ended})

    def _tell(self, front: _Front, said: dict[str, int], passed: socket.socket | None = None) -> None:
        # If it is going, the end of its connection is heard next.
        with suppress(ConnectionError):
            socket.send_fds(front.connection, [json.dumps(said).encode()], [passed.fileno()] if passed else [])


class Succeeded(BaseException):
    """This process is a copy of a pool parent, and goes on as another one."""

    def __init__(self, pool: Pool) -> None:
        super().__init__()
        self.pool = pool


def _forget_signals() -> None:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def main(options: dict[str, Any]) -> NoReturn:
    """Takes the version in hand and serves; ``options`` as ``process.start_pool`` makes them."""
    confine.die_with(options["parent"])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    listener = socket.socket(fileno=options["listener"])
    try:
        holding = held(options)
    except DppgraphError as error:
        sys.exit(f"dppgraph: the query engine cannot start: {error}")
    rules = Rules(options["max_rows"], tuple(options["service_allow"]))
    pool = Pool(listener, holding, rules, options["query_memory"])
    del holding
    while True:
        gc.collect()
        gc.freeze()
        try:
            pool.run()
        except Succeeded as succeeded:
            pool = succeeded.pool


if __name__ == "__main__":
    main(json.load(sys.stdin))
