"""The server that all clients ask, and what they ask."""

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dppgraph.operations.build import Built
from dppgraph.store.versions import VersionStore
from tests.conftest import Server, start_server

PREFIXES = "PREFIX dpp: <https://w3id.org/dppgraph/ns#> PREFIX dct: <http://purl.org/dc/terms/> "
"""For clients that read a query themselves, and know of no prefixes."""
PLAN = "https://w3id.org/dppgraph/id/plan/vlaams-plan-overheidsopdrachten"
SELECT = "SELECT ?plan ?title { ?plan a dpp:PolicyPlan ; dct:title ?title }"
CONSTRUCT = "CONSTRUCT { ?plan dct:title ?title } WHERE { ?plan a dpp:PolicyPlan ; dct:title ?title }"
MANY = "SELECT ?d { ?a ?b ?c . ?d dct:title ?t } LIMIT 100000"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
ENDLESS = "SELECT ?a ?c ?d ?f ?g ?i { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
ENDLESS_GRAPH = "CONSTRUCT { ?a dct:relation ?f } { ?a ?b ?c . ?d ?e ?f }"
TOO_MANY = "SELECT (1 AS ?one) { ?a ?b ?c }"

NPM = Path(__file__).parent / "npm"


@pytest.fixture(scope="session")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The access log of the server that is asked."""
    return tmp_path_factory.mktemp("clients") / "access.log"


@pytest.fixture(scope="session")
def server(built: tuple[VersionStore, Built], log: Path) -> Iterator[Server]:
    """A server of the shipped data whose answers break off after 20 MB."""
    settings = {"DPPGRAPH_QUERY_TIMEOUT": "6", "DPPGRAPH_MAX_BYTES": "20000000", "DPPGRAPH_ACCESS_LOG": str(log)}
    running = start_server("--store", built[0].folder, environment=settings)
    yield running
    running.stop()


@pytest.fixture
def endpoint(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}/sparql"


@pytest.fixture(scope="session")
def sparing(built: tuple[VersionStore, Built]) -> Iterator[str]:
    """The address of a server that gives a hundred rows and no more."""
    running = start_server("--store", built[0].folder, environment={"DPPGRAPH_MAX_ROWS": "100"})
    yield f"http://127.0.0.1:{running.port}/sparql"
    running.stop()


Noted = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def noted(server: Server, log: Path) -> Noted:
    """What the log says of the requests since it was asked last."""

    def lines() -> list[dict[str, Any]]:
        # A request of our own comes after all others, so they stand before it.
        _, headers, _ = server.ask("GET", "/health")
        for _ in range(200):
            found = [json.loads(line) for line in log.read_text().splitlines() if line.endswith("}")]
            ids = [line.get("id") for line in found]
            if headers["x-request-id"] in ids:
                since = ids.index(last[0]) + 1 if last else 0
                last[:] = [headers["x-request-id"]]
                return found[since : ids.index(last[0])]
            time.sleep(0.05)
        raise AssertionError("the log does not say what was asked")

    last: list[str] = []
    lines()
    return lines


Node = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def node() -> Node:
    """Runs a file with Node, which finds the clients beside it or above."""
    program = shutil.which("node")
    if program is None:
        pytest.skip("there is no Node here: on Debian, apt install nodejs npm")
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.removeprefix("v").partition(".")[0]) < 20:
        pytest.skip(f"the clients need Node 20 or later, and this is {version}")
    if not (NPM / "node_modules").is_dir():
        pytest.skip("the clients are not installed: `make heavy` does it, or `npm ci` in tests/clients/npm")

    def run(*arguments: str, said: str = "") -> "subprocess.CompletedProcess[str]":
        command = [program, *arguments]
        return subprocess.run(command, input=said, capture_output=True, text=True, check=False, timeout=60)

    return run


def curl(endpoint: str, query: str, accept: str, *more: str) -> "subprocess.CompletedProcess[str]":
    command = ["curl", "--silent", "--show-error", "--fail-with-body", *more, "--header", f"Accept: {accept}"]
    command += ["--data-urlencode", f"query={query}", endpoint]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def rows(endpoint: str, query: str) -> list[dict[str, Any]]:
    """What the server answers to a plain request."""
    body = curl(endpoint, query, "application/sparql-results+json").stdout
    found: list[dict[str, Any]] = json.loads(body)["results"]["bindings"]
    return found
