"""Clients of the JavaScript world read a site of files as they read a server."""

import json
from collections import Counter

import pytest

from dppgraph.core.quads import parse_line
from dppgraph.operations.build import Built
from dppgraph.operations.feed import FeedReader
from dppgraph.store.versions import VersionStore
from tests.clients.conftest import NPM, PREFIXES, Node
from tests.clients.test_feed import read, union
from tests.clients.test_harvesters import JOIN
from tests.clients.test_npm import asked, ordered
from tests.conftest import Run
from tests.operate.conftest import Nginx

pytestmark = [pytest.mark.remote, pytest.mark.timeout(600)]


@pytest.mark.parametrize(("settings", "way"), [({}, "graph"), ({"ordered": "ascending"}, "materialised")], ids=str)
def test_ldes_client_has_the_whole_graph(
    node: Node, served: Nginx, built: tuple[VersionStore, Built], settings: dict[str, object], way: str
) -> None:
    members, addresses = read(node, served, **settings)
    assert len(members) == len({member.id for member in members}) == FeedReader(built[0], 1).count
    found = Counter(line for member in members for line in getattr(member, way))
    assert set(found) == union(built[0].lines(1))
    assert max(found.values()) == 1
    assert {words.partition("http")[0].strip() for words in addresses} == {"200 application/trig; charset=utf-8"}


@pytest.mark.parametrize("source", ["dumps/1/policy-plans.ttl", "dumps/policy-plans.nt", "fragments"])
def test_comunica_finds_the_same_in_files_and_in_the_pages_of_all_triples(
    node: Node, served: Nginx, built: tuple[VersionStore, Built], run: Run, source: str
) -> None:
    said = run("query", "-e", f"{PREFIXES}{JOIN}", "--format", "json", "--store", built[0].folder)
    expected = ordered(json.loads(said.stdout)["results"]["bindings"])
    assert len(expected) > 20
    at = f"http://127.0.0.1:{served.port}/{source}"
    assert ordered(asked(node, "comunica", "rows", at, JOIN)["rows"]) == expected


def test_comunica_counts_all_triples_over_the_pages_and_none_besides(
    node: Node, served: Nginx, built: tuple[VersionStore, Built]
) -> None:
    at = f"http://127.0.0.1:{served.port}/fragments"
    triples = {parse_line(line)[:3] for line in built[0].lines(1)}
    found = asked(node, "comunica", "count", at, "SELECT * { ?s ?p ?o }")
    assert found == {"count": len(triples)}


def test_rdf_dereference_follows_a_name_to_data_of_the_document(node: Node, served: Nginx) -> None:
    for path in ("/doc/plan/vlaams-plan-overheidsopdrachten.ttl", "/catalogue.jsonld", "/ns.rdf", "/.well-known/void"):
        said = node(str(NPM / "dereference.mjs"), f"http://127.0.0.1:{served.port}{path}")
        assert json.loads(said.stdout)["triples"] > 20, said.stdout
