"""ldes-client reads the feed as those do who nobody here has met: whole, and then just what is new."""

import json
import shutil
import time
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, parse_line
from dppgraph.core.skolem import GENID
from dppgraph.operations.build import Built
from dppgraph.operations.feed import FeedReader
from dppgraph.store.rdf import parse
from dppgraph.store.versions import VersionStore
from tests.clients.conftest import NPM, Node
from tests.conftest import BASE, MODIFIED, REPOSITORY, Run, Serve, Server

pytestmark = pytest.mark.remote

DCT, PROV = PREFIXES["dct"], PREFIXES["prov"]
DELETE = Quad("", f"<{PREFIXES['rdf']}type>", "<https://www.w3.org/ns/activitystreams#Delete>")
ENTITY, TIME, PART = f"<{DCT}isVersionOf>", f"<{PROV}generatedAtTime>", f"<{DCT}hasPart>"
OURS = {ENTITY, TIME, PART, "<http://schema.org/version>"}


class Read(NamedTuple):
    """What the client made of a member."""

    id: str
    entity: str
    time: str
    quads: set[Quad]

    @property
    def graph(self) -> set[str]:
        """The statements in the graph of its name."""
        return {quad._replace(graph="").line() for quad in self.quads if quad.graph == f"<{self.id}>"}

    @property
    def materialised(self) -> set[str]:
        """What is said outside of it, with the entity in the place of its version."""
        found = set()
        for quad in self.quads:
            if quad.subject == f"<{self.id}>" and not quad.graph:
                if quad.predicate not in OURS and quad[1:3] != DELETE[1:3]:
                    found.add(quad._replace(subject=f"<{self.entity}>").line())
            elif not quad.graph:
                found.add(quad.line())
        return found


def read(node: Node, server: Server, **settings: object) -> tuple[list[Read], dict[str, int]]:
    said = node(str(NPM / "feed.mjs"), f"http://127.0.0.1:{server.port}/feed", json.dumps(settings))
    assert said.returncode == 0, said.stderr
    *members, last = [json.loads(line) for line in said.stdout.splitlines() if line.startswith("{")]
    return [_read(member) for member in members], last["asked"]


def _read(member: dict[str, Any]) -> Read:
    return Read(member["id"], member["entity"], member["time"], set(parse(member["quads"].encode(), formats.NQUADS)))


def union(lines: list[str]) -> set[str]:
    return {parse_line(line)._replace(graph="").line() for line in lines}


@pytest.mark.parametrize(
    ("settings", "extracted"),
    [
        ({}, ("graph", "materialised")),
        ({"ordered": "ascending"}, ("graph", "materialised")),
        ({"noShape": True}, ("graph",)),
        ({"accept": "text/turtle"}, ("materialised",)),
        ({"accept": "application/trig"}, ("graph", "materialised")),
        ({"accept": "application/ld+json", "onlyDefaultGraph": True}, ("graph", "materialised")),
    ],
    ids=str,
)
def test_it_reads_all_members_and_has_the_graph(
    node: Node,
    server: Server,
    built: tuple[VersionStore, Built],
    settings: dict[str, object],
    extracted: tuple[str, ...],
) -> None:
    members, asked = read(node, server, **settings)
    assert len(members) == len({member.id for member in members}) == FeedReader(built[0], 1).count
    assert len({member.entity for member in members}) == len(members)
    for way in extracted:
        found = Counter(line for member in members for line in getattr(member, way))
        # Exactly the graph, and no statement in two members.
        assert set(found) == union(built[0].lines(1))
        assert max(found.values()) == 1
    wanted = settings.get("accept", "application/n-quads")
    assert {words.partition("http")[0].split(";")[0].strip() for words in asked} == {f"200 {wanted}"}


def test_every_member_has_what_the_paths_of_the_stream_name(node: Node, server: Server) -> None:
    for member in read(node, server)[0]:
        values = Counter(quad.predicate for quad in member.quads if quad.subject == f"<{member.id}>" and not quad.graph)
        assert (values[ENTITY], values[TIME]) == (1, 1)
        assert member.time == MODIFIED.replace("Z", ".000Z")


def test_materialised_by_the_client_the_graph_is_there(
    node: Node, server: Server, built: tuple[VersionStore, Built]
) -> None:
    members, _ = read(node, server, materialize=True)
    found = {quad for member in members for quad in member.quads if not quad.graph}
    graph = union(built[0].lines(1))
    assert graph <= {quad.line() for quad in found}
    more = {quad.predicate for quad in found if quad.line() not in graph}
    assert more == OURS - {ENTITY}


def wait_for(server: Server, version: int) -> None:
    for _ in range(200):
        if json.loads(server.ask("GET", "/health")[2])["version"] == version:
            return
        time.sleep(0.05)
    raise AssertionError(f"version {version} is not served")


@pytest.mark.parametrize("ordered", ["none", "ascending"])
def test_who_comes_back_gets_just_what_changed(
    node: Node, serve: Serve, run: Run, tmp_path: Path, ordered: str
) -> None:
    store, data, state = tmp_path / "store", tmp_path / "data", str(tmp_path / "state")
    data.mkdir()
    things = {number: f"<http://example.org/{number}> <http://example.org/p> {number} ." for number in range(600)}
    (data / "source.ttl").write_text("\n".join(things.values()))
    server = serve("--store", store, "--data", data, "--shapes", "none")
    members, asked = read(node, server, statePath=state, ordered=ordered)
    assert len(members) == 600
    assert sum("/feed/" in words for words in asked) == 3
    assert read(node, server, statePath=state, ordered=ordered)[0] == []
    del things[3]
    things[5] = things[5].replace("5 .", "55 .")
    things[600] = "<http://example.org/600> <http://example.org/p> <http://example.org/600#part> ."
    things[601] = "<http://example.org/600#part> <http://example.org/p> 600 ."
    (data / "source.ttl").write_text("\n".join(things.values()))
    assert run("build", "--store", store, "--data", data, "--shapes", "none").returncode == 0
    wait_for(server, 2)
    members, asked = read(node, server, statePath=state, ordered=ordered)
    assert {member.entity.removeprefix("http://example.org/"): len(member.graph) for member in members} == {
        "3": 0,
        "5": 1,
        "600": 2,
    }
    assert [DELETE[1:3] in {quad[1:3] for quad in member.quads} for member in members if not member.graph] == [True]
    # Of the pages, it asked for the open one alone.
    assert {words.rpartition("/")[2] for words in asked if "/feed/" in words} == {"3"}
    assert read(node, server, statePath=state, ordered=ordered)[0] == []


def test_a_change_of_the_shipped_data_is_what_the_version_says_it_is(
    node: Node, serve: Serve, run: Run, built: tuple[VersionStore, Built], tmp_path: Path
) -> None:
    folder, data, state = tmp_path / "store", tmp_path / "data", str(tmp_path / "state")
    shutil.copytree(built[0].folder, folder)
    shutil.copytree(REPOSITORY / "data", data)
    server = serve("--store", folder)
    before, _ = read(node, server, statePath=state)
    catalogue = data / "catalogue.ttl"
    said = catalogue.read_text(encoding="utf-8")
    catalogue.write_text(said.replace("Catalogue of dppgraph", "What dppgraph offers"), encoding="utf-8")
    assert run("build", "--store", folder, "--data", data).returncode == 0
    wait_for(server, 2)
    after, _ = read(node, server, statePath=state)
    store = VersionStore(folder)
    assert f"{BASE}id/dataset/catalogue" in {member.entity for member in after}
    assert {member.entity for member in after} == {entity for entity in store.changes(2) if GENID not in entity}
    latest = {member.entity: member for member in (*before, *after)}
    for way in ("graph", "materialised"):
        assert {line for member in latest.values() for line in getattr(member, way)} == union(store.lines(2))


def test_the_command_of_the_documentation_follows(node: Node, server: Server, tmp_path: Path) -> None:
    told = (REPOSITORY / "docs" / "feed.md").read_text(encoding="utf-8")
    (command,) = [line for line in told.splitlines() if line.startswith("npx ldes-client ")]
    command = command.replace("127.0.0.1:8000", f"127.0.0.1:{server.port}").replace("state", str(tmp_path / "state"))
    program = str(NPM / "node_modules" / ".bin" / "ldes-client")
    first, second = (node(program, *command.split()[2:]) for _ in range(2))
    assert (first.returncode, second.returncode) == (0, 0), first.stderr
    assert first.stdout.count(ENTITY) > 500
    assert ENTITY not in second.stdout
