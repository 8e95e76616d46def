"""The supervisor of ``dppgraph serve``: holds the listening socket, starts the other processes, replaces the dead.

It answers no request itself. Its children die with it, whatever ends it.
"""

import os
import selectors
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

import click

from dppgraph.errors import StoreUnavailable
from dppgraph.store.versions import Manifest
from dppgraph.store.workers.process import PoolOptions, listen, start_pool, start_python

_GRACE: Final = 10.0
"""Seconds that running answers get when the server is told to stop."""

_STEADY: Final = 1.0
"""Seconds that a child must have lived to be started again at once."""

_TRIES: Final = 5
"""How often in a row a child may end before that without the server giving up."""

Start = Callable[[], "subprocess.Popen[bytes]"]


@dataclass(slots=True)
class _Child:
    name: str
    start: Start
    process: "subprocess.Popen[bytes]"
    since: float = field(default_factory=time.monotonic)
    short_lives: int = 0


def supervise(
    listener: socket.socket,
    options: PoolOptions,
    manifest: Manifest,
    front: dict[str, object],
    ready: Callable[[], None],
) -> None:
    """Serves a version until SIGTERM or SIGINT, then lets running answers finish.

    Args:
        listener: the socket that requests come in on.
        options: what the pool parent is told.
        manifest: the version that is served.
        front: what the front is told besides.
        ready: called once requests are answered.

    Raises:
        StoreUnavailable: a child ends again and again.
    """
    with tempfile.TemporaryDirectory(prefix="dppgraph-") as folder:
        address = Path(folder) / "pool"
        with listen(address) as pool_listener:
            said = front | {"address": str(address), "manifest": asdict(manifest)}
            _Supervisor(
                pool=lambda: start_pool(options, pool_listener),
                front=lambda ready_end: _start_front(listener, said, ready_end),
                ready=ready,
            ).run()


class _Supervisor:
    def __init__(
        self, pool: Start, front: Callable[[int], "subprocess.Popen[bytes]"], ready: Callable[[], None]
    ) -> None:
        self._ready = ready
        self._ready_end, self._front_end = os.pipe()
        self._starts: dict[str, Start] = {"the query engine": pool, "the web server": lambda: front(self._front_end)}
        self._children: list[_Child] = []
        self._stopping = False

    def run(self) -> None:
        waking, woken = socket.socketpair()
        waking.setblocking(False)
        signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        try:
            self._children = [_Child(name, start, start()) for name, start in self._starts.items()]
            with selectors.DefaultSelector() as selector:
                selector.register(woken, selectors.EVENT_READ)
                selector.register(self._ready_end, selectors.EVENT_READ)
                while not self._stopping:
                    self._wait(selector, woken)
        finally:
            self._end()

    def _wait(self, selector: selectors.BaseSelector, woken: socket.socket) -> None:
        for key, _ in selector.select():
            if key.fileobj is woken:
                woken.recv(1 << 10)
            elif os.read(self._ready_end, 1):
                selector.unregister(self._ready_end)
                self._ready()
        for child in self._children:
            if child.process.poll() is not None and not self._stopping:
                self._replace(child)

    def _replace(self, child: _Child) -> None:
        lived = time.monotonic() - child.since
        child.short_lives = child.short_lives + 1 if lived < _STEADY else 0
        if child.short_lives >= _TRIES:
            raise StoreUnavailable(f"{child.name} ends again and again: the messages above say why")
        click.echo(f"dppgraph: {child.name} ended ({_how(child.process.returncode)}) and is started again", err=True)
        child.process, child.since = child.start(), time.monotonic()

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _end(self) -> None:
        """Ends the fronts first, so that their last answers still have workers."""
        for child in reversed(self._children):
            child.process.terminate()
            try:
                child.process.wait(_GRACE)
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()


def _start_front(listener: socket.socket, said: dict[str, object], ready_end: int) -> "subprocess.Popen[bytes]":
    options = said | {"parent": os.getpid(), "listener": listener.fileno(), "ready": ready_end, "grace": _GRACE / 2}
    return start_python("dppgraph.cli.front", options, [listener.fileno(), ready_end])


def _how(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"status {status}"
