"""The processes that a supervisor started or took in: who they are, and how often they ended too soon."""

import os
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import subprocess

_STEADY: Final = 1.0
"""Seconds that a child must have lived for its end not to count as a failure to start."""

_POLL: Final = 0.01


@dataclass(eq=False, slots=True)
class Child:
    """A process, and the ones that were there before it for the same purpose.

    Attributes:
        name: what it is for, as a message says it.
        process: its process number.
        popen: where it was started by this process and not taken in.
        since: when it was started.
        short_lives: how often in a row one of its kind has ended at once.
        status: how it ended: its exit status, or the signal, negative; None while it runs.
    """

    name: str
    process: int
    popen: "subprocess.Popen[bytes] | None" = None
    since: float = field(default_factory=time.monotonic)
    short_lives: int = 0
    status: int | None = None

    @classmethod
    def of(cls, name: str, popen: "subprocess.Popen[bytes]", before: "Child | None" = None) -> "Child":
        """A process that was just started, perhaps in place of another one."""
        return cls(name, popen.pid, popen, short_lives=before.short_lives if before else 0)

    def note_end(self, status: int) -> None:
        """Notes how it ended."""
        self.status = os.waitstatus_to_exitcode(status)
        if self.popen:
            self.popen.returncode = self.status
        self.short_lives = self.short_lives + 1 if time.monotonic() - self.since < _STEADY else 0

    def how(self) -> str:
        """How it ended, for a message."""
        status = self.status or 0
        return f"signal {-status}" if status < 0 else f"status {status}"

    def kill(self) -> None:
        """Ends it at once; its end is heard of like any other."""
        if self.status is None:
            os.kill(self.process, signal.SIGKILL)


def end(children: Iterable[Child], grace: float) -> None:
    """Ends children: asks all of them to, and kills those that do not within ``grace`` seconds."""
    left = [child for child in children if child.status is None]
    for child in left:
        os.kill(child.process, signal.SIGTERM if grace else signal.SIGKILL)
    until = time.monotonic() + grace
    while left:
        killing = time.monotonic() >= until
        for child in left:
            if killing:
                child.kill()
            found, status = os.waitpid(child.process, 0 if killing else os.WNOHANG)
            if found:
                child.note_end(status)
        left = [child for child in left if child.status is None]
        if left:
            time.sleep(_POLL)


def ended() -> list[tuple[int, int]]:
    """Process number and status of all children that have ended and were not yet asked after, adopted ones included."""
    found: list[tuple[int, int]] = []
    while True:
        try:
            process, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if process == 0:
            return found
        found.append((process, status))
