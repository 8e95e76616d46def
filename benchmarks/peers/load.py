"""Many small requests: wrk asks, and says how many a second were answered."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.peers.servers import JSON, TURTLE, Asked

CONNECTIONS: Final = 16
SCRIPT: Final = Path(__file__).parent / "distinct.lua"


@dataclass(frozen=True)
class Load:
    """What wrk found.

    Attributes:
        rate: answers a second.
        answers: how many answers there were.
        size: bytes of an answer, its head included.
        failed: answers with a status of an error, and connections that failed or were too slow.
    """

    rate: float
    answers: int
    size: float
    failed: int


@dataclass(frozen=True)
class Wrk:
    """How wrk is run: the program, and the seconds of one run."""

    program: str
    seconds: int

    def repeated(self, asked: Asked, query: str, tag: str = "") -> Load:
        """Asks the same query over and over, with ``If-None-Match`` where there is a tag."""
        return self._run(asked, asked.target(query), tag=tag)

    def turtle(self, asked: Asked, target: str) -> Load:
        """Asks for the same RDF over and over."""
        return self._run(asked, target, accept=TURTLE)

    def distinct(self, asked: Asked, query: str, first: int) -> Load:
        """Asks a query with another number for the word NUMBER each time, the one after ``first`` first."""
        return self._run(asked, asked.path, after=("--", asked.target(query), str(first)))

    def _run(
        self, asked: Asked, target: str, *, tag: str = "", accept: str = JSON, after: tuple[str, ...] = ()
    ) -> Load:
        command = [self.program, "--threads", "1", "--connections", str(CONNECTIONS), "--timeout", "10s"]
        command += ["--duration", f"{self.seconds}s", "--header", f"Accept: {accept}"]
        command += ["--header", f"If-None-Match: {tag}"] if tag else []
        command += ["--script", str(SCRIPT)] if after else []
        address = f"http://127.0.0.1:{asked.server.port}{target}"
        said = subprocess.run([*command, address, *after], check=True, capture_output=True, text=True).stdout
        return read_load(said)


UNITS: Final = {"B": 0, "KB": 10, "MB": 20, "GB": 30}


def read_load(said: str) -> Load:
    """What wrk printed, as figures.

    Raises:
        ValueError: it is not what wrk prints.
    """
    total = re.search(r"^\s*(\d+) requests in \S+, ([\d.]+)([KMG]?B) read$", said, re.MULTILINE)
    rate = re.search(r"^Requests/sec:\s*([\d.]+)$", said, re.MULTILINE)
    if not total or not rate:
        raise ValueError(f"wrk said something else than expected: {said[:500]}")
    answers, size = int(total.group(1)), float(total.group(2)) * (1 << UNITS[total.group(3)])
    sockets = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    statuses = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    failed = sum(int(number) for found in (sockets, statuses) if found for number in found.groups())
    return Load(float(rate.group(1)), answers, size / max(answers, 1), failed)
