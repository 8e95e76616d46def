"""Each form of query, in each format, is answered alike whatever answers; and what is refused, in the same words."""

import pytest

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.errors import BadParameter, NotAcceptable, QuerySyntax, ServiceForbidden, UpdatesOff
from tests.contract.conftest import Hold, Holding

pytestmark = pytest.mark.heavy

DATA = """
@prefix e: <http://e/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
e:one {
  e:a skos:prefLabel "één, \\"twee\\"\\nregel"@nl , "one"@en ; e:n 1 , 2.5 , 1e3 , true ; e:to e:b .
  e:b e:n -7 ; e:day "2014-05-25"^^<http://www.w3.org/2001/XMLSchema#date> .
}
e:two { e:b e:from e:a . <http://é/ï> e:n "日本" . }
"""
TABLE = "SELECT ?s ?o { ?s <http://e/to>|<http://e/from> ?o } ORDER BY ?s"
XSD = "http://www.w3.org/2001/XMLSchema#"


def typed(text: str, name: str) -> str:
    """A literal of one of XML Schema's types."""
    return f'"{text}"^^<{XSD}{name}>'


@pytest.fixture(scope="module")
def held(hold: Hold) -> Holding:
    return hold(DATA)


@pytest.mark.parametrize(
    ("format_", "expected"),
    [
        (formats.CSV, "s,o\r\nhttp://e/a,http://e/b\r\nhttp://e/b,http://e/a\r\n"),
        (formats.TSV, "?s\t?o\n<http://e/a>\t<http://e/b>\n<http://e/b>\t<http://e/a>\n"),
        (
            formats.JSON,
            '{"head":{"vars":["s","o"]},"results":{"bindings":['
            '{"s":{"type":"uri","value":"http://e/a"},"o":{"type":"uri","value":"http://e/b"}},'
            '{"s":{"type":"uri","value":"http://e/b"},"o":{"type":"uri","value":"http://e/a"}}]}}',
        ),
        (
            formats.XML,
            '<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="s"/>'
            '<variable name="o"/></head><results><result><binding name="s"><uri>http://e/a</uri></binding>'
            '<binding name="o"><uri>http://e/b</uri></binding></result><result><binding name="s"><uri>http://e/b</uri>'
            '</binding><binding name="o"><uri>http://e/a</uri></binding></result></results></sparql>',
        ),
    ],
)
def test_a_table_is_the_same_bytes_in_each_format(held: Holding, format_: Format, expected: str) -> None:
    assert held.ask(TABLE, results=format_) == (format_, expected.encode())


@pytest.mark.parametrize(
    ("format_", "expected"),
    [(formats.JSON, b'{"head":{},"boolean":true}'), (formats.CSV, b"true"), (formats.TSV, b"true")],
)
def test_ask_is_answered_in_each_format(held: Holding, format_: Format, expected: bytes) -> None:
    assert held.ask("ASK { ?s <http://e/to> ?o }", results=format_) == (format_, expected)


def test_literals_come_as_they_are(held: Holding) -> None:
    found = held.rows("SELECT ?o { <http://e/a> ?p ?o FILTER(isLiteral(?o)) }")
    terms = ['"one"@en', '"één, \\"twee\\"\\nregel"@nl', typed("1", "integer"), typed("2.5", "decimal")]
    terms += [typed("1000", "double"), typed("true", "boolean")]
    assert found == sorted((("o", term),) for term in terms)
    assert held.rows("SELECT ?o { <http://é/ï> ?p ?o }") == [(("o", '"日本"'),)]
    assert held.rows("SELECT ?o { ?s <http://e/day> ?o }") == [(("o", typed("2014-05-25", "date")),)]


@pytest.mark.parametrize("format_", formats.RDF)
def test_construct_says_the_same_in_each_format(held: Holding, format_: Format) -> None:
    from dppgraph.core.quads import canonical
    from dppgraph.store.rdf import parse

    found, data = held.ask("CONSTRUCT { ?o <http://e/back> ?s } { ?s <http://e/to> ?o }", rdf=format_)
    assert found == format_
    assert canonical(parse(data, format_)) == ["<http://e/b> <http://e/back> <http://e/a> ."]


def test_describe_gives_what_is_said_of_a_thing(held: Holding) -> None:
    assert held.triples("DESCRIBE <http://e/b>") == [
        f'<http://e/b> <http://e/day> "2014-05-25"^^<{XSD}date> .',
        "<http://e/b> <http://e/from> <http://e/a> .",
        f'<http://e/b> <http://e/n> "-7"^^<{XSD}integer> .',
    ]
    assert held.triples("DESCRIBE ?x { ?x <http://e/day> ?day }") == held.triples("DESCRIBE <http://e/b>")


def test_well_known_prefixes_need_no_declaration(held: Holding) -> None:
    assert held.rows("SELECT ?l { ?s skos:prefLabel ?l FILTER(LANG(?l) = 'en') }") == [(("l", '"one"@en'),)]


def test_a_declared_prefix_wins_over_a_well_known_one(held: Holding) -> None:
    assert held.rows("PREFIX skos: <http://e/> SELECT ?o { skos:a skos:to ?o }") == [(("o", "<http://e/b>"),)]


def test_relative_iris_are_relative_to_the_base_of_the_data(held: Holding) -> None:
    base = held.versions.manifest(1).base
    assert held.rows("SELECT ?x { BIND(<id/plan/x> AS ?x) }") == [(("x", f"<{base}id/plan/x>"),)]


def test_values_stand_in_place_of_variables(held: Holding) -> None:
    text = "SELECT ?s ?n { ?s <http://e/n> ?n }"
    assert held.rows(text, substitutions={"s": "<http://e/b>"}) == [
        (("n", typed("-7", "integer")), ("s", "<http://e/b>"))
    ]
    named = "SELECT ?s { GRAPH ?g { ?s <http://e/to> ?o } }"
    assert held.rows(named, substitutions={"g": "<http://e/one>"}) == [(("s", "<http://e/a>"),)]
    assert held.rows(named, substitutions={"g": "<http://e/two>"}) == []


@pytest.mark.parametrize("values", [{"other": "<http://e/a>"}, {"s": "no term"}, {"p": '"a text"'}])
def test_values_that_cannot_stand_there_are_refused(held: Holding, values: dict[str, str]) -> None:
    with pytest.raises(BadParameter):
        held.ask("SELECT ?s { ?s ?p ?o }", substitutions=values)


def test_order_limit_and_offset_hold(held: Holding) -> None:
    text = "SELECT ?n { ?s <http://e/n> ?n FILTER(isNumeric(?n)) } ORDER BY ?n LIMIT 2 OFFSET 1"
    _, data = held.ask(text, results=formats.CSV)
    assert data == b"n\r\n1\r\n2.5\r\n"


def test_optional_leaves_gaps_and_paths_and_aggregates_work(held: Holding) -> None:
    text = "SELECT ?s ?day { ?s <http://e/n> ?n OPTIONAL { ?s <http://e/day> ?day } FILTER(?n IN (1, -7)) } ORDER BY ?s"
    _, data = held.ask(text, results=formats.CSV)
    assert data == b"s,day\r\nhttp://e/a,\r\nhttp://e/b,2014-05-25\r\n"
    assert held.rows("SELECT (COUNT(*) AS ?n) { <http://e/a> (<http://e/to>|<http://e/from>)* ?o }") == [
        (("n", typed("2", "integer")),)
    ]


def test_what_does_not_parse_is_told_with_its_place(held: Holding) -> None:
    with pytest.raises(QuerySyntax, match="line 2, column 10") as caught:
        held.ask("SELECT ?s {\n  ?s ?p\t}")
    assert (caught.value.line, caught.value.column) == (2, 10)
    with pytest.raises(QuerySyntax):
        held.ask("DEFINE input:default-graph-uri <http://e/one> SELECT * { ?s ?p ?o }")


@pytest.mark.parametrize("text", ["", "   # nothing", "SELECT", "{ ?s ?p ?o }", "EXPLAIN SELECT * { ?s ?p ?o }"])
def test_what_is_no_query_is_told(held: Holding, text: str) -> None:
    with pytest.raises(QuerySyntax):
        held.ask(text)


def test_updates_are_refused(held: Holding) -> None:
    with pytest.raises(UpdatesOff):
        held.ask("INSERT DATA { <http://e/x> <http://e/y> 1 }")
    assert held.rows("ASK { <http://e/x> ?p ?o }") == [(("boolean", "False"),)]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT ?x { ?s ?p ?o } }",
        "SELECT * { \\u0053ERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
    ],
)
def test_service_is_refused(held: Holding, text: str) -> None:
    with pytest.raises(ServiceForbidden):
        held.ask(text)


def test_a_graph_that_hides_is_no_way_to_another_version(hold_elsewhere: Hold) -> None:
    """Nor is one in words that an engine may read otherwise."""
    held = hold_elsewhere(DATA)
    for text in (
        "SELECT * { \\u0047RAPH <http://e/one> { ?s ?p ?o } }",
        "SELECT * { ?s ?p ?o FILTER(1<'a>') GRAPH <http://e/one> { ?s ?p ?o } #' }",
        "SELECT * { GRAPHe:one { ?s ?p ?o } }",
    ):
        with pytest.raises(QuerySyntax):
            held.ask(text)


def test_formats_that_nobody_accepts_are_refused(held: Holding) -> None:
    with pytest.raises(NotAcceptable):
        held.ask("SELECT * { ?s ?p ?o }", results=None)
    with pytest.raises(NotAcceptable):
        held.ask("CONSTRUCT WHERE { ?s ?p ?o }", rdf=None)


def test_too_deep_a_query_is_refused(held: Holding) -> None:
    with pytest.raises(QuerySyntax, match="deep"):
        held.ask("SELECT * " + "{" * 300 + "}" * 300)
