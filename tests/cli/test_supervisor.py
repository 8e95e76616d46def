"""The family of processes of a server: whoever dies is replaced, and a new version is served without a restart."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from dppgraph.store.versions import Publication, VersionStore
from tests.conftest import Serve, Server

BARE = ("--shapes", "none", "--default-graph", "plain")


def until(condition: Callable[[], object]) -> None:
    """Waits for something that is sure to come; if it does not, the test's own timeout ends it."""
    while not condition():
        time.sleep(0.02)


def until_said(server: Server, number: int, more: str = "") -> None:
    """Waits until the data says a number."""
    until(lambda: said(server, more) == (200, str(number)))


def publish(store: Path, number: int) -> None:
    versions = VersionStore(store)
    with versions.writing("a test") as writer:
        said = Publication([f'<a:a> <a:b> "{number}" .'], "a test", "", "", "https://e.example/", str(number), None)
        writer.publish(said, versions.current())


def said(server: Server, more: str = "") -> tuple[int, str]:
    """The status, and the number that the data says."""
    try:
        status, _, body = server.ask("GET", f"/sparql?format=csv{more}&query={quote('SELECT ?o { <a:a> <a:b> ?o }')}")
    except OSError:
        return 0, ""
    return status, "".join(body.decode().split()[1:])


@pytest.fixture(params=["memory", "disk"])
def server(request: pytest.FixtureRequest, serve: Serve, tmp_path: Path) -> Server:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.nt").write_text('<a:a> <a:b> "1" .')
    settings = {"DPPGRAPH_MODE": request.param, "DPPGRAPH_WORKERS": "2", "DPPGRAPH_MAX_WORKERS": "4"}
    return serve("--data", tmp_path / "data", "--store", tmp_path / "store", *BARE, environment=settings)


@pytest.mark.heavy
@pytest.mark.parametrize("store", [None, "below/store"])
def test_a_store_is_found_where_the_server_was_started(serve: Serve, tmp_path: Path, store: str | None) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.nt").write_text('<a:a> <a:b> "1" .')
    named = ("--store", store) if store else ()
    server = serve("--data", "data", *named, *BARE, folder=tmp_path)
    assert said(server) == said(server, "&version=1") == (200, "1")
    publish(tmp_path / (store or ".dppgraph"), 2)
    until_said(server, 2)
    until_said(server, 1, "&version=1")


@pytest.mark.heavy
@pytest.mark.parametrize("module", ["dppgraph.cli.front", "dppgraph.store.workers.pool"])
def test_whoever_is_killed_is_replaced_also_after_a_new_version(server: Server, tmp_path: Path, module: str) -> None:
    for number in (1, 2):
        if number > 1:
            publish(tmp_path / "store", number)
            until_said(server, 2)
        victim = server.child(module)
        os.kill(victim, signal.SIGKILL)
        until_said(server, number)
    # With the process that makes the files of what was published beside the server.
    until(lambda: len(server.family()) <= 6)


@pytest.mark.heavy
def test_new_versions_are_served_and_older_ones_can_be_asked(server: Server, tmp_path: Path) -> None:
    # Several at once too: the last one counts.
    for number in (2, 3, 4):
        publish(tmp_path / "store", number)
    until_said(server, 4)
    for number in (3, 1, 2):
        until_said(server, number, f"&version={number}")
    assert said(server, "&version=9")[0] == 404
    assert said(server) == (200, "4")


@pytest.mark.heavy
def test_a_front_that_dies_while_a_version_is_handed_over_comes_back_with_the_new_one(
    server: Server, tmp_path: Path
) -> None:
    for number in range(2, 6):
        front = server.child("dppgraph.cli.front")
        publish(tmp_path / "store", number)
        time.sleep(0.05 * number)
        os.kill(front, signal.SIGKILL)
        until_said(server, number)


@pytest.mark.heavy
def test_those_that_die_in_the_same_moment_are_all_replaced(server: Server, tmp_path: Path) -> None:
    publish(tmp_path / "store", 2)
    until_said(server, 2)
    assert said(server, "&version=1") == (200, "1")
    dead = [server.child("dppgraph.cli.front"), *server.children("dppgraph.store.workers.pool", 2)]
    # As a lack of memory ends several at once: the supervisor hears of all of them together.
    os.kill(server.process.pid, signal.SIGSTOP)
    for process in dead:
        os.kill(process, signal.SIGKILL)
    time.sleep(0.2)
    os.kill(server.process.pid, signal.SIGCONT)
    until_said(server, 2)
    until(lambda: said(server, "&version=1") == (200, "1"))


@pytest.mark.heavy
def test_a_front_that_dies_with_words_unheard_is_replaced(server: Server, tmp_path: Path) -> None:
    front = server.child("dppgraph.cli.front")
    before = len(server.family())
    os.kill(front, signal.SIGSTOP)
    publish(tmp_path / "store", 2)
    # The supervisor tells the front of the version once a process for it is there, and this one does not hear.
    until(lambda: len(server.family()) > before)
    time.sleep(1)
    os.kill(front, signal.SIGKILL)
    until_said(server, 2)


@pytest.mark.heavy
def test_a_version_that_is_damaged_is_not_served(server: Server, tmp_path: Path) -> None:
    store = tmp_path / "store"
    shutil.copytree(store, tmp_path / "work")
    publish(tmp_path / "work", 2)
    broken = tmp_path / "work" / "versions" / "000002"
    (broken / "added.nq.gz").write_bytes(b"nonsense")
    shutil.copytree(broken, store / "versions" / "000002")
    (tmp_path / "work" / "current").rename(store / "current")
    until(lambda: any("damaged" in line or "ended" in line for line in server.said))
    time.sleep(1)
    assert said(server) == (200, "1")
    assert json.loads(server.ask("GET", "/health")[2])["version"] == 1


@pytest.mark.heavy
def test_a_child_that_ends_when_the_server_has_ended_is_not_complained_of(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.nt").write_text('<a:a> <a:b> "1" .')
    program = """
import contextlib, signal
from dppgraph.cli.main import main
with contextlib.suppress(SystemExit):
    main()
signal.raise_signal(signal.SIGCHLD)
"""
    arguments = ["serve", "--port", "0", "--data", "data", "--store", "store", *BARE]
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    )
    server = Server(process, 0)
    server.listen()
    assert server.stop() == 0
    assert [line for line in server.said if not line.startswith("dppgraph: ")] == []


@pytest.mark.heavy
def test_a_killed_supervisor_leaves_nobody(server: Server) -> None:
    family = server.family()
    server.stop(signal.SIGKILL)
    until(lambda: not any(process in _living() for process in family))


@pytest.mark.heavy
def test_the_largest_query_ends_where_all_together_need_too_much(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    lines = [f'<a:s{number}> <a:p> "{"x" * 200}{number}" .' for number in range(3000)]
    (tmp_path / "data" / "a.nt").write_text("\n".join(lines))
    settings = {"DPPGRAPH_MEMORY": "512", "DPPGRAPH_QUERY_MEMORY": "4000", "DPPGRAPH_MAX_WORKERS": "4"}
    server = serve("--data", tmp_path / "data", "--store", tmp_path / "store", *BARE, environment=settings)
    sort = quote("SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f")
    status, _, body = server.ask("GET", f"/sparql?query={sort}")
    assert (status, json.loads(body)["title"]) == (413, "The query needs too much memory")
    assert "all queries together" in json.loads(body)["detail"]
    assert server.ask("GET", "/sparql?query=ASK%7B%7D")[0] == 200


def _living() -> set[int]:
    return {
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and (entry / "stat").exists() and _state(entry) not in "ZX"
    }


def _state(entry: Path) -> str:
    try:
        return (entry / "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "X"
