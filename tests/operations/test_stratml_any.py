"""Whatever a document in StratML holds, also one that pretends to be ours: what comes of it is Turtle."""

from collections.abc import Callable
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import example, given, settings

from dppgraph.core import formats
from dppgraph.errors import BadXml
from dppgraph.operations.new import read_known
from dppgraph.operations.sources import Sources, read_vocabulary
from dppgraph.operations.stratml import Given, Taken, parse, plan_slug, read, take_over
from dppgraph.operations.stratml.labels import MARK
from dppgraph.store import rdf
from tests.conftest import BASE

Imported = Callable[[str], Taken]
NAMES = """
Name Description OtherInformation StrategicPlanCore Organization Acronym Goal Objective Identifier SequenceIndicator
Source PerformanceIndicator MeasurementDimension UnitOfMeasurement MeasurementInstance TargetResult NumberOfUnits
EndDate StartDate PublicationDate AdministrativeInformation Vision Stakeholder
"""
SAID = """

words
percent
50
-1
1e5
2020-01-01
2020-13-01
20/01/2020
http://[
https://example.org/
IRI: https://w3id.org/dppgraph/id/plan/x
IRI: https://w3id.org/dppgraph/id/line-of-action/x
IRI: https://w3id.org/dppgraph/id/line-of-action/x> <y
Class: Nonsense
Name (en--xyz): a
Name (en--rtl): a
Name (fr): "
Name (fr): "\\ud800"
Name (fr): "\\u0000"
Name (fr): 3
Language: <x>
Language: none
Document language: zz--rtl
Document language: <x>
Holds: aims of the plan as a whole
Holds: a target
Part of: x
Measures: x
Value: many
Deadline: soon
Start: 0000
End: 99
Unit: nonsense
Body 1: urn:x
Body 1: https://w3id.org/dppgraph/id/agent/x
Issued by: urn:x
Issued by: https://w3id.org/dppgraph/id/agent/x
Lines listed: 3
Policy level: galactic
"""
TEXTS = st.lists(st.sampled_from(SAID.splitlines()), min_size=1, max_size=3).map("\n".join) | st.text(
    max_size=5
).filter(lambda text: text.isprintable())
TREES = st.recursive(
    st.tuples(st.sampled_from(NAMES.split()), TEXTS),
    lambda inner: st.tuples(st.sampled_from(NAMES.split()), st.lists(inner, min_size=1, max_size=5)),
    max_leaves=25,
)
SEVERAL = st.lists(TREES, max_size=4)


def written(trees: list[Any]) -> str:
    return "".join(
        f"<{name}>{escaped(content) if isinstance(content, str) else written(content)}</{name}>"
        for name, content in trees
    )


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("]]>", "]]&gt;")


@pytest.fixture(scope="session")
def imported(sources: Sources) -> Imported:
    """Takes a document over as one of a town."""
    known = read_known(read_vocabulary(sources), BASE)

    def imported_(xml: str) -> Taken:
        plan = read(parse(xml.encode(), "plan.xml"), "plan.xml").plan
        given_ = Given("plan.xml", "0" * 64, "2026-11-28", plan_slug(plan, BASE), level="local")
        return take_over(plan, known, given_)

    return imported_


@pytest.mark.heavy
@given(plan=SEVERAL, core=SEVERAL, goal=SEVERAL, labels=TEXTS, ours=st.booleans())
@settings(max_examples=100)
@example(plan=[], core=[], goal=[], labels="Language: none", ours=True)
def test_whatever_a_document_holds_what_comes_of_it_is_turtle(
    plan: list[Any], core: list[Any], goal: list[Any], labels: str, ours: bool, imported: Imported
) -> None:
    told = f"{MARK}\n{labels}" if ours else labels
    document = (
        f"<StrategicPlan><Name>p</Name><OtherInformation>{escaped(told)}</OtherInformation><StrategicPlanCore>"
        f"<Goal><Name>g</Name><Identifier>x</Identifier>{written(goal)}</Goal>{written(core)}</StrategicPlanCore>"
        f"{written(plan)}</StrategicPlan>"
    )
    try:
        made = imported(document)
    except BadXml:
        # A document of ours may say that a Name only stands for one, and then nothing may be left to take over.
        assert ours, document
        assert "Language: none" in document
        return
    for turtle in filter(None, (made.external, made.interpretation)):
        assert rdf.parse(turtle.encode(), formats.TURTLE, base=BASE)
