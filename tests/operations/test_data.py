"""The shipped data: what a reader of the page, of the ontology and of the traps in it expects."""

import csv
import hashlib
import shutil
from pathlib import Path

import pytest

from dppgraph.core.iris import NAMESPACE, PREFIXES, graph_iri
from dppgraph.core.quads import Quad, literal, parse_line
from dppgraph.operations.build import Built
from dppgraph.operations.check_quotes import Quote, check_quotes, read_quotes
from dppgraph.operations.sources import Sources, read_data
from dppgraph.operations.validate import assemble
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


def slug(term: str) -> str:
    """The last part of an IRI's path, with its fragment."""
    return term.strip("<>").rpartition("/")[2]


def test_there_are_16_lines_of_action(store: MemoryStore) -> None:
    (row,) = store.select(PREAMBLE + "SELECT (COUNT(*) AS ?n) { ?l a dpp:LineOfAction }", base=BASE)
    assert literal_text(row["n"]) == "16"


def test_the_three_plans_follow_each_other(store: MemoryStore) -> None:
    found = rows(store, "SELECT ?newer ?older { ?newer dpp:succeeds ?older } ORDER BY ?newer ?older")
    first, second = (f"vlaams-actieplan-duurzame-overheidsopdrachten-{years}" for years in ("2009-2011", "2012-2014"))
    third, innovation = "vlaams-plan-overheidsopdrachten", "actieplan-innovatief-aanbesteden"
    assert [tuple(map(slug, row)) for row in found] == [(second, first), (third, innovation), (third, second)]


@pytest.mark.parametrize(
    ("graph", "dates"), [("source", ["2009-06-05", "2012-12-21"]), ("external", ["2008-07", "2016-01-29"])]
)
def test_plans_were_approved_on_these_dates(store: MemoryStore, graph: str, dates: list[str]) -> None:
    found = rows(
        store,
        f"SELECT ?date {{ GRAPH <{graph_iri(graph, BASE)}> {{ ?plan dpp:approvedIn/dpp:decisionDate ?date }} }}",
    )
    assert sorted(literal_text(row[0]) for row in found) == dates


@pytest.mark.parametrize("absent", ["dct:temporal", "dpp:approvedIn", "dpp:hasLineOfAction", "dct:issued"])
def test_the_page_says_nothing_of_the_third_plan_but_its_name(quads: list[Quad], absent: str) -> None:
    prefix, _, name = absent.partition(":")
    source = f"<{graph_iri('source', BASE)}>"
    predicate = f"<{PREFIXES[prefix]}{name}>"
    assert not [q for q in quads if q.subject == THIRD and q.predicate == predicate and q.graph == source]


def test_no_source_gives_the_third_plan_lines_of_action(store: MemoryStore) -> None:
    assert not rows(store, f"SELECT ?x {{ {THIRD} dpp:hasLineOfAction ?x }}")
    (count,) = store.select(PREAMBLE + f"SELECT (COUNT(*) AS ?n) {{ {THIRD} dpp:emphasises ?theme }}", base=BASE)
    assert literal_text(count["n"]) == "5"


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


def test_the_pages_periods_stay_years_and_days_are_only_inferred(quads: list[Quad]) -> None:
    xsd = PREFIXES["xsd"]
    source, inferred = (f"<{graph_iri(name, BASE)}>" for name in ("source", "inferred"))
    dcat = PREFIXES["dcat"]
    starts = {quad.object for quad in quads if quad.predicate == f"<{dcat}startDate>" and quad.graph == source}
    assert starts == {literal(year, datatype=f"{xsd}gYear") for year in ("2009", "2012")}
    bounds = [quad for quad in quads if quad.predicate in (f"<{NAMESPACE}from>", f"<{NAMESPACE}until>")]
    assert {quad.graph for quad in bounds} == {inferred}
    until = {slug(q.subject): literal_text(q.object) for q in bounds if q.predicate == f"<{NAMESPACE}until>"}
    assert until["vlaams-actieplan-duurzame-overheidsopdrachten-2012-2014#period"] == "2014-12-31"
    assert until["programma-innovatieve-overheidsopdrachten#period"] == "2019-12-31"
    assert until["vlaamse-regering-peeters-i#period"] == "2009-07-12"


def test_a_build_of_the_page_alone_holds_its_facts_and_what_follows(sources: Sources, tmp_path: Path) -> None:
    shutil.copytree(sources.data / "source", tmp_path / "source")
    shutil.copy(sources.data / "catalogue.ttl", tmp_path)
    candidate = assemble(Sources(tmp_path, sources.ontology, sources.shapes, sources.base))
    graphs = {quad.graph for quad in candidate.quads}
    assert graphs == {
        f"<{graph_iri(name, BASE)}>" for name in ("source", "inferred", "catalogue", "concepts", "ontology")
    }
    assert len(read_quotes(candidate.quads, BASE)) == FACTS
    known = {term for quad in candidate.quads if quad not in candidate.rules for term in (quad.subject, quad.object)}
    made = {quad for quad in candidate.rules if {quad.subject, quad.object} - known}
    # A conclusion relates what is stated; all that is new in one is the first and the last day of a stated year.
    assert {quad.predicate for quad in made} == {f"<{NAMESPACE}from>", f"<{NAMESPACE}until>"}
    assert {q.subject for q in candidate.rules if q.predicate == f"<{NAMESPACE}knownByNameOnly>"} == {THIRD}


# --- Readings --------------------------------------------------------------------------------------------------------


def test_lines_continue_as_we_read_it(store: MemoryStore) -> None:
    found = rows(
        store,
        """SELECT ?newer ?older ?kind ?confidence { ?c a dpp:LineContinuity ; dpp:newerLine/dpp:position ?newer ;
          dpp:olderLine/dpp:position ?older ; dpp:continuityKind/skos:notation ?kind ; dpp:confidence ?confidence }""",
    )
    assert {tuple(literal_text(term) for term in row) for row in found} == {
        ("7", "1", "intensifies", "0.95"),
        ("10", "6", "institutionalises", "0.95"),
        ("9", "4", "continues", "0.85"),
        ("8", "5", "mainstreams", "0.85"),
        ("3", "3", "broadens", "0.5"),
        ("10", "2", "partly-realises", "0.4"),
    }


def test_only_a_sure_continuity_is_stated_plainly_and_only_as_a_reading(store: MemoryStore) -> None:
    found = rows(
        store,
        """SELECT ?newer ?older ?graph { GRAPH ?graph { ?n dpp:continues ?o }
          ?n dpp:position ?newer . ?o dpp:position ?older }""",
    )
    assert {(literal_text(newer), literal_text(older)) for newer, older, _ in found} == {
        ("7", "1"),
        ("10", "6"),
        ("9", "4"),
        ("8", "5"),
    }
    assert {graph for *_, graph in found} == {f"<{graph_iri('interpretation', BASE)}>"}


def test_every_line_has_a_theme_a_subject_and_a_label_in_both_languages(store: MemoryStore) -> None:
    for pattern in (
        "FILTER NOT EXISTS { ?line dpp:theme ?t . ?line dct:subject ?t }",
        'FILTER NOT EXISTS { ?line skos:prefLabel ?l FILTER(LANG(?l) = "nl") }',
        'FILTER NOT EXISTS { ?line skos:prefLabel ?l FILTER(LANG(?l) = "en") }',
    ):
        assert rows(store, f"SELECT ?line {{ ?line a dpp:LineOfAction {pattern} }}") == [], pattern


def test_every_reading_says_why_in_both_languages(store: MemoryStore) -> None:
    unsaid = """SELECT ?reading ?language { VALUES ?kind { dpp:LineContinuity dpp:InterpretedStatement }
      ?reading a ?kind . VALUES ?language { "nl" "en" }
      FILTER NOT EXISTS { ?reading dpp:rationale ?why FILTER(LANG(?why) = ?language) } }"""
    assert rows(store, unsaid) == []


# --- Other sources ---------------------------------------------------------------------------------------------------


def test_sources_that_disagree_stand_side_by_side(store: MemoryStore) -> None:
    found = rows(
        store,
        """SELECT ?date ?page { <id/plan/com-2008-400> dct:issued ?date . ?s a dpp:ExternalStatement ;
          rdf:predicate dct:issued ; rdf:object ?date ; dpp:inDocument/foaf:page ?page }""",
    )
    dates = {literal_text(date): page for date, page in found}
    assert dates.keys() == {"2008-07-16", "2008-07-02"}
    assert "eur-lex" in dates["2008-07-16"]
    assert "eumonitor" in dates["2008-07-02"]


def test_what_is_not_verified_is_described_and_not_asserted(store: MemoryStore) -> None:
    found = rows(
        store,
        """SELECT ?subject ?predicate { ?s dpp:verification <id/concept/verification-unverified> ;
          rdf:subject ?subject ; rdf:predicate ?predicate FILTER NOT EXISTS { ?s rdf:object ?value } }""",
    )
    assert {(slug(subject), slug(predicate)) for subject, predicate in found} == {
        ("vlaams-plan-overheidsopdrachten", "ns#emphasises"),
        ("innovatief-aanbesteden-2008-07", "ns#decisionDate"),
    }
    unverified = rows(store, "SELECT ?s { ?s dpp:verification <id/concept/verification-unverified> }")
    assert len(unverified) == len(found)


def test_the_federal_plan_was_presented_and_nothing_says_approved(store: MemoryStore) -> None:
    federal = "<id/plan/federaal-actieplan-duurzame-overheidsopdrachten-2009-2011>"
    found = rows(
        store, f"SELECT ?kind ?date {{ ?e dpp:eventOf {federal} ; dpp:eventKind ?kind ; dpp:eventDate ?date }}"
    )
    assert [(slug(kind), literal_text(date)) for kind, date in found] == [("event-presented", "2009-07-03")]
    assert rows(store, f"SELECT ?a {{ {federal} dpp:approvedIn ?a }}") == []


def test_the_governments_in_office_follow_from_themis(store: MemoryStore) -> None:
    found = rows(store, "SELECT ?date ?government { ?a dpp:governmentInOffice ?government ; dpp:decisionDate ?date }")
    assert {literal_text(date): slug(government) for date, government in found} == {
        "2009-06-05": "vlaamse-regering-peeters-i",
        "2012-12-21": "vlaamse-regering-peeters-ii",
    }


def test_a_body_is_the_same_as_another_and_never_a_concept(store: MemoryStore) -> None:
    assert rows(store, "SELECT ?x { ?x a foaf:Agent ; skos:exactMatch|skos:closeMatch|skos:narrowMatch ?y }") == []
    same = {slug(row[0]) for row in rows(store, "SELECT ?x { ?x a foaf:Agent ; owl:sameAs ?y }")}
    assert {"vlaamse-regering", "vlaams-gewest", "europese-commissie"} <= same


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
            if "node_modules" in path.parts or not path.is_file():
                continue
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
