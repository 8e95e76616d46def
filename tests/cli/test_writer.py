"""A server that is written to: what is answered is published, and what is refused changed nothing, whoever dies."""

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from dppgraph.store.history import History, QuadPattern
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE, Serve, Server, start_server

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(180)]

TOKEN = "a-token-of-more-than-thirty-two-characters"
NOTE = "http://www.w3.org/2004/02/skos/core#changeNote"
CONCEPT = f"{BASE}id/concept/level-regional"
GRAPH = f"{BASE}id/graph/concepts"


def noting(text: str) -> str:
    return f"INSERT DATA {{ GRAPH <{GRAPH}> {{ <{CONCEPT}> <{NOTE}> {text} }} }}"


class Written:
    """A server of the shipped data, a store of its own, and ways to write to it."""

    def __init__(self, folder: Path, few_shapes: Path, fronts: int = 1, mode: str = "auto") -> None:
        self.store = VersionStore(folder / "store")
        settings = {
            "DPPGRAPH_TOKEN": TOKEN,
            "DPPGRAPH_PROCESSES": str(fronts),
            "DPPGRAPH_MODE": mode,
            "DPPGRAPH_WRITE_MEMORY": "256",
            "DPPGRAPH_WRITE_TIMEOUT": "8",
        }
        self.server: Server = start_server("--store", self.store.folder, "--shapes", few_shapes, environment=settings)

    def send(
        self, update: str, target: str = "/sparql", **headers: str
    ) -> tuple[int, dict[str, str], dict[str, object]]:
        """Sends an update; status, headers, what the body says."""
        sent = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/sparql-update"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        status, answered, body = self.server.ask("POST", target, update.encode(), sent)
        return status, answered, json.loads(body)

    def notes(self) -> list[str]:
        """The notes that a query finds now."""
        query = quote(f"SELECT ?n {{ <{CONCEPT}> <{NOTE}> ?n }} ORDER BY ?n")
        status, _, body = self.server.ask("GET", f"/sparql?format=csv&query={query}")
        assert status == 200
        return body.decode().split()[1:]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, few_shapes: Path) -> Iterator[Written]:
    found = Written(tmp_path_factory.mktemp("written"), few_shapes, fronts=2)
    yield found
    assert found.server.stop() == 0


def test_who_writes_reads_what_they_wrote(written: Written) -> None:
    for number in range(4):
        status, headers, said = written.send(noting(f"'r{number}'"), f"/sparql?message=number%20{number}")
        assert (status, said["published"]) == (200, True)
        # Whichever of the two fronts is asked.
        assert all(f"r{number}" in written.notes() for _ in range(6))
        manifest = written.store.manifest(int(headers["dppgraph-version"]))
        assert (manifest.agent, manifest.message, manifest.kind) == ("environment", f"number {number}", "write")
        assert (manifest.digest, headers["etag"]) == (said["digest"], f'"v{manifest.version}"')
        document = written.server.ask("GET", "/doc/concept/level-regional.nt")[2].decode()
        assert f'"r{number}"' in document


def test_what_breaks_a_shape_changes_nothing(written: Written) -> None:
    before = written.store.current()
    plan = "vlaams-actieplan-duurzame-overheidsopdrachten-2009-2011"
    status, _, said = written.send(f"DELETE WHERE {{ GRAPH ?g {{ <{BASE}id/plan/{plan}> dct:title ?title }} }}")
    assert (status, str(said["type"]).rpartition("/")[2]) == (422, "shape-violation")
    report = said["report"]
    assert isinstance(report, dict)
    assert "plan-title" in {result["check"] for result in report["results"] if result["severity"] == "Violation"}
    assert written.store.current() == before


def test_a_dry_run_says_what_would_change_and_changes_nothing(written: Written) -> None:
    before = written.store.current()
    status, _, said = written.send(noting("'never'"), "/sparql?dry-run=true")
    assert (status, said["published"], said["version"]) == (200, False, before)
    delta = said["delta"]
    assert isinstance(delta, dict)
    assert f'<{CONCEPT}> <{NOTE}> "never" <{GRAPH}> .' in delta["added"]
    assert written.store.current() == before
    assert "never" not in written.notes()


def test_what_is_there_already_makes_no_version(written: Written) -> None:
    written.send(noting("'twice'"))
    before = written.store.current()
    status, _, said = written.send(noting("'twice'"))
    assert (status, said["published"], said["version"]) == (200, False, before)


def test_of_two_who_change_the_same_version_one_has_to_look_again(written: Written) -> None:
    tag = f'"v{written.store.current()}"'
    assert written.send(noting("'first'"), If_Match=tag)[0] == 200
    status, _, said = written.send(noting("'second'"), If_Match=tag)
    assert (status, str(said["type"]).rpartition("/")[2]) == (412, "version-mismatch")
    assert written.send(noting("'second'"), If_Match='W/"abc"')[0] == 412
    assert "second" not in written.notes()


def test_a_literal_is_kept_as_it_was_written(written: Written) -> None:
    exact = '"01.50"^^<http://www.w3.org/2001/XMLSchema#decimal>'
    number = int(written.send(noting(exact))[1]["dppgraph-version"])
    assert f"<{CONCEPT}> <{NOTE}> {exact} <{GRAPH}> ." in written.store.lines(number)
    assert exact in written.server.ask("GET", "/doc/concept/level-regional.nt")[2].decode()


@pytest.mark.parametrize(
    ("update", "status"),
    [
        ("INSERT DATA { <a:a> <a:b> }", 400),
        ("LOAD <http://e.org/>", 403),
        ("INSERT { ?s ?p ?o } WHERE { SERVICE <http://e.org/> { ?s ?p ?o } }", 403),
        ("INSERT DATA { <a:a> <a:b> <a:c> }", 403),
        (f"INSERT DATA {{ GRAPH <{BASE}id/graph/inferred> {{ <a:a> <a:b> <a:c> }} }}", 403),
        (f"INSERT DATA {{ GRAPH <{GRAPH}> {{ {'[ <a:b> ' * 10_000} 1 {']' * 10_000} }} }}", 400),
        (f"INSERT DATA {{ GRAPH <{GRAPH}> {{ <a:a> <a:b> {'<<( <a:a> <a:b> ' * 20_000} 1 {')>>' * 20_000} }} }}", 400),
        ("INSERT { GRAPH <a:g> { ?a ?b ?c } } WHERE { ?a ?x ?y . ?b ?z ?w . ?c ?u ?v . ?d ?e ?f }", 504),
    ],
    ids=["syntax", "load", "service", "default graph", "made graph", "deep", "triple terms", "cross product"],
)
def test_what_cannot_be_done_is_told_and_costs_nobody_else(written: Written, update: str, status: int) -> None:
    before = written.store.current()
    found, _, said = written.send(update)
    assert (found, said["status"]) == (status, status), said
    assert written.store.current() == before
    assert written.send(noting(f"'after {status}'"))[0] == 200


def test_without_the_right_token_nothing_is_read(written: Written) -> None:
    before = written.store.current()
    assert written.send("no update at all", Authorization="Bearer wrong-token")[0] == 401
    assert written.send(noting("'x'"), f"/sparql?access_token={TOKEN}")[0] == 400
    assert written.server.ask("POST", "/sparql", b"x", {"Content-Type": "application/sparql-update"})[0] == 401
    assert written.store.current() == before


def test_a_writer_that_is_killed_is_replaced(written: Written) -> None:
    written.send(noting("'before the kill'"))
    os.kill(written.server.child("dppgraph.cli.writer"), signal.SIGKILL)
    assert written.send(noting("'after the kill'"))[0] == 200
    assert written.store.newest_whole() == (written.store.current(), [])


def test_the_writer_is_ready_before_the_first_change_where_anybody_may_send_one(
    serve: Serve, tmp_path: Path, few_shapes: Path
) -> None:
    arguments = ("--store", tmp_path / "store", "--shapes", few_shapes)
    closed = serve(*arguments)
    assert closed.ask("GET", "/sparql?query=ASK%7B%7D")[0] == 200
    assert closed.children("dppgraph.cli.writer", 0) == []
    closed.stop()
    known = tmp_path / "store" / "known.json"
    assert not known.exists()
    opened = serve(*arguments, environment={"DPPGRAPH_TOKEN": TOKEN})
    assert opened.child("dppgraph.cli.writer")
    until = time.monotonic() + 60
    while not known.exists() and time.monotonic() < until:
        time.sleep(0.1)
    assert known.exists()


def test_many_at_once_are_published_one_after_the_other_and_served_together(written: Written) -> None:
    before, said = written.store.current(), len(written.server.said)
    statuses: list[int] = []

    def send(number: int) -> None:
        statuses.append(written.send(noting(f"'many-{number}'"))[0])

    threads = [threading.Thread(target=send, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 12
    assert written.store.current() == before + 12
    assert {f"many-{number}" for number in range(12)} <= set(written.notes())
    # Each change over costs readers a little: of versions that follow each other at once, the last is enough.
    served = [line for line in written.server.said[said:] if line.endswith("is served from now on")]
    assert 1 <= len(served) < 6


def yields_to_all(process: int) -> bool:
    try:
        return os.sched_getscheduler(process) == os.SCHED_IDLE
    except ProcessLookupError:
        return False


def test_the_files_follow_once_it_is_calm_made_by_a_process_that_yields_to_all(written: Written) -> None:
    number = int(written.send(noting("'packed'"))[1]["dppgraph-version"])
    until = time.monotonic() + 60
    dumps: dict[str, object] = {}
    yielding: set[int] = set()
    while dumps.get("version") != number and time.monotonic() < until:
        yielding |= {process for process in written.server.family() if yields_to_all(process)}
        dumps = json.loads(written.server.ask("GET", "/dumps", headers={"Accept": "application/json"})[2])
        time.sleep(0.2)
    assert dumps["version"] == number
    assert yielding
    assert '"packed"' in written.server.ask("GET", "/dumps/policy-plans.nt")[2].decode()


def test_each_version_can_be_asked_and_read_on_its_own(written: Written) -> None:
    store = written.store
    history = History(store.history_path)
    for number in store.numbers():
        lines = store.lines(number)
        assert sorted(quad.line() for quad in history.at(number).quads(QuadPattern())) == lines
    history.close()
    query = quote(f"SELECT (COUNT(*) AS ?n) {{ <{CONCEPT}> <{NOTE}> ?n }}")
    for number in (1, store.current()):
        noted = sum(line.startswith(f"<{CONCEPT}> <{NOTE}> ") for line in store.lines(number))
        said = written.server.ask("GET", f"/sparql?format=csv&version={number}&query={query}")[2]
        assert said.split() == [b"n", str(noted).encode()]
