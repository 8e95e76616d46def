"""What a query names outside of its patterns: the graphs after FROM, the endpoints after SERVICE."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.iris import PREFIXES
from dppgraph.core.query_text import Graph, read_query

A = "http://a.example/sparql"


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT * {{ SERVICE <{A}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ service silent\n<{A}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ SERVICE # <http://b.example/> {{\n<{A}> {{ ?s ?p ?o }} }}",
        "PREFIX a: <http://a.example/> SELECT * { SERVICE a:sparql { ?s ?p ?o } }",
        f"PREFIX : <{A}> SELECT * {{ SERVICE : {{ ?s ?p ?o }} }}",
        f"BASE <http://b.example/> SELECT * {{ SERVICE <{A}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ ?s ?p 'SERVICE ?x' OPTIONAL {{ {{ SELECT * {{ SERVICE <{A}> {{}} }} }} }} }}",
    ],
)
def test_an_endpoint_that_is_named_plainly_is_known(text: str) -> None:
    assert read_query(text).services == (A,)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE ?where { ?s ?p ?o } }",
        "SELECT * { SERVICE <sparql> { ?s ?p ?o } }",
        f"BASE <{A}> SELECT * {{ SERVICE <> {{ ?s ?p ?o }} }}",
        "SELECT * { SERVICE a:sparql { ?s ?p ?o } }",
        f"PREFIX a: <{A}> PREFIX a: <http://b.example/> SELECT * {{ SERVICE a: {{ ?s ?p ?o }} }}",
        f"PREFIX SILENTa: <{A}> PREFIX a: <http://b.example/> SELECT * {{ SERVICE SILENTa: {{ ?s ?p ?o }} }}",
        "PREFIX a: <http://a.example/> SELECT * { SERVICE a:sp\\-arql { ?s ?p ?o } }",
        "SELECT * { SERVICE <http://a.example/\\u0073parql> { ?s ?p ?o } }",
        f"SELECT * {{ SERVICEx:y {{ ?s ?p ?o }} SERVICE <{A}> {{}} }}",
        "SELECT * { \\u0053ERVICE <http://a.example/sparql> { ?s ?p ?o } }",
        "SELECT * { ?s ?p '\\u0027 SERVICE <http://a.example/sparql> { ?s ?p ?o }' }",
        f"PREFIX a: <{A}> SELECT * {{ ?s ?p ?a\u00b7GRAPH SERVICEa:x {{ ?s ?p ?o }} }}",
        f"PREFIX a: <{A}> SELECT * {{ SERVICEa:x\u00b7 {{ ?s ?p ?o }} }}",
        f"PREFIX a: <{A}> SELECT * {{ ?s ?p a:b.c.SERVICE a: {{ ?s ?p ?o }} }}",
        f"SELECT * {{ FILTER(1<'a>')SERVICE <{A}> {{ ?s ?p ?o }} #'\n}}",
        f"SELECT * {{ FILTER(1<2#>'''\n)SERVICE <{A}> {{ ?s ?p ?o }} #'''\n}}",
        f"SELECT * {{ VALUES ?v {{ '''a' }} SERVICE <{A}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ FILTER('\\u005C' != <a:b\\u0062#>) SERVICE <{A}> {{ ?s ?p ?o }} #'\n}}",
        f"SELECT * {{ VALUES ?v {{ '''a' }} SERVICE <{A}> {{ ?s ?p ?o }} # \\- '''\n}}",
        f"SELECT * {{ VALUES ?v {{ '''a' }} SERVICE <{A}> {{ ?s ?p ?o }} # \\uD800 '''\n}}",
        f"SELECT * {{ VALUES ?v {{ '''a' }} SERVICE <{A}> {{ ?s ?p ?o }} # \\U0000DFFF '''\n}}",
        f"PREFIX h: <http://h:> SELECT * {{ ?s ?p h:SERVICE <{A}> {{ ?s ?p ?o }} }}",
        # So many readings that not all are tried.
        "SELECT * { ?s ?service '''\n" + 100 * "\\'''\n",
        "SELECT * { SERVICE",
        "SELECT * { SERVICE SILENT",
    ],
)
def test_an_endpoint_that_cannot_be_told_is_none(text: str) -> None:
    assert None in read_query(text).services


@pytest.mark.parametrize(
    "text",
    [
        "PREFIX e: <http://e/service#> SELECT * { ?s e:service ?o FILTER(?o < 'service') GRAPH e:service { ?o a 1 } }",
        "SELECT * { ?s <http://e/o'service> ?o . ?o <http://e/#service> 'o' }",
        f"SELECT ('''it's a SERVICE <{A}> {{}} \\U0001F600 \\u0041''' AS ?x) {{}}",
        "SELECT ?service { ?service a ?SERVICE . ?service\u00b7 ?p 'SERVICE ?x {}' } # SERVICE ?x {}",
    ],
)
def test_what_looks_like_it_asks_nobody(text: str) -> None:
    assert read_query(text).services == ()


def test_an_endpoint_beside_what_can_be_read_otherwise_is_known() -> None:
    text = f"SELECT * {{ ?s <http://e/o'x#service> ?o FILTER(?o < '#') SERVICE <{A}> {{ ?s <http://e/#'> '' }} }}"
    assert read_query(text).services == (A,)


@pytest.mark.parametrize(
    "text", ["SELECT (1<'a>' AS ?x) FROM <g> #'\n{}", "SELECT (1<2#>'''\nAS ?x) FROM <g> #'''\n{}"]
)
def test_a_graph_that_another_reading_has_cannot_be_relied_on(text: str) -> None:
    assert read_query(text).glued


def test_all_endpoints_are_known() -> None:
    text = f"SELECT * {{ SERVICE <{A}> {{}} SERVICE ?x {{}} SERVICE <http://b.example/> {{}} }}"
    assert read_query(text).services == (A, None, "http://b.example/")


@pytest.mark.parametrize(
    ("clause", "graphs"),
    [
        (f"FROM <{A}>", (Graph(A, False),)),
        (f"from named <{A}> FROM <b>", (Graph(A, True), Graph("b", False))),
        ("FROM dpp:x", (Graph(PREFIXES["dpp"] + "x", False),)),
        ("FROM unknown:x", (None,)),
        ("FROM NAMED", (None,)),
        ("", ()),
    ],
)
def test_the_graphs_of_a_query_are_known(clause: str, graphs: tuple[Graph | None, ...]) -> None:
    assert read_query(f"SELECT * {clause} {{ ?from ?p 'FROM <x>' }}").graphs == graphs


@pytest.mark.parametrize(
    ("prologue", "graph"),
    [
        (f"BASE <{A}>", Graph("b", False, A)),
        (f"BASE <{A}> BASE <http://b.example/>", None),
        ("BASE <a>", None),
    ],
)
def test_a_relative_graph_is_relative_to_the_one_base_of_the_query(prologue: str, graph: Graph | None) -> None:
    assert read_query(f"{prologue} SELECT * FROM <b> {{}}").graphs == (graph,)


@given(
    st.lists(
        st.sampled_from(
            ["PREFIX", "BASE", "FROM", "NAMED", "SERVICE", "SILENT", "a:", f"<{A}>", "<b", "'", "\\", "{", "#\n"]
        )
    )
)
def test_any_text_can_be_read(pieces: list[str]) -> None:
    for text in (" ".join(pieces), "".join(pieces)):
        read_query(text)
