"""Exports, read back by parsers that are not the writer."""

import json
from collections.abc import Iterator

import pytest
import rdflib
from pyld import jsonld
from rdflib.compare import isomorphic

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.quads import Quad, canonical, parse_line
from dppgraph.errors import Unknown
from dppgraph.operations.build import Built
from dppgraph.operations.export import export, of_graphs, of_thing
from dppgraph.store.versions import VersionStore

BASE = "https://w3id.org/dppgraph/"
PLAN = f"{BASE}id/plan/vlaams-actieplan-duurzame-overheidsopdrachten-2012-2014"
XSD = "http://www.w3.org/2001/XMLSchema#"
RDFLIB = {
    formats.TURTLE: "turtle",
    formats.NTRIPLES: "nt",
    formats.RDFXML: "xml",
    formats.TRIG: "trig",
    formats.NQUADS: "nquads",
}


@pytest.fixture(autouse=True)
def _exact_literals() -> Iterator[None]:
    before, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    yield
    rdflib.NORMALIZE_LITERALS = before


@pytest.fixture(scope="module")
def lines(built: tuple[VersionStore, Built]) -> list[str]:
    return of_graphs(built[0].lines(1), ["source", "interpretation", "inferred"], BASE)


@pytest.mark.heavy
@pytest.mark.parametrize("format_", formats.RDF, ids=lambda format_: format_.name)
def test_the_whole_version_read_back_is_the_graph(built: tuple[VersionStore, Built], format_: Format) -> None:
    test_every_format_read_back_is_the_graph(built[0].lines(1), format_)


def read_back(data: bytes, format_: Format) -> set[Quad]:
    if format_ == formats.JSONLD:
        said = jsonld.to_rdf(json.loads(data), {"format": "application/n-quads"})
        return {parse_line(line) for line in said.splitlines()}
    dataset = rdflib.Dataset()
    dataset.parse(data=data, format=RDFLIB[format_])
    found = set()
    for subject, predicate, object_, graph in dataset.quads():
        name = "" if graph is None or str(graph).startswith("urn:x-rdflib") else f"<{graph}>"
        found.add(Quad(_term(subject), _term(predicate), _term(object_), name))
    return found


def _term(term: rdflib.term.Node) -> str:
    graph = rdflib.Graph().add((rdflib.URIRef("a:a"), rdflib.URIRef("a:a"), term))
    return graph.serialize(format="nt").strip().removeprefix("<a:a> <a:a> ").removesuffix(" .")


def same_characters(quads: set[Quad]) -> set[tuple[str, ...]]:
    """Quads by the values of their terms, whatever escapes a writer of N-Triples prefers."""
    dataset = rdflib.Dataset()
    dataset.parse(data="".join(f"{quad.line()}\n" for quad in quads), format="nquads")
    return {tuple(repr(term) for term in quad) for quad in dataset.quads()}


@pytest.mark.parametrize("format_", formats.RDF, ids=lambda format_: format_.name)
def test_every_format_read_back_is_the_graph(lines: list[str], format_: Format) -> None:
    found = read_back(export(lines, format_), format_)
    published = {parse_line(line) for line in lines}
    if not format_.named_graphs:
        published = {quad._replace(graph="") for quad in published}
    assert same_characters(found) == same_characters(published)


@pytest.mark.parametrize("format_", formats.RDF, ids=lambda format_: format_.name)
def test_the_same_lines_give_the_same_bytes_in_any_order(lines: list[str], format_: Format) -> None:
    assert export(lines, format_) == export(reversed(lines), format_)


@pytest.mark.parametrize("format_", formats.RDF, ids=lambda format_: format_.name)
def test_literals_keep_their_form(format_: Format) -> None:
    values = [
        f'"5"^^<{XSD}nonNegativeInteger>',
        f'"1.50"^^<{XSD}decimal>',
        f'"01"^^<{XSD}integer>',
        f'"1"^^<{XSD}boolean>',
        '"x"@nl-be',
        '"a\\"b\\\\c\\nd"',
        f'"2009"^^<{XSD}gYear>',
    ]
    lines = canonical(Quad("<http://e.org/s>", f"<http://e.org/p{n}>", value) for n, value in enumerate(values))
    found = read_back(export(lines, format_), format_)
    assert same_characters(found) == same_characters({parse_line(line) for line in lines})


def test_turtle_is_isomorphic_by_another_librarys_word(lines: list[str]) -> None:
    ours = rdflib.Graph().parse(data=export(lines, formats.TURTLE), format="turtle")
    plain = rdflib.Graph().parse(
        data="".join(f"{parse_line(line)._replace(graph='').line()}\n" for line in lines), format="nt"
    )
    assert isomorphic(ours, plain)


def test_json_ld_has_its_context_inside(lines: list[str]) -> None:
    said = json.loads(export(lines, formats.JSONLD))
    assert all(isinstance(iri, str) and iri.startswith("http") for iri in said["@context"].values())


def test_one_thing_comes_with_its_dependent_parts(lines: list[str]) -> None:
    subjects = {parse_line(line).subject for line in of_thing(lines, PLAN)}
    assert subjects == {f"<{PLAN}>", f"<{PLAN}#period>"}
    assert {parse_line(line).subject for line in of_thing(lines, f"{PLAN}#period")} == {f"<{PLAN}#period>"}


def test_a_thing_whose_name_only_begins_alike_is_another(lines: list[str]) -> None:
    with pytest.raises(Unknown, match="nothing is said"):
        of_thing(lines, PLAN[:-1])


def test_graphs_are_chosen_by_short_name_or_iri(lines: list[str]) -> None:
    by_name = of_graphs(lines, ["source"], BASE)
    assert by_name == of_graphs(lines, [f"{BASE}id/graph/source"], BASE)
    assert {parse_line(line).graph for line in by_name} == {f"<{BASE}id/graph/source>"}
    with pytest.raises(Unknown, match="there are inferred, interpretation, source"):
        of_graphs(lines, ["sauce"], BASE)
