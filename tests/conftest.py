"""What several folders of tests share: the repository, a built store, a running server."""

import gc
import http.client
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from dppgraph.operations.build import Built, build
from dppgraph.operations.harvest import harvesting
from dppgraph.operations.sources import Sources
from dppgraph.store.versions import VersionStore

REPOSITORY = Path(__file__).resolve().parent.parent
BASE = "https://w3id.org/dppgraph/"
MODIFIED = max(re.findall(r'dct:modified "([^"]*)"', (REPOSITORY / "data" / "catalogue.ttl").read_text()))
"""When the shipped data last changed, as they say themselves."""
# The suite is run often: fewer examples each time, other ones each time. No test depends on time, hence no deadline.
hypothesis.settings.register_profile("often", max_examples=20, deadline=None)
hypothesis.settings.load_profile("often")

DPPGRAPH = [sys.executable, "-P", "-m", "dppgraph"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-goldens", action="store_true", help="write what the questions answer now as what they should"
    )
    parser.addoption("--seed", type=int, help="what decides which samples are taken; another one each time")
    parser.addoption("--sample", type=int, default=16, help="how many are taken of what takes long; 0: all")


def pytest_configure(config: pytest.Config) -> None:
    if config.option.seed is None:
        told: dict[str, int] = getattr(config, "workerinput", {})
        config.option.seed = told.get("seed", random.SystemRandom().randrange(10_000))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tells the processes that run tests which samples are taken: all have to collect the same."""
    node.workerinput["seed"] = node.config.option.seed


def pytest_report_header(config: pytest.Config) -> str:
    return f"samples: --seed {config.option.seed}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of each test that is marked ``sampled``, leaves some of its cases: others with each seed."""
    cases: dict[tuple[str, int], list[pytest.Item]] = {}
    for item in items:
        if config.option.sample and (marks := list(item.iter_markers("sampled"))):
            most = min([config.option.sample, *(most for mark in marks for most in mark.args)])
            cases.setdefault((item.nodeid.partition("[")[0], most), []).append(item)
    left = {
        case
        for (name, most), found in cases.items()
        for case in random.Random(f"{config.option.seed} {name}").sample(found, max(0, len(found) - most))
    }
    if left:
        config.hook.pytest_deselected(items=list(left))
        items[:] = [item for item in items if item not in left]


def pytest_collection_finish() -> None:
    # What was imported and collected stays to the end: the collector need not look through it again and again.
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of specifications and suites beside the repository, which users do not have."""
    folder = REPOSITORY.parent / "shared"
    if not folder.is_dir():
        pytest.skip("there is no folder shared/ beside the repository, with the page's text and the suites")
    return folder


@pytest.fixture(scope="session")
def sources() -> Sources:
    ontology = REPOSITORY / "ontology"
    return Sources(REPOSITORY / "data", ontology, ontology / "shapes", BASE, queries=REPOSITORY / "queries")


@pytest.fixture(scope="session")
def few_shapes(sources: Sources, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shapes about plans alone: quick to judge by."""
    folder = tmp_path_factory.mktemp("few") / "shapes"
    folder.mkdir()
    for name in ("prefixes.ttl", "plan.ttl"):
        shutil.copy(sources.ontology / "shapes" / name, folder)
    return folder


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, sources: Sources) -> tuple[VersionStore, Built]:
    """The shipped data, built once: not to be written to."""
    store = VersionStore(tmp_path_factory.mktemp("built") / "store")
    with store.writing("tests") as writer:
        made = harvesting(store)
        return store, build(store, writer, sources, agent="tests", message="for the tests", harvesting=made)


Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def run() -> Run:
    """Runs ``dppgraph`` in a process of its own."""

    def run_(
        *arguments: object, environment: dict[str, str] | None = None, cwd: Path | None = None
    ) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*DPPGRAPH, *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": "/usr/bin:/bin"} | (environment or {}),
            cwd=cwd,
            timeout=60,
        )

    return run_


@dataclass
class Server:
    """A running ``dppgraph serve`` on a free port; a thread takes what it logs, or it would wait for a full pipe."""

    process: "subprocess.Popen[str]"
    port: int
    said: list[str] = field(default_factory=list)
    listening: threading.Thread = field(default_factory=threading.Thread)

    def listen(self) -> None:
        """Notes what the server says until it says where it answers, and in the background from then on."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(line.rstrip())
            if served := re.search(r"is served at http://127\.0\.0\.1:(\d+)/", line):
                self.port = int(served.group(1))
                self.listening = threading.Thread(target=self._listen_on, daemon=True)
                self.listening.start()
                return
        raise AssertionError(f"the server ended with status {self.stop()}: {self.said}")

    def _listen_on(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(line.rstrip())

    def ask(
        self, method: str, target: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Sends one raw request, nothing added but what HTTP needs; status, headers by lower-case name, body."""
        return self.ask_in_order(method, target, body, (headers or {}).items())

    def ask_in_order(
        self, method: str, target: str, body: bytes | None, headers: Iterable[tuple[str, str]]
    ) -> tuple[int, dict[str, str], bytes]:
        """As :meth:`ask`, with headers of which several may have one name."""
        headers = list(headers)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            named = any(name.lower() == "host" for name, _ in headers)
            connection.putrequest(method, target, skip_host=named, skip_accept_encoding=True)
            for name, value in headers:
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def family(self) -> list[int]:
        """The numbers of all living processes that descend from the server, itself first."""
        return _descendants(self.process.pid)

    def child(self, module: str) -> int:
        """The one process that runs a module for the supervisor, once there is one and the one before it is gone."""
        (found,) = self.children(module, 1)
        return found

    def children(self, module: str, count: int) -> list[int]:
        """The processes that run a module for the supervisor, once there are so many."""
        found: list[int] = []
        for _ in range(200):
            found = [process for process in self.family() if _runs(process, module, self.process.pid)]
            if len(found) == count:
                return found
            time.sleep(0.05)
        raise AssertionError(f"of processes that run {module} there are {len(found)}")

    def stop(self, with_signal: int = signal.SIGTERM) -> int:
        """Ends the server by its own number; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        status = self.process.wait(20)
        if self.listening.ident:
            # Whoever still holds the end of it is a process that the server left behind.
            self.listening.join(20)
            assert not self.listening.is_alive(), "a process of the server outlives it"
        if self.process.stderr:
            self.process.stderr.close()
        return status


Serve = Callable[..., Server]


def start_server(
    *arguments: object,
    environment: dict[str, str] | None = None,
    folder: Path | None = None,
    python: Path | None = None,
) -> Server:
    """Starts ``dppgraph serve``, in a folder, and waits until it answers; with another Python, that one's."""
    process = subprocess.Popen(
        [python or DPPGRAPH[0], *DPPGRAPH[1:], "serve", "--port", "0", *map(str, arguments)],
        stderr=subprocess.PIPE,
        text=True,
        env={"PATH": "/usr/bin:/bin"} | (environment or {}),
        cwd=folder,
    )
    server = Server(process, 0)
    server.listen()
    return server


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts servers that are stopped after the test."""
    servers: list[Server] = []

    def serve_(*arguments: object, environment: dict[str, str] | None = None, folder: Path | None = None) -> Server:
        servers.append(start_server(*arguments, environment=environment, folder=folder))
        return servers[-1]

    yield serve_
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def server(built: tuple[VersionStore, Built]) -> Iterator[Server]:
    """One server of the shipped data for all tests that only ask, with a deadline of two seconds."""
    settings = {"DPPGRAPH_QUERY_TIMEOUT": "2", "DPPGRAPH_MAX_BYTES": "3000000", "DPPGRAPH_MAX_QUERY": "100000"}
    running = start_server("--store", built[0].folder, environment=settings)
    yield running
    assert running.stop() == 0


def _runs(process: int, module: str, parent: int) -> bool:
    folder = Path(f"/proc/{process}")
    try:
        parent_now = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        return parent_now == parent and module.encode() in (folder / "cmdline").read_bytes()
    except OSError:
        # It has ended since it was found.
        return False


def _descendants(process: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            except OSError:
                continue
            if state != "Z":
                children.setdefault(int(parent), []).append(int(entry.name))
    found = [process] if os.path.exists(f"/proc/{process}") else []  # noqa: PTH110 - a process, not a file
    for number in found:
        found += children.get(number, [])
    return found
