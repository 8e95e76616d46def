"""Starting a process of its own, without our environment, that dies with whoever started it."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

_BACKLOG = 64
NONE: Final[Mapping[str, str]] = MappingProxyType({})
THREADED: Final[Mapping[str, str]] = MappingProxyType({"MALLOC_ARENA_MAX": "2"})
"""The environment of a process with threads. glibc gives each thread a heap of its own, and what one was once large
enough for stays with it: dozens of MiB, more with every peak. Threads that take turns, as Python's do, need no more."""


@dataclass(frozen=True, slots=True)
class PoolOptions:
    """What a pool parent is told.

    Attributes:
        folder: the version store.
        version: the number of the version to hold.
        base: what relative IRIs in queries are relative to.
        union: whether the default graph of a query is the union of all graphs.
        query_memory: bytes that one worker may use beyond what it shares with the parent.
        max_rows: rows or triples of one answer.
        service_allow: the addresses that SERVICE may name.
        index: the folder of the version's database (made if it is missing), where its quads are not held in memory.
    """

    folder: Path
    version: int
    base: str
    union: bool
    query_memory: int
    max_rows: int = 1_000_000
    service_allow: tuple[str, ...] = ()
    index: Path | None = None

    def said(self) -> dict[str, object]:
        """The options as JSON can say them."""
        return asdict(self) | {
            "folder": str(self.folder.resolve()),
            "index": str(self.index.resolve()) if self.index else None,
        }


def listen(address: Path) -> socket.socket:
    """A socket at a path, on which pool parents hear fronts; whoever holds it can start the next parent on it."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(str(address))
    listener.listen(_BACKLOG)
    return listener


def start_pool(options: PoolOptions, listener: socket.socket) -> "subprocess.Popen[bytes]":
    """Starts a pool parent that hears fronts on ``listener``."""
    said = options.said() | {"parent": os.getpid(), "listener": listener.fileno()}
    return start_python("dppgraph.store.workers.pool", said, [listener.fileno()])


def start_python(
    module: str, said: dict[str, object], descriptors: list[int], environment: Mapping[str, str] = NONE
) -> "subprocess.Popen[bytes]":
    """Starts a module as a process: told by its standard input, in a session of its own.

    Args:
        module: the module, run as ``python -m``.
        said: what it is told, as JSON; not in its arguments, which every user of the machine can read.
        descriptors: the open files that it inherits.
        environment: its whole environment.
    """
    # A file and not a pipe: a child that is slow to start keeps nobody waiting. In memory, as it may have secrets.
    with os.fdopen(os.memfd_create("told"), "w+b") as told:
        told.write(json.dumps(said).encode())
        told.seek(0)
        return subprocess.Popen(
            [sys.executable, "-P", "-m", module],
            pass_fds=descriptors,
            stdin=told,
            env=environment,
            cwd="/",
            # Ctrl-C in a terminal is for whoever started it, who ends its children in order.
            start_new_session=True,
        )
