"""What workers answer: the right rows and triples, in every format, or an error that says what is wrong."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dppgraph.core import formats
from dppgraph.core.formats import RDF, RESULTS, Format
from dppgraph.core.quads import Quad, literal
from dppgraph.errors import (
    BadParameter,
    InvalidInput,
    NotAcceptable,
    QuerySyntax,
    Refused,
    ServiceForbidden,
    UpdatesOff,
)
from dppgraph.store.rdf import parse
from dppgraph.store.workers.process import PoolOptions
from tests.store.conftest import BASE, Pool, xml

RESULTS_NAMESPACE = "{http://www.w3.org/2005/sparql-results#}"
INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
UNREACHABLE = "PREFIX ex: <http://127.0.0.1:1/> "
"""Nobody listens there: a query that gets so far has got out."""


@pytest.fixture(scope="module")
def plain_pool(options: PoolOptions, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    running = Pool(replace(options, union=False), tmp_path_factory.mktemp("plain") / "address")
    yield running
    running.stop()


def rows(pool: Pool, text: str, **said: object) -> set[tuple[str, ...]]:
    """The rows of a SELECT, unbound columns as empty strings."""
    answer = json.loads(pool.ask(text, **said)[1])
    columns = answer["head"]["vars"]
    return {
        tuple(row[column]["value"] if column in row else "" for column in columns)
        for row in answer["results"]["bindings"]
    }


def columns(pool: Pool, text: str) -> list[str]:
    found: list[str] = json.loads(pool.ask(text)[1])["head"]["vars"]
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * { ?z ?b ?a }", ["z", "b", "a"]),
        ("SELECT DISTINCT * # ?no\n{ ?z <http://e/?no> '?no' . ?y ?x ?z }", ["z", "y", "x"]),
        ("SELECT * { { SELECT ?b ?a { ?hidden ?a ?b } } ?c ?d ?a }", ["b", "a", "c", "d"]),
        ("SELECT * { ?z ?b [ ?a _:y ] BIND(1 AS ?aa) } VALUES ?first { 1 }", ["z", "b", "a", "aa", "first"]),
        ("SELECT * {}", []),
        ("SELECT ?b ?a { ?a ?b ?c }", ["b", "a"]),
    ],
)
def test_columns_come_in_the_order_in_which_the_query_names_them(pool: Pool, text: str, expected: list[str]) -> None:
    assert columns(pool, text) == expected


ALL = {
    ("http://e/default", "in the default graph"),
    ("http://e/a", "one"),
    ("http://e/a", "1"),
    ("http://e/b", "two"),
}
ASKED = "SELECT ?s ?o { ?s <http://e/p> ?o }"


def test_the_default_graph_is_the_union_of_all_graphs(pool: Pool) -> None:
    assert rows(pool, ASKED) == ALL


def test_the_default_graph_is_itself_where_the_union_is_off(plain_pool: Pool) -> None:
    assert rows(plain_pool, ASKED) == {("http://e/default", "in the default graph")}


def test_graph_reaches_the_named_graphs_either_way(pool: Pool, plain_pool: Pool) -> None:
    text = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
    assert rows(pool, text) == rows(plain_pool, text) == {("http://e/one",), ("http://e/two",)}


@pytest.mark.parametrize(
    ("dataset", "expected"),
    [
        ("FROM <http://e/two>", {("http://e/b", "two")}),
        ("FROM<http://e/one>FROM<http://e/two>", ALL - {("http://e/default", "in the default graph")}),
        ("FROM <http://e/unknown>", set()),
        ("FROM NAMED <http://e/two>", set()),
    ],
)
def test_from_replaces_the_union(pool: Pool, dataset: str, expected: set[tuple[str, str]]) -> None:
    assert rows(pool, f"SELECT ?s ?o {dataset} {{ ?s <http://e/p> ?o }}") == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("SELECT ?s ?o FROMe:two", {("http://e/b", "two")}),
        ("SELECT ?s ?o FROMNAMED<http://e/two>", set()),
        ("SELECT ?s ?o FROMNAMEDe:two", set()),
        ("SELECT ?s ?o (1<2AS?x)FROM#>\n<http://e/two>", {("http://e/b", "two", "true")}),
    ],
)
def test_from_without_spaces_is_heeded_or_refused_and_never_overlooked(
    pool: Pool, head: str, expected: set[tuple[str, ...]]
) -> None:
    try:
        found = rows(pool, f"PREFIX e: <http://e/> {head} {{ ?s e:p ?o }}")
    except QuerySyntax:
        return
    assert found == expected


@pytest.mark.parametrize(
    "text",
    [
        "PREFIX e: <http://e/> ASKFROMe:unknown{ ?s ?p ?o }",
        "PREFIX e: <http://e/> ASKFROMNAMEDe:unknown{ ?s ?p ?o }",
        "PREFIX e: <http://e/> PREFIX FROMe: <http://e/> ASK FROMe:unknown { ?s ?p ?o }",
    ],
)
def test_from_that_a_keyword_or_prefix_hides_is_heeded_or_refused(pool: Pool, text: str) -> None:
    try:
        _, body = pool.ask(text)
    except QuerySyntax:
        return
    assert json.loads(body)["boolean"] is False


@pytest.mark.parametrize("text", ["ASKWHERE{ ?s ?p ?o }", "ASKFROM<http://e/one>{ ?s ?p ?o }", "SELECTDISTINCT*{}"])
def test_keywords_that_run_together_are_read_or_refused(pool: Pool, text: str) -> None:
    try:
        format_, _ = pool.ask(text)
    except QuerySyntax:
        return
    assert format_ is formats.JSON


def test_the_graphs_of_a_request_make_up_its_dataset(pool: Pool) -> None:
    one, two = "http://e/one", "http://e/two"
    graphs = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
    assert rows(pool, ASKED, default_graphs=(two,)) == {("http://e/b", "two")}
    assert rows(pool, ASKED, default_graphs=(one, two)) == ALL - {("http://e/default", "in the default graph")}
    assert rows(pool, ASKED, named_graphs=(two,)) == set()
    assert rows(pool, graphs, named_graphs=(two,)) == {(two,)}
    assert rows(pool, graphs, default_graphs=(two,)) == set()
    assert rows(pool, graphs, default_graphs=(two,), named_graphs=(one,)) == {(one,)}


def test_the_graphs_of_a_request_override_those_of_the_query(pool: Pool) -> None:
    text = "SELECT ?s ?o FROM <http://e/one> { ?s <http://e/p> ?o }"
    assert rows(pool, text, default_graphs=("http://e/two",)) == {("http://e/b", "two")}


def test_a_graph_that_is_no_absolute_iri_is_refused(pool: Pool) -> None:
    with pytest.raises(BadParameter, match="absolute IRI"):
        pool.ask("ASK {}", default_graphs=("two",))


TABLE = "SELECT * { VALUES (?text ?other) { ('a,\"b\"\\n<&>é' <http://e/x>) (UNDEF 1) } }"


@pytest.mark.parametrize("results", RESULTS, ids=lambda format_: format_.name)
def test_a_table_can_be_read_in_every_format(pool: Pool, results: Format) -> None:
    format_, body = pool.ask(TABLE, results=results)
    assert format_ is results
    assert _read_table(results, body) == [['a,"b"\n<&>é', "http://e/x"], ["", "1"]]


def _read_table(format_: Format, body: bytes) -> list[list[str]]:
    if format_ is formats.JSON:
        said = json.loads(body)
        return [
            [row.get(name, {}).get("value", "") for name in said["head"]["vars"]] for row in said["results"]["bindings"]
        ]
    if format_ is formats.XML:
        found = []
        for result in xml(body).iter(f"{RESULTS_NAMESPACE}result"):
            row = {binding.get("name"): "".join(binding.itertext()) for binding in result}
            found.append([row.get("text", ""), row.get("other", "")])
        return found
    if format_ is formats.CSV:
        return list(csv.reader(io.StringIO(body.decode(), newline="")))[1:]
    return [[_value(term) for term in line.split("\t")] for line in body.decode().split("\n")[1:-1]]


def _value(term: str) -> str:
    if term.startswith('"'):
        return str(json.loads(term))
    return term.removeprefix("<").removesuffix(">")


@pytest.mark.parametrize("results", [formats.JSON, formats.XML], ids=lambda format_: format_.name)
@pytest.mark.parametrize("truth", [True, False])
def test_a_yes_or_no_can_be_read_in_the_formats_that_say_it(pool: Pool, results: Format, truth: bool) -> None:
    body = pool.ask("ASK { ?s ?p 'two' }" if truth else "ASK { ?s ?p 'three' }", results=results)[1]
    if results is formats.JSON:
        assert json.loads(body)["boolean"] is truth
    else:
        assert xml(body).findtext(f"{RESULTS_NAMESPACE}boolean") == str(truth).lower()


@pytest.mark.parametrize("rdf", RDF, ids=lambda format_: format_.name)
def test_triples_can_be_read_in_every_format(pool: Pool, rdf: Format) -> None:
    format_, body = pool.ask("CONSTRUCT { ?s <http://e/is> ?o } { ?s <http://e/p> ?o }", rdf=rdf)
    assert format_ is rdf
    assert set(parse(body, rdf)) == {
        Quad("<http://e/default>", "<http://e/is>", '"in the default graph"'),
        Quad("<http://e/a>", "<http://e/is>", '"one"@en'),
        Quad("<http://e/a>", "<http://e/is>", f'"1"^^<{INTEGER}>'),
        Quad("<http://e/b>", "<http://e/is>", '"two"'),
    }


@pytest.mark.parametrize("rdf", RDF, ids=lambda format_: format_.name)
def test_a_thing_can_be_described_in_every_format(pool: Pool, rdf: Format) -> None:
    _, body = pool.ask("DESCRIBE <http://e/b>", rdf=rdf)
    assert set(parse(body, rdf)) == {Quad("<http://e/b>", "<http://e/p>", '"two"')}


@pytest.mark.parametrize(
    "text",
    [
        'CONSTRUCT { <http://e/s> <http://e/p> "\\u0001" } {}',
        'CONSTRUCT { <http://e/s> <http://e/p> "\\uFFFE" } {}',
        'CONSTRUCT { <http://e/s> <http://e/p/1> "a" } {}',
        'CONSTRUCT { <http://e/s> <http://e/p> "a\\rb" } {}',
    ],
    ids=["control-character", "no-character", "no-local-name", "carriage-return"],
)
def test_what_rdf_xml_cannot_say_is_refused_and_never_answered_as_something_else(pool: Pool, text: str) -> None:
    _, exact = pool.ask(text, rdf=formats.NTRIPLES)
    try:
        _, body = pool.ask(text, rdf=formats.RDFXML)
    except (InvalidInput, NotAcceptable):
        return
    (description,) = xml(body)
    (property_,) = description
    (quad,) = parse(exact, formats.NTRIPLES)
    assert f"<{property_.tag.replace('{', '').replace('}', '')}>" == quad.predicate
    assert property_.text == json.loads(quad.object)


@pytest.mark.parametrize("character", ["\\u0001", "\\uFFFE", "\\r"])
def test_what_xml_cannot_say_is_refused_and_never_answered_as_something_else(pool: Pool, character: str) -> None:
    try:
        _, body = pool.ask(f'SELECT ("a{character}b" AS ?x) {{}}', results=formats.XML)
    except (InvalidInput, NotAcceptable):
        return
    literal = xml(body).find(f".//{RESULTS_NAMESPACE}literal")
    assert literal is not None
    assert literal.text == json.loads(f'"a{character}b"')


def test_what_json_ld_cannot_say_is_an_error_that_says_so(pool: Pool) -> None:
    text = "CONSTRUCT { ?s <http://e/says> <<( ?s ?p ?o )>> } { ?s ?p ?o }"
    with pytest.raises((InvalidInput, NotAcceptable)):
        pool.ask(text, rdf=formats.JSONLD)


def test_known_prefixes_need_no_declaration_and_a_declared_one_wins(pool: Pool) -> None:
    text = "SELECT (STR(skos:prefLabel) AS ?x) (STR(dct:title) AS ?y) {}"
    assert rows(pool, text) == {
        ("http://www.w3.org/2004/02/skos/core#prefLabel", "http://purl.org/dc/terms/title"),
    }
    assert rows(pool, f"PREFIX dct: <http://e/> {text}") == {
        ("http://www.w3.org/2004/02/skos/core#prefLabel", "http://e/title"),
    }


def test_relative_iris_are_relative_to_the_base(pool: Pool) -> None:
    assert rows(pool, "SELECT (STR(<id/plan/x>) AS ?x) {}") == {(f"{BASE}id/plan/x",)}
    assert rows(pool, "BASE <http://e/> SELECT (STR(<x>) AS ?x) {}") == {("http://e/x",)}


@pytest.mark.parametrize(
    ("variable", "term", "expected"),
    [
        ("s", "<http://e/b>", {("http://e/b", "two")}),
        ("o", '"one"@en', {("http://e/a", "one")}),
        ("o", f'"1"^^<{INTEGER}>', {("http://e/a", "1")}),
        ("o", '"one"', set()),
    ],
)
def test_a_substitution_stands_for_its_variable(
    pool: Pool, variable: str, term: str, expected: set[tuple[str, str]]
) -> None:
    assert rows(pool, ASKED, substitutions={variable: term}) == expected


def test_a_substitution_reaches_where_the_columns_do_not(pool: Pool) -> None:
    text = "SELECT ?s { ?s <http://e/p> ?any FILTER NOT EXISTS { { SELECT ?s { ?s <http://e/p> ?o } } } }"
    assert rows(pool, text, substitutions={"o": '"one"@en'}) == {("http://e/b",), ("http://e/default",)}


@pytest.mark.parametrize("value", ['"}{\\ ?s # <b>', "\\u0022 } UNION { ?s ?p ?o", "it's\n"])
def test_a_value_full_of_marks_is_only_a_value(pool: Pool, value: str) -> None:
    text = "SELECT ?s ?value { ?s <http://e/p> 'one'@en FILTER(STRLEN(?value) > 0) }"
    assert rows(pool, text, substitutions={"value": literal(value)}) == {("http://e/a", value)}


def test_a_value_where_only_an_iri_can_stand_is_refused(pool: Pool) -> None:
    with pytest.raises(BadParameter, match="an IRI may be wanted"):
        pool.ask("SELECT * { ?s ?p ?o }", substitutions={"p": '"one"'})


def test_what_is_wrong_with_the_text_itself_is_told_of_the_text_itself(pool: Pool) -> None:
    with pytest.raises(QuerySyntax, match="line 2, column 4"):
        pool.ask("SELECT * { ?s ?p ?o\n;; ", substitutions={"o": f'"{"long " * 20}"'})


def test_a_substitution_leaves_the_columns_of_a_star_as_they_are(pool: Pool) -> None:
    found = rows(pool, "SELECT * { ?s <http://e/p> ?o }", substitutions={"s": "<http://e/b>"})
    assert found == {("http://e/b", "two")}


@pytest.mark.parametrize(
    ("variable", "term"),
    [
        ("s", "http://e/b"),
        ("s", "<b>"),
        ("s", "_:b"),
        ("s", '"unfinished'),
        ("s", ""),
        ("s", "\ud800"),
        ("s", "<http://e/b> . <http://e/b> <http://e/b> <http://e/b>"),
        ("not a name", "<http://e/b>"),
        ("", "<http://e/b>"),
        ("unknown", "<http://e/b>"),
    ],
)
def test_a_substitution_that_makes_no_sense_is_refused(pool: Pool, variable: str, term: str) -> None:
    with pytest.raises(BadParameter):
        pool.ask(ASKED, substitutions={variable: term})


@pytest.mark.parametrize(
    ("text", "line", "column", "near"),
    [
        ("SELECT * {\n  ?s ?p ;\n}", 3, 1, "at '}'"),
        ("SELECT * {\n ?s ?p\n", 3, 1, "where it ends"),
        ("hello", 1, 6, ""),
        ("", 1, 1, "where it ends"),
        ("SELECT ?é { ?é ?p '☃𝄞' ?", 1, 25, "where it ends"),
    ],
)
def test_a_query_that_does_not_parse_is_told_where(pool: Pool, text: str, line: int, column: int, near: str) -> None:
    with pytest.raises(QuerySyntax) as refusal:
        pool.ask(text)
    assert (refusal.value.line, refusal.value.column) == (line, column)
    assert f"line {line}, column {column}" in str(refusal.value)
    assert near in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    ["SELECT ?x { ?x unknown:p ?y }", "SELECT (1 AS ?x) (2 AS ?x) {}", "SELECT ?x { BIND(<http://e/f>(1) AS ?x) }"],
)
def test_a_query_that_means_nothing_is_unusable_input(pool: Pool, text: str) -> None:
    with pytest.raises(InvalidInput):
        pool.ask(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "SELECT * { \\u0053ERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        UNREACHABLE + "SELECT * { SERVICEex:x { ?s ?p ?o } }",
        UNREACHABLE + "SELECT * { ?s ?p trueSERVICEex:x { ?s ?p ?o } }",
        UNREACHABLE + "SELECT * { FILTER(1<2)SERVICEex:x#>\n{ ?s ?p ?o } }",
        UNREACHABLE + "SELECT * { FILTER(1<2)SERVICESILENTex:x#>\n{ ?s ?p ?o } }",
    ],
)
def test_service_is_refused(pool: Pool, text: str) -> None:
    with pytest.raises(ServiceForbidden):
        pool.ask(text)


@pytest.mark.parametrize(
    "text",
    ["INSERT DATA { <http://e/s> <http://e/p> 1 }", "CLEAR ALL", "PREFIX e: <http://e/> DELETE WHERE { ?s ?p ?o }"],
)
def test_an_update_is_refused_and_changes_nothing(pool: Pool, text: str) -> None:
    with pytest.raises(UpdatesOff):
        pool.ask(text)
    assert rows(pool, ASKED) == ALL


def test_load_opens_no_file(pool: Pool, tmp_path: Path) -> None:
    (tmp_path / "data.ttl").write_text("<http://e/s> <http://e/p> <http://e/o> .")
    with pytest.raises(Refused):
        pool.ask(f"LOAD <file://{tmp_path}/data.ttl>")


def test_where_no_format_is_acceptable_the_offer_is_told(pool: Pool) -> None:
    with pytest.raises(NotAcceptable) as of_a_table:
        pool.ask("ASK {}", results=None)
    with pytest.raises(NotAcceptable) as of_triples:
        pool.ask("DESCRIBE <http://e/a>", rdf=None)
    assert of_a_table.value.offered == tuple(format_.media_types[0] for format_ in RESULTS)
    assert of_triples.value.offered == tuple(format_.media_types[0] for format_ in RDF)


def test_only_the_formats_of_the_form_that_is_asked_matter(pool: Pool) -> None:
    assert pool.ask("ASK {}", rdf=None)[0] is formats.JSON
    assert pool.ask("DESCRIBE <http://e/a>", results=None)[0] is formats.NTRIPLES
