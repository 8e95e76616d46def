"""Starting a pool parent: a process of its own, with an empty environment, that dies with whoever started it."""

import json
import os
import socket
import subprocess
import sys
import tempfile
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
    said: dict[str, object] = {
        "parent": os.getpid(),
        "listener": listener.fileno(),
        "folder": str(options.folder.resolve()),
        "version": options.version,
        "base": options.base,
        "union": options.union,
        "memory": options.memory,
    }
    return start_python("dppgraph.store.workers.pool", said, [listener.fileno()])


def start_python(module: str, said: dict[str, object], descriptors: list[int]) -> "subprocess.Popen[bytes]":
    """Starts a module as a process: told by its standard input, with no environment, in a session of its own.

    Args:
        module: the module, run as ``python -m``.
        said: what it is told, as JSON; not in its arguments, which every user of the machine can read.
        descriptors: the open files that it inherits.
    """
    # A file and not a pipe: a child that is slow to start keeps nobody waiting.
    with tempfile.TemporaryFile() as told:
        told.write(json.dumps(said).encode())
        told.seek(0)
        return subprocess.Popen(
            [sys.executable, "-P", "-m", module],
            pass_fds=descriptors,
            stdin=told,
            env={},
            cwd="/",
            # Ctrl-C in a terminal is for whoever started it, who ends its children in order.
            start_new_session=True,
        )
