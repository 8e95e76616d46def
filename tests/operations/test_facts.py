"""Facts: in the reader's language, each with what it rests on."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.iris import PREFIXES
from dppgraph.operations.build import Built
from dppgraph.operations.facts import Evidence, Facts, Text, text_of
from dppgraph.operations.facts.text import best
from dppgraph.operations.harvest import Harvests
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE

PLAN = f"<{BASE}id/plan/vlaams-actieplan-duurzame-overheidsopdrachten-2009-2011>"
DPP, SKOS = PREFIXES["dpp"], PREFIXES["skos"]


@pytest.fixture(scope="module")
def facts(built: tuple[VersionStore, Built]) -> Facts:
    store = built[0]
    return Facts(Harvests(store, "http://localhost:8000/").of(store.manifest(1)).published, "en")


@pytest.mark.parametrize(
    ("literals", "language", "chosen"),
    [
        (['"aan"@nl', '"on"@en'], "en", "on"),
        (['"aan"@nl', '"on"@en'], "nl", "aan"),
        (['"aan"@nl', '"an"@de'], "en", "aan"),
        (['"an"@de', '"plain"'], "en", "plain"),
        (['"an"@de'], "en", "an"),
        (['"aan"@nl-BE', '"on"@en'], "nl", "aan"),
        (['"b"@en', '"a"@en'], "en", "a"),
    ],
)
def test_one_text_is_chosen(literals: list[str], language: str, chosen: str) -> None:
    assert best(literals, language) == Text(chosen, best(literals, language).language)  # type: ignore[union-attr]
    assert str(best(reversed(literals), language)) == chosen


@given(st.lists(st.sampled_from(['"x"@nl', '"y"@en', '"z"', '"w"@fr', '"v"@NL-be', "<http://a/>"])))
def test_there_is_a_text_where_there_is_one_at_all(literals: list[str]) -> None:
    found = best(literals, "en")
    assert (found is None) == (not any(literal.startswith('"') for literal in literals))


def test_a_text_has_no_escapes_and_no_direction() -> None:
    assert text_of('"a\\n\\"b\\""@ar--rtl') == Text('a\n"b"', "ar")
    assert text_of('"2009-06-05"^^<http://www.w3.org/2001/XMLSchema#date>') == Text("2009-06-05")


def test_a_quoted_fact_has_its_words_and_where_they_stand(facts: Facts) -> None:
    (approved,) = facts.facts(PLAN, f"<{DPP}approvedIn>")
    (said,) = approved.evidence
    assert (said.provenance, said.quote, said.start, said.end) == ("source", Text("werd goedgekeurd", "nl"), 746, 762)
    assert said.source == f"<{BASE}id/source/beleid-2009-2014>"
    assert said.page
    assert str(facts.label(approved.term)) == "Approval of the action plan 2009-2011 by the Flemish Government"


def test_a_reading_has_its_confidence_and_reason_and_an_inference_its_rule(facts: Facts) -> None:
    (listing,) = facts.facts(PLAN, f"<{DPP}lineListing>")
    (reading,) = listing.evidence
    assert (reading.provenance, reading.confidence) == ("interpretation", Decimal("0.9"))
    assert reading.rationale is not None
    assert reading.rationale.language == "en"
    (level,) = facts.facts(PLAN, f"<{DPP}policyLevel>")
    assert level.evidence[0].provenance == "inferred"
    assert level.evidence[0].rule


def test_what_has_no_name_goes_by_its_iri(facts: Facts) -> None:
    assert facts.label(f"<{BASE}id/plan/none>") == Text("id/plan/none")
    assert facts.label("<https://example.org/x>") == Text("https://example.org/x")
    assert facts.label(f"<{PREFIXES['dct']}unheard>") == Text("dct:unheard")
    assert facts.label('"x"@nl') == Text("x", "nl")


def test_numbers_that_are_none_are_left_out() -> None:
    said = {
        "<s>": [
            f'<s> <{DPP}confidence> "much" <g> .',
            f"<s> <{PREFIXES['oa']}hasSelector> <p> <g> .",
            f"<s> <{PREFIXES['rdf']}type> <{DPP}ExternalStatement> <g> .",
        ],
        "<p>": [f'<p> <{PREFIXES["oa"]}start> "NaN"^^<{PREFIXES["xsd"]}double> <g> .'],
    }
    published = SimpleNamespace(about=lambda subject: said.get(subject, []), base=BASE)
    assert Facts(cast("Any", published), "nl").described("<s>") == Evidence("<s>", "external")


@pytest.mark.parametrize("number", ["1e999999999", "-1E+400", "9" * 5000, "1e-400", "0e999999999"])
def test_a_monstrous_number_is_none(number: str) -> None:
    said = {
        "<s>": [f'<s> <{DPP}confidence> "{number}" <g> .', f"<s> <{PREFIXES['oa']}hasSelector> <p> <g> ."],
        "<p>": [f'<p> <{PREFIXES["oa"]}{end}> "{number}" <g> .' for end in ("start", "end")],
    }
    published = SimpleNamespace(about=lambda subject: said.get(subject, []), base=BASE)
    found = Facts(cast("Any", published), "nl").described("<s>")
    assert (found.confidence, found.start, found.end) == (None, None, None)


@pytest.mark.parametrize("class_", ["PolicyInstrument", "LineOfAction", "Target", "Nothing"])
def test_what_is_looked_up_at_once_is_what_is_looked_up_thing_by_thing(facts: Facts, class_: str) -> None:
    term = f"<{DPP}{class_}>"
    things = facts.subjects(f"<{PREFIXES['rdf']}type>", term)
    for predicate in (f"<{PREFIXES['dct']}title>", f"<{SKOS}prefLabel>", f"<{DPP}hasLineOfAction>", f"<{DPP}nothing>"):
        found = facts.every(predicate, term)
        assert found == {thing: values for thing in things if (values := facts.all(thing, predicate))}
        anything = facts.every(predicate)
        assert found.items() <= anything.items()
        assert all(facts.all(thing, predicate) == values for thing, values in anything.items() if thing in things)
    called = facts.called(term)
    assert called.keys() <= set(things)
    assert all(facts.label(thing) == text for thing, text in called.items())
    assert bool(called) is bool(things)
