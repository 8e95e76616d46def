"""What comes of a line in a wrong list or place."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from dppgraph.core.iris import NAMESPACE
from dppgraph.operations.validate.consequences.tables import UNASSERTED, UNSTATED, dpp
from dppgraph.operations.validate.consequences.told import Told, told_fact
from dppgraph.operations.validate.facts import PREDICATE, Fact, Facts
from dppgraph.operations.validate.names import PROPERTY
from dppgraph.operations.validate.report import Result
from dppgraph.store.rdf import literal_text

_PART_OF: Final = f"<{NAMESPACE}partOfLine>"
_POSITION: Final = f"<{NAMESPACE}position>"
_IN_LIST: Final = dpp("partOfLine", "lineOf")
_LISTS: Final = dpp("hasLineOfAction", "hasSubLine")


def of_lists(told: Told) -> Iterator[Result]:
    """Of a line in a wrong list or place: that places are taken twice or missing; of a place taken twice: a gap.

    For each line that may have another place than it says, one gap is taken for its place.
    """
    found: dict[str, list[tuple[int, Result]]] = defaultdict(list)
    for result in told.left("line-position-taken", "line-position-missing"):
        found[result.focus] += [(number, result) for number in _numbers([result.value])]
    if not found:
        return
    lists = _Lists(told.facts, _doubted(told))
    for holder, results in found.items():
        places, unsure = lists.places(holder)
        last = max(places, default=0)
        unsure += sum(count - 1 for count in places.values())
        for number, result in sorted(results):
            if result.check == "line-position-taken":
                if places[number] <= 1:
                    yield result
            elif places[number] or number > last:
                yield result
            elif unsure:
                unsure -= 1
                yield result


def _doubted(told: Told) -> Iterator[Fact]:
    """The facts that some violation is about, as they are and as they should be."""
    for result in told.results:
        if result.check in UNASSERTED:
            yield told.facts.fact_of(result.focus)
        elif result.check == PROPERTY and result.path != PREDICATE:
            yield from (
                Fact(result.focus, result.meant, value) for value in told.facts.objects(result.focus, result.path)
            )
        elif result.check == "line-plan-of-parent":
            yield Fact(result.focus, _PART_OF, "")
        elif result.severity == "Violation" and result.path and result.check not in UNSTATED:
            yield told_fact(result)


class _Lists:
    """The lists of lines, and which of their lines are in doubt.

    Args:
        facts: what is stated.
        doubted: facts that some violation is about.
    """

    def __init__(self, facts: Facts, doubted: Iterable[Fact]) -> None:
        self._lines: dict[str, set[str]] = defaultdict(set)
        self._parents: dict[str, set[str]] = defaultdict(set)
        self._places: dict[str, list[int]] = defaultdict(list)
        for fact in facts.all:
            self._add(fact, facts)
        self._elsewhere: set[str] = set()
        self._said: dict[str, set[str]] = defaultdict(set)
        self._misnumbered: set[str] = set()
        for subject, predicate, value in doubted:
            if predicate == _POSITION:
                self._misnumbered.add(subject)
            elif predicate in _IN_LIST | _LISTS:
                line, holder = (subject, value) if predicate in _IN_LIST else (value, subject)
                self._elsewhere.add(line)
                if holder and line not in self._lines.get(holder, ()):
                    self._said[holder].add(line)

    def _add(self, fact: Fact, facts: Facts) -> None:
        subject, predicate, value = fact
        if predicate == _POSITION:
            self._places[subject] += _numbers([value])
        elif predicate in _IN_LIST | _LISTS:
            line, holder = (subject, value) if predicate in _IN_LIST else (value, subject)
            self._lines[holder].add(line)
            if _PART_OF in (predicate, facts.inverse(predicate)):
                self._parents[line].add(holder)

    def places(self, holder: str) -> tuple[Counter[int], int]:
        """How many lines a list has in each place, those in doubt where words put them; how many have a wrong place."""
        lines = {line for line in self._lines[holder] if self._parents[line] <= {holder}}
        kept = (lines - self._elsewhere) | self._said[holder]
        places = Counter(number for line in kept - self._misnumbered for number in self._places[line])
        return places, len((lines | kept) & self._misnumbered)


def _numbers(terms: Iterable[str]) -> list[int]:
    texts = [literal_text(term) for term in terms if term.startswith('"')]
    return [int(text) for text in texts if text.isascii() and text.isdecimal()]
