"""Graphs put, merged into and deleted, in exact lines; documents that do harm, and how that is told."""

import pytest

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.errors import BadParameter, BadRdf, DppgraphError, GraphForbidden, Unknown
from dppgraph.store.updates import Document, deleted, merged_into, put
from tests.store.updating import State, lines_of

G = "http://u/g"
BEFORE = "{ u:s u:p 0 } u:g { u:s u:p 1.50 ; u:q 02 } u:h { u:s u:p 1 }"


def turtle(text: str, format_: Format = formats.TURTLE) -> Document:
    """A body; in Turtle and TriG ``u:`` is declared."""
    head = "PREFIX u: <http://u/>\n" if format_ in (formats.TURTLE, formats.TRIG) else ""
    return Document((head + text).encode(), format_)


def test_a_graph_is_put() -> None:
    state = State(BEFORE)
    target = state.target
    stated = put(G, turtle("u:s u:p 1.5 ; u:q 02 ; u:r <#x> ."), target)
    delta = state.take(target, stated)
    assert not stated.created
    # What stays is no part of the change, and what is written otherwise is.
    assert delta.removed == lines_of("u:g { u:s u:p 1.50 }")
    assert delta.added == lines_of("u:g { u:s u:p 1.5 ; u:r <http://u/g#x> }")


def test_a_form_that_stays_stays_in_the_engine_too() -> None:
    state = State("u:g { u:s u:p 1.50, 1.5 }")
    target = state.target
    state.take(target, put(G, turtle("u:s u:p 1.5 ."), target))
    assert state.lines == lines_of("u:g { u:s u:p 1.5 }")


@pytest.mark.parametrize("graph", ["http://u/new", None])
def test_only_a_named_graph_is_created(graph: str | None) -> None:
    for stated in (put(graph, turtle("u:s u:p 1 ."), State().target), merged_into(graph, [turtle("")], State().target)):
        assert stated.created is (graph is not None)


def test_the_default_graph_is_put() -> None:
    state = State(BEFORE)
    target = state.target
    state.take(target, put(None, turtle("u:t <x> 1 ."), target))
    assert state.lines == lines_of("{ u:t <http://base.example/x> 1 } u:g { u:s u:p 1.50 ; u:q 02 } u:h { u:s u:p 1 }")


def test_documents_are_merged_and_their_blank_nodes_are_not() -> None:
    state = State(BEFORE)
    target = state.target
    bodies = [turtle("_:a u:p 1 . u:s u:p 1.50 ."), turtle("_:a u:p 1 .")]
    stated = merged_into(G, bodies, target)
    assert not stated.created
    assert not stated.delta.removed
    assert len(state.take(target, stated).added) == 2


def test_a_graph_is_deleted() -> None:
    state = State(BEFORE)
    target = state.target
    state.take(target, deleted(G, target))
    assert state.lines == lines_of("{ u:s u:p 0 } u:h { u:s u:p 1 }")
    with pytest.raises(Unknown, match="no graph <http://u/g>"):
        deleted(G, state.target)
    target = state.target
    state.take(target, deleted(None, target))
    assert state.lines == lines_of("u:h { u:s u:p 1 }")


def test_behind_the_gate_names_are_given_and_the_base_is_moved() -> None:
    state = State(gated=True, base="https://data.example.org/")
    target = state.target
    body = turtle("<https://w3id.org/dppgraph/id/plan/x> u:p [ a <http://purl.org/dc/terms/PeriodOfTime> ] .")
    graph = "https://data.example.org/id/graph/source"
    added = state.take(target, put(graph, body, target)).added
    assert [line.split()[0] for line in added] == [
        "<https://data.example.org/id/plan/x#period>",
        "<https://data.example.org/id/plan/x>",
    ]
    with pytest.raises(GraphForbidden, match="name a graph"):
        put(None, body, state.target)


def test_a_document_with_graphs_may_only_speak_of_the_one() -> None:
    target = State().target
    same = put(G, turtle("u:s u:p 1 . u:g { u:s u:p 2 }", formats.TRIG), target)
    assert same.delta.added == lines_of("u:g { u:s u:p 1, 2 }")
    with pytest.raises(BadRdf, match="in the graph <http://u/h>"):
        put(G, turtle("u:s u:p 1 . u:h { u:s u:p 2 }", formats.TRIG), State().target)


@pytest.mark.parametrize(
    ("body", "format_", "said"),
    [
        ("u:s u:p ", formats.TURTLE, "the body:2:"),
        ('<!DOCTYPE a [<!ENTITY x "y">]><rdf:RDF/>', formats.RDFXML, "DOCTYPE"),
        ("<!-- --><!DOCTYPE rdf:RDF SYSTEM 'file:///etc/passwd'><rdf:RDF/>", formats.RDFXML, "DOCTYPE"),
        ("<rdf:RDF", formats.RDFXML, "the body:1:"),
        ("{", formats.JSONLD, "the body"),
        (f"u:s u:p {'<<( u:s u:p ' * 257}1{' )>>' * 257} .", formats.TURTLE, "deep"),
        (f"u:s u:p {'<<( u:s u:p ' * 2_000}1{' )>>' * 2_000} .", formats.TURTLE, "deep"),
    ],
)
def test_what_cannot_be_read_is_told(body: str, format_: Format, said: str) -> None:
    with pytest.raises(BadRdf, match=said):
        put(G, turtle(body, format_), State().target)


@pytest.mark.parametrize("graph", ["g", "http://u/a b", "_:b"])
def test_a_graph_has_an_absolute_name(graph: str) -> None:
    with pytest.raises(BadParameter, match="absolute IRI"):
        put(graph, turtle(""), State().target)


def test_an_entity_bomb_is_not_lit() -> None:
    entities = "".join(f'<!ENTITY x{n} "{f"&x{n - 1};" * 10}">' for n in range(1, 20))
    bomb = f'<!DOCTYPE a [<!ENTITY x0 "boom">{entities}]><rdf:RDF>&x19;</rdf:RDF>'
    with pytest.raises(DppgraphError, match="DOCTYPE"):
        merged_into(G, [turtle(bomb, formats.RDFXML)], State().target)
