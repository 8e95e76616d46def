"""Plans as people read them: of any make, with nothing made up."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dppgraph.errors import Unknown
from dppgraph.operations.build import Built
from dppgraph.operations.facts import Facts, Text
from dppgraph.operations.harvest import Harvests
from dppgraph.operations.plans import Span, Status, plan_list, plan_of, status_of
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE
from tests.operations.published import Asked, facts_of, thing

DAY = date(2013, 5, 1)
FIRST, SECOND, THIRD = (
    f"<{BASE}id/plan/{name}>"
    for name in (
        "vlaams-actieplan-duurzame-overheidsopdrachten-2009-2011",
        "vlaams-actieplan-duurzame-overheidsopdrachten-2012-2014",
        "vlaams-plan-overheidsopdrachten",
    )
)


@pytest.fixture(scope="module")
def facts(built: tuple[VersionStore, Built]) -> Facts:
    store = built[0]
    return Facts(Harvests(store, "http://localhost:8000/").of(store.manifest(1)).published, "en")


def test_a_plan_is_told_with_the_words_of_its_source(facts: Facts) -> None:
    plan = plan_of(facts, FIRST, DAY)
    assert plan.title == Text("Vlaams actieplan duurzame overheidsopdrachten 2009-2011", "nl")
    assert [kind.label.text for kind in plan.kinds] == ["Action plan"]
    assert plan.period is not None
    assert [(one.quote.text, one.start) for one in plan.period.evidence if one.quote] == [("2009-2011", 691)]
    assert [one.label.text for one in (*plan.period.first, *plan.period.last)] == ["2009-01-01", "2011-12-31"]
    (approval,) = plan.approvals
    assert [one.label.text for one in (*approval.dates, *approval.agents)] == ["2009-06-05", "Flemish Government"]
    assert approval.evidence[0].quote == Text("werd goedgekeurd", "nl")
    (target,) = plan.targets
    assert target.words[0].quote is not None
    assert target.words[0].quote.text.startswith("de ambitieuze doelstelling om tegen 2020 honderd procent")
    assert [one.label.text for one in (*target.value, *target.unit, *target.deadline)] == ["100", "per cent", "2020"]
    assert len(plan.results) == 6
    assert {one.label.text for result in plan.results for one in result.attributed} == {"Flanders (web portal)"}
    (evaluation,) = plan.evaluations
    assert [one.label.text for one in evaluation.findings[0].outcome] == ["achieved"]
    assert not plan.findings


def test_what_a_source_says_is_not_told_again_as_inferred(facts: Facts) -> None:
    plan = plan_of(facts, SECOND, DAY)
    grounds = [one for line in plan.lines.shown for one in line.evidence]
    assert {one.provenance for one in grounds} == {"source"}
    (before,), (after,) = plan.before, plan.after
    assert (before.term, before.replaces, [one.provenance for one in before.evidence]) == (FIRST, False, ["source"])
    assert (after.term, after.replaces) == (THIRD, True)
    # Words for following are none for replacing.
    assert [one.provenance for one in after.replacing] == ["external"]
    assert [one.provenance for one in after.evidence] == ["source"]
    assert after.evidence[0].quote == Text("wordt opgevolgd door het Vlaams plan overheidsopdrachten", "nl")


def test_nothing_that_is_said_of_a_plan_is_left_out(facts: Facts) -> None:
    unnamed = {"dct:isPartOf", "dct:hasPart", "rdf:type", "dct:subject", "dpp:succeedsTransitively"}
    for plan in plan_list(facts, DAY).plans:
        assert {one.name.label.text for one in plan_of(facts, plan.term, DAY).others} & unnamed == set()


def test_a_statement_of_any_property_is_told(tmp_path: Path) -> None:
    values = ", ".join(f"'{number}'" for number in range(150))
    facts = facts_of(tmp_path, source=f"plan:x a dpp:PolicyInstrument ; <https://e.org/p> {values} .")
    (other,) = plan_of(facts, thing("plan:x"), DAY).others
    assert (other.name.term, len(other.values), other.more) == ("<https://e.org/p>", 100, 50)


@pytest.mark.parametrize(
    ("first", "last", "is_open", "status"),
    [
        ("2013-05-01", "2013-05-01", False, Status.IN_FORCE),
        ("2013-05-02", "", False, Status.UPCOMING),
        ("2012-01-01", "2013-04-30", False, Status.ENDED),
        ("2012-01-01", "", False, Status.UNKNOWN),
        ("2012-01-01", "", True, Status.IN_FORCE),
        ("", "2013-04-30", False, Status.ENDED),
        ("", "2014-01-01", False, Status.UNKNOWN),
        ("", "", True, Status.UNKNOWN),
    ],
)
def test_where_a_plan_stands_follows_from_its_days(first: str, last: str, is_open: bool, status: Status) -> None:
    assert Span(first, last, is_open).status(DAY) == status


def test_where_sources_disagree_a_plan_is_in_force_if_any_of_them_says_so() -> None:
    ended, runs, unknown = Span("2009-01-01", "2011-12-31"), Span("2009-01-01", "2014-12-31"), Span("", "")
    assert status_of([ended, runs], DAY) == Status.IN_FORCE
    assert status_of([ended, unknown], DAY) == Status.UNKNOWN
    assert status_of([ended, ended], DAY) == Status.ENDED
    assert status_of([], DAY) == Status.UNKNOWN


def test_of_a_plan_of_which_only_the_name_is_known_nothing_is_made_up(tmp_path: Path) -> None:
    text = "plan:x a dpp:PolicyInstrument ; dct:title 'Een plan'@nl ; dpp:knownByNameOnly true ."
    plan = plan_of(facts_of(tmp_path, inferred=text), thing("plan:x"), DAY)
    assert (plan.title, plan.period, plan.status, plan.is_name_only) == (
        Text("Een plan", "nl"),
        None,
        Status.UNKNOWN,
        True,
    )
    assert not [*plan.approvals, *plan.before, *plan.after, *plan.lines.shown, *plan.targets]


def test_a_plan_without_a_title_goes_by_its_iri(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, source="plan:x a dpp:ActionPlan .")
    assert plan_of(facts, thing("plan:x"), DAY).title.text == thing("plan:x")[1:-1]
    # Without the ontology's rules no wider class is written down.
    ontology = (
        "dpp:PolicyPlan rdfs:subClassOf dpp:PolicyInstrument . <https://e.org/Plan> rdfs:subClassOf dpp:PolicyPlan ."
    )
    facts = facts_of(tmp_path, source="plan:x a dpp:ActionPlan . plan:y a <https://e.org/Plan> .", ontology=ontology)
    assert [plan.term for plan in plan_list(facts, DAY).plans] == [thing("plan:x"), thing("plan:y")]


def test_a_title_in_another_language_is_better_than_none(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, "en", source="plan:x a dpp:PolicyPlan ; dct:title 'Le plan'@fr, 'De plan'@de .")
    plan = plan_of(facts, thing("plan:x"), DAY)
    assert plan.title == Text("De plan", "de")
    assert [one.label.language for one in plan.titles] == ["de", "fr"]


def test_a_plan_may_have_several_successors_and_follow_several(tmp_path: Path) -> None:
    text = """
        plan:a a dpp:PolicyPlan . plan:b a dpp:PolicyPlan ; dct:temporal [ dpp:from "2010-01-01"^^xsd:date ] .
        plan:c a dpp:PolicyPlan ; dpp:succeeds plan:a , plan:b ; dpp:isSucceededBy plan:d . plan:d a dpp:PolicyPlan .
        plan:e dct:replaces plan:c ; a dpp:PolicyPlan . plan:c dct:isReplacedBy plan:f , plan:c .
    """
    plan = plan_of(facts_of(tmp_path, source=text), thing("plan:c"), DAY)
    assert [one.term for one in plan.before if one.term != plan.term] == [thing("plan:b"), thing("plan:a")]
    found = [(one.term, one.replaces) for one in plan.after if one.term != plan.term]
    assert found == [(thing("plan:d"), False), (thing("plan:e"), True), (thing("plan:f"), True)]


def test_what_no_source_states_is_missing_and_a_reading_does_not_count(tmp_path: Path) -> None:
    ontology = "dpp:PolicyPlan dpp:expects dpp:issuedBy , dpp:appliesTo , dct:title ."
    classes = (
        f"<{thing('plan:x')[1:-1].removesuffix('id/plan/x')}id/graph/interpretation> dpp:provenanceClass concept:i ."
        " concept:i skos:notation 'interpretation' ."
    )
    facts = facts_of(
        tmp_path,
        source="plan:x a dpp:PolicyPlan ; dct:title 'x'@nl .",
        interpretation="plan:x dpp:appliesTo agent:a .",
        ontology=ontology,
        catalogue=classes,
    )
    found = [name.term.rpartition("#")[2] for name in plan_of(facts, thing("plan:x"), DAY).missing]
    assert found == ["appliesTo>", "issuedBy>"]


@pytest.mark.heavy
def test_ten_thousand_lines_are_paged_and_only_those_that_are_shown_are_read(tmp_path: Path) -> None:
    lines = "".join(
        f"plan:x dpp:hasLineOfAction line:{number:05} . line:{number:05} dpp:position {number} ."
        f"statement:{number} a dpp:SourceStatement ; rdf:subject plan:x ; rdf:predicate dpp:hasLineOfAction ;"
        f" rdf:object line:{number:05} ; oa:hasSelector [ oa:exact '{number}' ] ."
        for number in range(1, 10001)
    )
    facts = facts_of(tmp_path, source=f"plan:x a dpp:PolicyInstrument . {lines}")
    plan = plan_of(facts, thing("plan:x"), DAY, 100)
    assert (plan.lines.total, plan.lines.paging.pages, len(plan.lines.shown)) == (10000, 100, 100)
    assert [line.number for line in plan.lines.shown] == [str(number) for number in range(9901, 10001)]
    assert [one.quote.text for one in plan.lines.shown[-1].evidence if one.quote] == ["10000"]
    assert isinstance(facts.published, Asked)
    assert facts.published.asked < 1000
    assert plan_list(facts, DAY).plans[0].lines == 10000
    with pytest.raises(Unknown, match="100 pages: there is no page 101"):
        plan_of(facts, thing("plan:x"), DAY, 101)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    days=st.lists(
        st.tuples(st.sampled_from(["", "2009", "2012-13", "2013-05-01", "x", "9999-12-31"]), st.booleans()), max_size=4
    )
)
def test_any_days_can_be_told(tmp_path: Path, days: list[tuple[str, bool]]) -> None:
    said = "".join(f'plan:p {"dpp:from" if is_first else "dpp:until"} "{text}" .' for text, is_first in days)
    facts = facts_of(tmp_path, source=f"plan:x a dpp:PolicyInstrument ; dct:temporal plan:p . {said}")
    plan = plan_of(facts, thing("plan:x"), DAY)
    (row,) = plan_list(facts, DAY).plans
    assert plan.status == row.status
    assert len(row.row()) == 12
