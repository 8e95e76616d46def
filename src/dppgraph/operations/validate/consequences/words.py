"""What comes of facts without words, and of words without a fact."""

from collections import defaultdict, deque
from collections.abc import Iterator
from itertools import islice
from typing import Final

from dppgraph.core.iris import NAMESPACE, PREFIXES
from dppgraph.operations.validate.consequences.tables import UNASSERTED, UNSTATED
from dppgraph.operations.validate.consequences.told import Gap, Told, told_fact
from dppgraph.operations.validate.facts import TYPE, Fact
from dppgraph.operations.validate.report import Result

_NEED_A_NAME: Final = frozenset(
    {
        TYPE,
        f"<{PREFIXES['skos']}prefLabel>",
        f"<{NAMESPACE}position>",
        f"<{PREFIXES['dct']}temporal>",
    }
)
"""What needs no statement of its own about a thing that some statement names (check 17)."""


def of_each_other(told: Told) -> Iterator[Result]:
    """A fact without words and words without a fact that differ in one part only: the words are told.

    So is a fact that is missing altogether: what misses it follows from the words.
    """
    unstated = told.left(*UNSTATED)
    alike: dict[Fact, deque[int]] = defaultdict(deque)
    for number, result in enumerate(unstated):
        for pattern in _patterns(told_fact(result)):
            alike[pattern].append(number)
    used: set[int] = set()
    gaps = []
    for statement in told.left(*UNASSERTED):
        said = told.facts.fact_of(statement.focus)
        inverse = told.facts.inverse(said.predicate)
        gaps += [Gap(said.subject, said.predicate), Gap(*said)]
        gaps += [Gap(said.object, inverse), Gap(said.object, inverse, said.subject)]
        first: list[int] = []
        for pattern in _patterns(said):
            waiting = alike.get(pattern, deque())
            while waiting and waiting[0] in used:
                waiting.popleft()
            # The same fact in another graph is none that differs.
            free = (number for number in waiting if number not in used and told_fact(unstated[number]) != said)
            first += islice(free, 1)
        if first:
            number = min(first)
            used.add(number)
            result = unstated[number]
            there = next(there for here, there in zip(said, told_fact(result), strict=True) if here != there)
            told.meant[statement] = statement.meant or there
            gaps.append(Gap(said.subject, said.predicate, result.value))
            yield result
    yield from told.missing(gaps)


def of_no_name(told: Told) -> Iterator[Result]:
    """Of a thing that no statement names only one fact is told."""
    by_focus: dict[str, list[Result]] = defaultdict(list)
    for result in told.left(*UNSTATED):
        by_focus[result.focus].append(result)
    named = {result.value for found in by_focus.values() for result in found}
    for focus, found in by_focus.items():
        minor = [result for result in found if result.path in _NEED_A_NAME]
        told_anyway = len(minor) < len(found) or focus in named
        yield from minor if told_anyway else minor[1:]


def _patterns(fact: Fact) -> list[Fact]:
    """The fact without one of its parts, for each part."""
    return [fact._replace(subject=""), fact._replace(predicate=""), fact._replace(object="")]
