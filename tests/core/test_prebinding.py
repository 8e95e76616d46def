"""Terms in place of variables: everywhere, and as nothing but terms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.prebinding import with_values
from dppgraph.core.quads import Quad, literal
from dppgraph.errors import BadParameter
from dppgraph.store.memory import MemoryStore
from dppgraph.store.rdf import literal_text

E = "http://e/"
QUADS = [
    Quad(f"<{E}a>", f"<{E}p>", '"1"'),
    Quad(f"<{E}a>", f"<{E}p>", '"2"'),
    Quad(f"<{E}b>", f"<{E}p>", '"3"'),
]


def squeezed(text: str) -> str:
    return " ".join(text.split())


def rows(text: str, **values: str) -> list[tuple[str, ...]]:
    return [tuple(row.values()) for row in MemoryStore(QUADS).select(with_values(text, values), base=E)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ASK { ?s ?p ?o }", "ASK { <http://e/a> ?p ?o }"),
        ("ASK { $s ?p ?o }", "ASK { <http://e/a> ?p ?o }"),
        ("ASK{?s?p?o}", "ASK{ <http://e/a> ?p?o}"),
        ("SELECT ?s ?o { ?s ?p ?o }", "SELECT (<http://e/a> AS ?s) ?o { <http://e/a> ?p ?o }"),
        ("SELECT DISTINCT ?s { }", "SELECT DISTINCT (<http://e/a> AS ?s) { }"),
        ("SELECT (?s AS ?x) { }", "SELECT ( <http://e/a> AS ?x) { }"),
        ("SELECT (COUNT(?s) AS ?n) { ?s ?p ?o }", "SELECT (COUNT( <http://e/a> ) AS ?n) { <http://e/a> ?p ?o }"),
        ("SELECT ?o { } GROUP BY ?o ?s", "SELECT ?o { } GROUP BY ?o (<http://e/a>)"),
        ("SELECT ?o { } ORDER BY ?s DESC(?s) ?o", "SELECT ?o { } ORDER BY (<http://e/a>) DESC( <http://e/a> ) ?o"),
        (
            "SELECT ?o { } GROUP BY ?o ?s HAVING (?s = ?o) LIMIT 1",
            "SELECT ?o { } GROUP BY ?o (<http://e/a>) HAVING ( <http://e/a> = ?o) LIMIT 1",
        ),
        ("ASK { FILTER(BOUND(?s) && bound ( ?s )) }", "ASK { FILTER( (true) && (true) ) }"),
        ("ASK { FILTER(BOUND(?o) && ?s = 1) }", "ASK { FILTER(BOUND(?o) && <http://e/a> = 1) }"),
        ("DESCRIBE ?s", "DESCRIBE <http://e/a>"),
        ("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "CONSTRUCT { <http://e/a> ?p ?o } WHERE { <http://e/a> ?p ?o }"),
        ("ASK { VALUES ?o { 1 } ?s ?p ?o }", "ASK { VALUES ?o { 1 } <http://e/a> ?p ?o }"),
        (
            "SELECT ?o { { SELECT ?s ?o { ?s ?p ?o } ORDER BY ?s } ?s ?p ?o }",
            "SELECT ?o { { SELECT (<http://e/a> AS ?s_given5) ?o { <http://e/a> ?p ?o } ORDER BY (<http://e/a>) } "
            "<http://e/a> ?p ?o }",
        ),
        (
            "SELECT (EXISTS { ?s ?p ?o } AS ?e) ?s { ?x ?y ?z }",
            "SELECT (EXISTS { <http://e/a> ?p ?o } AS ?e) (<http://e/a> AS ?s) { ?x ?y ?z }",
        ),
        (
            "SELECT ?o { ?x ?y ?o } ORDER BY (EXISTS { ?s ?p ?o }) ?s",
            "SELECT ?o { ?x ?y ?o } ORDER BY (EXISTS { <http://e/a> ?p ?o }) (<http://e/a>)",
        ),
        (
            "SELECT ?s { ?s ?p ?o MINUS { ?o ?p ?x } }",
            "SELECT (<http://e/a> AS ?s) { <http://e/a> ?p ?o MINUS { ?o ?p ?x } }",
        ),
        # What only looks like the variable.
        ("ASK { ?ss ?p '?s' . # ?s\n ?x <?s> ?s }", "ASK { ?ss ?p '?s' . # ?s ?x <?s> <http://e/a> }"),
    ],
)
def test_a_term_stands_wherever_its_variable_stood(text: str, expected: str) -> None:
    assert squeezed(with_values(text, {"s": "<http://e/a>"})) == expected


def test_without_values_nothing_is_read() -> None:
    assert with_values("not even a query", {}) == "not even a query"


@pytest.mark.parametrize(
    "text",
    ["SELECT * { BIND(1 AS ?s) }", "SELECT (1 AS ?s) {}", "SELECT * { VALUES ?s { 1 } }", "ASK { VALUES (?o ?s) { } }"],
)
def test_a_variable_that_the_query_sets_itself_is_refused(text: str) -> None:
    with pytest.raises(BadParameter, match=r"\?s cannot be given a value: the query gives it one itself"):
        with_values(text, {"s": "1"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SELECT * { ?s ?p ?o MINUS { ?s ?p 1 } }", "stands in a MINUS"),
        ("SELECT * { ?s ?p ?o MINUS { ?o ?p 1 { SELECT ?o { ?o ?p ?s } } } }", "write FILTER NOT EXISTS"),
        ("DESCRIBE * { ?s ?p ?o }", "name what is to be described"),
    ],
)
def test_where_a_term_would_mean_something_else_it_is_refused(text: str, said: str) -> None:
    with pytest.raises(BadParameter, match=said):
        with_values(text, {"s": "1"})


def test_an_unknown_variable_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(BadParameter, match=r"no variable \?plan: it has \?s, \?o"):
        with_values("SELECT ?s { ?s ?s ?o }", {"plan": "1"})


def test_values_reach_into_not_exists_union_and_nested_queries() -> None:
    text = f"""SELECT ?s {{
        {{ ?s <{E}p> ?o }} UNION {{ SELECT ?s {{ ?s <{E}p> ?o }} }}
        FILTER NOT EXISTS {{ ?s <{E}p> ?not }}
    }}"""
    assert rows(text, o='"3"', **{"not": '"1"'}) == [(f"<{E}b>",)] * 2


def test_a_nested_query_may_show_the_same_column() -> None:
    text = (
        f"SELECT ?s ?n {{ ?s <{E}p> ?o {{ SELECT ?s (COUNT(?x) AS ?n) {{ ?s <{E}p> ?x }} GROUP BY ?s }} }} ORDER BY ?o"
    )
    assert [(s, literal_text(n)) for s, n in rows(text, s=f"<{E}a>")] == [(f"<{E}a>", "2")] * 2


def test_columns_and_groups_keep_their_value() -> None:
    counted = rows(f"SELECT ?s (COUNT(?o) AS ?n) {{ ?s <{E}p> ?o }} GROUP BY ?s ORDER BY ?s", s=f"<{E}a>")
    assert [(s, literal_text(n)) for s, n in counted] == [(f"<{E}a>", "2")]


AWKWARD = st.text() | st.lists(
    st.sampled_from(['"', "'", "\\", "\\u0022", "\\U00000022", "}", "{", "?s", "#", "\n", "\r", "<", ">", " ", "\x00"])
).map("".join)


@given(AWKWARD.filter(lambda text: not any("\ud800" <= character <= "\udfff" for character in text)))
def test_any_text_is_only_a_value(text: str) -> None:
    (row,) = rows("SELECT ?s (STRLEN(?s) AS ?n) { FILTER(?s = ?s) } ORDER BY ?s", s=literal(text))
    assert literal_text(row[0]) == text
    assert literal_text(row[1]) == str(len(text))
