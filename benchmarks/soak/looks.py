"""What a server has at a quiet moment: memory, open files, and whether both stay as they are."""

import asyncio
import os
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.measuring import MIB, descriptors, memory, open_files
from tests.conftest import Server

QUIET: Final = 10
"""Looks in a row, a tenth of a second apart, at which no process has anything to do."""
PATIENCE: Final = 60.0
"""Seconds in which it has to come to rest, after all was answered."""
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Look:
    """A server at one moment.

    Attributes:
        seconds: since the beginning.
        of: bytes of memory of the processes of each kind, what they share counted once (PSS).
        resident: bytes of memory of each process, added up (RSS).
        files: open files of the processes of each kind.
        different: likewise, but what a process has open several times counts once: each of its threads that has read
            the history keeps that open for itself.
        processes: how many there are of each kind.
    """

    seconds: float
    of: Counter[str]
    resident: int
    files: Counter[str]
    different: Counter[str]
    processes: Counter[str]

    @property
    def shared(self) -> int:
        """Bytes of memory of all its processes, what they share counted once."""
        return self.of.total()

    def __str__(self) -> str:
        each = ", ".join(
            f"{count} {name} {self.of[name] / MIB:.1f} and {self.files[name]} files"
            for name, count in sorted(self.processes.items())
        )
        return f"{self.shared / MIB:.1f} MiB ({each}), {self.resident / MIB:.1f} added up, {self.files.total()} files"


async def look(server: Server, begun: float) -> Look:
    """Looks at a server, once it is quiet."""
    await _quiet(server)
    family, of = server.family(), Counter[str]()
    files, different = Counter[str](), Counter[str]()
    for process in family:
        of[kind(process)] += memory([process])
        files[kind(process)] += sum(descriptors([process]).values())
        different[kind(process)] += len(open_files(process))
    return Look(
        time.monotonic() - begun,
        of,
        sum(map(resident, family)),
        files,
        different,
        Counter(map(kind, family)),
    )


async def _quiet(server: Server) -> None:
    """Returns once no process of a server has had anything to do for a while, or after some patience."""
    until, quiet = time.monotonic() + PATIENCE, 0
    while quiet < QUIET and time.monotonic() < until:
        await asyncio.sleep(0.1)
        quiet = 0 if any(map(_is_busy, server.family())) else quiet + 1


def _is_busy(process: int) -> bool:
    # One that yields to all others may wait for long until it runs: it is ready to (R), or waits for a disk (D).
    with suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] in "RD"
    return True


def resident(process: int) -> int:
    """Bytes of memory that a process has, those it shares included."""
    with suppress(OSError):
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * _PAGE
    return 0


def kind(process: int) -> str:
    """What a process of a server is: the last part of the module's name that it runs."""
    with suppress(OSError):
        words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
        if b"-m" in words:
            return words[words.index(b"-m") + 1].decode().rpartition(".")[2]
    return "other"
