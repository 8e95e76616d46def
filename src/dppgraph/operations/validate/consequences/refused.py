"""What comes of a fact that some shape refuses."""

from collections import defaultdict
from collections.abc import Iterator, Set
from typing import Final

from dppgraph.core.iris import PREFIXES
from dppgraph.operations.validate.consequences.tables import NAMES, READS, UNASSERTED, UNSTATED
from dppgraph.operations.validate.consequences.told import Told, told_fact
from dppgraph.operations.validate.facts import Fact
from dppgraph.operations.validate.report import Result

_ABOUT_FACTS: Final = frozenset((*NAMES, *UNSTATED, *UNASSERTED))
_CLOSED: Final = f"{PREFIXES['sh']}ClosedConstraintComponent"


def of_other_checks(told: Told) -> Iterator[Result]:
    """Of a fact that some other shape refuses: that it has no words, the words no fact, and what is read of it."""
    stated = set(told.facts.all)
    refused = {
        _if_stated(result, stated)
        for result in told.results
        if result.severity == "Violation" and result.path and result.check not in _ABOUT_FACTS
    }
    properties = {fact[:2] for fact in refused}
    untold = {(result.focus, result.value) for result in told.results if result.check == "approval-dates-told"}
    for result in told.left(*UNSTATED):
        fact = told_fact(result)
        if refused & {fact, fact._replace(object="")} or (result.focus, result.value) in untold:
            yield result
    instead: dict[tuple[str, str], list[str]] = defaultdict(list)
    for fact in refused - told.said:
        key = (fact.subject, fact.predicate)
        instead[key] += [""] if fact.object else told.unasserted.get(key, ())
    yield from told.without_fact(instead)
    for result in told.left(*READS):
        # The years of a title are read at the period, which is the value.
        if not result.path and properties & {
            (thing, path) for thing in (result.focus, result.value) for path in READS[result.check]
        }:
            yield result
    for result in told.results:
        # The fact in the other direction is inferred, and not to be mended.
        turned = Fact(result.value, told.facts.inverse(result.path), result.focus)
        if result.component == _CLOSED and turned in refused and told_fact(result) not in stated:
            yield result
    misplaced = {result.focus for result in told.results if result.check == "quote-length"}
    yield from (result for result in told.left("quotes-agree") if misplaced & {result.focus, result.value})


def _if_stated(result: Result, stated: Set[Fact]) -> Fact:
    """The fact that a result is about; without its value if the result is about all values of the property."""
    fact = told_fact(result)
    return fact if fact in stated else fact._replace(object="")
