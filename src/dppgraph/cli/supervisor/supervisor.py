"""The loop: hears the fronts, sees new versions, replaces the dead, keeps the family within its memory."""

import selectors
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from dppgraph.cli.supervisor.children import Child, end, ended
from dppgraph.cli.supervisor.fronts import Front, Fronts
from dppgraph.cli.supervisor.handover import HandOver
from dppgraph.cli.supervisor.memory import MemoryWatch
from dppgraph.cli.supervisor.pools import Advance, PoolParent, Pools
from dppgraph.cli.supervisor.writer import WriterKeeper
from dppgraph.errors import DppgraphError, StoreUnavailable
from dppgraph.store.versions import Manifest, VersionStore
from dppgraph.store.versions.copies import IndexCopies
from dppgraph.store.workers import confine
from dppgraph.store.workers.current import CurrentVersion
from dppgraph.store.workers.process import PoolOptions

_GRACE: Final = 10.0
"""Seconds that running answers get when the server is told to stop."""

_TRIES: Final = 5
"""How often in a row a child may end at once without the server giving it up."""

_LOOK_EVERY: Final = 0.25
"""Seconds between two looks for a new version."""

_MORE_TO_COME: Final = 2.0
"""Seconds that a version waits for the next one, where more changes are on their way: each change-over costs those who
read, and whoever writes then waits for others anyway."""

_ADVANCE_PATIENCE: Final = 10.0
"""Seconds that a pool parent gets to take on the next version before another is started for it."""

_PACKET: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Serving:
    """What is to be served, and how.

    Attributes:
        listeners: the sockets that requests come in on, one for each front.
        versions: where versions are published.
        manifest: the version to begin with.
        pool: gives what the pool parent of a version is told; the folder is for its database in disk mode. None where
            it has no process, since an engine elsewhere answers: then a version is prepared once that engine has it.
        memory: bytes that all processes together may use.
        front: gives what a front is told besides, by its place among them, counted from 0.
        writer: gives what the writer is told besides.
        has_writers: whether anybody may write.
        waits: whether a later version than the first may be there, and wait to be published to an engine elsewhere.
        ready: called once requests are answered.
    """

    listeners: Sequence[socket.socket]
    versions: VersionStore
    manifest: Manifest
    pool: Callable[[Manifest, Callable[[int], Path]], PoolOptions | None]
    memory: int
    front: Callable[[int], dict[str, object]]
    writer: Callable[[], dict[str, object]]
    has_writers: Callable[[], bool]
    ready: Callable[[], None]
    waits: bool = False


def supervise(serving: Serving) -> None:
    """Serves the newest version until SIGTERM or SIGINT, then lets running answers finish.

    Raises:
        StoreUnavailable: a child ends again and again.
    """
    with ExitStack() as held:
        folder = held.enter_context(tempfile.TemporaryDirectory(prefix="dppgraph-"))
        copies = held.enter_context(IndexCopies(serving.versions))
        _Supervisor(serving, Pools(Path(folder), copies), Path(folder)).run()


class _Supervisor:
    def __init__(self, serving: Serving, pools: Pools, folder: Path) -> None:
        self._serving = serving
        self._pools = pools
        self._writing = folder / "writing"
        self._memory = MemoryWatch(serving.memory)
        self._selector = selectors.DefaultSelector()
        current = CurrentVersion.made(serving.manifest.version)
        self._fronts = Fronts(serving.listeners, self._options, current, self._selector, self._hear)
        self._writer = WriterKeeper(self._writing, serving.writer, self._selector, self._published, self._packed)
        self._writer.serving(serving.manifest.version)
        self._current = serving.manifest
        self._next: HandOver | None = None
        """The version that the fronts prepare."""
        self._advance: tuple[Advance, float] | None = None
        # Where a later version waits, the first look is to find it.
        self._seen = None if serving.waits else self._stamp()
        self._not_before = 0.0
        """When it is looked for a new version again."""
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
            for place in range(len(self._serving.listeners)):
                self._start_front(place)
            self._loop()
        finally:
            self._end()
            # A child may end when nobody listens any longer.
            signal.set_wakeup_fd(-1)

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
                remember = now + self._memory.look(child.process for child in self._pools.children())
            if now >= look:
                look = now + _LOOK_EVERY
                self._look(now)

    # --- The fronts --------------------------------------------------------------------------------------------------

    def _options(self, place: int) -> dict[str, object]:
        return self._serving.front(place) | {"grace": _GRACE / 2, "writing": str(self._writing)}

    def _start_front(self, place: int) -> None:
        parent = self._pools.parents[self._current.version]
        front = self._fronts.start(place, self._current.version, parent.address)
        parent.users[front] += 1
        if self._next:
            self._have_prepared(front, self._next)

    def _hear(self, front: Front, word: str, number: int) -> None:
        if word == "ready":
            front.ready = True
            self._announce()
        elif word == "prepared":
            self._prepared(front, number)
        elif word == "failed":
            self._failed(front, number)
        elif word == "want":
            self._offer(front, number)
        elif word == "opened":
            self._pools.opened(number)
        elif word == "done":
            self._pools.done(number, front)
            self._end_unused()

    def _announce(self) -> None:
        if not self._announced and all(front.ready for front in self._fronts):
            self._announced = True
            self._serving.ready()
            if self._serving.has_writers():
                # What it reads first takes it minutes, where the graph is large: nobody's change is to wait for that.
                self._writer.wake()

    def _offer(self, front: Front, number: int) -> None:
        try:
            if number not in self._pools.parents:
                if self._pools.is_opening():
                    # One at a time, whichever front asks: it may cost as much as a build.
                    front.tell({"offer": number, "address": None})
                    return
                self._start_pool(self._serving.versions.manifest(number)).opening = True
        except (DppgraphError, OSError) as error:
            _say(f"version {number} cannot be asked: {error}")
            front.tell({"offer": number, "address": None})
        else:
            parent = self._pools.parents[number]
            parent.users[front] += 1
            front.tell({"offer": number, "address": str(parent.address)})

    # --- The versions ------------------------------------------------------------------------------------------------

    def _start_pool(self, manifest: Manifest) -> PoolParent:
        return self._pools.start(manifest, self._serving.pool(manifest, self._pools.copies.of))

    def _look(self, now: float) -> None:
        if self._advance:
            if now > self._advance[1]:
                self._advanced()
            return
        if self._next and not self._may_pass_over(self._next, now):
            return
        stamp = self._stamp()
        if stamp == self._seen or now < self._not_before:
            return
        self._seen, self._not_before = stamp, 0.0
        try:
            number = self._serving.versions.current()
            manifest = self._serving.versions.manifest(number)
        except DppgraphError as error:
            _say(f"{error}; version {self._current.version} is served on")
            return
        if self._next:
            self._supersede(self._next)
        if number != self._current.version:
            self._hand_over(manifest)

    def _lacks_files(self) -> bool:
        return not self._serving.versions.harvest_path(self._current.version).exists()

    def _published(self, more: bool) -> None:
        now = time.monotonic()
        if not more:
            self._not_before = 0.0
        elif not self._not_before:
            self._not_before = now + _MORE_TO_COME
        self._look(now)

    def _packed(self, version: int) -> None:
        self._fronts.tell({"packed": version})

    def _look_now(self) -> None:
        self._look(time.monotonic())

    def _stamp(self) -> tuple[int, int] | None:
        """What the file that names the current version looks like: it is another file whenever it says another one."""
        try:
            found = (self._serving.versions.folder / "current").stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns

    def _hand_over(self, manifest: Manifest) -> None:
        if manifest.version in self._pools.parents:
            # It is asked as another version already.
            self._prepare(manifest)
            return
        options = self._serving.pool(manifest, self._pools.copies.of)
        if options and manifest.version > self._current.version and options.index is None:
            advance = self._pools.ask_to_advance(self._current.version, manifest, options)
            if advance:
                self._advance = advance, time.monotonic() + _ADVANCE_PATIENCE
                self._selector.register(advance.line, selectors.EVENT_READ, self._advanced)
                return
        self._pools.start(manifest, options)
        self._prepare(manifest)

    def _advanced(self) -> None:
        advance = self._taken()
        if advance is None:
            return
        if advance.manifest.version not in self._pools.parents:
            self._pools.start(advance.manifest, advance.options)
        self._prepare(advance.manifest)

    def _taken(self) -> Advance | None:
        """What the next pool parent was to come of; that has come about or not, and is waited for no longer."""
        if self._advance is None:
            return None
        advance, self._advance = self._advance[0], None
        self._selector.unregister(advance.line)
        self._pools.take(advance)
        return advance

    # --- From one version to the next: prepared by all, then current for all at once ---------------------------------

    def _prepare(self, manifest: Manifest) -> HandOver:
        self._next = HandOver(manifest)
        for front in self._fronts:
            self._have_prepared(front, self._next)
        return self._next

    def _have_prepared(self, front: Front, following: HandOver) -> None:
        parent = self._pools.parents[following.manifest.version]
        parent.users[front] += 1
        following.joined(front, time.monotonic())
        front.tell({"prepare": following.manifest.version, "address": str(parent.address)})

    def _prepared(self, front: Front, number: int) -> None:
        if self._next and number == self._next.manifest.version:
            self._next.prepared(front, time.monotonic())
            self._change_over_if_complete()

    def _change_over_if_complete(self) -> None:
        if self._next and self._next.complete:
            self._change_over(self._next.manifest)

    def _change_over(self, manifest: Manifest) -> None:
        self._next, self._current = None, manifest
        # All fronts answer from it from here on; what they are told makes them forget the one before.
        self._fronts.current.number = manifest.version
        self._fronts.tell({"serve": manifest.version})
        self._writer.serving(manifest.version)
        if self._lacks_files():
            # Whoever published it beside this server, such as `dppgraph write`, did not wait for them.
            self._writer.wake()
        _say(f"version {manifest.version} is served from now on")
        # Another one may have been published meanwhile.
        self._look_now()

    def _failed(self, front: Front, number: int) -> None:
        if self._next and number == self._next.manifest.version:
            self._give_up(self._next)
        elif number == self._current.version:
            # What it could answer from is gone: another one starts with what there is.
            front.child.kill()

    def _give_up(self, following: HandOver) -> None:
        """Stays with the current version, where one front cannot prepare the next."""
        self._next = None
        number = following.manifest.version
        self._fronts.tell({"drop": number})
        self._abandon(number)
        _say(f"version {number} cannot be served: version {self._current.version} still is")

    def _may_pass_over(self, following: HandOver, now: float) -> bool:
        """Whether a later one may be looked for: that one waits for an engine elsewhere, perhaps for ever."""
        for front in following.late(now):
            _say(f"{front.child.name} does not answer, and is ended")
            front.child.kill()
        parent = self._pools.parents.get(following.manifest.version)
        return parent is not None and parent.child is None and self._stamp() != self._seen

    def _supersede(self, following: HandOver) -> None:
        """Waits no longer for a version that was never published where queries are answered: there is a later one."""
        self._next = None
        self._fronts.tell({"drop": following.manifest.version})
        self._abandon(following.manifest.version)

    def _abandon(self, number: int) -> None:
        """Ends a pool parent that fronts may still ask."""
        self._pools.end(number)
        self._fronts.tell({"offer": number, "address": None})

    def _end_unused(self) -> None:
        needed = {self._current.version}
        if self._next:
            needed.add(self._next.manifest.version)
        self._pools.end_unused(needed)

    # --- The dead ----------------------------------------------------------------------------------------------------

    def _bury(self) -> None:
        ends = dict(ended())
        fronts = [front for front in self._fronts if front.child.process in ends]
        pools = self._pools.parents.values()
        parents = [(parent, parent.child) for parent in pools if parent.child and parent.child.process in ends]
        writers = [child for child in (self._writer.child,) if child and child.process in ends]
        # All first: what is done about one must not signal another one, whose number may be somebody else's by now.
        for dead in [*(front.child for front in fronts), *(child for _, child in parents), *writers]:
            dead.note_end(ends[dead.process])
        for dead in writers:
            lacking = self._lacks_files()
            when = "" if lacking else " with the next change"
            _say(f"{dead.name} ended ({dead.how()}) and is started again{when}")
            self._writer.buried()
            if lacking:
                self._writer.wake()
        for front in fronts:
            self._replace_front(front)
        for parent, child in parents:
            if parent in self._pools.parents.values():
                self._replace_pool(parent, child)

    def _replace_front(self, front: Front) -> None:
        if front.child.short_lives >= _TRIES:
            raise StoreUnavailable(f"{front.child.name} ends again and again: the messages above say why")
        _say(f"{front.child.name} ended ({front.child.how()}) and is started again")
        if self._next:
            # Where all others are prepared, the one that starts begins with the new version.
            self._next.gone(front)
            self._change_over_if_complete()
        self._start_front(front.place)
        self._pools.gone(front)
        self._end_unused()

    def _replace_pool(self, parent: PoolParent, child: Child) -> None:
        number = parent.manifest.version
        if child.short_lives < _TRIES:
            _say(f"{child.name} ended ({child.how()}) and is started again")
            parent.restart()
        elif number == self._current.version:
            self._step_back(child)
        elif self._next and number == self._next.manifest.version:
            for broken in self._serving.versions.newest_whole()[1]:
                _say(str(broken))
            self._give_up(self._next)
        else:
            self._abandon(number)

    def _step_back(self, child: Child) -> None:
        """Serves the newest version that is whole, where the current one cannot be loaded."""
        number, damage = self._serving.versions.newest_whole()
        if number is None or number == self._current.version:
            raise StoreUnavailable(f"{child.name} ends again and again: the messages above say why")
        for broken in damage:
            _say(str(broken))
        self._taken()
        following = self._next
        if following is None or following.manifest.version != number:
            if following:
                self._give_up(following)
            manifest = self._serving.versions.manifest(number)
            if number not in self._pools.parents:
                self._start_pool(manifest)
            following = self._prepare(manifest)
        # Nobody is waited for: no front can answer from the one that they have.
        broken_version = self._current.version
        self._change_over(following.manifest)
        self._abandon(broken_version)

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _end(self) -> None:
        """Ends the fronts first, so that their last answers still have workers."""
        for listener in self._serving.listeners:
            # Whoever comes now is refused, once the fronts have closed theirs too, and does not wait in vain.
            listener.close()
        self._writer.close()
        writers = [self._writer.child] if self._writer.child else []
        end([*writers, *(front.child for front in self._fronts)], _GRACE)
        for number in list(self._pools.parents):
            self._pools.end(number)


def _say(line: str) -> None:
    click.echo(f"dppgraph: {line}", err=True)
