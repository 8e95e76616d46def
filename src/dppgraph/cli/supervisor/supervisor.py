"""The loop: hears the front, sees new versions, replaces the dead, keeps the family within its memory."""

import json
import os
import selectors
import signal
import socket
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from dppgraph.cli.supervisor.children import Child, ended
from dppgraph.cli.supervisor.memory import MemoryWatch
from dppgraph.cli.supervisor.pools import Advance, PoolParent, Pools
from dppgraph.errors import DppgraphError, StoreUnavailable
from dppgraph.store.versions import Manifest, VersionStore
from dppgraph.store.versions.copies import IndexCopies
from dppgraph.store.workers import confine
from dppgraph.store.workers.process import PoolOptions, start_python

_GRACE: Final = 10.0
"""Seconds that running answers get when the server is told to stop."""

_TRIES: Final = 5
"""How often in a row a child may end at once without the server giving it up."""

_LOOK_EVERY: Final = 0.25
"""Seconds between two looks for a new version."""

_ADVANCE_PATIENCE: Final = 10.0
"""Seconds that a pool parent gets to take on the next version before another is started for it."""

_PACKET: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Serving:
    """What is to be served, and how.

    Attributes:
        listener: the socket that requests come in on.
        versions: where versions are published.
        manifest: the version to begin with.
        pool: gives what the pool parent of a version is told; the folder is for its database in disk mode.
        memory: bytes that all processes together may use.
        front: what the front is told besides.
        ready: called once requests are answered.
    """

    listener: socket.socket
    versions: VersionStore
    manifest: Manifest
    pool: Callable[[Manifest, Callable[[int], Path]], PoolOptions]
    memory: int
    front: dict[str, object]
    ready: Callable[[], None]


def supervise(serving: Serving) -> None:
    """Serves the newest version until SIGTERM or SIGINT, then lets running answers finish.

    Raises:
        StoreUnavailable: a child ends again and again.
    """
    with ExitStack() as held:
        folder = held.enter_context(tempfile.TemporaryDirectory(prefix="dppgraph-"))
        copies = held.enter_context(IndexCopies(serving.versions))
        _Supervisor(serving, Pools(Path(folder), copies)).run()


class _Supervisor:
    def __init__(self, serving: Serving, pools: Pools) -> None:
        self._serving = serving
        self._pools = pools
        self._memory = MemoryWatch(serving.memory)
        self._current = serving.manifest
        self._before: Manifest | None = None
        """The version that is still served, until the front says that it serves the new one."""
        self._selector = selectors.DefaultSelector()
        self._front: Child | None = None
        self._line: socket.socket | None = None
        self._advance: tuple[Advance, float] | None = None
        self._seen = self._stamp()
        self._announced = False
        self._stopping = False

    def run(self) -> None:
        waking, woken = socket.socketpair()
        waking.setblocking(False)
        woken.setblocking(False)
        signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        confine.adopt_orphans()
        self._selector.register(woken, selectors.EVENT_READ, lambda: woken.recv(_PACKET))
        try:
            self._start_pool(self._current)
            self._start_front()
            self._loop()
        finally:
            self._end()

    def _loop(self) -> None:
        look = remember = 0.0
        while not self._stopping:
            now = time.monotonic()
            wait = max(0.0, min(look, remember) - now)
            for key, _ in self._selector.select(wait):
                key.data()
            self._bury()
            now = time.monotonic()
            if now >= remember:
                remember = now + self._memory.look(parent.child.process for parent in self._pools.parents.values())
            if now >= look:
                look = now + _LOOK_EVERY
                self._look()

    # --- The front ---------------------------------------------------------------------------------------------------

    def _start_front(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        if self._line:
            self._selector.unregister(self._line)
            self._line.close()
        with theirs:
            options = self._serving.front | {
                "parent": os.getpid(),
                "listener": self._serving.listener.fileno(),
                "control": theirs.fileno(),
                "grace": _GRACE / 2,
                "address": str(self._pools.parents[self._current.version].address),
                "version": self._current.version,
            }
            popen = start_python("dppgraph.cli.front", options, [self._serving.listener.fileno(), theirs.fileno()])
        ours.setblocking(False)
        self._line = ours
        self._selector.register(ours, selectors.EVENT_READ, self._hear)
        self._front = Child.of("the web server", popen, self._front)

    def _hear(self) -> None:
        if self._line is None:
            return
        try:
            packet = self._line.recv(_PACKET)
        except ConnectionError:
            # It ended before it heard all that it was told.
            packet = b""
        if not packet:
            # It is going: its end is seen to when it is gone.
            self._selector.unregister(self._line)
            self._line.close()
            self._line = None
            return
        said = json.loads(packet)
        if "ready" in said and not self._announced:
            self._announced = True
            self._serving.ready()
        elif "serving" in said:
            self._before = None
            _say(f"version {said['serving']} is served from now on")
        elif "want" in said:
            self._offer(said["want"])
        elif "done" in said:
            self._done(said["done"])

    def _tell(self, said: dict[str, Any]) -> None:
        if self._line:
            try:
                self._line.send(json.dumps(said).encode())
            except OSError:
                # The next front is told when it starts.
                return

    def _offer(self, number: int) -> None:
        try:
            if number not in self._pools.parents:
                self._start_pool(self._serving.versions.manifest(number))
        except (DppgraphError, OSError) as error:
            _say(f"version {number} cannot be asked: {error}")
            self._tell({"offer": number, "address": None})
        else:
            self._tell({"offer": number, "address": str(self._pools.parents[number].address)})

    def _done(self, number: int) -> None:
        if number == self._current.version and self._before:
            _say(f"version {number} cannot be served: version {self._before.version} still is")
            self._current, self._before = self._before, None
        if number != self._current.version:
            self._pools.end(number)

    # --- The versions ------------------------------------------------------------------------------------------------

    def _start_pool(self, manifest: Manifest) -> PoolParent:
        return self._pools.start(manifest, self._serving.pool(manifest, self._pools.copies.of))

    def _look(self) -> None:
        if self._advance:
            if time.monotonic() > self._advance[1]:
                self._advanced()
            return
        stamp = self._stamp()
        if stamp == self._seen or self._before:
            return
        self._seen = stamp
        try:
            number = self._serving.versions.current()
            manifest = self._serving.versions.manifest(number)
        except DppgraphError as error:
            _say(f"{error}; version {self._current.version} is served on")
            return
        if number != self._current.version:
            self._hand_over(manifest)

    def _stamp(self) -> tuple[int, int] | None:
        """What the file that names the current version looks like: it is another file whenever it says another one."""
        try:
            found = (self._serving.versions.folder / "current").stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns

    def _hand_over(self, manifest: Manifest) -> None:
        if manifest.version in self._pools.parents:
            # It was asked as another version; it is the current one now.
            self._serve(manifest)
            return
        options = self._serving.pool(manifest, self._pools.copies.of)
        if manifest.parent == self._current.version and options.index is None:
            advance = self._pools.ask_to_advance(self._current.version, manifest, options)
            if advance:
                self._advance = advance, time.monotonic() + _ADVANCE_PATIENCE
                self._selector.register(advance.line, selectors.EVENT_READ, self._advanced)
                return
        self._pools.start(manifest, options)
        self._serve(manifest)

    def _advanced(self) -> None:
        if self._advance is None:
            return
        advance, self._advance = self._advance[0], None
        self._selector.unregister(advance.line)
        if self._pools.take(advance) is None:
            self._pools.start(advance.manifest, advance.options)
        self._serve(advance.manifest)

    def _serve(self, manifest: Manifest) -> None:
        self._before, self._current = self._current, manifest
        address = self._pools.parents[manifest.version].address
        self._tell({"serve": manifest.version, "address": str(address)})

    # --- The dead ----------------------------------------------------------------------------------------------------

    def _bury(self) -> None:
        for process, status in ended():
            if self._front and process == self._front.process:
                self._front.note_end(status)
                self._replace_front(self._front)
                continue
            for parent in list(self._pools.parents.values()):
                if process == parent.child.process:
                    parent.child.note_end(status)
                    self._replace_pool(parent)

    def _replace_front(self, front: Child) -> None:
        if front.short_lives >= _TRIES:
            raise StoreUnavailable(f"{front.name} ends again and again: the messages above say why")
        _say(f"{front.name} ended ({front.how()}) and is started again")
        self._before = None
        for number in list(self._pools.parents):
            # The new front asks for what it wants.
            if number != self._current.version:
                self._pools.end(number)
        self._start_front()

    def _replace_pool(self, parent: PoolParent) -> None:
        number = parent.manifest.version
        if parent.child.short_lives < _TRIES:
            _say(f"{parent.child.name} ended ({parent.child.how()}) and is started again")
            parent.restart()
        elif number != self._current.version:
            self._pools.end(number)
            self._tell({"offer": number, "address": None})
        else:
            self._step_back(parent)

    def _step_back(self, parent: PoolParent) -> None:
        """Serves the newest version that is whole, where the current one cannot be loaded."""
        number, damage = self._serving.versions.newest_whole()
        if number is None or number == self._current.version:
            raise StoreUnavailable(f"{parent.child.name} ends again and again: the messages above say why")
        for broken in damage:
            _say(str(broken))
        broken_version = self._current.version
        manifest = self._serving.versions.manifest(number)
        if number not in self._pools.parents:
            self._start_pool(manifest)
        self._serve(manifest)
        self._before = None
        self._pools.end(broken_version)

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _end(self) -> None:
        """Ends the front first, so that its last answers still have workers."""
        if self._front:
            self._front.end(_GRACE)
        for number in list(self._pools.parents):
            self._pools.end(number)


def _say(line: str) -> None:
    click.echo(f"dppgraph: {line}", err=True)
