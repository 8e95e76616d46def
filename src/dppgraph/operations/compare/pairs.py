"""Which plans can be compared, and which pairs of them people usually want to see."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from dppgraph.core.iris import PREFIXES
from dppgraph.operations.facts import Facts
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.timeline import Outlined, outline_of

_DPP: Final = PREFIXES["dpp"]


class Pair(NamedTuple):
    """A plan and one of its direct successors.

    Attributes:
        older: the plan.
        newer: the successor.
        is_compared: whether anybody has read their lines of action side by side.
    """

    older: Outlined
    newer: Outlined
    is_compared: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """Which plans can be compared.

    Attributes:
        comparable: those that have lines of action, in the order of the timeline.
        pairs: those of them that follow each other; what somebody compared first.
    """

    comparable: tuple[Outlined, ...]
    pairs: tuple[Pair, ...]


def beside_of(harvest: Harvest, facts: Facts) -> Beside:
    """Which plans of a version can be compared, found once."""
    return harvest.once(("compare", facts.language), lambda: read_beside(facts, outline_of(harvest, facts).plans))


def read_beside(facts: Facts, ordered: Iterable[Outlined]) -> Beside:
    """Which plans can be compared, of those of a version, in their order."""
    lines, newer, older = (facts.every(f"<{_DPP}{name}>") for name in ("hasLineOfAction", "newerLine", "olderLine"))
    plans = [plan for plan in ordered if plan.term in lines]
    # A reading leads from a line to one that it continues, and a line may be one of several plans.
    of = {line: set[str]() for found in lines.values() for line in found}
    for plan, found in lines.items():
        for line in found:
            of[line].add(plan)
    compared = {
        (before, after)
        for reading, found in newer.items()
        for after in _owners(of, found)
        for before in _owners(of, older.get(reading, []))
    }
    known = {plan.term: plan for plan in plans}
    pairs = [
        Pair(plan, known[after], (plan.term, after) in compared)
        for plan in plans
        for after in plan.newer
        if after in known
    ]
    return Beside(tuple(plans), tuple(sorted(pairs, key=lambda pair: not pair.is_compared)))


def _owners(of: dict[str, set[str]], lines: list[str]) -> set[str]:
    return {plan for line in lines for plan in of.get(line, ())}
