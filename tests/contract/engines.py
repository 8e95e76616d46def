"""The engines that the contract is held to: each started on a free port of loopback, and stopped by its number."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

from benchmarks.peers.environment import programs
from tests.contract.virtuoso import VirtuosoServer
from tests.operate.conftest import free_port

_ANSWERS: Final = 60.0
"""Seconds in which an engine has to be there."""


class Engine(Protocol):
    """A SPARQL server that runs, or can be had to run again, on the same port and with the same data."""

    name: str

    @property
    def url(self) -> str:
        """Where it takes queries."""
        ...

    @property
    def settings(self) -> Mapping[str, str]:
        """What a front is told of it besides."""
        ...

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        ...

    def signal(self, number: int) -> None:
        """Sends its processes a signal, and if that is SIGKILL, waits for their end."""
        ...

    def stop(self) -> None:
        """Ends it, and removes what is its own."""
        ...


@dataclass
class OxigraphServer:
    """Oxigraph's own server, on a database in a folder; ``deadline`` is its own, in seconds."""

    folder: Path
    deadline: int = 20
    name: str = "oxigraph"
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/query"

    def start(self) -> None:
        command = [str(programs() / "oxigraph"), "serve", "--location", str(self.folder / "database")]
        command += ["--bind", f"127.0.0.1:{self.port}", "--timeout-s", str(self.deadline)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        wait_for(self.url, lambda: self.process is not None and self.process.poll() is None)

    def signal(self, number: int) -> None:
        assert self.process is not None
        os.kill(self.process.pid, number)
        if number == signal.SIGKILL:
            self.process.wait(20)

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait(20)


ENGINES: Final[Mapping[str, Callable[[Path], Engine]]] = MappingProxyType(
    {"oxigraph": OxigraphServer, "virtuoso": VirtuosoServer}
)
"""Gives an engine that keeps its data in a folder; raises ``pytest.skip`` where it cannot be had, and says why."""


def wait_for(url: str, lives: Callable[[], bool]) -> None:
    """Waits until an engine answers."""
    until = time.monotonic() + _ANSWERS
    while time.monotonic() < until and lives():
        try:
            with urlopen(f"{url}?{urlencode({'query': 'ASK {}'})}", timeout=5) as answer:
                answer.read()
                return
        except (URLError, OSError):
            time.sleep(0.05)
    raise AssertionError(f"{url} does not answer")
