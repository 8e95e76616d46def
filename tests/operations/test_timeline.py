"""The timeline says what the questions plan-in-force, approvals, gaps and promises-by-year answer."""

from collections.abc import Callable, Collection
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.iris import PREFIXES
from dppgraph.operations.build import Built
from dppgraph.operations.facts import Facts, text_of
from dppgraph.operations.timeline import Span, Timeline, read_timeline, span_of
from dppgraph.operations.timeline.chains import chains_of
from dppgraph.store.versions import VersionStore
from tests.operations.saying import answered, day, facts_of, iri, said

Answer = Callable[[str, dict[str, str]], list[dict[str, str]]]
XSD = PREFIXES["xsd"]
START = date(2007, 12, 20)
# Mostly within a few weeks, so that plans overlap, follow at once and leave gaps, over ends of months and years.
DAYS = st.integers(0, 90).map(lambda days: (START + timedelta(days=days)).isoformat())


@st.composite
def graphs(draw: st.DrawFn) -> list[str]:
    names = [f"plan/{letter}" for letter in "abcde"[: draw(st.integers(0, 5))]]
    lines: list[str] = []
    for name in names:
        lines.append(said(name, "rdf:type", "dpp:PolicyInstrument"))
        if draw(st.booleans()):
            lines.append(said(name, "dct:title", f'"{name} "@{draw(st.sampled_from(["nl", "en", "fr"]))}'))
        if draw(st.integers(0, 9)):
            first, last = sorted((draw(DAYS), draw(DAYS)))
            parts = [("dct:temporal", name, f"{name}#period")]
            parts += [("dpp:from", f"{name}#period", day(first))] if draw(st.integers(0, 4)) else []
            parts += [("dpp:until", f"{name}#period", day(last))] if draw(st.integers(0, 4)) else []
            parts += [("dpp:openEnded", f"{name}#period", f'"true"^^<{XSD}boolean>')] if draw(st.booleans()) else []
            lines += [said(subject, predicate, object_) for predicate, subject, object_ in parts]
    for newer in names:
        for older in names:
            if newer != older and not draw(st.integers(0, 2)):
                lines.append(said(newer, "dpp:succeeds", older))
    return lines


def in_force(timeline: Timeline, on: str) -> list[tuple[str, str, str]]:
    return [(plan.term, period.first, period.last) for plan, period in timeline.in_force(on)]


def asked_in_force(rows: list[dict[str, str]]) -> list[tuple[str, str, str]]:
    return [
        (row["plan"], text_of(row["from"]).text, text_of(row["until"]).text if "until" in row else "") for row in rows
    ]


def gaps(timeline: Timeline) -> list[tuple[str, str, str, str]]:
    return [(gap.before, gap.after, str(gap.days.first), str(gap.days.last)) for gap in timeline.gaps]


def asked_gaps(rows: list[dict[str, str]]) -> list[tuple[str, str, str, str]]:
    return [(row["before"], row["after"], text_of(row["from"]).text, text_of(row["until"]).text) for row in rows]


def test_a_plan_of_a_narrower_class_is_there_without_the_ontology() -> None:
    kinds = ("PolicyInstrument", "PolicyPlan", "ActionPlan")
    timeline = read_timeline(facts_of([said(f"plan/{kind}", "rdf:type", f"dpp:{kind}") for kind in kinds]))
    assert {plan.term for plan in timeline.plans} == {iri(f"plan/{kind}") for kind in kinds}


@given(graphs(), DAYS)
def test_any_plans_are_in_force_as_the_question_says(lines: list[str], on: str) -> None:
    timeline = read_timeline(facts_of(lines))
    assert in_force(timeline, on) == asked_in_force(answered("plan-in-force", lines, {"on": on}))


@pytest.mark.heavy
@given(graphs())
def test_gaps_are_those_of_the_question(lines: list[str]) -> None:
    # The question gives a row for each period; here no plan has two.
    assert gaps(read_timeline(facts_of(lines))) == asked_gaps(answered("gaps", lines, {}))


@given(graphs())
def test_every_plan_is_there_once_whatever_is_known_of_it(lines: list[str]) -> None:
    timeline = read_timeline(facts_of(lines))
    plans = {line.split(" ")[0] for line in lines if line.endswith("PolicyInstrument> .")}
    assert sorted(plan.term for plan in timeline.plans) == sorted(plans)
    for plan in timeline.plans:
        for other in (other for other in timeline.plans if other.term in plan.newer):
            assert other.chain == plan.chain


@pytest.mark.parametrize(
    ("literal", "span"),
    [
        ('"2012"^^<x:y>', Span("2012", date(2012, 1, 1), date(2012, 12, 31))),
        ('"2012-02"^^<x:y>', Span("2012-02", date(2012, 2, 1), date(2012, 2, 29))),
        ('"1900-02"', Span("1900-02", date(1900, 2, 1), date(1900, 2, 28))),
        ('"9999-12"', Span("9999-12", date(9999, 12, 1), date(9999, 12, 31))),
        ('"2012-07-16"^^<x:y>', Span("2012-07-16", date(2012, 7, 16), date(2012, 7, 16))),
        ('" 2012-07-16+02:00 "', Span("2012-07-16+02:00", date(2012, 7, 16), date(2012, 7, 16))),
        ('"2012-07-16T10:00:00Z"', Span("2012-07-16T10:00:00Z", date(2012, 7, 16), date(2012, 7, 16))),
        ('"2012-02-30"', None),
        ('"0000"', None),
        ('"-0044"', None),
        ('"12012"', None),
        ('"soon"@en', None),
        ('"٢٠١٢"', None),
        ("<https://example.org/2012>", None),
    ],
)
def test_a_date_covers_days_as_precisely_as_it_is_written(literal: str, span: Span | None) -> None:
    assert span_of(literal) == span


def test_a_long_succession_needs_no_deep_stack() -> None:
    plans = [str(number) for number in range(20_000)]
    assert set(chains_of(plans, pairwise(plans)).values()) == {0}


@pytest.fixture(scope="module")
def lines(built: tuple[VersionStore, Built]) -> Collection[str]:
    return built[0].lines(1)


@pytest.fixture(scope="module", params=["nl", "en"])
def facts(request: pytest.FixtureRequest, lines: Collection[str]) -> Facts:
    return facts_of(lines, request.param)


@pytest.mark.heavy
def test_the_shipped_plans_are_in_force_as_the_question_says(facts: Facts, lines: Collection[str]) -> None:
    timeline = read_timeline(facts)
    for on in ("2008-06-30", "2011-12-31", "2013-05-01", "2015-06-01", "2020-12-31", "2026-01-01"):
        rows = answered("plan-in-force", lines, {"on": on, "lang": facts.language})
        assert in_force(timeline, on) == asked_in_force(rows)
        titles = [plan.title for plan, _ in timeline.in_force(on)]
        assert titles == [text_of(row["title"]) for row in rows]
    assert in_force(timeline, "2013-05-01")


def test_the_approvals_are_those_of_the_question(facts: Facts, lines: Collection[str]) -> None:
    found = {
        (plan.term, date_, body.term, body.label.text, quote)
        for plan in read_timeline(facts).plans
        for event in plan.events
        if event.is_approval
        for date_ in event.dates or ("",)
        for body in event.bodies
        for quote in [one.quote.text for one in event.evidence if one.quote] or [""]
    }
    rows = answered("approvals", lines, {"lang": facts.language})
    assert found == {
        (row["plan"], row["date"], row["body"], text_of(row["bodyLabel"]).text, text_of(row.get("quote", '""')).text)
        for row in rows
    }
    assert len(rows) > 2


def test_the_gaps_are_those_of_the_question(facts: Facts, lines: Collection[str]) -> None:
    assert gaps(read_timeline(facts)) == asked_gaps(answered("gaps", lines, {})) != []


def test_the_promises_are_those_of_the_question(facts: Facts, lines: Collection[str]) -> None:
    promises = {
        (target.term, target.label, plan.term, one.quote.text if one.quote else "", (one.page or "").strip("<>"))
        for target in read_timeline(facts).targets
        if any(text_of(deadline).text.startswith("2020") for deadline in target.deadlines)
        for plan in target.plans
        for one in target.evidence
    }
    rows = answered("promises-by-year", lines, {"year": "2020", "lang": facts.language})
    assert promises == {
        (row["target"], text_of(row["label"]), row["plan"], text_of(row["quote"]).text, row["sourceUrl"].strip("<>"))
        for row in rows
    }
    assert promises


def test_levels_come_in_their_order_and_successions_stay_together(facts: Facts) -> None:
    plans = read_timeline(facts).plans
    numbers = [(plan.level.term if plan.level else "", plan.chain) for plan in plans]
    assert [number for number, before in zip(numbers, [None, *numbers], strict=False) if number != before] == list(
        dict.fromkeys(numbers)
    )
    levels = list(dict.fromkeys(plan.level.term for plan in plans if plan.level))
    assert levels == [iri(f"concept/level-{name}") for name in ("european", "national", "regional")]


def test_an_event_says_what_it_was_when_and_by_whom() -> None:
    lines = [
        said("plan/a", "rdf:type", "dpp:PolicyInstrument"),
        said("event/b", "dpp:eventOf", "plan/a"),
        said("event/b", "dpp:eventKind", "concept/event-presented"),
        said("concept/event-presented", "skos:notation", '"presented"'),
        said("event/b", "dpp:eventDate", '"2014-04"'),
        said("plan/a", "dpp:approvedIn", "approval/c"),
        said("approval/c", "dpp:eventOf", "plan/a"),
        said("plan/a", "dct:issued", '"2013"'),
    ]
    (plan,) = read_timeline(facts_of(lines)).plans
    assert [(event.kind, event.dates) for event in plan.events] == [
        ("issued", ('"2013"',)),
        ("presented", ('"2014-04"',)),
        ("approved", ()),
    ]
