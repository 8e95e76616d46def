"""The ontology as people read it: all its terms, counted as SPARQL counts them, and how they hang together."""

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.iris import NAMESPACE, PREFIXES
from dppgraph.core.quads import parse_line
from dppgraph.operations.build import Built, build
from dppgraph.operations.facts import Facts, Text
from dppgraph.operations.harvest import Harvest, Harvests, harvesting
from dppgraph.operations.ontology import KINDS, Ontology, Term, asking, diagram, examples, ontology, schemes
from dppgraph.operations.ontology.asked import iris_in
from dppgraph.operations.queries import read_questions
from dppgraph.operations.sources import Sources
from dppgraph.store.memory import MemoryStore
from dppgraph.store.rdf import literal_text
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE, REPOSITORY
from tests.operations.published import facts_of

PREAMBLE = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
QUESTIONS = read_questions(REPOSITORY / "queries")


def dpp(name: str) -> str:
    return f"<{NAMESPACE}{name}>"


@pytest.fixture(scope="module")
def harvest(built: tuple[VersionStore, Built]) -> Harvest:
    store, made = built
    return Harvests(store, "http://localhost/").of(made.manifest)


@pytest.fixture(scope="module")
def facts(harvest: Harvest) -> Facts:
    return Facts(harvest.published, "nl")


@pytest.fixture(scope="module")
def found(facts: Facts) -> Ontology:
    return ontology(facts)


@pytest.fixture(scope="module")
def store(built: tuple[VersionStore, Built]) -> MemoryStore:
    return MemoryStore(map(parse_line, built[0].lines(1)))


def rows(store: MemoryStore, text: str) -> list[dict[str, str]]:
    return list(store.select(PREAMBLE + text, base=BASE))


def test_the_terms_are_those_of_the_question(found: Ontology, store: MemoryStore) -> None:
    text = QUESTIONS["ontology-terms"].text.replace("?lang", '"nl"')
    asked = {row["term"]: row for row in store.select(text, base=BASE)}
    assert {term.iri for term in found.terms} == asked.keys()
    for term in found.terms:
        row = asked[term.iri]
        assert KINDS[row["kind"]] == term.kind
        assert literal_text(row["label"]) == term.label.text
        assert term.definition
        assert literal_text(row["definition"]) == term.definition.text


def test_uses_are_counted_as_sparql_counts_them(found: Ontology, store: MemoryStore) -> None:
    members = "SELECT ?it (COUNT(DISTINCT ?s) AS ?n) { ?s a ?it } GROUP BY ?it"
    statements = "SELECT ?it (COUNT(*) AS ?n) { ?s ?it ?o } GROUP BY ?it"
    counted = [{row["it"]: int(literal_text(row["n"])) for row in rows(store, text)} for text in (members, statements)]
    for term in found.terms:
        assert term.uses == counted[term.kind != "class"].get(term.iri, 0), term.name
    assert {term.name: term.uses for term in found.terms}["LineOfAction"] == 16


def test_concepts_are_counted_as_sparql_counts_them(facts: Facts, store: MemoryStore) -> None:
    uses = """
        SELECT ?it (COUNT(*) AS ?n)
        { ?it skos:inScheme ?scheme . ?s ?p ?it FILTER(!STRSTARTS(STR(?p), STR(skos:)) && ?p != rdf:object) }
        GROUP BY ?it
    """
    counted = {row["it"]: int(literal_text(row["n"])) for row in rows(store, uses)}
    listed = schemes(facts)
    assert {scheme.iri for scheme in listed} == {
        row["s"] for row in rows(store, "SELECT ?s { ?s a skos:ConceptScheme }")
    }
    for scheme in listed:
        assert scheme.concepts, scheme.iri
        for concept in scheme.concepts:
            assert concept.uses == counted.get(concept.iri, 0), concept.iri
            assert concept.label.language == "nl"


def test_what_a_term_goes_with_is_told(found: Ontology) -> None:
    by_name = {term.name: term for term in found.terms}
    succeeds = by_name["succeeds"]
    assert succeeds.domains == succeeds.ranges == (dpp("PolicyInstrument"),)
    assert succeeds.inverses == (dpp("isSucceededBy"),)
    assert succeeds.above == (dpp("succeedsTransitively"),)
    assert succeeds.see == (f"<{PREFIXES['dct']}replaces>",)
    assert set(succeeds.traits) == {f"<{PREFIXES['owl']}{name}Property>" for name in ("Asymmetric", "Irreflexive")}
    # Said of one of the two only, and true of both.
    assert by_name["hasSubLine"].inverses == (dpp("partOfLine"),)
    # Of several domains, each.
    assert by_name["confidence"].domains == (dpp("InterpretedStatement"), dpp("LineContinuity"))
    assert by_name["position"].single
    assert not by_name["hasObjective"].single
    assert dpp("approvedIn") in by_name["PolicyPlan"].expects
    assert by_name["PolicyPlan"].below == (dpp("ActionPlan"),)


def test_examples_show_words_of_a_source_where_there_are_any(facts: Facts, found: Ontology) -> None:
    for name in ("hasLineOfAction", "LineOfAction", "SourceStatement"):
        term = found.named(name)
        assert term
        shown = examples(facts, term)
        assert len(shown) == 5
        for example in shown:
            assert any(one.quote for one in example.evidence), (name, example)
    unused = found.named("openEnded")
    assert unused
    assert examples(facts, unused) == []
    assert found.named("nothing-of-the-kind") is None


def test_the_questions_that_use_a_term_are_found(found: Ontology) -> None:
    by_term = asking(QUESTIONS.values())
    for term in found.terms:
        for name, question in QUESTIONS.items():
            # A question writes a term of ours with its prefix; what its comments say does not count.
            text = " ".join(line for line in question.text.splitlines() if not line.lstrip().startswith("#"))
            assert (term.name in re.findall(r"\bdpp:(\w+)", text)) == (name in by_term.get(term.iri, ())), (term, name)


def test_a_name_in_a_text_or_a_comment_or_a_prefix_is_no_use_of_a_term() -> None:
    names = "?s a:two \"a:three\", '''a:four''' ; <x:five> a:s\\-even"
    text = f"PREFIX a: <x:> BASE <y:> # a:one\nSELECT * {{ {names} }}"
    assert set(iris_in(text)) >= {"<x:two>", "<x:five>", "<x:s-even>"}
    assert not {"<x:>", "<y:>", "<x:one>", "<x:three>", "<x:four>"} & set(iris_in(text))


def test_every_link_between_classes_is_in_the_diagram_once(found: Ontology) -> None:
    drawn = diagram(found.terms)
    known = {term.iri: term for term in found.terms}
    said: dict[str, list[tuple[str, str]]] = {}
    for row in drawn:
        for link in row.links:
            assert row.parent is not None
            said.setdefault(link, []).append((drawn[row.parent].cls, row.cls))
    for term in found.terms:
        ends = [(domain, range_) for domain in term.domains for range_ in term.ranges if domain in known]
        if term.kind != "link" or not ends:
            continue
        inverse = [(b, a) for name in term.inverses for a, b in said.get(name, ())]
        assert sorted(said.get(term.iri, inverse)) == sorted(ends), term.name
    # What a person would begin with.
    assert drawn[0].cls == dpp("PolicyInstrument")
    assert drawn[0].kinds == (dpp("PolicyPlan"), dpp("ActionPlan"))


CLASSES = [f"<x:{letter}>" for letter in "ABCDE"]


def term_of(number: int, domain: str, range_: str) -> Term:
    empty: tuple[str, ...] = ()
    return Term(
        f"<x:p{number}>", f"p{number}", "link", Text("p"), None, (), empty, empty, (domain,), (range_,), empty, empty,
        empty, empty, False, 0,
    )  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(CLASSES), st.sampled_from([*CLASSES, "<y:else>"])), max_size=12))
def test_any_ontology_has_a_diagram(links: list[tuple[str, str]]) -> None:
    classes = [replace(term_of(0, "", ""), iri=iri, kind="class", domains=(), ranges=()) for iri in CLASSES]
    drawn = diagram([*classes, *(term_of(number, *ends) for number, ends in enumerate(links))])
    said = [(drawn[row.parent].cls, row.cls, link) for row in drawn if row.parent is not None for link in row.links]
    assert sorted(said) == sorted((*ends, f"<x:p{number}>") for number, ends in enumerate(links))
    # Each class has one place where its links are, and stands right of what leads to it.
    places = [row.cls for row in drawn if not row.again and row.cls in CLASSES]
    assert len(places) == len(set(places))
    for row in drawn:
        assert (row.parent is None) == (row.depth == 0)
        if row.parent is not None:
            assert drawn[row.parent].depth == row.depth - 1
    assert all(after.depth <= before.depth + 1 for before, after in pairwise(drawn))


def test_a_version_without_an_ontology_has_no_terms(tmp_path: Path, sources: Sources) -> None:
    (tmp_path / "data").mkdir()
    store = VersionStore(tmp_path / "store")
    with store.writing("tests") as writer:
        open_ = replace(sources, data=tmp_path / "data", shapes=None)
        made = build(store, writer, open_, agent="tests", harvesting=harvesting(store))
    facts = Facts(Harvests(store, BASE).of(made.manifest).published, "nl")
    empty = ontology(facts)
    assert (empty.title, empty.terms, schemes(facts)) == (None, (), [])
    assert diagram(empty.terms) == []


def test_classes_that_are_kinds_of_each_other_are_drawn_once(tmp_path: Path) -> None:
    classes = " ".join(f"dpp:{name} a owl:Class ; rdfs:isDefinedBy <{NAMESPACE}> ." for name in "ABCD")
    link = f"dpp:p a owl:ObjectProperty ; rdfs:isDefinedBy <{NAMESPACE}> ; rdfs:domain dpp:A ; rdfs:range dpp:B ."
    kinds = "dpp:C rdfs:subClassOf dpp:A , dpp:C , dpp:D . dpp:D rdfs:subClassOf dpp:A , dpp:C ."
    rows = diagram(ontology(facts_of(tmp_path, ontology=f"{classes} {link} {kinds}")).terms)
    assert [(row.cls, row.kinds) for row in rows] == [(dpp("A"), (dpp("C"), dpp("D"))), (dpp("B"), ())]
