"""What the endpoint says of itself, and what clients find in the graph without being told where."""

import json
from pathlib import Path
from urllib.parse import quote

import pyoxigraph
import pytest

from dppgraph.core import formats
from dppgraph.core.iris import GRAPHS, PREFIXES
from dppgraph.operations.build import Built
from dppgraph.operations.queries import read_questions
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE, REPOSITORY, Serve, Server

SD = PREFIXES["sd"]
SIB_PREFIXES = (
    "SELECT DISTINCT ?prefix ?namespace WHERE { [] sh:namespace ?namespace ; sh:prefix ?prefix } ORDER BY ?prefix"
)
SIB_EXAMPLES = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT DISTINCT ?sq ?comment ?query WHERE {
  ?sq a sh:SPARQLExecutable ; rdfs:comment ?comment ; sh:select|sh:ask|sh:construct|sh:describe ?query .
} ORDER BY ?sq"""
SIB_CLASSES = """
PREFIX void: <http://rdfs.org/ns/void#> PREFIX void-ext: <http://ldf.fi/void-ext#>
SELECT DISTINCT ?subjectClass ?prop ?objectClass ?objectDatatype WHERE {
  ?cp void:class ?subjectClass ; void:propertyPartition ?pp .
  ?pp void:property ?prop .
  OPTIONAL {
    { ?pp void:classPartition [ void:class ?objectClass ] }
    UNION { ?pp void-ext:datatypePartition [ void-ext:datatype ?objectDatatype ] }
  }
}"""
"""What SIB's editor asks an endpoint, to offer prefixes, examples, and the next property."""


def described(server: Server, accept: str = "text/turtle") -> set[pyoxigraph.Triple]:
    status, headers, body = server.ask("GET", "/sparql", headers={"Accept": accept})
    assert status == 200
    format_ = pyoxigraph.RdfFormat.from_media_type(headers["content-type"])
    assert format_ is not None
    return {quad.triple for quad in pyoxigraph.parse(body, format_)}


def rows(server: Server, query: str) -> list[dict[str, str]]:
    status, _, body = server.ask("GET", f"/sparql?format=json&query={quote(query)}")
    assert status == 200, body
    return [{name: term["value"] for name, term in row.items()} for row in json.loads(body)["results"]["bindings"]]


def objects(triples: set[pyoxigraph.Triple], predicate: str) -> set[str]:
    return {str(triple.object).strip("<>") for triple in triples if triple.predicate.value == predicate}


@pytest.mark.parametrize("known", formats.RDF, ids=lambda known: known.name)
def test_without_a_query_the_endpoint_describes_itself_in_every_format(server: Server, known: formats.Format) -> None:
    assert described(server, known.media_types[0]) == described(server)
    assert server.ask("HEAD", f"/sparql?format={known.name}")[0] == 200


def test_a_client_that_takes_no_rdf_is_told_what_there_is(server: Server) -> None:
    status, _, body = server.ask("GET", "/sparql", headers={"Accept": "image/png"})
    assert (status, "text/turtle" in json.loads(body)["offered"]) == (406, True)


def test_the_description_is_true(server: Server) -> None:
    said = described(server)
    assert not any(isinstance(triple.subject, pyoxigraph.BlankNode) for triple in said)
    assert objects(said, f"{SD}endpoint") == {f"http://127.0.0.1:{server.port}/sparql"}
    assert objects(said, f"{SD}feature") == {f"{SD}UnionDefaultGraph"}
    assert objects(said, f"{SD}name") == {f"{BASE}id/graph/{name}" for name in GRAPHS}
    (graphs,) = rows(server, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    counted = {
        triple.subject.value: str(triple.object)
        for triple in said
        if triple.predicate.value.endswith("void#triples") and isinstance(triple.subject, pyoxigraph.NamedNode)
    }
    sizes = {size for subject, size in counted.items() if "/service/sparql#" in subject}
    assert f'"{graphs["n"]}"^^<http://www.w3.org/2001/XMLSchema#integer>' in sizes
    assert len(sizes) == len(GRAPHS) + 1
    # The statistics that the endpoint has in its graph are part of it.
    partitions = {triple.object for triple in said if triple.predicate.value.endswith("void#classPartition")}
    (there,) = rows(server, "SELECT (COUNT(?p) AS ?n) { ?d <http://rdfs.org/ns/void#classPartition> ?p }")
    assert len(partitions) == int(there["n"]) > 20


@pytest.mark.heavy
def test_the_address_is_never_that_of_the_host_header(serve: Serve, built: tuple[VersionStore, Built]) -> None:
    server = serve(
        "--store", built[0].folder, "--public-url", "https://data.example.org/plans", "--default-graph", "plain",
        environment={"DPPGRAPH_SERVICE_ALLOW": "https://other.example.org/sparql"},
    )  # fmt: skip
    said = described(server)
    assert objects(said, f"{SD}endpoint") == {"https://data.example.org/plans/sparql"}
    assert objects(said, f"{SD}feature") == {f"{SD}BasicFederatedQuery"}
    _, _, body = server.ask("GET", "/sparql", headers={"Host": "evil.example"})
    assert b"evil" not in body


@pytest.mark.heavy
def test_the_description_of_a_bare_server_is_of_what_it_holds(serve: Serve, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "a.trig").write_text("<http://e/g> { <http://e/a> <http://e/b> <http://e/c> }")
    server = serve("--data", folder, "--store", folder.parent / "store", "--shapes", "none", "--default-graph", "plain")
    said = described(server)
    assert objects(said, f"{SD}name") == {"http://e/g"}
    assert objects(said, f"{SD}feature") == set()


def test_a_description_that_is_known_is_not_sent_again(server: Server) -> None:
    _, headers, _ = server.ask("GET", "/sparql")
    assert server.ask("GET", "/sparql", headers={"If-None-Match": headers["etag"]})[0] == 304
    _, other, _ = server.ask("GET", "/sparql?format=jsonld")
    assert other["etag"] != headers["etag"]


AREA = '"POLYGON((0 0,0 1,1 1,0 0))"^^<http://www.opengis.net/ont/geosparql#wktLiteral>'
POINT = '"POINT(0 0)"^^<http://www.opengis.net/ont/geosparql#wktLiteral>'
METRE = "<http://www.opengis.net/def/uom/OGC/1.0/metre>"
CASTS = {
    "date": "2001-01-01", "time": "00:00:00", "gYear": "2001", "gYearMonth": "2001-01", "gMonth": "--01",
    "gMonthDay": "--01-01", "gDay": "---01", "duration": "P1D", "yearMonthDuration": "P1Y", "dayTimeDuration": "P1D",
}  # fmt: skip
WITH_UNIT = {"length", "perimeter"}


def test_every_function_that_is_described_can_be_called(server: Server) -> None:
    functions = objects(described(server), f"{SD}extensionFunction")
    assert len(functions) > 40
    calls = []
    for iri in sorted(functions):
        name = iri.rpartition("#")[2].rpartition("/")[2]
        one, two = f"<{iri}>({AREA})", f"<{iri}>({AREA}, {AREA})"
        calls += (
            [f'<{iri}>("{CASTS[name]}")']
            if name in CASTS
            else [f"<{iri}>({POINT}, {POINT}, {METRE})"]
            if name == "distance"
            else [f"<{iri}>({AREA}, {METRE})"]
            if name in WITH_UNIT
            else [f"COALESCE({two}, {one})"]
        )
    query = f"SELECT {' '.join(f'({call} AS ?x{number})' for number, call in enumerate(calls))} {{}}"
    (row,) = rows(server, query)
    assert len(row) == len(functions)


def test_editors_find_the_prefixes(server: Server) -> None:
    assert {(row["prefix"], row["namespace"]) for row in rows(server, SIB_PREFIXES)} >= set(PREFIXES.items())


def test_editors_find_the_questions_as_examples_that_run(server: Server) -> None:
    found = rows(server, SIB_EXAMPLES)
    questions = read_questions(REPOSITORY / "queries")
    assert {row["comment"] for row in found} >= {
        title for known in questions.values() for title in known.titles.values()
    }
    assert {row["sq"] for row in found} == {f"{BASE}id/query/{name}" for name in questions}
    for query in {row["query"] for row in found}:
        status, _, body = server.ask("POST", "/sparql", query.encode(), {"Content-Type": "application/sparql-query"})
        assert (status, len(body.splitlines()) > 0) == (200, True), query


def test_editors_find_which_class_has_which_property(server: Server) -> None:
    found = {(row["subjectClass"], row["prop"], row.get("objectClass", "")) for row in rows(server, SIB_CLASSES)}
    dpp = PREFIXES["dpp"]
    assert (f"{dpp}PolicyPlan", f"{dpp}hasLineOfAction", f"{dpp}LineOfAction") in found
    # The partitions tell what there is: each is what the graph itself says.
    (count,) = rows(server, "SELECT (COUNT(DISTINCT ?x) AS ?n) { ?x a dpp:LineOfAction }")
    (said,) = rows(
        server,
        "PREFIX void: <http://rdfs.org/ns/void#> SELECT ?n { ?p void:class dpp:LineOfAction ; void:entities ?n }",
    )
    assert said == count


def test_the_counts_are_those_of_the_graphs(server: Server) -> None:
    said = rows(server, "PREFIX void: <http://rdfs.org/ns/void#> SELECT ?g ?n { ?g a sd:Graph ; void:triples ?n }")
    counted = rows(server, "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    assert {row["g"]: row["n"] for row in said} == {
        row["g"]: row["n"] for row in counted if not row["g"].endswith("/catalogue")
    }
