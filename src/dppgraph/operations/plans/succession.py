"""What came before a plan, what came after it, what it is part of, and what is part of it."""

from dataclasses import dataclass

from dppgraph.operations.facts import Evidence, Facts, Text
from dppgraph.operations.lines import lines_of
from dppgraph.operations.plans.periods import Period, period_of
from dppgraph.operations.said import is_of_class, rests_on, said, values

_REPLACES = ("dct:replaces", "dct:isReplacedBy")
_SUCCEEDS = ("dpp:succeeds", "dpp:isSucceededBy")


@dataclass(frozen=True, slots=True)
class Related:
    """A plan beside another one.

    Attributes:
        term: the plan.
        title: its title.
        period: its period; None where it has none.
        replaces: whether a source says that the later plan replaces the earlier, rather than follow it.
        has_lines: whether it has lines of action.
        evidence: what that rests on: the words for replacing first, then those for following.
    """

    term: str
    title: Text
    period: Period | None
    replaces: bool
    has_lines: bool
    evidence: list[Evidence]


def predecessors_of(facts: Facts, plan: str) -> list[Related]:
    """The plans that a plan follows directly, the earliest first."""
    return _beside(facts, plan, _REPLACES, _SUCCEEDS)


def successors_of(facts: Facts, plan: str) -> list[Related]:
    """The plans that follow a plan directly, the earliest first."""
    return _beside(facts, plan, _REPLACES[::-1], _SUCCEEDS[::-1])


def wholes_of(facts: Facts, plan: str) -> list[Related]:
    """The plans that a plan is part of."""
    return _parts(facts, plan, "dct:isPartOf", "dct:hasPart")


def parts_of(facts: Facts, plan: str) -> list[Related]:
    """The plans that are part of a plan."""
    return _parts(facts, plan, "dct:hasPart", "dct:isPartOf")


def _beside(facts: Facts, plan: str, replaces: tuple[str, str], succeeds: tuple[str, str]) -> list[Related]:
    replaced = set(values(facts, plan, *replaces))
    found = []
    for other in sorted(replaced | set(values(facts, plan, *succeeds))):
        pairs = (*([replaces] if other in replaced else []), succeeds)
        evidence = [one for pair in pairs for one in rests_on(facts, plan, other, *pair)]
        said_so = [one for one in evidence if one.provenance != "inferred"] or evidence
        found.append(_related(facts, other, said_so, replaces=other in replaced))
    return sorted(found, key=_in_time)


def _parts(facts: Facts, plan: str, predicate: str, inverse: str) -> list[Related]:
    found = [one for one in said(facts, plan, predicate, inverse) if not is_of_class(facts, one.term, "dpp:Evaluation")]
    return sorted((_related(facts, one.term, one.evidence) for one in found), key=_in_time)


def _related(facts: Facts, plan: str, evidence: list[Evidence], *, replaces: bool = False) -> Related:
    return Related(
        plan, facts.label(plan), period_of(facts, plan), replaces, bool(lines_of(facts, plan)), evidence=evidence
    )


def _in_time(related: Related) -> tuple[str, str]:
    first = related.period.first if related.period else []
    return (min((one.label.text for one in first), default="9999"), related.term)
