"""Starting a pool parent: a process of its own, with an empty environment, that dies with whoever started it."""

import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_BACKLOG = 64


@dataclass(frozen=True, slots=True)
class PoolOptions:
    """What a pool parent is told.

    Attributes:
        folder: the version store.
        version: the number of the version to hold.
        base: what relative IRIs in queries are relative to.
        union: whether the default graph of a query is the union of all graphs.
        memory: bytes that one worker may use beyond what it shares with the parent.
    """

    folder: Path
    version: int
    base: str
    union: bool
    memory: int


def listen(address: Path) -> socket.socket:
    """A socket at a path, on which pool parents hear fronts; whoever holds it can start the next parent on it."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(str(address))
    listener.listen(_BACKLOG)
    return listener


def start_pool(options: PoolOptions, listener: socket.socket) -> "subprocess.Popen[bytes]":
    """Starts a pool parent that hears fronts on ``listener``."""
    said = {
        "parent": os.getpid(),
        "listener": listener.fileno(),
        "folder": str(options.folder.resolve()),
        "version": options.version,
        "base": options.base,
        "union": options.union,
        "memory": options.memory,
    }
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "dppgraph.store.workers.pool", json.dumps(said)],
        pass_fds=[listener.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env={},
        cwd="/",
    )
