"""The shipped data: what a reader of the page, of the ontology and of the traps in it expects."""

import csv
import hashlib
from pathlib import Path

import pytest

from dppgraph.core.iris import NAMESPACE, PREFIXES, graph_iri
from dppgraph.core.quads import Quad, literal, parse_line
from dppgraph.operations.build import Built
from dppgraph.operations.check_quotes import Quote, check_quotes, read_quotes
from dppgraph.operations.sources import Sources, read_data
from dppgraph.store.memory import MemoryStore
from dppgraph.store.rdf import literal_text
from dppgraph.store.versions import VersionStore

BASE = "https://w3id.org/dppgraph/"
CONTENT_STARTS = 443
FACTS = 72
PREAMBLE = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
THIRD = "<https://w3id.org/dppgraph/id/plan/vlaams-plan-overheidsopdrachten>"


@pytest.fixture(scope="module")
def quads(built: tuple[VersionStore, Built]) -> list[Quad]:
    return [parse_line(line) for line in built[0].lines(1)]


@pytest.fixture(scope="module")
def store(quads: list[Quad]) -> MemoryStore:
    return MemoryStore(quads)


@pytest.fixture(scope="module")
def quotes(sources: Sources) -> list[Quote]:
    return read_quotes(read_data(sources), BASE)


def rows(store: MemoryStore, text: str) -> list[tuple[str, ...]]:
    return [tuple(row.values()) for row in store.select(PREAMBLE + text, base=BASE)]


def test_there_are_16_lines_of_action(store: MemoryStore) -> None:
    (row,) = store.select(PREAMBLE + "SELECT (COUNT(*) AS ?n) { ?l a dpp:LineOfAction }", base=BASE)
    assert literal_text(row["n"]) == "16"


def test_the_three_plans_follow_each_other(store: MemoryStore) -> None:
    found = rows(store, "SELECT ?newer ?older { ?newer dpp:succeeds ?older } ORDER BY ?older")
    slugs = [tuple(term.rpartition("/")[2].strip(">") for term in row) for row in found]
    first, second = (f"vlaams-actieplan-duurzame-overheidsopdrachten-{years}" for years in ("2009-2011", "2012-2014"))
    assert slugs == [(second, first), ("vlaams-plan-overheidsopdrachten", second)]


def test_the_plans_were_approved_on_two_dates(store: MemoryStore) -> None:
    found = rows(store, "SELECT ?date { ?plan dpp:approvedIn/dpp:decisionDate ?date } ORDER BY ?date")
    assert [literal_text(row[0]) for row in found] == ["2009-06-05", "2012-12-21"]


@pytest.mark.parametrize("absent", ["dct:temporal", "dpp:approvedIn", "dpp:hasLineOfAction", "dct:issued"])
def test_of_the_third_plan_nothing_is_invented(store: MemoryStore, absent: str) -> None:
    assert not rows(store, f"SELECT ?x {{ {THIRD} {absent} ?x }}")


def test_the_third_plan_is_a_plan_that_does_not_call_itself_an_action_plan(quads: list[Quad]) -> None:
    source = f"<{graph_iri('source', BASE)}>"
    types = {q.object for q in quads if q.subject == THIRD and q.predicate.endswith("#type>") and q.graph == source}
    assert types == {f"<{NAMESPACE}PolicyPlan>"}


def test_each_of_the_72_facts_has_one_statement_and_is_asserted(quads: list[Quad]) -> None:
    source = f"<{graph_iri('source', BASE)}>"
    asserted = {quad[:3] for quad in quads if quad.graph == source}
    parts: dict[str, dict[str, str]] = {}
    for quad in quads:
        if quad.graph == source and quad.predicate.startswith(f"<{PREFIXES['rdf']}"):
            parts.setdefault(quad.subject, {})[quad.predicate] = quad.object
    statements = [said for said in parts.values() if said.get(f"<{PREFIXES['rdf']}subject>")]
    facts = {
        tuple(said[f"<{PREFIXES['rdf']}{part}>"] for part in ("subject", "predicate", "object")) for said in statements
    }
    assert len(statements) == len(facts) == FACTS
    assert facts <= asserted


def test_there_is_no_blank_node(quads: list[Quad]) -> None:
    assert not [quad for quad in quads if any(term.startswith("_:") for term in quad)]


def test_no_quote_stands_in_the_sites_own_furniture(quotes: list[Quote]) -> None:
    assert len(quotes) == FACTS
    assert min(quote.start for quote in quotes) == CONTENT_STARTS


def test_the_periods_stay_years_and_their_days_are_only_inferred(quads: list[Quad]) -> None:
    xsd = PREFIXES["xsd"]
    starts = {quad.object: quad.graph for quad in quads if quad.predicate == f"<{PREFIXES['dcat']}startDate>"}
    assert set(starts) == {literal(year, datatype=f"{xsd}gYear") for year in ("2009", "2012")}
    days = {quad.object: quad.graph for quad in quads if quad.predicate == f"<{NAMESPACE}until>"}
    assert days == dict.fromkeys(
        (literal(f"{year}-12-31", datatype=f"{xsd}date") for year in ("2011", "2014")),
        f"<{graph_iri('inferred', BASE)}>",
    )


def test_every_fact_of_the_list_is_there_with_its_words(shared: Path, quotes: list[Quote]) -> None:
    with (shared / "seed" / "facts.tsv").open(encoding="utf-8", newline="") as file:
        facts = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    listed = sorted((int(fact["start"]), int(fact["end"]), fact["quote"]) for fact in facts)
    assert listed == sorted((quote.start, quote.end, quote.text) for quote in quotes)
    names = sorted(quote.statement.rpartition("-")[2].lstrip("0") for quote in quotes)
    assert names == sorted(fact["n"] for fact in facts)


def test_every_quote_stands_in_the_pages_text(shared: Path, sources: Sources) -> None:
    text = (shared / "seed" / "beleid-2009-2014.txt").read_bytes()
    check = check_quotes(read_data(sources), text, BASE)
    assert (check.checked, check.misquotes, check.same_text) == (FACTS, [], True)


def test_one_changed_letter_fails_the_facts_that_rest_on_it_and_no_other(
    shared: Path, sources: Sources, quotes: list[Quote]
) -> None:
    text = (shared / "seed" / "beleid-2009-2014.txt").read_text(encoding="utf-8")
    quads = read_data(sources)
    for at in range(CONTENT_STARTS, len(text), 97):
        changed = text[:at] + ("x" if text[at] != "x" else "y") + text[at + 1 :]
        failed = {misquote.quote.statement for misquote in check_quotes(quads, changed.encode(), BASE).misquotes}
        assert failed == {quote.statement for quote in quotes if quote.start <= at < quote.end}


def test_the_pages_text_is_not_in_the_repository(shared: Path) -> None:
    text = (shared / "seed" / "beleid-2009-2014.txt").read_text(encoding="utf-8")
    repository = Path(__file__).resolve().parents[2]
    # A stretch that spans two sentences, so that no single quote holds it.
    stretch = text[590:620]
    for folder in ("data", "ontology", "queries", "docs", "tests"):
        for path in (repository / folder).rglob("*.*"):
            content = path.read_bytes()
            assert stretch.encode() not in content, path
            assert hashlib.sha256(content).digest() != hashlib.sha256(text.encode()).digest(), path


def test_every_term_and_concept_is_labelled_and_defined_in_dutch_and_english(store: MemoryStore) -> None:
    terms = """SELECT ?term ?language {
      { ?term rdfs:isDefinedBy <https://w3id.org/dppgraph/ns#> BIND(rdfs:label AS ?says) } UNION
      { ?term rdfs:isDefinedBy <https://w3id.org/dppgraph/ns#> BIND(skos:definition AS ?says) } UNION
      { ?term a skos:Concept BIND(skos:prefLabel AS ?says) } UNION
      { ?term a skos:Concept BIND(skos:definition AS ?says) }
      VALUES ?language { "nl" "en" }
      FILTER NOT EXISTS { ?term ?says ?text FILTER(LANG(?text) = ?language) } }"""
    assert rows(store, terms) == []
    (count,) = store.select(PREAMBLE + "SELECT (COUNT(*) AS ?n) { ?c a skos:Concept }", base=BASE)
    assert int(literal_text(count["n"])) > 60
