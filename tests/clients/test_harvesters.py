"""Harvesters of the JavaScript world: the same facts by whichever way they come."""

import json
from typing import Any

import pytest

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.store.rdf import parse
from tests.clients.conftest import NPM, PREFIXES, Node, rows
from tests.clients.test_npm import asked, ordered
from tests.conftest import Server

pytestmark = pytest.mark.remote

JOIN = """SELECT ?plan ?title ?line ?label {
  ?plan a dpp:ActionPlan ; dct:title ?title ; dpp:hasLineOfAction ?line .
  ?line <http://www.w3.org/2004/02/skos/core#prefLabel> ?label
}"""
PATHS = ["/ns", "/shapes", "/catalogue", "/.well-known/void", "/feed", "/feed/1", "/doc/concept/level-local"]
PLAN = "plan/vlaams-actieplan-duurzame-overheidsopdrachten-2012-2014"


def test_comunica_finds_the_same_by_sparql_by_fragments_and_in_files(node: Node, server: Server, endpoint: str) -> None:
    at = f"http://127.0.0.1:{server.port}"
    expected = ordered(rows(endpoint, f"{PREFIXES}{JOIN}"))
    assert len(expected) > 20
    for source in (endpoint, f"{at}/fragments", f"{at}/dumps/policy-plans.ttl"):
        assert ordered(asked(node, "comunica", "rows", source, JOIN)["rows"]) == expected, source


def test_comunica_counts_and_pages_by_fragments(node: Node, server: Server, endpoint: str) -> None:
    query = "SELECT ?s ?type { ?s a ?type }"
    (count,) = rows(endpoint, "SELECT (COUNT(*) AS ?n) { ?s a ?type }")
    source = f"http://127.0.0.1:{server.port}/fragments"
    assert asked(node, "comunica", "count", source, query) == {"count": int(count["n"]["value"])}


@pytest.mark.parametrize("path", PATHS)
def test_rdf_dereference_reads_each_kind_of_document(node: Node, server: Server, path: str) -> None:
    def read(address: str, accept: str = "") -> dict[str, Any]:
        said = node(str(NPM / "dereference.mjs"), f"http://127.0.0.1:{server.port}{address}", *filter(None, (accept,)))
        found: dict[str, Any] = json.loads(said.stdout)
        return found

    # As it comes, by its own Accept header; then in each format that a document has.
    assert read(path)["triples"] in {triples(server, path, format_) for format_ in (formats.TURTLE, formats.NQUADS)}
    for format_ in (formats.TURTLE, formats.JSONLD, formats.NTRIPLES, formats.RDFXML, formats.TRIG, formats.NQUADS):
        address = f"{path}?format={format_.name}"
        assert read(address) == {"triples": triples(server, address, format_)}, format_.name


def test_rdf_dereference_follows_a_name_to_its_document(node: Node, server: Server) -> None:
    address = f"http://127.0.0.1:{server.port}/id/{PLAN}"
    said = node(str(NPM / "dereference.mjs"), address)
    assert json.loads(said.stdout) == {"triples": triples(server, f"/doc/{PLAN}", formats.TURTLE)}


def triples(server: Server, path: str, format_: Format) -> int:
    body = server.ask("GET", path, headers={"Accept": format_.media_types[0]})[2]
    return len({quad[:3] for quad in parse(body, format_, base=f"http://127.0.0.1:{server.port}{path}")})
