"""The pool parents: one for each version that is asked, and how the one for the next version comes about."""

import json
import os
import socket
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dppgraph.cli.supervisor.children import Child, end
from dppgraph.cli.supervisor.fronts import Front
from dppgraph.store.versions import Manifest
from dppgraph.store.versions.copies import IndexCopies
from dppgraph.store.workers.process import PoolOptions, listen, start_pool

_NAME: Final = "the query engine"
_PACKET: Final = 1 << 12


@dataclass(eq=False, slots=True)
class PoolParent:
    """What answers for one version.

    Attributes:
        manifest: the version.
        options: what its process is told; None where it has none, as an engine elsewhere answers.
        address: where it listens.
        listener: its socket there, which outlives its process.
        child: its process.
        users: the fronts that ask it, each as often as it has been told to and has not said that it is done.
        opening: whether it is an older version's, and no front has found it ready yet.
    """

    manifest: Manifest
    options: PoolOptions | None
    address: Path
    listener: socket.socket | None
    child: Child | None
    users: Counter[Front] = field(default_factory=Counter)
    opening: bool = False

    def restart(self) -> None:
        """Starts another process in place of the one that ended."""
        if self.options and self.listener:
            self.child = Child.of(_NAME, start_pool(self.options, self.listener), self.child)


@dataclass(eq=False, slots=True)
class Pools:
    """All pool parents, by version.

    Attributes:
        folder: where they listen.
        copies: what disk mode reads.
        parents: the pool parents that there are.
    """

    folder: Path
    copies: IndexCopies
    parents: dict[int, PoolParent] = field(default_factory=dict)
    _started: int = 0

    def start(self, manifest: Manifest, options: PoolOptions | None) -> PoolParent:
        """Starts one for a version; it may still be loading when this returns. Without options it has no process."""
        if options is None:
            return self._add(PoolParent(manifest, None, self.folder, None, None))
        address, listener = self._listening()
        child = Child.of(_NAME, start_pool(options, listener))
        return self._add(PoolParent(manifest, options, address, listener, child))

    def ask_to_advance(self, before: int, manifest: Manifest, options: PoolOptions) -> "Advance | None":
        """Has a copy of the pool parent of one version take on the next; None where that cannot be asked of it."""
        parent = self.parents[before]
        said = {"advance": manifest.version, "options": options.said(), "supervisor": os.getpid()}
        address, listener = self._listening()
        line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        line.setblocking(False)
        try:
            line.connect(str(parent.address))
            socket.send_fds(line, [json.dumps(said).encode()], [listener.fileno()])
        except OSError:
            line.close()
            listener.close()
            return None
        return Advance(manifest, options, address, listener, line)

    def take(self, advance: "Advance") -> PoolParent | None:
        """The pool parent that came of it; None where none did."""
        said = advance.heard()
        if said is None:
            advance.listener.close()
            return None
        child = Child(_NAME, said)
        return self._add(PoolParent(advance.manifest, advance.options, advance.address, advance.listener, child))

    def children(self) -> list[Child]:
        """Their processes."""
        return [parent.child for parent in self.parents.values() if parent.child]

    def is_opening(self) -> bool:
        """Whether an older version is being made ready."""
        return any(parent.opening for parent in self.parents.values())

    def opened(self, version: int) -> None:
        """Notes that a front has found a version ready."""
        parent = self.parents.get(version)
        if parent:
            parent.opening = False

    def done(self, version: int, front: Front) -> None:
        """Notes that a front is done with a version."""
        parent = self.parents.get(version)
        if parent:
            parent.users -= Counter([front])
            parent.opening = False

    def gone(self, front: Front) -> None:
        """Notes that a front has ended."""
        for parent in self.parents.values():
            del parent.users[front]

    def end_unused(self, needed: set[int]) -> None:
        """Ends those that no front asks any more, but for the versions that are needed."""
        for version, parent in list(self.parents.items()):
            if version not in needed and not parent.users:
                self.end(version)

    def end(self, version: int) -> None:
        """Ends the one of a version, if there is one."""
        parent = self.parents.pop(version, None)
        if parent and parent.child and parent.listener:
            end([parent.child], 0)
            parent.listener.close()
            with suppress(OSError):
                parent.address.unlink()
            self.copies.remove(version)

    def _listening(self) -> tuple[Path, socket.socket]:
        self._started += 1
        address = self.folder / str(self._started)
        return address, listen(address)

    def _add(self, parent: PoolParent) -> PoolParent:
        self.parents[parent.manifest.version] = parent
        return parent


@dataclass(eq=False, slots=True)
class Advance:
    """A pool parent that is on its way from one version to the next; ``line`` is readable when it is there, or gone."""

    manifest: Manifest
    options: PoolOptions
    address: Path
    listener: socket.socket
    line: socket.socket

    def heard(self) -> int | None:
        """Its process number, once it is there; None if it did not get there."""
        with self.line:
            try:
                packet = self.line.recv(_PACKET)
            except OSError:
                return None
            # Where it failed, another one is started, which says why if it fails too.
            said = json.loads(packet) if packet else {}
            return said.get("process")
