"""The writer: started where there are tokens, or when the first change comes: most servers never hear of one."""

import json
import os
import selectors
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from dppgraph.cli.supervisor.children import Child
from dppgraph.store.workers.process import start_python

_PACKET: Final = 1 << 12
_BACKLOG: Final = 128
_TRIES: Final = 3
"""How often in a row it may end at once before callers are not kept waiting for the next one."""


class WriterKeeper:
    """Holds the socket that fronts connect to with changes, and has a process there when one does.

    Args:
        address: where it listens.
        options: gives what the process is told besides.
        selector: hears of callers, and of the process.
        published: called when a version is published, with whether another change is being judged already.
        packed: called when the files of a version were made, with its number.
    """

    def __init__(
        self,
        address: Path,
        options: Callable[[], dict[str, object]],
        selector: selectors.BaseSelector,
        published: Callable[[bool], None],
        packed: Callable[[int], None],
    ) -> None:
        self._options = options
        self._selector = selector
        self._published = published
        self._packed = packed
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(address))
        self._listener.listen(_BACKLOG)
        self._line: socket.socket | None = None
        self._serving = 0
        self.child: Child | None = None
        self._wait_for_callers()

    def serving(self, version: int) -> None:
        """Tells the process which version the fronts answer from."""
        self._serving = version
        if self._line:
            with suppress(OSError):
                self._line.send(json.dumps({"serving": version}).encode())

    def wake(self) -> None:
        """Has the process run, though nobody sends a change: it makes files that another one left to be made.

        Where it ended at once again and again, that is left to the next caller.
        """
        if self.child is None or (self.child.status is not None and self.child.short_lives < _TRIES):
            self._start()

    def buried(self) -> None:
        """Takes note of the end of the process: the next caller has another one started."""
        if self._line:
            self._selector.unregister(self._line)
            self._line.close()
            self._line = None
        if self.child and self.child.short_lives >= _TRIES:
            # Whoever waits hears so; whoever comes next may have more luck.
            self._turn_away()
        self._wait_for_callers()

    def close(self) -> None:
        """Takes no caller any more."""
        self._listener.close()

    def _turn_away(self) -> None:
        self._listener.setblocking(False)
        with suppress(BlockingIOError):
            while True:
                self._listener.accept()[0].close()

    def _wait_for_callers(self) -> None:
        self._selector.register(self._listener, selectors.EVENT_READ, self._start)

    def _start(self) -> None:
        self._selector.unregister(self._listener)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            said = self._options() | {
                "parent": os.getpid(),
                "listener": self._listener.fileno(),
                "control": theirs.fileno(),
            }
            popen = start_python("dppgraph.cli.writer", said, [self._listener.fileno(), theirs.fileno()])
        ours.setblocking(False)
        self._line = ours
        self.child = Child.of("the writer", popen, self.child)
        self._selector.register(ours, selectors.EVENT_READ, self._hear)
        self.serving(self._serving)

    def _hear(self) -> None:
        if self._line is None:
            return
        try:
            packet = self._line.recv(_PACKET)
        except OSError:
            packet = b""
        if not packet:
            # It is going: its end is seen to when it is gone.
            self._selector.unregister(self._line)
            self._line.close()
            self._line = None
            return
        said: dict[str, Any] = json.loads(packet)
        if "published" in said:
            self._published(said["more"])
        elif "packed" in said:
            self._packed(said["packed"])
