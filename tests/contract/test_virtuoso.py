"""What Virtuoso does otherwise than others: cured, so that it answers as the embedded store; refused; or named."""

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyoxigraph
import pytest

from dppgraph.core import formats
from dppgraph.core.quads import canonical
from dppgraph.errors import BadParameter, DppgraphError, EndpointAway, EndpointFailed, QuerySyntax, QueryTimeout
from dppgraph.store.rdf import parse
from dppgraph.store.versions import VersionStore
from tests.contract.conftest import EMBEDDED, Hold, Holding, Row, Running
from tests.contract.virtuoso import VirtuosoServer

pytestmark = pytest.mark.remote

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
DATA: Final = """
@prefix : <http://e/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:one {
  :a :p :b , :c . :b :p :z . :c :p :z . :z :p :y . :q :p :q . :a :t :T . :b :t :T .
  :b :n "B" . :c :n "C" . :y :n "Y" . :z :n "Z" .
  :r :v 1 , 2 , 7 ; :w 1.5 , 2.5 ; :yes true ; :no false ; :l "een"@nl , "one"@en-GB ; :d "2009-01-01"^^xsd:date .
  :r :due "2009"^^xsd:gYear , "2009-01"^^xsd:gYearMonth , "2009-01-01"^^xsd:date ; :mixed 1 , true , "1" , "1"@en .
  :u :due "2011"^^xsd:gYear .
}
:two { :r :also :a . :a :title "a" . }
"""
PREFIX: Final = "PREFIX : <http://e/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "

CURED: Final = (
    # Truth values, which are numbers there.
    "SELECT ?x { BIND(1 = 1 AS ?x) }",
    "SELECT ?x { VALUES ?x { true false } }",
    "SELECT ?s ?x { ?s :p ?o BIND(?o = :z AS ?x) }",
    "SELECT ?s { ?s :p ?o BIND(?o = :z AS ?x) FILTER(?x) }",
    "SELECT ?s { ?s :p ?o BIND(?o = :z AS ?x) FILTER(!?x) }",
    "SELECT ?s { ?s :p ?o BIND(?o = :z AS ?x) FILTER(?x = true) }",
    "SELECT ?s { ?s :p ?o BIND(?o = :z AS ?x) FILTER(?x IN (true)) }",
    "SELECT ?s { ?s :p ?o BIND(?o = :z AS ?x) FILTER(?x NOT IN (true)) }",
    "SELECT ?x (COUNT(*) AS ?n) { ?s :p ?o BIND(?o = :z AS ?x) } GROUP BY ?x",
    "SELECT ?x (COUNT(*) AS ?n) { ?s :p ?o } GROUP BY (?o = :z AS ?x)",
    "SELECT ?p ?o { :r ?p ?o FILTER(?o = true) }",
    "SELECT ?p { :r ?p true }",
    "SELECT ?p { :r ?p 1 }",
    "SELECT (DATATYPE(?o) AS ?d) (STR(?o) AS ?t) { :r :yes ?o }",
    "SELECT ?k { VALUES (?k ?v) { (1 true) (2 false) (3 5) (4 0) (5 'a') (6 '') (7 1.5) (8 UNDEF) } FILTER(?v) }",
    "SELECT ?k { VALUES (?k ?v) { (1 true) (2 false) (3 5) (4 0) (5 'a') (6 '') (7 1.5) (8 UNDEF) } FILTER(!?v) }",
    "SELECT ?k { VALUES (?k ?v) { (1 true) (2 false) (3 UNDEF) } FILTER(COALESCE(?v, false)) }",
    "SELECT ?k { VALUES (?k ?v) { (1 true) (2 false) } FILTER(IF(?v, ?k < 2, ?k > 1)) }",
    "SELECT ?x { VALUES ?v { 'true' 'false' '1' '0' 1 0 2.5 } BIND(xsd:boolean(?v) AS ?x) }",
    "SELECT (CONTAINS('abc', 'b') AS ?x) (!CONTAINS('abc', 'b') AS ?y) (isIRI(:a) && 1 = 2 AS ?z) { }",
    "SELECT (EXISTS { :a :p :b } AS ?x) { }",
    "SELECT (MAX(?v) > 5 AS ?x) { :r :v ?v }",
    # Numbers.
    "SELECT (1 / 2 AS ?x) (6 / 3 AS ?y) (1.5 / 3 AS ?z) (1e0 / 4 AS ?d) { }",
    "SELECT (SUM(?v) AS ?s) (AVG(?v) AS ?a) { :nothing :v ?v }",
    "SELECT (SUM(?v) AS ?s) (AVG(?w) AS ?a) { :r :v ?v ; :w ?w }",
    "SELECT ?x { VALUES ?v { 1 2 3 } BIND(?v * -1 + 2 AS ?x) }",
    "SELECT (SECONDS('2020-01-01T00:00:01.5Z'^^xsd:dateTime) AS ?x) { }",
    "SELECT (1e3 AS ?x) (1.50 AS ?y) (007 AS ?z) { }",
    # Dates and years, which are one there.
    "SELECT ?s { ?s :due '2009'^^xsd:gYear }",
    "SELECT ?s ?o { ?s :due ?o }",
    "SELECT ?s { ?s :due ?o FILTER(?o = '2009'^^xsd:gYear) }",
    "SELECT ?s { ?s :due ?o FILTER(DATATYPE(?o) = xsd:gYear && ?o > '2010'^^xsd:gYear) }",
    "SELECT ?s { ?s :due ?o FILTER(?o > '2010'^^xsd:gYear) }",
    "SELECT ?s { ?s :due ?o FILTER(?o < '2010-01-01'^^xsd:date) }",
    "SELECT ?a ?b { :r :due ?a . :u :due ?b FILTER(?a < ?b) }",
    # Which is less, which it knows of numbers and dates alone.
    "SELECT ?s { ?s :n ?o FILTER(?o > 'C') }",
    "SELECT ?s { ?s :n ?o FILTER('C' >= ?o) }",
    "SELECT ?a ?b { ?s :n ?a . ?t :n ?b FILTER(?a < ?b) }",
    "SELECT ?p ?o { :r ?p ?o FILTER(?o > 1) }",
    "SELECT ?p ?o { :r ?p ?o FILTER(?o < 'z') }",
    "SELECT ?a ?b { :r ?p ?a . :r ?q ?b FILTER(?a < ?b) FILTER(DATATYPE(?a) != xsd:boolean) }",
    "SELECT ?k { VALUES (?k ?v) { (1 'a') (2 'b') (3 'c') (4 2) (5 'b'@en) (6 true) } FILTER(?v >= 'b') }",
    "SELECT ?s ?x { ?s :n ?o BIND(?o < 'D' AS ?x) }",
    "SELECT ?n { ?s :n ?n } ORDER BY DESC(?n) LIMIT 2",
    "SELECT ?x { VALUES ?x { '2009'^^xsd:gYear '--02-03'^^xsd:gMonthDay 'P1D'^^xsd:duration '10:00:00'^^xsd:time } }",
    "SELECT ('P1D'^^xsd:duration AS ?x) ('10:00:00'^^xsd:time AS ?y) { }",
    "SELECT (xsd:string(true) AS ?x) (STRDT('2009', xsd:gYear) AS ?y) (STRDT('true', xsd:boolean) AS ?z) { }",
    # Datatypes and languages.
    "SELECT ?p (DATATYPE(?o) AS ?d) { :r ?p ?o FILTER(isLiteral(?o)) }",
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY (DATATYPE(?o))",
    "SELECT ?d (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY (DATATYPE(?o) AS ?d)",
    "SELECT (LANG(?o) AS ?l) { :r :l ?o }",
    "SELECT ?s { ?s :l 'one'@EN-gb }",
    "SELECT ?o { :r :l ?o FILTER(LANGMATCHES(LANG(?o), 'en')) }",
    "SELECT (CONCAT('a ', ?o) AS ?x) { :r :l ?o }",
    "SELECT (DATATYPE(STR(?o)) AS ?d) { :r :v ?o }",
    "SELECT (DATATYPE(?o + 1) AS ?d) { :r :v ?o }",
    "SELECT ?v (DATATYPE(?v) AS ?d) { VALUES ?v { 'a' 'b'@en 1 true :a } }",
    "SELECT ?s (DATATYPE(?o) AS ?d) { ?s :p ?x OPTIONAL { ?s :n ?o } }",
    "SELECT ?s { ?s :p ?o FILTER('false'^^xsd:boolean || ?o = :z) }",
    # Paths.
    "SELECT ?o { :a :p+ ?o }",
    "SELECT ?o { :a :p* ?o }",
    "SELECT ?s { ?s :p+ :y }",
    "SELECT ?s { ?s :p* :y }",
    "SELECT ?s ?o { ?s :p+ ?o }",
    "SELECT ?o { :q :p+ ?o }",
    "SELECT ?s ?o { ?s :t :T ; :p+ ?o }",
    "SELECT ?s ?o { ?s :t :T . ?s :p* ?o }",
    "SELECT ?o ?n { :a :p+ ?o . ?o :n ?n }",
    "SELECT ?s { ?s :t :T FILTER NOT EXISTS { ?s :p+ :c } }",
    "SELECT ?s ?o { ?s :t :T OPTIONAL { ?s :p+ ?o } }",
    "SELECT ?o { ?o ^:p+ :a }",
    "SELECT ?o { :a (:p|:n)+ ?o }",
    "SELECT ?o { :a (:p/:p)+ ?o }",
    "SELECT (COUNT(*) AS ?n) { :a :p+ ?o }",
    "ASK { :a :p+ :y }",
    # Forms.
    "SELECT ?t (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY (IF(isIRI(?o), 'iri', 'text') AS ?t)",
    "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p HAVING (COUNT(*) > 1) (COUNT(*) < 5)",
    "SELECT (GROUP_CONCAT(?n) AS ?x) { VALUES ?n { 'a' } }",
    "SELECT (GROUP_CONCAT(DISTINCT ?n; SEPARATOR=', ') AS ?x) { VALUES ?n { 'a' 'a' } }",
    "PREFIX x: <http://e/> BASE <http://e/> SELECT ?o { <a> x:p ?o }",
    "SELECT ?o { :b :n ?o FILTER(REGEX('abbc', '^ab{2}c$')) }",
    "SELECT (REPLACE('abbc', 'b{2}', 'x') AS ?x) { }",
    "SELECT * { :r :also ?o }",
    "CONSTRUCT { ?s :is ?x } WHERE { ?s :p ?o BIND(?o = :z AS ?x) }",
    "DESCRIBE :r",
    "DESCRIBE :a :b",
    "SELECT ?s { ?s :p ?o MINUS { ?s :t :T } }",
    "SELECT ?g ?s { GRAPH ?g { ?s :t :T } FILTER NOT EXISTS { GRAPH ?g { ?s :n ?n } } }",
)
"""Queries of which Virtuoso has another answer, or none, as they stand."""

REFUSED: Final = (
    "SELECT (ENCODE_FOR_URI('é') AS ?x) { }",
    "SELECT (MD5('é') AS ?x) { }",
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o } HAVING (COUNT(*) > 1)",
    "SELECT (1 / 0 AS ?x) { }",
    "SELECT ?s ?o { ?s :p* ?o }",
    "SELECT ?x { ?s ?p ?o BIND(STRLEN(?o) AS ?x) }",
    f"SELECT * {{ VALUES ?x {{ {' '.join(map(str, range(12_000)))} }} }}",
)
"""What it cannot do, or does wrongly."""

NO_SPARQL: Final = (
    "define input:default-graph-uri <http://e/one> SELECT * { ?s ?p ?o }",
    'define get:soft "soft" SELECT * { ?s ?p ?o }',
    "SELECT * { ?s :p ?o OPTION(TRANSITIVE) }",
    "SELECT * { ?s :p ?o . FILTER(`1 = 1`) }",
    "SELECT (nonsense:version() AS ?x) { }",
    "SELECT ?s { ?s ?p ?o } ORDER BY ?s TIMEOUT 5",
)
"""What it would take, and SPARQL 1.1 does not know."""

LITERALS: Final = (
    *('"01"^^xsd:integer', '"+1"^^xsd:integer', '"abc"^^xsd:integer', '""^^xsd:integer', "9223372036854775808"),
    *("123456789012345678901234567890", '"5"^^xsd:nonNegativeInteger', "1.0", "1.50", "0.1234567890123456789"),
    *("12345678901234567890.5", '"x"^^xsd:decimal', "1e0", "1.5E10", "48986.19485211566e0", "0.1e0", "1e-300"),
    *('"NaN"^^xsd:double', '"INF"^^xsd:double', '"-INF"^^xsd:double', '"x"^^xsd:double', '"1.1"^^xsd:float'),
    *("true", "false", '"maybe"^^xsd:boolean', '"TRUE"^^xsd:boolean', '"2020-01-01"^^xsd:date'),
    *('"2020-01-01Z"^^xsd:date', '"2020-01-01+02:00"^^xsd:date', '"-0044-03-15"^^xsd:date', '"soon"^^xsd:date'),
    *('"2020-02-30"^^xsd:date', '"12020-01-01"^^xsd:date', '"0001-01-01"^^xsd:date', '"9999-12-31"^^xsd:date'),
    *('"2020-01-01T10:00:00"^^xsd:dateTime', '"2020-01-01T10:00:00.5+02:00"^^xsd:dateTime'),
    *('"2020-01-01T10:00:00.123456789Z"^^xsd:dateTime', '"x"^^xsd:dateTime', '"10:00:00Z"^^xsd:time'),
    *('"P1D"^^xsd:duration', '"PT36H"^^xsd:dayTimeDuration', '"P1Y"^^xsd:yearMonthDuration', '"2020"^^xsd:gYear'),
    *(
        '"-0044"^^xsd:gYear',
        '"2020Z"^^xsd:gYear',
        '"2020-02"^^xsd:gYearMonth',
        '"---03"^^xsd:gDay',
        '"a"@en-GB',
        '""@nl',
    ),
    *(
        '"a"',
        '""',
        '" lead"',
        '"trail "',
        '"\\n"',
        '"tab\\t"',
        '"cr\\r"',
        '"\\u0001"',
        '"\\u007F"',
        '"e\\u0301"',
        '"é"',
    ),
    *('"\\U0001F600"', '"\\U0010FFFF"', '"\\uFEFFx"', '"it\'s"', '"\\\\"', '"</b>&amp;]]>"', '"nodeID://b1"', '"%41"'),
    *('"<b/>"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#XMLLiteral>', '"x"^^<http://e/t>', '"a"^^xsd:anyURI'),
    *('"POINT(1 2)"^^<http://www.opengis.net/ont/geosparql#wktLiteral>', '"616263"^^xsd:hexBinary'),
    *("<http://é/ï>", "<http://e/?a=1&b=2#f>", "<http://E/a/../b>", "<urn:x>", "<http://e/%C3%A9>", "<http://e/'>"),
)
LONG: Final = "een lange tekst " * 100_000
"""1.6 MB."""


@pytest.fixture(scope="module")
def virtuoso(running: Running) -> VirtuosoServer:
    engine = running("virtuoso")
    assert isinstance(engine, VirtuosoServer)
    return engine


@pytest.fixture(scope="module")
def held(virtuoso: VirtuosoServer, tmp_path_factory: pytest.TempPathFactory) -> Holding:
    folder = tmp_path_factory.mktemp("virtuoso")
    holding = Holding(VersionStore(folder / "store"), virtuoso, folder)
    holding.add(DATA, "https://virtuoso.example.org/")
    return holding


@pytest.fixture(scope="module")
def store() -> pyoxigraph.Store:
    """The same data, in the embedded store's engine."""
    made = pyoxigraph.Store()
    made.load(DATA.encode(), pyoxigraph.RdfFormat.TRIG)
    return made


def expected(store: pyoxigraph.Store, text: str) -> list[Row] | list[str]:
    """The embedded engine's answer."""
    from tests.contract.conftest import rows_of

    found = store.query(PREFIX + text, use_default_graph_as_union=True)
    if isinstance(found, pyoxigraph.QueryTriples):
        data = pyoxigraph.serialize(found, format=pyoxigraph.RdfFormat.N_TRIPLES) or b""
        return canonical(parse(data, formats.NTRIPLES))
    return rows_of(found.serialize(format=pyoxigraph.QueryResultsFormat.JSON) or b"")


def test_there_is_an_embedded_store_to_compare_with() -> None:
    assert EMBEDDED == "embedded"


@pytest.mark.parametrize("text", CURED)
def test_what_it_answers_otherwise_is_cured(held: Holding, store: pyoxigraph.Store, text: str) -> None:
    asked = held.triples if text.startswith(("CONSTRUCT", "DESCRIBE")) else held.rows
    assert asked(PREFIX + text) == expected(store, text)


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:60])
def test_what_it_cannot_do_is_refused_and_no_server_error(held: Holding, text: str) -> None:
    with pytest.raises(BadParameter, match=r"does not take this query|cannot be asked of the engine"):
        held.ask(PREFIX + text)


@pytest.mark.parametrize("text", NO_SPARQL)
def test_its_own_words_are_no_sparql(held: Holding, text: str) -> None:
    with pytest.raises(QuerySyntax, match="does not parse"):
        held.ask(text)


def test_literals_come_back_as_the_embedded_store_has_them(hold_virtuoso: Hold) -> None:
    lines = "\n".join(f"e:s{place} e:p {term} ." for place, term in enumerate(LITERALS))
    data = f'@prefix e: <http://e/> . @prefix xsd: <{XSD}> . e:g {{ {lines} e:long e:p "{LONG}" . }}'
    held = hold_virtuoso(data)
    store = pyoxigraph.Store()
    store.load(data.encode(), pyoxigraph.RdfFormat.TRIG)
    for text in ("SELECT ?s ?o { ?s <http://e/p> ?o }", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"):
        asked = held.triples if text.startswith("CONSTRUCT") else held.rows
        assert asked(text) == expected(store, text)


@pytest.fixture
def hold_virtuoso(virtuoso: VirtuosoServer, tmp_path: Path) -> Hold:
    def hold(data: str) -> Holding:
        holding = Holding(VersionStore(tmp_path / "store"), virtuoso, tmp_path)
        holding.add(data, "https://literals.example.org/")
        return holding

    return hold


def test_what_it_takes_for_the_same_is_not_published(hold_virtuoso: Hold) -> None:
    with pytest.raises(EndpointFailed, match="holds 1 of 2 triples"):
        hold_virtuoso("<http://e/g> { <http://e/a> <http://e/p> 1 , 1.0 . }")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtuosoServer]:
    """One that cuts answers short at a thousand rows, and gives a query a second."""
    server = VirtuosoServer(tmp_path_factory.mktemp("small"), deadline=1, rows=1000)
    server.start()
    yield server
    server.stop()


def of_small(small: VirtuosoServer, folder: Path) -> Holding:
    holding = Holding(VersionStore(folder / "store"), small, folder)
    data = " ".join(f"<http://s/{n}> <http://p/{n % 7}> {n} ." for n in range(900))
    holding.add(f"<http://g> {{ {data} }}", f"https://{folder.name}.example.org/")
    return holding


def test_an_engine_that_cuts_answers_short_is_not_asked(
    small: VirtuosoServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    held = of_small(small, tmp_path)
    assert len(held.rows("SELECT ?s { ?s ?p ?o }", max_rows=950)) == 900
    with caplog.at_level(logging.WARNING), pytest.raises(EndpointAway):
        held.ask("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", max_rows=1000)
    assert "cuts answers short" in caplog.text


def test_its_own_deadline_is_a_deadline(small: VirtuosoServer, tmp_path: Path) -> None:
    held = of_small(small, tmp_path)
    runaway = "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c != ?f && ?f != ?i) }"
    for text in (
        f"SELECT (COUNT(*) AS ?n) {runaway}",
        f"CONSTRUCT {{ ?a ?b ?d }} WHERE {runaway}",
        f"ASK {runaway[:-1]} FILTER(?a = <urn:x> || ?c + ?f + ?i < 0) }}",
    ):
        with pytest.raises(QueryTimeout):
            held.ask(text, max_rows=900)


def test_a_reader_that_leaves_leaves_nothing_running(held: Holding, virtuoso: VirtuosoServer) -> None:
    runaway = (
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n2 ?o FILTER(?c != ?f && ?f != ?l) }"
    )
    with pytest.raises(DppgraphError):
        held.ask(runaway, most_seconds=1.0)

    async def idle() -> bool:
        for _ in range(50):
            before = _worked(virtuoso)
            await asyncio.sleep(0.3)
            if _worked(virtuoso) - before < 10:
                return True
        return False

    assert asyncio.run(idle())


def _worked(virtuoso: VirtuosoServer) -> int:
    """Ticks of the processor that it has used."""
    assert virtuoso.process is not None
    fields = Path(f"/proc/{virtuoso.process.pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
