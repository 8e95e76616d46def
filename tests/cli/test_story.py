"""Changes of all kinds to a running server: in the end, its feed and its list of changes tell all of them alike."""

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from dppgraph.operations.versions import diff
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE, Run, Server, start_server
from tests.operations.story import Members, Told, check, members

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(180)]

TOKEN = "a-token-of-more-than-thirty-two-characters"
GRAPH = f"{BASE}id/graph/external"


class Followed:
    """A server of a few lines, with ways to write to it, and to read what is told of it."""

    def __init__(self, folder: Path) -> None:
        (data := folder / "data").mkdir()
        (data / "data.nq").write_text(self.line("kept", "first") + "\n")
        self.store = VersionStore(folder / "store")
        options = ("--data", data, "--store", self.store.folder, "--shapes", "none")
        self.server: Server = start_server(*options, environment={"DPPGRAPH_TOKEN": TOKEN})

    def line(self, name: str, text: str) -> str:
        return f'<{BASE}id/plan/{name}> <http://e.org/p> "{text}" <{GRAPH}> .'

    def write(self, update: str, message: str) -> int:
        """The version that an update makes."""
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/sparql-update"}
        status, answered, body = self.server.ask("POST", f"/sparql?message={quote(message)}", update.encode(), headers)
        assert status == 200, body
        return int(answered["dppgraph-version"])

    def insert(self, name: str, text: str) -> str:
        return f'INSERT DATA {{ GRAPH <{GRAPH}> {{ <{BASE}id/plan/{name}> <http://e.org/p> "{text}" }} }}'

    def delete(self, name: str) -> str:
        return f"DELETE WHERE {{ GRAPH <{GRAPH}> {{ <{BASE}id/plan/{name}> ?p ?o }} }}"

    def told(self, number: int) -> tuple[dict[str, object], dict[str, Told]]:
        """What ``/changes/N`` says of a version, and of each thing."""
        first = json.loads(self.server.ask("GET", f"/changes/{number}.json")[2])
        others = (
            self.server.ask("GET", f"/changes/{number}.json?page={page}") for page in range(2, first["pages"] + 1)
        )
        pages = [first, *(json.loads(body) for _, _, body in others)]
        return first, {
            one["iri"]: Told(one["change"], frozenset(one["addedLines"]), frozenset(one["removedLines"]))
            for page in pages
            for one in page["changes"]
        }

    def feed(self, until: int) -> list[Members]:
        """The members of each version, once those of a version are there."""
        limit = time.monotonic() + 60
        while True:
            pages, number = [], 1
            while True:
                status, _, body = self.server.ask("GET", f"/feed/{number}?format=nquads")
                if status != 200:
                    break
                pages.append(body.decode().splitlines())
                number += 1
            found = members(pages)
            if len(found) >= until or time.monotonic() > limit:
                return found
            time.sleep(0.3)


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Followed]:
    found = Followed(tmp_path_factory.mktemp("followed"))
    yield found
    assert found.server.stop() == 0


def hold(followed: Followed) -> None:
    """Holds all versions against their stories, agent and message too."""
    store = followed.store
    feed = followed.feed(store.current())
    assert len(feed) == store.current()
    before: set[str] = set()
    for number in store.numbers():
        said, told = followed.told(number)
        manifest = store.manifest(number)
        assert (said["agent"], said["message"], said["kind"]) == (manifest.agent, manifest.message, manifest.kind)
        delta = diff(store, number - 1, number).delta if number > 1 else store.delta(1)
        before = check(number, before, told, feed[number - 1], delta)
        assert sorted(before) == store.lines(number)


def test_a_rollback_beside_the_server_comes_into_its_feed(followed: Followed, run: Run, tmp_path: Path) -> None:
    # Nobody has written over HTTP yet: there is no process yet that makes files.
    (tmp_path / "change.ru").write_text(followed.insert("beside", "by a command"))
    place = ("--store", followed.store.folder)
    for call in (("write", tmp_path / "change.ru"), ("versions", "rollback", 1)):
        assert run(*call, "--message", "beside", *place).returncode == 0
    hold(followed)
    assert [followed.store.manifest(number).message for number in (2, 3)] == ["beside", "beside"]


def test_what_is_added_changed_removed_and_restored_is_told_alike(followed: Followed, run: Run) -> None:
    followed.write(followed.insert("short-lived", "added"), "add")
    followed.write(followed.insert("kept", "one more"), "change")
    before = followed.store.current()
    followed.write(followed.delete("short-lived"), "remove")
    assert run("versions", "rollback", before, "--message", "restore", "--store", followed.store.folder).returncode == 0
    followed.write(f"{followed.delete('kept')} ; {followed.insert('kept', 'anew')}", "replace")
    hold(followed)


def test_of_a_burst_of_changes_each_is_there_in_the_end(followed: Followed) -> None:
    first = followed.store.current()
    versions = [followed.write(followed.insert("burst", f"{number}"), f"burst {number}") for number in range(20)]
    assert versions == list(range(first + 1, first + 21))
    hold(followed)


def test_a_writer_that_ended_before_it_made_the_files_is_made_up_for(followed: Followed) -> None:
    followed.write(followed.insert("late", "killed"), "before the kill")
    os.kill(followed.server.child("dppgraph.cli.writer"), signal.SIGKILL)
    hold(followed)
