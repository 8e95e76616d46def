"""Plans out in StratML and in again: valid by the standard's own schema, and nothing lost that it can hold."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given
from lxml import etree

from dppgraph.core import formats
from dppgraph.core.quads import Quad, canonical
from dppgraph.errors import BadCall, BadXml, Unknown
from dppgraph.operations.build import Built
from dppgraph.operations.new import Known, read_known
from dppgraph.operations.sources import Sources, read_data, read_vocabulary
from dppgraph.operations.stratml import (
    Given,
    Plan,
    Taken,
    export_plan,
    parse,
    plan_of,
    plan_slug,
    read,
    take_over,
    write,
)
from dppgraph.operations.stratml.plan import Aim, Body, Line, Target, Texts
from dppgraph.store import rdf
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE, REPOSITORY

PLANS = [f"{BASE}id/plan/vlaams-actieplan-duurzame-overheidsopdrachten-{years}" for years in ("2009-2011", "2012-2014")]
FIXTURES = REPOSITORY / "tests" / "fixtures"
NS = "{urn:ISO:std:iso:17469:tech:xsd:PerformancePlanOrReport}"


@pytest.fixture(scope="session")
def schema(shared: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(shared / "suites" / "stratml" / "PerformancePlanOrReport20160216.xsd"))


@pytest.fixture(scope="session")
def lines(built: tuple[VersionStore, Built]) -> list[str]:
    return list(built[0].lines(1))


@pytest.fixture(scope="session")
def vocabulary(sources: Sources) -> list[Quad]:
    return read_vocabulary(sources)


@pytest.fixture(scope="session")
def known(sources: Sources, vocabulary: list[Quad]) -> Known:
    """What the graph knows besides plans and pages: bodies and concepts."""
    return read_known(vocabulary, BASE)


def back(xml: bytes) -> Plan:
    found = read(parse(xml, "plan.xml"), "plan.xml")
    assert found.left == []
    return found.plan


def taken(plan: Plan, known: Known, **more: str) -> Taken:
    slug = plan_slug(plan, BASE)
    return take_over(plan, known, Given("plan.xml", "0" * 64, "2026-11-28", slug, **more))


def quads(turtle: str) -> list[str]:
    return canonical(rdf.parse(turtle.encode(), formats.TURTLE, base=BASE))


@pytest.mark.parametrize("language", [None, "nl", "en"])
@pytest.mark.parametrize("iri", PLANS)
def test_a_shipped_plan_is_valid_by_the_schema_and_comes_back_whole(
    lines: list[str], schema: etree.XMLSchema, iri: str, language: str | None
) -> None:
    xml = export_plan(lines, iri, BASE, language)
    schema.assertValid(etree.fromstring(xml))
    assert xml == export_plan(reversed(lines), iri, BASE, language)
    plan = plan_of(lines, iri, BASE, language)
    assert back(xml) == plan
    assert (plan.language, plan.level) == (language or "nl", "regional")


def test_a_line_is_a_goal_in_its_own_words_and_order(lines: list[str]) -> None:
    root = etree.fromstring(export_plan(lines, PLANS[1], BASE))
    goals = root.findall(f".//{NS}Goal")
    assert [goal.findtext(f"{NS}SequenceIndicator") for goal in goals] == [str(place) for place in range(1, 11)]
    assert goals[0].findtext(f"{NS}Name") == "Samenwerking met de andere beleidsniveaus"
    assert root.get("Type") == "Strategic_Plan"
    told = root.find(f"{NS}AdministrativeInformation")
    assert told is not None
    # A bare year is no date that the standard can say.
    assert [told.findtext(f"{NS}{name}") for name in ("StartDate", "EndDate")] == ["", ""]
    assert (told.findtext(f"{NS}Source") or "").endswith("/beleid-2009-2014")


def test_what_the_plan_wants_as_a_whole_is_the_last_goal(lines: list[str]) -> None:
    root = etree.fromstring(export_plan(lines, PLANS[0], BASE, "en"))
    goals = root.findall(f".//{NS}Goal")
    assert (len(goals), root.get("Type")) == (7, "Performance_Plan")
    assert goals[-1].findtext(f"{NS}Name") == "Aims of the plan as a whole"
    assert [objective.findtext(f"{NS}Name") for objective in goals[-1].iter(f"{NS}Objective")] == [
        "aimed to give a new dynamic to the process around sustainable public procurement",
        "to have it proceed in a more coordinated way",
        "One hundred per cent sustainable public procurement by 2020",
    ]
    result = goals[-1].find(f".//{NS}TargetResult")
    assert result is not None
    assert [result.findtext(f"{NS}{name}") for name in ("NumberOfUnits", "EndDate")] == ["100", ""]
    assert goals[-1].findtext(f".//{NS}UnitOfMeasurement") == "per cent"


def test_the_language_of_a_document_of_ours_is_what_it_says(lines: list[str]) -> None:
    xml = export_plan(lines, PLANS[0], BASE)
    assert read(parse(xml, "plan.xml"), "plan.xml", "fr").plan == plan_of(lines, PLANS[0], BASE)
    assert document("part1.xml", "fr")[0].titles == (("fr", "Strategic Plan 2014-2018"),)


def test_what_is_no_plan_or_has_no_lines_is_refused(lines: list[str]) -> None:
    with pytest.raises(BadCall, match="has no lines of action"):
        export_plan(lines, f"{BASE}id/plan/vlaams-plan-overheidsopdrachten", BASE)
    with pytest.raises(BadCall, match="is no plan"):
        export_plan(lines, f"{BASE}id/agent/vlaamse-regering", BASE)
    with pytest.raises(Unknown, match="nothing is said of"):
        export_plan(lines, f"{BASE}id/plan/absent", BASE)
    with pytest.raises(BadCall, match="is in fr: take en or nl"):
        export_plan(lines, PLANS[0], BASE, "fr")


def fixture_lines(name: str, sources: Sources, tmp_path: Path) -> list[str]:
    folder = tmp_path / "data"
    (folder / "source").mkdir(parents=True)
    shutil.copy(FIXTURES / "plans" / name, folder / "source")
    return canonical(read_data(replace(sources, data=folder)))


def test_lines_below_lines_are_objectives_of_the_goal(
    sources: Sources, schema: etree.XMLSchema, tmp_path: Path
) -> None:
    said = fixture_lines("two-tiers.trig", sources, tmp_path)
    xml = export_plan(said, f"{BASE}id/plan/two-tiers-achats", BASE)
    root = etree.fromstring(xml)
    schema.assertValid(root)
    places = [element.text for element in root.iter(f"{NS}SequenceIndicator")]
    assert places == ["1", "1.1", "1.2", "2", "2.1"]
    assert [line.above for line in back(xml).lines] == [None, 0, 0, None, 3]


def test_targets_keep_their_units_and_deadlines_of_any_precision(
    sources: Sources, schema: etree.XMLSchema, vocabulary: list[Quad], tmp_path: Path
) -> None:
    said = fixture_lines("several-targets.trig", sources, tmp_path)
    iri = f"{BASE}id/plan/several-targets-beschaffung"
    with pytest.raises(BadCall, match="no lines of action"):
        plan_of(said, iri, BASE)
    line = f"{BASE}id/line-of-action/x"
    said += [
        f"<{iri}> <https://w3id.org/dppgraph/ns#hasLineOfAction> <{line}> .",
        f'<{line}> <http://www.w3.org/2004/02/skos/core#prefLabel> "Schulen"@de .',
    ]
    plan = plan_of([*said, *canonical(vocabulary)], iri, BASE)
    found = {(target.value, target.unit, target.deadline) for target in plan.targets}
    assert found >= {("50", "percent", "2025"), ("2000000", "euro", "2023-06")}
    schema.assertValid(etree.fromstring(write(plan, BASE)))
    assert back(write(plan, BASE)) == plan


@pytest.mark.parametrize("iri", PLANS)
def test_a_shipped_plan_comes_back_as_the_same_quads(
    lines: list[str], vocabulary: list[Quad], known: Known, iri: str
) -> None:
    plan = plan_of(lines, iri, BASE)
    made = taken(back(export_plan(lines, iri, BASE)), known)
    assert (made.left, made.interpretation, made.plan) == ([], "", iri.removeprefix(BASE))
    again = plan_of([*quads(made.external), *canonical(vocabulary)], iri, BASE)
    # Who approved it is not what StratML says: the body is told, and its part in it is not.
    assert replace(again, bodies=plan.bodies) == plan


# --- Any plan --------------------------------------------------------------------------------------------------------

WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]) | st.sampled_from("\t\n\r\xa0\u2028 \"':<&]>\\"),
    min_size=1,
    max_size=12,
).filter(lambda text: "\ufffe" not in text and "\uffff" not in text)
LANGUAGES = st.sampled_from(["en", "fr", "nl", "nl-be", "none", "ar--rtl"])
TEXTS = st.lists(st.tuples(LANGUAGES.filter(lambda tag: tag != "none"), WORDS), max_size=3).map(
    lambda texts: tuple(sorted(set(texts)))
)
NAMES = TEXTS.filter(bool)
DAYS = st.dates().map(str) | st.sampled_from(["", "2020", "2023-06"])
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=100, places=2).map(str)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """A plan of any make, all in it named."""
    count = draw(st.integers(1, 5))
    listed: list[Line] = []
    for number in range(count):
        # Each right before those below it: a line is below the last one, or below one that this one is below.
        open_lines: list[int | None] = [None]
        above = number - 1 if number else None
        while above is not None:
            open_lines.append(above)
            above = listed[above].above
        iri = f"{BASE}id/line-of-action/{number}"
        listed.append(Line(iri, draw(NAMES), draw(TEXTS), draw(st.sampled_from(open_lines))))
    targets = [
        Target(
            f"{BASE}id/target/{number}", draw(TEXTS), draw(NUMBERS), unit, unit, draw(DAYS), draw(TEXTS), draw(TEXTS),
            draw(TEXTS), draw(st.booleans()), draw(st.none() | st.integers(0, count - 1)),
        )
        for number, unit in enumerate(draw(st.lists(st.sampled_from(["percent", "euro", "number"]), max_size=3)))
    ]  # fmt: skip
    whole = [target for target in targets if target.line is None or listed[target.line].above is None]
    below = sorted((target for target in targets if target not in whole), key=lambda target: target.line or 0)
    bodies = tuple(Body(f"{BASE}id/agent/{n}", draw(NAMES)) for n in range(draw(st.integers(0, 2))))
    start, end = sorted(draw(st.tuples(DAYS, DAYS)), key=lambda day: (day + "-99-99")[:10])
    return Plan(
        f"{BASE}id/plan/a-plan",
        draw(st.sampled_from(["ActionPlan", "PolicyPlan", "PolicyInstrument"])),
        draw(st.sampled_from(["nl", "en"])),
        draw(NAMES),
        tuple(listed),
        draw(TEXTS),
        draw(TEXTS),
        draw(st.sampled_from(["", "local"])),
        draw(st.sampled_from(["", "exhaustive"])),
        start,
        end,
        draw(DAYS),
        draw(st.sampled_from(["", "https://example.org/a?b=c&d"])),
        bodies,
        tuple(body.iri for body in bodies),
        (),
        tuple(Aim(f"{BASE}id/objective/{n}", draw(NAMES), draw(TEXTS)) for n in range(draw(st.integers(0, 2)))),
        # In the order in which a document tells them.
        (*below, *whole),
    )


@pytest.mark.heavy
@given(plans())
def test_any_plan_comes_back_whole(plan: Plan) -> None:
    assert back(write(plan, BASE)) == plan


@pytest.mark.heavy
@given(plans())
def test_any_plan_is_valid_by_the_schema(schema: etree.XMLSchema, plan: Plan) -> None:
    schema.assertValid(etree.fromstring(write(plan, BASE)))


def one_each(texts: Texts) -> Texts:
    return tuple(sorted(dict(reversed(texts)).items()))


def with_one_name_each(plan: Plan) -> Plan:
    """The plan as the shapes let it be: one name for each language, and one title."""
    return replace(
        plan,
        titles=one_each(plan.titles),
        lines=tuple(replace(line, words=one_each(line.words)) for line in plan.lines),
        aims=tuple(replace(aim, words=one_each(aim.words)) for aim in plan.aims),
        targets=tuple(sorted((replace(t, words=one_each(t.words)) for t in plan.targets), key=lambda t: t.iri)),
        bodies=tuple(replace(body, names=one_each(body.names)) for body in plan.bodies),
        level="local",
        listing="exhaustive",
        source="https://example.org/a",
    )


Remade = Callable[[Plan], Plan]


@pytest.fixture(scope="session")
def remade(known: Known) -> Remade:
    """Writes a plan, imports it, and gathers it from the quads that come of it."""

    def remade_(plan: Plan) -> Plan:
        made = taken(back(write(plan, BASE)), replace(known, bodies={}))
        assert made.left == []
        return plan_of(quads(made.external), plan.iri, BASE)

    return remade_


@pytest.mark.heavy
@given(plan=plans().map(with_one_name_each))
def test_any_plan_comes_back_as_the_same_quads(plan: Plan, remade: Remade) -> None:
    # Which language a document is in is no fact of its plan.
    assert replace(remade(plan), language=plan.language) == plan


def test_a_character_that_xml_cannot_say_is_told() -> None:
    plan = Plan(f"{BASE}id/plan/x", "PolicyPlan", "en", (("en", "a\x00b"),), (Line("", (("en", "x"),)),))
    with pytest.raises(BadXml, match="XML cannot say"):
        write(plan, BASE)


# --- Documents of others ---------------------------------------------------------------------------------------------


def document(name: str, language: str = "") -> tuple[Plan, list[str]]:
    found = read(parse((FIXTURES / "stratml" / name).read_bytes(), name), name, language)
    return found.plan, found.left


def test_a_strategic_plan_of_part_1_is_read(known: Known) -> None:
    plan, left = document("part1.xml")
    assert plan.titles == (("en", "Strategic Plan 2014-2018"),)
    assert [(line.words, line.described, line.above) for line in plan.lines] == [
        ((("en", "Safety & Comfort"),), (("en", "Make every lane safe."),), None),
        ((("en", "Light every lane."),), (), 0),
        ((("en", "Upkeep"),), (), None),
    ]
    assert (plan.issued, plan.source, plan.ours) == ("2014-03-01", "https://lanes.example/plan.pdf", False)
    assert left == [
        "the StartDate “spring of 2014” is no date",
        "1 × Vision: this graph has no place for it",
        "1 × Value: this graph has no place for it",
        "1 × Stakeholder: this graph has no place for it",
        "1 × Submitter: this graph has no place for it",
        "1 × OtherInformation: this graph has no place for it",
    ]
    made = taken(plan, known, level="national")
    assert made.plan == "id/plan/mol-strategic-plan-2014-2018"
    assert "the period 2014-2018 is that of the title: there are no dates" in made.notes
    assert "line:mol-strategic-plan-2014-2018-safety-comfort a dpp:LineOfAction" in made.external
    assert "agent:ministry-of-lanes a foaf:Agent" in made.external
    assert "Roe" not in made.external
    assert "concept:listing-unknown" in made.interpretation
    assert "dpp:policyLevel concept:level-national" in made.interpretation


def test_a_performance_report_is_read_whatever_the_order_of_its_elements(known: Known) -> None:
    plan, left = document("report.xml", "en")
    assert plan.kind == "PolicyInstrument"
    assert [(t.value, t.unit_name, t.deadline, t.line) for t in plan.targets] == [
        ("50", "%", "2010-12-31", 1),
        ("110", "%", "", 1),
        ("1000", "Dollars", "", 1),
    ]
    assert left == [
        "the period ends (2010-12-31) before it starts (2011-01-01)",
        "1 × ActualResult: this graph has no place for it",
        "objective 1.1: the target “As many as can be.” has no figure",
    ]
    made = taken(plan, known)
    # The level follows from a body that the graph knows.
    assert "dpp:issuedBy agent:vlaamse-regering" in made.external
    assert "policyLevel" not in made.external + made.interpretation
    assert made.left == [
        "the target 110 % “Sustainable contracts”: a percentage is from 0 to 100",
        "the target 1000 Dollars “Money”: the unit is none of the list (euro, number, percent)",
    ]


def test_the_level_has_to_be_known(known: Known) -> None:
    plan, _ = document("part1.xml")
    with pytest.raises(BadCall, match=r"add --level with one of .*local, national"):
        taken(plan, known)
    with pytest.raises(BadCall, match="there is no level galactic: take one of"):
        taken(plan, known, level="galactic")
    report, _ = document("report.xml")
    with pytest.raises(BadCall, match="the plan is regional, by its document or by its bodies"):
        taken(report, known, level="local")


def test_an_iri_of_another_base_or_kind_is_not_taken_over(lines: list[str], known: Known) -> None:
    xml = export_plan(lines, PLANS[0], BASE).replace(BASE.encode(), b"https://elsewhere.example/")
    made = taken(back(xml), known)
    assert made.plan == "id/plan/vlaamse-regering-vlaams-actieplan-duurzame-overheidsopdrachten-2009-2011"
    assert "elsewhere.example/id" not in made.external
    plan = replace(back(export_plan(lines, PLANS[0], BASE)), iri=f"{BASE}id/agent/vlaamse-regering")
    assert plan_slug(plan, BASE).startswith("vlaamse-regering-vlaams")


@pytest.mark.heavy
def test_a_plan_that_the_graph_knows_is_not_taken_for_another(lines: list[str], sources: Sources) -> None:
    known = read_known(read_data(sources) + read_vocabulary(sources), BASE)
    mine = back(export_plan(lines, PLANS[0], BASE))
    assert "already: these facts are added to it" in taken(mine, known).notes[0]
    slug = PLANS[0].rpartition("/")[2]
    with pytest.raises(BadCall, match="the graph has another plan"):
        take_over(replace(mine, iri=""), known, Given("plan.xml", "0" * 64, "2026-11-28", slug))


def test_names_that_no_iri_can_hold_get_one_all_the_same(known: Known) -> None:
    plan, _ = document("part1.xml")
    strange = (Line("", (("zh", "安全"),)), Line("", (("zh", "安全"),)), Line("", (("en", "x" * 500),)))
    strange_plan = replace(plan, titles=(("zh", "战略计划"),), bodies=(), lines=strange, language="zh")
    made = taken(strange_plan, known, level="local")
    names = {line.split(" ")[0] for line in quads(made.external) if "/line-of-action/" in line.split(" ")[0]}
    assert len(names) == 3
    assert all(len(name) < 150 for name in names)
    assert "the EU's list has no language zh: the document gets none" in made.notes
