"""The results, with those that come of others marked: one step for each theme, in this order."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final

from dppgraph.operations.validate.consequences.circles import of_circles
from dppgraph.operations.validate.consequences.lists import of_lists
from dppgraph.operations.validate.consequences.names import of_names
from dppgraph.operations.validate.consequences.refused import of_other_checks
from dppgraph.operations.validate.consequences.repeated import repeated
from dppgraph.operations.validate.consequences.told import Told
from dppgraph.operations.validate.consequences.words import of_each_other, of_no_name
from dppgraph.operations.validate.facts import Facts
from dppgraph.operations.validate.report import Result

_STEPS: Final[tuple[Callable[[Told], Iterator[Result]], ...]] = (
    repeated,
    of_circles,
    of_names,
    of_other_checks,
    of_each_other,
    of_lists,
    of_no_name,
)


def with_consequences(results: Iterable[Result], facts: Facts) -> list[Result]:
    """The results, those that come of another one marked; where words and fact differ, words say what the fact says."""
    told = Told(list(results), facts)
    for step in _STEPS:
        told.following |= set(step(told))
    violations = {result for result in told.results if result.severity == "Violation"}
    if violations <= told.following:
        # Whatever was wrong in the reckoning: what keeps data from being published is told.
        told.following -= violations
    return [
        replace(result, follows=result in told.following, meant=told.meant.get(result, result.meant))
        for result in told.results
    ]
