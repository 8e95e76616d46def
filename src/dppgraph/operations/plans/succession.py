"""What came before a plan, what came after it, what it is part of, and what is part of it."""

from dataclasses import dataclass, replace

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
        replacing: what that rests on; empty where none says so.
        evidence: what it rests on that one follows the other, or is part of it. Words for the one do not say the other.
    """

    term: str
    title: Text
    period: Period | None
    replaces: bool
    has_lines: bool
    replacing: list[Evidence]
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
        is_replaced = other in replaced
        replacing = rests_on(facts, plan, other, *replaces) if is_replaced else []
        following = rests_on(facts, plan, other, *succeeds)
        if any(one.provenance != "inferred" for one in replacing):
            # That it follows may merely follow from that.
            following = [one for one in following if one.provenance != "inferred"]
        found.append(replace(_related(facts, other, following), replaces=is_replaced, replacing=replacing))
    return sorted(found, key=_in_time)


def _parts(facts: Facts, plan: str, predicate: str, inverse: str) -> list[Related]:
    found = [one for one in said(facts, plan, predicate, inverse) if not is_of_class(facts, one.term, "dpp:Evaluation")]
    return sorted((_related(facts, one.term, one.evidence) for one in found), key=_in_time)


def _related(facts: Facts, plan: str, evidence: list[Evidence]) -> Related:
    has_lines = bool(lines_of(facts, plan))
    return Related(plan, facts.label(plan), period_of(facts, plan), False, has_lines, [], evidence)


def _in_time(related: Related) -> tuple[str, str]:
    first = related.period.first if related.period else []
    return (min((one.label.text for one in first), default="9999"), related.term)
