"""The fronts: the processes that speak HTTP, each with a listening socket and a line to the supervisor of its own."""

import json
import os
import selectors
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from dppgraph.cli.supervisor.children import Child
from dppgraph.store.workers.current import CurrentVersion
from dppgraph.store.workers.process import THREADED, start_python

_PACKET: Final = 1 << 17


@dataclass(eq=False, slots=True)
class Front:
    """One process that speaks HTTP; another one in its place is another front.

    Attributes:
        place: which of the fronts it is, counted from 0.
        child: its process.
        line: what it is told and says; None once it has hung up.
        ready: whether it answers requests.
    """

    place: int
    child: Child
    line: socket.socket | None
    ready: bool = False

    def tell(self, said: dict[str, Any]) -> None:
        """Tells it something; whoever takes its place is told when it starts."""
        if self.line:
            try:
                self.line.send(json.dumps(said).encode())
            except OSError:
                return


@dataclass(eq=False, slots=True)
class Fronts:
    """All fronts, by place.

    Attributes:
        listeners: the sockets that requests come in on, one for each place. They are held here, so that a connection to
            a front that has died waits for the one that comes in its place.
        options: gives what the front at a place is told besides.
        current: where all of them read which version is current.
        selector: hears their lines.
        heard: called with what one of them says: a word, and mostly the number of a version.
    """

    listeners: Sequence[socket.socket]
    options: Callable[[int], dict[str, object]]
    current: CurrentVersion
    selector: selectors.BaseSelector
    heard: Callable[[Front, str, Any], None]
    _fronts: dict[int, Front] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Front]:
        return iter(list(self._fronts.values()))

    def start(self, place: int, version: int, address: Path) -> Front:
        """Starts one at a place, also in place of one that has ended.

        Args:
            place: the place.
            version: what it is to answer from.
            address: where the pool parent of that version listens.
        """
        before = self._fronts.get(place)
        if before:
            self._hang_up(before)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        listener = self.listeners[place].fileno()
        with theirs:
            said = self.options(place) | {
                "parent": os.getpid(),
                "place": place,
                "listener": listener,
                "control": theirs.fileno(),
                "current": self.current.descriptor,
                "address": str(address),
                "version": version,
            }
            descriptors = [listener, theirs.fileno(), self.current.descriptor]
            popen = start_python("dppgraph.cli.front", said, descriptors, THREADED)
        ours.setblocking(False)
        name = "the web server" if len(self.listeners) == 1 else f"web server {place + 1}"
        front = Front(place, Child.of(name, popen, before.child if before else None), ours)
        self._fronts[place] = front
        self.selector.register(ours, selectors.EVENT_READ, lambda: self._hear(front))
        return front

    def tell(self, said: dict[str, Any]) -> None:
        """Tells all of them something."""
        for front in self:
            front.tell(said)

    def _hear(self, front: Front) -> None:
        if front.line is None:
            return
        try:
            packet = front.line.recv(_PACKET)
        except ConnectionError:
            # It ended before it heard all that it was told.
            packet = b""
        if not packet:
            # It is going: its end is seen to when it is gone.
            self._hang_up(front)
            return
        for word, said in json.loads(packet).items():
            if word == "reports":
                self._ask_for_reports(front, said)
            elif word == "reported":
                self._pass_on(front, said)
            else:
                self.heard(front, word, said)

    def _ask_for_reports(self, front: Front, asked: int) -> None:
        """Has all other fronts say their numbers to one of them, which counts how often it has asked."""
        others = [other for other in self if other is not front and other.ready]
        front.tell({"reporting": [other.place for other in others], "asked": asked})
        for other in others:
            other.tell({"report": front.place, "asked": asked})

    def _pass_on(self, front: Front, said: dict[str, Any]) -> None:
        self._fronts[said["to"]].tell({"reported": said["report"], "asked": said["asked"], "place": front.place})

    def _hang_up(self, front: Front) -> None:
        if front.line:
            self.selector.unregister(front.line)
            front.line.close()
            front.line = None
