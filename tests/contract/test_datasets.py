"""Which graphs a query asks, in every way in which that can be said, is the same whatever answers."""

from typing import Any

import pytest

from dppgraph.errors import BadParameter, QuerySyntax
from tests.contract.conftest import Hold, Holding

pytestmark = pytest.mark.heavy

DATA = """
@prefix e: <http://e/> .
e:default e:p "in the unnamed graph" .
e:one { e:a e:p "one" , "shared" ; e:q e:one . e:only-one e:p "1" . }
e:two { e:b e:p "two" . e:a e:p "shared" . e:one e:title "a graph that is spoken of" . }
e:three { e:c e:p "three" . e:a e:p "shared" . e:a e:p "one" . }
"""
_ONE = '1"^^<http://www.w3.org/2001/XMLSchema#integer>'
ONE, TWO, THREE = "http://e/one", "http://e/two", "http://e/three"


@pytest.fixture(scope="module")
def held(hold: Hold) -> Holding:
    return hold(DATA)


def values(held: Holding, text: str, **said: Any) -> list[str]:
    """The values of ``?o``, or of the only variable, sorted."""
    return sorted(
        row[0][1].strip('"') if len(row) == 1 else " ".join(value for _, value in row)
        for row in held.rows(text, **said)
    )


def test_no_dataset_asks_the_merge_of_all_graphs(held: Holding) -> None:
    assert values(held, "SELECT ?o { <http://e/a> <http://e/p> ?o }") == ["one", "shared"]
    assert values(held, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == ['8"^^<http://www.w3.org/2001/XMLSchema#integer>']


def test_plain_asks_the_unnamed_graph_alone(held: Holding) -> None:
    assert values(held, "SELECT ?o { ?s <http://e/p> ?o }", union=False) == ["in the unnamed graph"]
    assert values(held, "SELECT ?o { GRAPH <http://e/two> { <http://e/b> ?p ?o } }", union=False) == ["two"]


def test_from_asks_one_graph(held: Holding) -> None:
    assert values(held, "SELECT ?o FROM <http://e/one> { ?s <http://e/p> ?o }") == ["1", "one", "shared"]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?o FROM <http://e/one> FROM <http://e/two> { <http://e/a> ?p ?o }",
        "PREFIX x: <http://e/> SELECT ?o FROM x:one\nFROM x:two # FROM <http://e/three>\nWHERE { <http://e/a> ?p ?o }",
        "BASE <http://e/> SELECT ?o FROM <one> FROM <two> { <a> ?p ?o }",
        "SELECT ?o FROM <http://e/one> FROM <http://e/one> FROM <http://e/two> { <http://e/a> ?p ?o }",
    ],
)
def test_several_from_ask_their_merge_in_which_a_shared_triple_is_once(held: Holding, text: str) -> None:
    assert values(held, text) == ["<http://e/one>", "one", "shared"]


def test_from_three_graphs_that_share_in_pairs_counts_each_triple_once(held: Holding) -> None:
    text = "SELECT ?o FROM <http://e/one> FROM <http://e/two> FROM <http://e/three> { <http://e/a> <http://e/p> ?o }"
    assert values(held, text) == ["one", "shared"]
    assert values(held, text.replace("FROM <http://e/one> ", "")) == ["one", "shared"]


def test_from_leaves_no_named_graphs(held: Holding) -> None:
    assert values(held, "SELECT ?o FROM <http://e/one> { GRAPH ?g { ?s ?p ?o } }") == []
    assert values(held, "SELECT ?o FROM <http://e/one> { GRAPH <http://e/one> { ?s ?p ?o } }") == []


def test_from_named_leaves_nothing_in_the_default_graph(held: Holding) -> None:
    text = "SELECT ?o FROM NAMED <http://e/two> { GRAPH ?g { <http://e/b> ?p ?o } }"
    assert values(held, text) == ["two"]
    assert values(held, "SELECT ?o FROM NAMED <http://e/two> { ?s ?p ?o }") == []


def test_the_protocol_wins_over_the_text(held: Holding) -> None:
    text = "SELECT ?o FROM <http://e/one> { ?s <http://e/p> ?o }"
    assert values(held, text, default_graphs=(TWO,)) == ["shared", "two"]
    asked = "SELECT ?o { GRAPH ?g { <http://e/a> <http://e/p> ?o } }"
    assert values(held, asked, named_graphs=(TWO, THREE)) == ["one", "shared", "shared"]
    assert values(held, "SELECT ?o { ?s ?p ?o }", named_graphs=(TWO,)) == []


def test_a_graph_that_is_not_there_is_empty(held: Holding) -> None:
    assert values(held, "SELECT ?o FROM <http://e/none> { ?s ?p ?o }") == []
    assert values(held, "SELECT ?o { GRAPH <http://e/none> { ?s ?p ?o } }") == []
    assert values(held, "SELECT ?o { ?s ?p ?o }", default_graphs=("http://e/none",)) == []
    assert values(held, "SELECT ?g { GRAPH ?g { ?s ?p ?o } }", named_graphs=("http://e/none",)) == []


def test_what_names_no_graph_is_refused(held: Holding) -> None:
    with pytest.raises(BadParameter, match="absolute"):
        held.ask("SELECT ?o { ?s ?p ?o }", default_graphs=("none",))


def test_graph_with_a_variable_shows_the_names_that_clients_know(held: Holding) -> None:
    assert values(held, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }") == [
        "<http://e/one>",
        "<http://e/three>",
        "<http://e/two>",
    ]
    assert values(held, "SELECT * { GRAPH ?g { <http://e/b> ?p ?o } }") == ['<http://e/two> "two" <http://e/p>']


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        # What is said of a graph, by its name, in another one.
        ("GRAPH ?o { ?s <http://e/p> '1' } ?o <http://e/title> ?t", ["<http://e/one>"]),
        ("GRAPH ?o { ?s <http://e/q> ?o }", ["<http://e/one>"]),
        ("?s <http://e/q> ?g . GRAPH ?g { <http://e/only-one> ?p ?o }", ["1"]),
        ("GRAPH ?g { <http://e/b> ?p ?x } GRAPH ?g { <http://e/a> ?p ?o }", ["shared"]),
        ("GRAPH ?g { ?s ?p ?o FILTER(?g = <http://e/two>) FILTER(?s = <http://e/b>) }", ["two"]),
        ("GRAPH ?g { ?s ?p ?o FILTER(?s = <http://e/b>) } FILTER(STR(?g) = 'http://e/two')", ["two"]),
        ("BIND(<http://e/two> AS ?g) GRAPH ?g { <http://e/b> ?p ?o }", ["two"]),
        ("VALUES ?g { <http://e/two> <http://e/none> } GRAPH ?g { <http://e/a> ?p ?o }", ["shared"]),
        ("?s <http://e/p> ?o FILTER EXISTS { GRAPH ?g { ?s <http://e/p> 'two' } }", ["two"]),
        ("?s <http://e/p> ?o FILTER NOT EXISTS { GRAPH ?g { ?s <http://e/p> ?o } }", ["in the unnamed graph"]),
        ("?s <http://e/title> ?t OPTIONAL { GRAPH ?s { <http://e/only-one> ?p ?o } }", ["1"]),
        (
            "?s <http://e/p> ?o MINUS { GRAPH <http://e/one> { ?s ?p ?o } } MINUS { GRAPH ?g { <http://e/a> ?p ?o } }",
            ["in the unnamed graph", "three", "two"],
        ),
        ("GRAPH ?g { SELECT (COUNT(?x) AS ?o) { <http://e/b> ?p ?x } GROUP BY ?p HAVING(COUNT(?x) > 0) }", [_ONE]),
        ("GRAPH ?g { [] <http://e/q> _:x . _:x2 <http://e/p> '1' } BIND('blank' AS ?o)", ["blank"]),
        (
            "{ GRAPH <http://e/one> { <http://e/only-one> ?p ?o } } UNION { GRAPH ?g { <http://e/b> ?p ?o } }",
            ["1", "two"],
        ),
        ("GRAPH ?g { ?s ?p '#GRAPH ?x { }' } BIND(1 AS ?o)", []),
    ],
)
def test_graph_means_what_sparql_says(held: Holding, pattern: str, expected: list[str]) -> None:
    assert values(held, f"SELECT ?o {{ {pattern} }}") == expected


def test_a_template_of_construct_is_left_alone(held: Holding) -> None:
    text = "CONSTRUCT { ?g <http://e/has> ?s } WHERE { GRAPH ?g { ?s <http://e/p> 'two' } }"
    assert held.triples(text) == ["<http://e/two> <http://e/has> <http://e/b> ."]


def test_counts_by_graph_are_those_of_the_graphs(held: Holding) -> None:
    text = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g HAVING(COUNT(*) > 3)"
    assert values(held, text) == ['<http://e/one> "4"^^<http://www.w3.org/2001/XMLSchema#integer>']


@pytest.mark.parametrize(
    "text", ["SELECT ?o { GRAPH { ?s ?p ?o } }", "SELECT ?o { GRAPH ?g ?s ?p ?o }", "SELECT ?o { GRAPH e:one ?o }"]
)
def test_a_graph_that_does_not_parse_is_told(held: Holding, text: str) -> None:
    with pytest.raises(QuerySyntax, match="line 1, column"):
        held.ask(text)


def test_over_very_many_graphs_the_answer_is_the_same(hold: Hold) -> None:
    data = " ".join(f"<http://g/{n}> {{ <http://s/{n}> <http://p> {n} , 'all' . }}" for n in range(60))
    held = hold(data)
    assert len(values(held, "SELECT ?g { GRAPH ?g { ?s <http://p> 'all' } }")) == 60
    assert len(values(held, "SELECT * { GRAPH ?g { ?s <http://p> 'all' } }")) == 60
    assert values(held, "SELECT ?g { GRAPH ?g { ?s <http://p> 7 } }") == ["<http://g/7>"]
    two = "SELECT ?g ?h { GRAPH ?g { ?s <http://p> 7 } GRAPH ?h { ?t <http://p> 8 } }"
    assert values(held, two) == ["<http://g/7> <http://g/8>"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("GRAPH ?g { <http://e/b> ?p ?x { SELECT ?o { <http://e/a> ?p ?o } } }", ["shared"]),
        ("GRAPH ?g { GRAPH ?h { <http://e/only-one> ?p ?o } }", ["1", "1", "1"]),
    ],
)
def test_where_the_embedded_store_differs_from_sparql_an_engine_does_not(
    hold_elsewhere: Hold, pattern: str, expected: list[str]
) -> None:
    """Oxigraph evaluates a query within GRAPH ?g, and GRAPH within GRAPH, over any graph."""
    held = hold_elsewhere(DATA)
    assert values(held, f"SELECT ?o {{ {pattern} }}") == expected
