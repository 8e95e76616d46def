"""The results, those of them that follow from others, and what may be missing where they are wrong."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from dppgraph.operations.validate.consequences.tables import NAMES, READS, UNASSERTED, UNSTATED
from dppgraph.operations.validate.facts import SUBJECT, Fact, Facts
from dppgraph.operations.validate.report import Result


class Gap(NamedTuple):
    """A property that a thing seems not to have, and one of the values that it should have, or an empty string."""

    subject: str
    predicate: str
    value: str = ""


class Told:
    """The results, and those of them that follow from others.

    Attributes:
        results: what the shapes found.
        facts: what is stated.
        said: the facts that some statement describes.
        unasserted: subject and property to the values that only words give them, each with its results.
        following: the results that follow from others, as far as is known.
        meant: what was probably meant, for results that do not say so themselves.
    """

    def __init__(self, results: list[Result], facts: Facts) -> None:
        self.results = results
        self.facts = facts
        self.said = {facts.fact_of(fact.subject) for fact in facts.all if fact.predicate == SUBJECT}
        self.following: set[Result] = set()
        self.meant: dict[Result, str] = {}
        self._reading = _by_what_they_read(results)
        self.unasserted: dict[tuple[str, str], dict[str, list[Result]]] = defaultdict(lambda: defaultdict(list))
        for result in results:
            if result.check in UNASSERTED:
                said = facts.fact_of(result.focus)
                self.unasserted[said.subject, said.predicate][said.object].append(result)

    def left(self, *checks: str) -> list[Result]:
        """The results of some checks that are not yet known to follow."""
        return [result for result in self.results if result.check in checks and result not in self.following]

    def missing(self, gaps: Iterable[Gap]) -> Iterator[Result]:
        """The results that come of gaps."""
        for gap in dict.fromkeys(gaps):
            yield from self._reading.get(gap, ())

    def without_fact(self, instead: Mapping[tuple[str, str], list[str]]) -> Iterator[Result]:
        """Words whose fact is there with a wrong value: for each wrong value those of one fact.

        Args:
            instead: subject and property to what is meant by each of their wrong values, as far as that is known.
        """
        for key, meant in instead.items():
            said = self.unasserted.get(key, {})
            likely = set(meant)
            likeliest_first = sorted(said, key=lambda value: value not in likely)
            for value in likeliest_first[: len(meant)]:
                yield from said[value]


def told_fact(result: Result) -> Fact:
    """The fact that a result is about, its value empty if the result has none."""
    return Fact(result.focus, result.path, result.value)


def _by_what_they_read(results: Iterable[Result]) -> dict[Gap, list[Result]]:
    """The results by what may be missing where they are wrong."""
    found: dict[Gap, list[Result]] = defaultdict(list)
    for result in results:
        if result.check in READS:
            for predicate in READS[result.check]:
                found[Gap(result.focus, predicate)].append(result)
        elif result.path and result.check not in (*NAMES, *UNSTATED):
            found[Gap(result.focus, result.path, result.value)].append(result)
    return found
