"""Engines and publications that are killed: truth before the first byte, no half of anything, and life goes on."""

import json
import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.conftest import DPPGRAPH, Run, Server, start_server
from tests.contract.engines import Engine

SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?c + ?f + ?i + ?l < 0) }"
LONG = "SELECT ?a ?d { ?a ?b ?c . ?d ?e ?f }"
SAYS = "SELECT (COUNT(*) AS ?n) (MIN(?o) AS ?least) (MAX(?o) AS ?most) { ?s <http://p> ?o }"
TRIPLES = 2000
JSON = {"Accept": "application/sparql-results+json"}


class Data:
    """A folder of data that say which version they are, in two graphs that share all their triples; and its store."""

    def __init__(self, folder: Path, run: Run) -> None:
        self.store = folder / "store"
        self._data = folder / "data"
        self._run = run
        self.number = 0

    def build(self) -> None:
        """Builds the next version."""
        self.number += 1
        triples = "".join(f"<http://s/{n}> <http://p> {self.number} .\n" for n in range(TRIPLES))
        for graph in ("source", "external"):
            (self._data / graph).mkdir(parents=True, exist_ok=True)
            (self._data / graph / "all.ttl").write_text(triples)
        built = self._run("build", "--store", self.store, "--data", self._data, "--shapes", "none")
        assert built.returncode == 0, built.stderr

    def publishing(self, engine: Engine) -> "subprocess.Popen[str]":
        """Begins to publish the current version."""
        command = [*DPPGRAPH, "publish", engine.url, "--store", str(self.store)]
        environment = {"PATH": "/usr/bin:/bin"} | dict(engine.settings)
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)

    def publish(self, engine: Engine) -> str:
        """Publishes the current version; what was said."""
        process = self.publishing(engine)
        out, said = process.communicate(timeout=60)
        assert process.returncode == 0, said
        return out + said


@pytest.fixture
def data(tmp_path: Path, run: Run) -> Data:
    made = Data(tmp_path, run)
    made.build()
    return made


@pytest.fixture
def front(mortal: Engine, data: Data) -> Iterator[Server]:
    """A server whose engine may be killed."""
    environment = {"DPPGRAPH_QUERY_TIMEOUT": "6", "DPPGRAPH_CACHE": "0"} | dict(mortal.settings)
    running = start_server("--store", data.store, "--endpoint", mortal.url, environment=environment)
    yield running
    assert running.stop() == 0
    assert "Traceback" not in "\n".join(running.said), running.said


def ask(front: Server, query: str) -> tuple[int, dict[str, str], bytes]:
    return front.ask("GET", f"/sparql?query={quote(query)}", headers=JSON)


def until(condition: Callable[[], object]) -> None:
    ends = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.05)


def is_answered(front: Server) -> bool:
    return ask(front, "ASK {}")[0] == 200


def said(front: Server) -> tuple[int, int, int, int]:
    """Of a whole answer: version, triples, least, most."""
    status, headers, body = ask(front, SAYS)
    assert status == 200, body
    (row,) = json.loads(body)["results"]["bindings"]
    found = [int(row[name]["value"]) for name in ("n", "least", "most")]
    return int(headers["dppgraph-version"]), found[0], found[1], found[2]


def test_before_anything_is_published_all_but_queries_is_answered(front: Server, mortal: Engine, data: Data) -> None:
    status, headers, body = ask(front, "ASK {}")
    assert status == 503
    assert int(headers["retry-after"]) > 0
    assert "dppgraph publish" in json.loads(body)["detail"]
    assert front.ask("GET", "/health/ready")[0] == 503
    assert front.ask("GET", "/health")[0] == 200
    assert front.ask("GET", "/changes", headers={"Accept": "text/html"})[0] == 200
    assert "version 1" in data.publish(mortal)
    until(lambda: is_answered(front))
    assert front.ask("GET", "/health/ready")[0] == 200


def test_an_engine_that_is_killed_over_a_query_is_told_of_and_asked_again_when_it_is_back(
    front: Server, mortal: Engine, data: Data
) -> None:
    data.publish(mortal)
    until(lambda: is_answered(front))
    for query in (SLOW, SLOW, LONG):
        answers: list[tuple[int, dict[str, str], bytes]] = []

        def asking(query: str = query, answers: list[tuple[int, dict[str, str], bytes]] = answers) -> None:
            try:
                answers.append(ask(front, query))
            except OSError:
                # Broken off after its first bytes: what came is no answer, and does not look like one.
                answers.append((0, {}, b""))
            except Exception as error:  # noqa: BLE001 - http.client has many
                answers.append((0, {}, repr(error).encode()))

        threads = [threading.Thread(target=asking) for _ in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(random.uniform(0.1, 0.6))
        mortal.signal(signal.SIGKILL)
        for thread in threads:
            thread.join(30)
        assert len(answers) == 4
        for status, headers, body in answers:
            assert status in (0, 502, 503) or (query == LONG and status == 200), (status, body[:200])
            assert status not in (502, 503) or int(headers["retry-after"]) > 0
        status, headers, _ = ask(front, "ASK {}")
        assert status in (502, 503)
        assert int(headers["retry-after"]) > 0
        assert front.ask("GET", "/health/ready")[0] == 503
        mortal.start()
        until(lambda: is_answered(front))
        assert said(front) == (1, TRIPLES, 1, 1)


def test_an_engine_that_hangs_is_ended_at_the_deadline_and_asked_again_when_it_goes_on(
    front: Server, mortal: Engine, data: Data
) -> None:
    data.publish(mortal)
    until(lambda: is_answered(front))
    mortal.signal(signal.SIGSTOP)
    status, _, _ = ask(front, "ASK {}")
    assert status in (502, 503, 504)
    mortal.signal(signal.SIGCONT)
    until(lambda: is_answered(front))


def test_the_server_changes_over_when_the_engine_has_the_version(front: Server, mortal: Engine, data: Data) -> None:
    data.publish(mortal)
    until(lambda: is_answered(front))
    data.build()
    # Built and not published: what was asked before is asked on.
    time.sleep(1.5)
    assert said(front) == (1, TRIPLES, 1, 1)
    data.build()
    data.publish(mortal)
    until(lambda: said(front)[0] == 3)
    assert said(front) == (3, TRIPLES, 3, 3)
    older, _, body = front.ask("GET", f"/sparql?version=1&query={quote('ASK {}')}", headers=JSON)
    assert older == 200, body
    never, _, body = front.ask("GET", f"/sparql?version=2&query={quote('ASK {}')}", headers=JSON)
    assert never == 503, body
    assert "--version 2" in json.loads(body)["detail"]


@pytest.mark.heavy
@pytest.mark.timeout(600)
def test_a_publication_that_is_killed_leaves_no_half_and_the_next_one_mends_it(
    front: Server, mortal: Engine, data: Data, request: pytest.FixtureRequest
) -> None:
    chance = random.Random(request.config.getoption("--seed"))
    begun = time.monotonic()
    data.publish(mortal)
    takes = time.monotonic() - begun
    until(lambda: is_answered(front))
    wrong: list[object] = []
    seen: set[int] = set()
    over = threading.Event()

    def reading() -> None:
        while not over.is_set():
            try:
                version, triples, least, most = said(front)
            except AssertionError as error:
                wrong.append(error)
                continue
            seen.add(version)
            if (triples, least, most) != (TRIPLES, version, version):
                wrong.append((version, triples, least, most))

    readers = [threading.Thread(target=reading) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        for _ in range(4):
            data.build()
            for _ in range(5):
                process = data.publishing(mortal)
                time.sleep(chance.uniform(0.1, takes))
                process.kill()
                process.communicate()
            data.publish(mortal)
            until(lambda: said(front)[0] == data.number)
    finally:
        over.set()
        for reader in readers:
            reader.join(30)
    assert not wrong
    assert len(seen) == 5
