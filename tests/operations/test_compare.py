"""Two plans compared: what the questions new-and-dropped-lines and continued-lines answer."""

from collections.abc import Collection
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.iris import PREFIXES
from dppgraph.operations.build import Built
from dppgraph.operations.compare import LEAST, Comparison, compare, line_of, read_beside
from dppgraph.operations.facts import Facts, text_of
from dppgraph.operations.timeline import read_outline
from dppgraph.store.versions import VersionStore
from tests.operations.saying import answered, facts_of, iri, known, said

XSD = PREFIXES["xsd"]
CONFIDENCES = st.sampled_from(["0", "0.4", "0.5", "0.79", "0.8", "0.80", "0.95", "1", "1.0"])


@st.composite
def graphs(draw: st.DrawFn) -> list[str]:
    """Two plans with lines and sub-lines, a third that nobody asks for, and readings between any two of them."""
    found: list[str] = []
    lines: list[str] = []
    for plan in ("plan/old", "plan/new", "plan/other"):
        own: list[str] = []
        for number in range(draw(st.integers(0, 4))):
            line = f"line-of-action/{plan[5:]}-{number}"
            found.append(said(plan, "dpp:hasLineOfAction", line))
            if draw(st.integers(0, 4)):
                found.append(said(line, "dpp:position", f'"{draw(st.integers(1, 5))}"^^<{XSD}integer>'))
            if own and not draw(st.integers(0, 3)):
                found.append(said(line, "dpp:partOfLine", draw(st.sampled_from(own))))
            own.append(line)
        lines += own
    for number in range(draw(st.integers(0, 5)) if lines else 0):
        reading = f"continuity/{number}"
        found.append(said(reading, "dpp:newerLine", draw(st.sampled_from(lines))))
        found.append(said(reading, "dpp:olderLine", draw(st.sampled_from(lines))))
        if draw(st.integers(0, 5)):
            found.append(said(reading, "dpp:confidence", f'"{draw(CONFIDENCES)}"^^<{XSD}decimal>'))
    return found


def new_and_dropped(found: Comparison) -> list[tuple[str, str]]:
    return [*(("dropped", line) for line in found.dropped), *(("new", line) for line in found.new)]


def asked(lines: Collection[str], older: str, newer: str, least: str) -> list[tuple[str, str]]:
    given_ = {"older": older, "newer": newer, "minConfidence": least}
    return [(text_of(row["status"]).text, row["line"]) for row in answered("new-and-dropped-lines", lines, given_)]


@given(graphs(), CONFIDENCES)
def test_new_and_dropped_lines_are_those_of_the_question(lines: list[str], least: str) -> None:
    found = compare(facts_of(lines), iri("plan/old"), iri("plan/new"), Decimal(least))
    # Where lines have no place the question leaves their order to the engine.
    assert sorted(new_and_dropped(found)) == sorted(asked(lines, "plan/old", "plan/new", least))


@given(graphs(), CONFIDENCES)
def test_every_reading_between_the_two_is_shown_once(lines: list[str], least: str) -> None:
    found = compare(facts_of(lines), iri("plan/old"), iri("plan/new"), Decimal(least))
    shown = [*found.kept, *found.changed, *found.unsure]
    assert len({reading.term for reading in shown}) == len(shown)
    assert all((reading.confidence or Decimal(-1)) < Decimal(least) for reading in found.unsure)
    assert found.is_compared == bool(shown)
    if not shown:
        assert not found.new
        assert not found.dropped


@pytest.fixture(scope="module")
def lines(built: tuple[VersionStore, Built]) -> Collection[str]:
    return built[0].lines(1)


@pytest.fixture(scope="module", params=["nl", "en"])
def facts(request: pytest.FixtureRequest, lines: Collection[str]) -> Facts:
    return facts_of(lines, request.param)


@pytest.mark.heavy
def test_the_shipped_plans_compare_as_the_questions_answer(facts: Facts, lines: Collection[str]) -> None:
    (pair,) = [pair for pair in read_beside(facts, read_outline(facts).plans).pairs if pair.is_compared]
    older, newer = pair.older.term, pair.newer.term
    for least in ("0", "0.5", "0.8", "0.9", "1"):
        found = compare(facts, older, newer, Decimal(least))
        assert new_and_dropped(found) == asked(lines, older, newer, least)
        sure = {(one.newer, one.older, one.kind, one.confidence) for one in (*found.kept, *found.changed)}
        rows = answered("continued-lines", lines, {"minConfidence": least, "lang": facts.language})
        assert sure == {
            (row["newer"], row["older"], row["kind"], Decimal(text_of(row["confidence"]).text)) for row in rows
        }
        shown = {one.evidence.rationale for one in (*found.kept, *found.changed)}
        assert shown == {text_of(row["rationale"]) for row in rows}
        for line in (*found.older_lines, *found.newer_lines):
            plan = older if line in found.older_lines else newer
            assert any(one.quote for one in line_of(facts, plan, line).evidence), line
    assert len(compare(facts, older, newer).dropped) == 2


def test_the_usual_confidence_is_that_of_the_question() -> None:
    assert str(LEAST) == known("new-and-dropped-lines").parameters["minConfidence"].default


def test_what_nobody_compared_is_neither_new_nor_dropped() -> None:
    lines = [
        said("plan/a", "dpp:hasLineOfAction", "line-of-action/a"),
        said("plan/b", "dpp:hasLineOfAction", "line-of-action/b"),
    ]
    found = compare(facts_of(lines), iri("plan/a"), iri("plan/b"))
    assert not found.is_compared
    assert (found.new, found.dropped) == ((), ())
    assert found.older_lines == (iri("line-of-action/a"),)


@pytest.mark.heavy
def test_thousands_of_readings_are_compared_in_the_time_of_a_test() -> None:
    # Each reading held against each other one would take minutes.
    many = 16_000
    lines = []
    for number in range(many):
        older, newer, reading = f"line-of-action/a{number}", f"line-of-action/b{number}", f"continuity/{number}"
        lines += [said("plan/a", "dpp:hasLineOfAction", older), said("plan/b", "dpp:hasLineOfAction", newer)]
        lines += [said(reading, "dpp:olderLine", older), said(reading, "dpp:newerLine", newer)]
        lines += [said(reading, "dpp:confidence", f'"{number % 2}"')]
    facts = facts_of(lines)
    found = compare(facts, iri("plan/a"), iri("plan/b"))
    assert (len(found.kept), len(found.unsure), len(found.new)) == (many // 2, many // 2, many // 2)
