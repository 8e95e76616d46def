"""Which plans can be compared, and which pairs of them people usually want to see."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from dppgraph.core.iris import PREFIXES
from dppgraph.operations.facts import Facts
from dppgraph.operations.timeline import Plan

_DPP: Final = PREFIXES["dpp"]
_LINES: Final = f"<{_DPP}hasLineOfAction>"


class Pair(NamedTuple):
    """A plan and one of its direct successors.

    Attributes:
        older: the plan.
        newer: the successor.
        is_compared: whether anybody has read their lines of action side by side.
    """

    older: Plan
    newer: Plan
    is_compared: bool


def comparable(facts: Facts, plans: Iterable[Plan]) -> list[Plan]:
    """The plans that have lines of action, in the order in which they come."""
    return [plan for plan in plans if facts.one(plan.term, _LINES)]


def pairs(facts: Facts, plans: Iterable[Plan]) -> list[Pair]:
    """The plans that follow each other and both have lines of action: those that somebody compared first."""
    known = {plan.term: plan for plan in comparable(facts, plans)}
    found = [
        Pair(older, known[newer], _is_compared(facts, older.term, newer))
        for older in known.values()
        for newer in older.newer
        if newer in known
    ]
    return sorted(found, key=lambda pair: not pair.is_compared)


def _is_compared(facts: Facts, older: str, newer: str) -> bool:
    lines = frozenset(facts.all(older, _LINES))
    readings = (reading for line in facts.all(newer, _LINES) for reading in facts.subjects(f"<{_DPP}newerLine>", line))
    continued = (line for reading in readings for line in facts.all(reading, f"<{_DPP}olderLine>"))
    return any(line in lines for line in continued)
