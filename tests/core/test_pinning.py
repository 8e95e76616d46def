"""Pinned to a version among others, a query has the answer that it has where that version is alone."""

from typing import Any

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.pinning import Pins, pinned
from dppgraph.errors import BadParameter, QuerySyntax

BASE = "http://b/"
GRAPHS = ("http://e/one", "http://e/two", "http://e/three")
NODES = [pyoxigraph.NamedNode(f"http://e/{name}") for name in ("one", "two", "a", "b")]
PROPERTIES = [pyoxigraph.NamedNode(f"http://e/{name}") for name in ("p", "q")]


def resolve(iri: str, base: str) -> str:
    return iri if ":" in iri else base + iri


def pins(*graphs: str, at_once: int = 16) -> Pins:
    return Pins({graph: f"{graph}?version=2" for graph in graphs}, "urn:nothing", at_once, BASE, resolve)


def answer(store: pyoxigraph.Store, text: str, default: list[str], named: list[str]) -> list[str]:
    found = store.query(
        text,
        default_graph=[pyoxigraph.NamedNode(iri) for iri in default],
        named_graphs=[pyoxigraph.NamedNode(iri) for iri in named],
    )
    assert isinstance(found, pyoxigraph.QuerySolutions)
    names = sorted(variable.value for variable in found.variables)
    return [" ".join(names), *sorted(" ".join(f"{name}={row[name]}" for name in names) for row in found)]


terms = st.sampled_from(["?s", "?o", "?x", "?g", "e:one", "e:a", "e:b", "_:x"])
patterns = st.builds(lambda s, p, o: f"{s} {p} {o} .", terms, st.sampled_from(["e:p", "e:q", "?p"]), terms)
conditions = st.sampled_from(
    ["FILTER(?s != ?o)", "FILTER(BOUND(?x))", "FILTER(?o = e:one)", "FILTER EXISTS { ?s e:p ?any }", ""]
)
in_graph = st.builds(
    lambda some, optional, condition: f"{some} {optional} {condition}",
    patterns,
    st.one_of(st.just(""), st.builds(lambda some: f"OPTIONAL {{ {some} }}", patterns)),
    conditions,
)
names = st.sampled_from(["?g", "?h", "?x", "e:one", "e:two", "<http://e/three>", "e:none"])
graph_patterns = st.builds(lambda name, group: f"GRAPH {name} {{ {group} }}", names, in_graph)


def around(groups: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds(lambda a, b: f"{a} {b}", groups, groups),
        st.builds(lambda a: f"OPTIONAL {{ {a} }}", groups),
        st.builds(lambda a, b: f"{{ {a} }} UNION {{ {b} }}", groups, groups),
        st.builds(lambda a, b: f"{a} FILTER EXISTS {{ {b} }}", groups, groups),
        st.builds(lambda a, b: f"{a} MINUS {{ {b} }}", groups, groups),
        st.builds(lambda a: f"VALUES ?g {{ e:one e:two e:none }} {a}", groups),
    )


queries = st.recursive(st.one_of(patterns, graph_patterns, graph_patterns), around, max_leaves=4)
quads = st.lists(
    st.tuples(st.sampled_from(NODES), st.sampled_from(PROPERTIES), st.sampled_from(NODES), st.sampled_from(GRAPHS)),
    max_size=12,
)
Quads = list[tuple[pyoxigraph.NamedNode, pyoxigraph.NamedNode, pyoxigraph.NamedNode, str]]


def blanks_apart(text: str) -> str:
    """A label of a blank node may stand in one group only: each gets one of its own."""
    pieces = text.split("_:x")
    return "".join(f"{piece}_:x{number}" for number, piece in enumerate(pieces[:-1])) + pieces[-1]


@given(quads, queries, st.sampled_from([GRAPHS, GRAPHS[:1], GRAPHS[1:], ()]), st.sampled_from([16, 1]))
def test_the_answer_is_that_of_the_version_alone(data: Quads, group: str, named: Any, at_once: int) -> None:
    alone, among = pyoxigraph.Store(), pyoxigraph.Store()
    for subject, property_, object_, graph in data:
        alone.add(pyoxigraph.Quad(subject, property_, object_, pyoxigraph.NamedNode(graph)))
        among.add(pyoxigraph.Quad(subject, property_, object_, pyoxigraph.NamedNode(f"{graph}?version=2")))
        # Another version, of which nothing is to be seen.
        among.add(pyoxigraph.Quad(object_, property_, subject, pyoxigraph.NamedNode(f"{graph}?version=1")))
    # With a star, nothing of how it is pinned may show.
    select = "SELECT *" if at_once == 16 else "SELECT ?s ?p ?o ?x ?g ?h"
    text = f"PREFIX e: <http://e/> {select} {{ {blanks_apart(group)} }}"
    asked = pinned(text, pins(*named, at_once=at_once))
    expected = answer(alone, text, [GRAPHS[0]], list(named) or ["urn:nothing"])
    versions = [f"{graph}?version=2" for graph in named] or ["urn:nothing"]
    assert answer(among, asked, [f"{GRAPHS[0]}?version=2"], versions) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * { ?s ?p ?o }", "SELECT * { ?s ?p ?o }"),
        ("ASK { GRAPH <http://e/one> { ?s ?p ?o } }", "ASK { GRAPH <http://e/one?version=2> { ?s ?p ?o } }"),
        ("ASK { graph\n# c\n<http://e/x>\t{?s ?p ?o} }", "ASK { GRAPH\n# c\n<urn:nothing>\t{?s ?p ?o} }"),
        ("SELECT ?s FROM <http://e/one> FROM NAMED <http://e/two>\nWHERE {}", "SELECT ?s  \nWHERE {}"),
        (
            "ASK { ?s dct:title 'GRAPH ?g { }' }",
            "PREFIX dct: <http://purl.org/dc/terms/> ASK { ?s dct:title 'GRAPH ?g { }' }",
        ),
        ("PREFIX dct: <x:> ASK { ?s dct:title ?o }", "PREFIX dct: <x:> ASK { ?s dct:title ?o }"),
        ("ASK { <a> ?p ?o }", "BASE <http://b/> ASK { <a> ?p ?o }"),
        (
            "ASK { GRAPH ?g { ?s ?p _:b } }",
            "ASK { { { GRAPH <http://e/one?version=2> { VALUES ?g { <http://e/one> } ?s ?p _:b_engine0b1  } } } }",
        ),
        ("ASK { ?s ?p ?o } # GRAPH ?g", "ASK { ?s ?p ?o } # GRAPH ?g"),
    ],
)
def test_names_are_put_where_graphs_are_named(text: str, expected: str) -> None:
    assert pinned(text, pins("http://e/one")) == expected


@pytest.mark.parametrize(
    "text",
    [
        "ASK { GRAPH }",
        "ASK { GRAPH ?g }",
        "ASK { GRAPH ?g { ?s ?p ?o",
        "ASK { GRAPH 'a' { ?s ?p ?o } }",
        "ASK { GRAPH y:a { ?s ?p ?o } }",
        "PREFIX y: <a:> PREFIX y: <b:> ASK { GRAPH y:a { ?s ?p ?o } }",
        "ASK { GRAPHy:a { ?s ?p ?o } }",
        "ASK { ?s ?p y:a.GRAPH y:b { ?s ?p ?o } }",
        "ASK { \\u0047RAPH <http://e/x> { ?s ?p ?o } }",
        'ASK { ?s ?p "\\u0022 . GRAPH <http://e/x> { ?s ?p ?o } #" }',
        "ASK { FILTER(1<'a>') GRAPH <http://e/x> { ?s ?p ?o } #' \n }",
        "ASK " + "{ GRAPH ?g " * 40 + "{ }" + "}" * 40,
    ],
)
def test_what_cannot_be_told_is_refused(text: str) -> None:
    with pytest.raises(QuerySyntax):
        pinned(text, pins("http://e/one"))


def test_a_query_that_would_get_too_long_is_refused() -> None:
    graphs = [f"http://e/{number}" for number in range(200)]
    with pytest.raises(BadParameter, match="FROM NAMED"):
        pinned("SELECT * { " + "GRAPH ?g { GRAPH ?h { GRAPH ?i { ?s ?p ?o } } }" + "}", pins(*graphs))


@given(st.text(alphabet="GRAPHgraph ?:{}<>'\"\\u0047#.\n()ASKFROMNAMEDe_", max_size=60))
def test_no_text_makes_it_fail_otherwise(text: str) -> None:
    try:
        pinned(text, pins("http://e/one"))
    except (QuerySyntax, BadParameter):
        return
