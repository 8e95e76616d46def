"""A front: the process that speaks HTTP (``python -m dppgraph.cli.front``), started by the supervisor."""

import asyncio
import json
import os
import socket
import sys
from pathlib import Path
from typing import Any, Final

import uvicorn

from dppgraph import wiring
from dppgraph.settings import Settings
from dppgraph.store.versions import Manifest
from dppgraph.store.workers import confine

_LOG: Final[dict[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {"uvicorn": {"level": "WARNING"}, "uvicorn.access": {"level": "INFO"}},
}


class _Server(uvicorn.Server):
    """Tells the supervisor when it answers."""

    def __init__(self, config: uvicorn.Config, ready: int) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            os.write(self._ready, b"\n")


def main(options: dict[str, Any]) -> None:
    """Answers requests until SIGTERM; ``options`` as the supervisor makes them."""
    confine.die_with(options["parent"])
    manifest = Manifest(**options["manifest"])
    settings = Settings(**options["settings"] | {"store": Path(options["settings"]["store"])})
    config = uvicorn.Config(
        wiring.web_app(Path(options["address"]), manifest, settings),
        log_config=_LOG,
        access_log=True,
        lifespan="on",
        # Neither says anything that a caller needs; forwarded addresses count once proxies can be named.
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=int(options["grace"]),
    )
    server = _Server(config, options["ready"])
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(server.serve([socket.socket(fileno=options["listener"])]))


if __name__ == "__main__":
    main(json.load(sys.stdin))
