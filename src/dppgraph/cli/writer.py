"""The writer: the one process of a server that publishes (``python -m dppgraph.cli.writer``).

Fronts connect, say a change in a line of JSON, and hear what came of it. Changes are judged one after the other, each
in a child, and answered once the version that they made is served: whoever writes can read what they wrote.
"""

import gc
import json
import logging
import os
import selectors
import signal
import socket
import sys
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from dppgraph import wiring
from dppgraph.errors import Damaged, DppgraphError, NotWritten, QueueFull, StoreInUse, StoreUnavailable
from dppgraph.operations.harvest import pack
from dppgraph.operations.versions import letting_go, prune
from dppgraph.operations.write import Change, Outcome
from dppgraph.operations.write.gate import Gate, Pending
from dppgraph.operations.write.said import change_of, said_outcome
from dppgraph.settings import settings_of
from dppgraph.store.versions import VersionStore
from dppgraph.store.workers import confine
from dppgraph.store.workers.child import Bounds, Child

_log = logging.getLogger("dppgraph.write")

_PACKET: Final = 1 << 16
_PATIENCE: Final = 10.0
"""Seconds that a change waits for another process that writes, and its answer for the fronts to serve its version."""
_AGAIN: Final = 0.05
"""Seconds between two tries to have the store's lock."""
_RETRY: Final = 2
_NOT_WRITTEN: Final = "the change cannot be written to the server's disk, and its log says why: send it again later"
_DAMAGED: Final = "the server's store is damaged, and its log says where: nothing can be written before that is mended"
_IN_USE: Final = "another process writes to the server's store: send it again in a moment"
_BETWEEN: Final = 0.005
"""Seconds between two answers: those to changes that are served together would all at once keep fronts from queries."""
_CALM: Final = 2.0
"""Seconds without a change after which the files of the last version are made."""
_STORM: Final = 300.0
"""Seconds after which they are made although changes go on."""
_PACKING: Final = Bounds(seconds=3600.0, memory=8 << 30)
_NICE_WRITING: Final = 5
"""How much queries come before changes: where both want all cores, changes still get a fourth of one."""
_NICE_PACKING: Final = 19


@dataclass(eq=False, slots=True)
class _Caller:
    """A front that has a change, and hears of it over its connection.

    Attributes:
        connection: its connection.
        said: what it has said so far.
        change: the change, once all of it is said.
        until: till when it waits for the lock of the store, or, once it is published, for being served.
        outcome: what came of it.
    """

    connection: socket.socket
    said: bytearray = field(default_factory=bytearray)
    change: Change | None = None
    until: float = 0.0
    outcome: Outcome | None = None


@dataclass(slots=True)
class _Unpacked:
    """The last version whose files are not made yet.

    Attributes:
        version: its number; 0 for none.
        first: since when there is one.
        last: when the last change was published.
        not_before: until when no files are made, as making those before took as long: of a large graph that is minutes.
    """

    version: int = 0
    first: float = 0.0
    last: float = 0.0
    not_before: float = 0.0

    def note(self, version: int, now: float) -> None:
        """Notes that a version was published."""
        if not self.version:
            self.first = now
        self.version, self.last = version, now

    def due(self) -> float:
        """When its files are to be made."""
        return max(min(self.last + _CALM, self.first + _STORM), self.not_before)


class WriterProcess:
    """The loop: one thread, which waits for callers, the child that judges, and the supervisor.

    Args:
        listener: where fronts connect.
        control: the line to the supervisor.
        gate: judges and publishes.
        queue: changes that may wait.
        keep: versions that are kept whole, besides the pinned ones; 0 for all.
    """

    def __init__(self, listener: socket.socket, control: socket.socket, gate: Gate, queue: int, keep: int) -> None:
        self._listener = listener
        self._control = control
        self._gate = gate
        self._most = queue
        self._keep = keep
        self._selector = selectors.DefaultSelector()
        self._callers: set[_Caller] = set()
        self._queue: deque[_Caller] = deque()
        self._served: list[_Caller] = []
        self._no_answer_before = 0.0
        self._judged: tuple[Pending, _Caller] | None = None
        self._unpacked = _Unpacked()
        self._packing: Child | None = None
        self._packing_since = 0.0
        self._serving = 0
        self._noted = 0
        """The last version whose files were to be made."""
        self._published = False
        """Whether the supervisor is to hear of a version, once it is known whether another change is being judged."""
        self._stopping = False

    def run(self) -> None:
        """Writes until SIGTERM; what is being judged then is finished, what waits is refused."""
        for ours in (self._listener, self._control):
            ours.setblocking(False)
        waking, woken = socket.socketpair()
        for one in (waking, woken):
            one.setblocking(False)
        signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGTERM, self._stop)
        self._selector.register(woken, selectors.EVENT_READ, lambda: woken.recv(_PACKET))
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._selector.register(self._control, selectors.EVENT_READ, self._hear_supervisor)
        while not (self._stopping and self._judged is None and not self._served):
            for key, _ in self._selector.select(self._wait()):
                key.data()
            self._go_on(time.monotonic())
        if self._packing:
            self._packing.kill()

    def _wait(self) -> float | None:
        """Seconds until there is something to do that nothing tells of."""
        moments = [self._not_answered_before(caller) for caller in self._served]
        if self._unpacked.version and self._packing is None:
            moments.append(self._unpacked.due())
        if self._judged:
            moments.append(self._judged[0].child.deadline)
        elif self._queue:
            moments.append(time.monotonic() + _AGAIN)
        return max(0.0, min(moments) - time.monotonic()) if moments else None

    def _go_on(self, now: float) -> None:
        if self._judged and now >= self._judged[0].child.deadline:
            self._finish()
        if self._judged is None and self._stopping:
            while self._queue:
                self._answer(self._queue.popleft(), StoreUnavailable("the server is being stopped: send it again"))
        if self._judged is None and self._queue:
            self._begin(self._queue.popleft(), now)
        if self._published:
            self._published = False
            self._say({"published": self._noted, "more": self._judged is not None})
        served = next((one for one in self._served if now >= self._not_answered_before(one)), None)
        if served:
            self._served.remove(served)
            self._no_answer_before = now + _BETWEEN
            if served.outcome:
                self._answer(served, served.outcome)
        if self._unpacked.version and self._packing is None and now >= self._unpacked.due() and not self._stopping:
            self._pack()

    def _not_answered_before(self, caller: _Caller) -> float:
        """When somebody whose change is published may hear of it: once its version is served, each after the other."""
        is_served = caller.outcome is None or caller.outcome.version <= self._serving
        return self._no_answer_before if is_served else max(caller.until, self._no_answer_before)

    # --- Callers -----------------------------------------------------------------------------------------------------

    def _accept(self) -> None:
        with suppress(BlockingIOError):
            connection, _ = self._listener.accept()
            connection.setblocking(False)
            caller = _Caller(connection)
            self._callers.add(caller)
            self._selector.register(connection, selectors.EVENT_READ, lambda: self._hear(caller))

    def _hear(self, caller: _Caller) -> None:
        try:
            packet = caller.connection.recv(_PACKET)
        except BlockingIOError:
            return
        except OSError:
            packet = b""
        if not packet:
            # Nobody is at its change yet, or nobody hears what comes of it.
            self._forget(caller)
            return
        caller.said += packet
        if not packet.endswith(b"\n") or caller.change:
            return
        caller.change = change_of(json.loads(caller.said))
        caller.until = time.monotonic() + _PATIENCE
        if len(self._queue) >= self._most:
            self._answer(
                caller, QueueFull("too many changes wait already: send it again in a moment", retry_after=_RETRY)
            )
        else:
            self._queue.append(caller)

    def _forget(self, caller: _Caller) -> None:
        if caller in self._callers:
            self._callers.remove(caller)
            self._selector.unregister(caller.connection)
            caller.connection.close()
        with suppress(ValueError):
            self._queue.remove(caller)

    def _answer(self, caller: _Caller, outcome: Outcome | DppgraphError) -> None:
        outcome = told_to_clients(outcome)
        if caller in self._callers:
            # Nothing else is waited for of it, and it reads all of it at once.
            caller.connection.setblocking(True)
            caller.connection.settimeout(_PATIENCE)
            with suppress(OSError):
                caller.connection.sendall(json.dumps(said_outcome(outcome)).encode())
            self._forget(caller)

    # --- Changes -----------------------------------------------------------------------------------------------------

    def _begin(self, caller: _Caller, now: float) -> None:
        if caller.change is None:
            return
        try:
            pending = self._gate.begin(caller.change, self._ours())
        except StoreInUse as error:
            if now < caller.until:
                self._queue.appendleft(caller)
            else:
                self._answer(caller, error)
        except DppgraphError as error:
            self._answer(caller, error)
        else:
            self._judged = pending, caller
            self._selector.register(pending.child, selectors.EVENT_READ, self._finish)

    def _finish(self) -> None:
        if self._judged is None:
            return
        (pending, caller), self._judged = self._judged, None
        self._selector.unregister(pending.child)
        try:
            outcome = self._gate.finish(pending)
        except DppgraphError as error:
            self._answer(caller, error)
            return
        if not outcome.published:
            self._answer(caller, outcome)
            return
        self._note(outcome.version)
        caller.outcome, caller.until = outcome, time.monotonic() + _PATIENCE
        self._served.append(caller)
        self._published = True

    # --- Files of what was published ---------------------------------------------------------------------------------

    def _note(self, version: int) -> None:
        self._unpacked.note(version, time.monotonic())
        self._noted = version

    def _pack(self) -> None:
        number, self._unpacked = self._unpacked.version, _Unpacked()
        try:
            self._packing = Child(partial(_packed, self._gate, number, self._keep), _PACKING, self._ours())
        except DppgraphError as error:
            _log.warning("the files of version %s cannot be made: %s", number, error)
            return
        self._packing_since = time.monotonic()
        self._selector.register(self._packing, selectors.EVENT_READ, partial(self._end_packing, self._packing, number))

    def _end_packing(self, packing: Child, number: int) -> None:
        self._selector.unregister(packing)
        self._packing = None
        now = time.monotonic()
        self._unpacked.not_before = now + (now - self._packing_since)
        try:
            packing.outcome()
        except DppgraphError as error:
            _log.warning("the files of version %s could not be made: %s", number, error)
        else:
            self._say({"packed": number})

    def _ours(self) -> list[int]:
        """The descriptors that no child is to hold open: whoever is at their other end waits for it."""
        ours = [self._listener, self._control, *(caller.connection for caller in self._callers)]
        return [one.fileno() for one in ours]

    # --- The supervisor ----------------------------------------------------------------------------------------------

    def _hear_supervisor(self) -> None:
        try:
            packet = self._control.recv(_PACKET)
        except BlockingIOError:
            return
        except OSError:
            packet = b""
        if not packet:
            # It is gone, and so is this process in a moment.
            sys.exit()
        self._serving = max(self._serving, json.loads(packet).get("serving", 0))
        if self._serving > self._noted and not self._gate.store.harvest_path(self._serving).exists():
            self._note(self._serving)

    def _say(self, said: dict[str, Any]) -> None:
        with suppress(OSError):
            self._control.send(json.dumps(said).encode())

    def _stop(self, *_: object) -> None:
        self._stopping = True


def told_to_clients(outcome: Outcome | DppgraphError) -> Outcome | DppgraphError:
    """What clients hear: where the store lies, who else is at it, what is the matter with it, is for the log alone."""
    told: DppgraphError
    if isinstance(outcome, NotWritten):
        told = NotWritten(_NOT_WRITTEN)
    elif isinstance(outcome, Damaged):
        told = Damaged(_DAMAGED)
    elif isinstance(outcome, StoreInUse):
        told = StoreInUse(_IN_USE, retry_after=_RETRY)
    else:
        return outcome
    _log.error("a change is not published: %s", outcome)
    return told


def _packed(gate: Gate, number: int, keep: int) -> None:
    # Queries and changes come first.
    os.nice(_NICE_PACKING)
    gate.remember()
    try:
        _let_go(gate.store, keep)
    except DppgraphError as error:
        _log.warning("old versions are not let go: %s", error)
    # From here on it holds nothing that others wait for.
    confine.yield_to_all()
    pack(gate.store, number)


def _let_go(store: VersionStore, keep: int) -> None:
    if (going := letting_go(store, keep)) is None:
        return
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        # Whoever writes now has the lock, mostly for a moment; else it is done after the next change.
        with suppress(StoreInUse), store.writing("pruning") as writer:
            prune(store, writer, going)
            return
        time.sleep(_AGAIN)


def main(options: dict[str, Any]) -> None:
    """Writes until SIGTERM; ``options`` as the supervisor makes them."""
    confine.die_with(options["parent"])
    os.nice(_NICE_WRITING)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    settings = settings_of(options["settings"])
    gate = wiring.gate(settings, union=options["union"])
    gate.prepare()
    listener, control = (socket.socket(fileno=options[name]) for name in ("listener", "control"))
    gc.collect()
    gc.freeze()
    WriterProcess(listener, control, gate, settings.queue, settings.keep_versions).run()


if __name__ == "__main__":
    main(json.load(sys.stdin))
