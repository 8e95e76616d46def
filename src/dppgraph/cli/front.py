"""A front: the process that speaks HTTP (``python -m dppgraph.cli.front``), started by the supervisor."""

import asyncio
import gc
import json
import socket
import sys
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any, Final

import uvicorn

from dppgraph import wiring
from dppgraph.cli.reports import Reports
from dppgraph.settings import settings_of
from dppgraph.store.workers import confine
from dppgraph.store.workers.current import CurrentVersion
from dppgraph.web.connections import Served, prepare

_LOG: Final[dict[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {"uvicorn": {"level": "WARNING"}},
}

_GARBAGE: Final = 10_000
"""Objects made and not yet gone after which cycles are looked for: some hundred requests' worth."""

_PACKET: Final = 1 << 17
"""Bytes of what is said at once: the numbers of a front are the most, some thousands."""


class _Supervised:
    """The line to the supervisor: it says which versions there are, and is told which are asked."""

    def __init__(self, descriptor: int, store: wiring.Store, web: wiring.Web, place: int) -> None:
        self._line = socket.socket(fileno=descriptor)
        self._line.setblocking(False)
        self._store = store
        self._packed = web.packed
        self._reports = Reports(place, web.metrics.watched.snapshot, self.say)
        web.metrics.fronts = self._reports.gathered
        self._tasks: set[asyncio.Task[None]] = set()
        store.want = lambda number: self.say("want", number)
        store.opened = lambda number: self.say("opened", number)
        store.prepared = lambda number: self.say("prepared", number)
        store.failed = lambda number: self.say("failed", number)
        store.done = lambda number: self.say("done", number)

    def listen(self) -> None:
        """Begins to hear the supervisor."""
        asyncio.get_running_loop().add_reader(self._line, self._hear)

    def say(self, what: str, said: object) -> None:
        """Tells the supervisor."""
        self._line.send(json.dumps({what: said}).encode())

    def _hear(self) -> None:
        try:
            packet = self._line.recv(_PACKET)
        except ConnectionError:
            packet = b""
        if not packet:
            # The supervisor is gone, and with it, in a moment, this process.
            asyncio.get_running_loop().remove_reader(self._line)
            return
        said = json.loads(packet)
        address = Path(said["address"]) if said.get("address") else None
        if "prepare" in said and address:
            self._store.prepare(said["prepare"], address)
        elif "serve" in said:
            self._store.follow()
        elif "drop" in said:
            self._store.drop(said["drop"])
        elif "packed" in said:
            self._packed()
        elif "offer" in said:
            self._start(self._store.offer(said["offer"], address))
        else:
            self._hear_of_numbers(said)

    def _hear_of_numbers(self, said: dict[str, Any]) -> None:
        if "report" in said:
            # One that is not taken is one that is not told of.
            with suppress(OSError):
                self.say("reported", {"to": said["report"], "asked": said["asked"], "report": self._reports.own()})
        elif "reported" in said:
            self._reports.take(said["asked"], said["place"], said["reported"])
        elif "reporting" in said:
            self._reports.expect(said["asked"], said["reporting"])

    def _start(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class _Server(uvicorn.Server):
    """Tells the supervisor when it answers, and has the access log written now and then."""

    def __init__(self, config: uvicorn.Config, supervised: _Supervised, web: wiring.Web) -> None:
        super().__init__(config)
        self._supervised = supervised
        self._web = web

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            # What is here now stays, and is looked at no more; what a request makes is mostly gone with it.
            gc.freeze()
            gc.set_threshold(_GARBAGE)
            self._supervised.listen()
            self._supervised.say("ready", 1)

    async def on_tick(self, counter: int) -> bool:
        self._web.log.flush()
        return await super().on_tick(counter)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # Told at once: connections are closed at the next tick.
        self._web.ready.stopping = True
        super().handle_exit(sig, frame)


def main(options: dict[str, Any]) -> None:
    """Answers requests until SIGTERM; ``options`` as the supervisor makes them."""
    confine.die_with(options["parent"])
    settings = settings_of(options["settings"])
    current = CurrentVersion(options["current"])
    version, union = options["version"], options["union"]
    store: wiring.Store = (
        wiring.endpoint_versions(version, settings, current, union=union)
        if settings.endpoint
        else wiring.served_versions(Path(options["address"]), version, settings, current)
    )
    web = wiring.web_app(store, settings, union=union, writing=Path(options["writing"]))
    config = Served(
        web.app,
        web.doors,
        web.access,
        ws="none",
        log_config=_LOG,
        access_log=False,
        lifespan="on",
        server_header=False,
        # Who is asking behind a proxy is found out in web/clients.py.
        proxy_headers=False,
        timeout_graceful_shutdown=int(options["grace"]),
    )
    web.doors.make_room()
    web.log.open()
    server = _Server(config, _Supervised(options["control"], store, web, options["place"]), web)
    listener = socket.socket(fileno=options["listener"])
    prepare(listener)
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(server.serve([listener]))
    web.log.close()


if __name__ == "__main__":
    main(json.load(sys.stdin))
