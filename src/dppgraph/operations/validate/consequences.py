"""Which results come of others: one mistake is told in one line, though it breaks many a shape.

A misspelt property leaves its own fact without words, the words without a fact, and whatever asks for the right
property empty-handed. Such results stay in the report, marked; they vanish with the mistake or are told once it is
mended. Only a violation that is told itself has consequences, so nothing unacceptable ever goes untold.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Final, NamedTuple

from dppgraph.core.iris import NAMESPACE, PREFIXES
from dppgraph.operations.validate.facts import PREDICATE, SUBJECT, TYPE, Fact, Facts
from dppgraph.operations.validate.names import CLASS, CLASSLESS, PROPERTY, THING
from dppgraph.operations.validate.report import Result
from dppgraph.store.rdf import literal_text

_NAMES: Final = (PROPERTY, CLASS, CLASSLESS, THING)
_UNSTATED: Final = ("source-fact-stated", "external-fact-stated", "reading-described")
_UNASSERTED: Final = ("source-statement-asserted", "external-statement-asserted")
_ABOUT_FACTS: Final = frozenset((*_NAMES, *_UNSTATED, *_UNASSERTED))
_OF_CLASS: Final = f"{PREFIXES['sh']}ClassConstraintComponent"
_CLOSED: Final = f"{PREFIXES['sh']}ClosedConstraintComponent"
_NOT_SHOWN: Final = '"..."'
"""The value in a result that stands for one that pySHACL cannot write into a message."""
_NEED_A_NAME: Final = frozenset(
    {
        TYPE,
        f"<{PREFIXES['skos']}prefLabel>",
        f"<{NAMESPACE}position>",
        f"<{PREFIXES['dct']}temporal>",
    }
)
"""What needs no statement of its own about a thing that some statement names (check 17)."""


def _dpp(*names: str) -> frozenset[str]:
    return frozenset(f"<{NAMESPACE}{name}>" for name in names)


_LEVEL: Final = _dpp("issuedBy", "approvedIn", "policyLevel") | {f"<{PREFIXES['prov']}wasAssociatedWith>"}
_PART_OF: Final = f"<{NAMESPACE}partOfLine>"
_POSITION: Final = f"<{NAMESPACE}position>"
_IN_LIST: Final = _dpp("partOfLine", "lineOf")
_LISTS: Final = _dpp("hasLineOfAction", "hasSubLine")
_NEED_NO_WORDS: Final = _dpp(
    "Statement", "SourceStatement", "ExternalStatement", "InterpretedStatement", "SourceDocument"
)
"""The classes of things whose own facts no statement describes (check 17)."""

_READS: Final = {
    "plan-level": _LEVEL,
    "stub-level": _LEVEL,
    "plan-approval": _dpp("approvedIn"),
    "plan-period": frozenset({f"<{PREFIXES['dct']}temporal>"}),
    "plan-period-of-title": frozenset({f"<{PREFIXES['dct']}temporal>"}),
    "line-position-missing": _dpp("hasLineOfAction", "hasSubLine", "position"),
    "target-percent": _dpp("unit", "targetValue"),
    "target-deadline": _dpp("deadline"),
    "period-end-known": _dpp("openEnded") | {f"<{PREFIXES['dcat']}endDate>"},
    "plan-title-years": frozenset(f"<{PREFIXES['dcat']}{name}Date>" for name in ("start", "end")),
}
"""What is read by those shapes that name no property in their results."""

_WIDER: Final = {"line-plan-of-parent": "line-plan"}
"""A check to another that says it more plainly where both are broken."""


def with_consequences(results: Iterable[Result], facts: Facts) -> list[Result]:
    """The results, those that come of another one marked; where words and fact differ, words say what the fact says."""
    told = _Told(list(results), facts)
    violations = {result for result in told.results if result.severity == "Violation"}
    if violations <= told.following:
        # Whatever was wrong in the reckoning: what keeps data from being published is told.
        told.following -= violations
    return [
        replace(result, follows=result in told.following, meant=told.meant.get(result, result.meant))
        for result in told.results
    ]


class _Gap(NamedTuple):
    """A property that a thing seems not to have, and one of the values that it should have, or an empty string."""

    subject: str
    predicate: str
    value: str = ""


class _Told:
    """The results, and those of them that follow from others."""

    def __init__(self, results: list[Result], facts: Facts) -> None:
        self.results = results
        self._facts = facts
        self._stated = set(facts.all)
        self._said = {facts.fact_of(fact.subject) for fact in facts.all if fact.predicate == SUBJECT}
        self.following: set[Result] = set()
        self.meant: dict[Result, str] = {}
        self._names = [result for result in results if result.check in _NAMES]
        self._reading = _by_what_they_read(results)
        self._level_of: dict[str, list[str]] = defaultdict(list)
        for fact in facts.all:
            if fact.predicate in _LEVEL:
                self._level_of[fact.object].append(fact.subject)
        self._unasserted: dict[tuple[str, str], dict[str, list[Result]]] = defaultdict(lambda: defaultdict(list))
        for result in results:
            if result.check in _UNASSERTED:
                said = facts.fact_of(result.focus)
                self._unasserted[said.subject, said.predicate][said.object].append(result)
        for step in (
            self._repeated,
            self._of_circles,
            self._of_names,
            self._of_other_checks,
            self._of_each_other,
            self._of_lists,
            self._of_no_name,
        ):
            self.following |= set(step())

    def _left(self, *checks: str) -> list[Result]:
        return [result for result in self.results if result.check in checks and result not in self.following]

    def _repeated(self) -> Iterator[Result]:
        """The same said twice: by two constraints of a shape, or by two shapes of which one is for `source` alone.

        Of two values of a property each is told, and then no more what is said of the property without a value.
        """
        said = set()
        valued = {_message(result) for result in self.results if result.value}
        for result in self.results:
            same = (*_message(result), result.value)
            if result.check not in (*_NAMES, *_UNSTATED) and (
                same in said or (not result.value and _message(result) in valued)
            ):
                yield result
            said.add(same)
        everywhere = {(result.check, result.focus) for result in self.results}
        for result in self.results:
            wider = _WIDER.get(result.check) or result.check.removeprefix("source-")
            if wider != result.check and (wider, result.focus) in everywhere:
                yield result

    def _of_circles(self) -> Iterator[Result]:
        """All but one of the links of each circle: told are those that run against time, or else the first."""
        backwards = {(result.focus, result.value): result for result in self._left("succession-order")}
        for links in _circles(self._left("succession-circle")):
            suspect = {link for link in links if (link.focus, link.value) in backwards} or {links[0]}
            yield from (link for link in links if link not in suspect)
            yield from (backwards[link.focus, link.value] for link in suspect if (link.focus, link.value) in backwards)

    def _of_names(self) -> Iterator[Result]:
        """What comes of a name that stands for nothing."""
        asserted = {cause.value for cause in self._names if cause.check == PROPERTY and cause.path != PREDICATE}
        things = {cause.value for cause in self._names if cause.check == THING}
        # All values of a property with a wrong name are meant; of one with a right name those with a wrong name.
        wrong = {(cause.focus, cause.path, "") for cause in self._names if cause.path}
        wrong |= {(cause.focus, cause.path, cause.value) for cause in self._names if cause.check in (CLASS, THING)}
        misnamed = {(cause.focus, cause.path) for cause in self._names if cause.check == PROPERTY}
        of_names = set(self._missing(gap for cause in self._names for gap in self._gaps(cause)))
        of_names |= {*self._of_classes(), *self._told_wrongly()}
        for result in self.results:
            if result.check in _NAMES:
                if result.path == PREDICATE and result.value in asserted:
                    yield result
            elif (
                result in of_names
                or (result.focus, result.path, result.value) in wrong
                or (result.focus, result.path) in misnamed
                or result.focus in things
            ):
                yield result

    def _of_classes(self) -> Iterator[Result]:
        """What comes of a thing of an unknown class: as the value, the document, or the statement itself."""
        classless = [cause for cause in self._names if cause.check in (CLASS, CLASSLESS)]
        typeless = {cause.focus for cause in classless}
        described = {self._facts.fact_of(statement) for statement in typeless}
        wordless = {cause.focus for cause in classless if not cause.meant or cause.meant in _NEED_NO_WORDS}
        for result in self.results:
            if result.check in _UNSTATED:
                if result.focus in wordless or _fact(result) in described:
                    yield result
            elif result.component == _OF_CLASS and result.value in typeless:
                yield result

    def _gaps(self, cause: Result) -> Iterator[_Gap]:
        """Where a property will be missed because of a wrong name."""
        subject, predicate, meant = cause.focus, cause.path, cause.meant
        if cause.check == PROPERTY and cause.path == PREDICATE:
            return
        values = [cause.value]
        if cause.check == PROPERTY:
            values, predicate = self._facts.objects(cause.focus, cause.path), meant
        elif meant:
            values = [cause.value, meant]
        inverse = self._facts.inverse(predicate)
        yield _Gap(subject, predicate)
        for value in values:
            yield _Gap(subject, predicate, value)
            yield _Gap(value, inverse)
            yield _Gap(value, inverse, subject)
        # The level of a plan comes by way of its approval.
        yield from (_Gap(plan, predicate) for plan in self._level_of[subject])

    def _missing(self, gaps: Iterable[_Gap]) -> Iterator[Result]:
        """The results that come of gaps."""
        for gap in dict.fromkeys(gaps):
            yield from self._reading.get(gap, ())

    def _told_wrongly(self) -> Iterator[Result]:
        """Where the fact and its statement differ in a wrong name only."""
        in_words = [cause for cause in self._names if cause.path == PREDICATE]
        statements = {cause.focus for cause in in_words}
        facts = {self._facts.fact_of(cause.focus)._replace(predicate=cause.meant) for cause in in_words}
        facts |= {fact._replace(object=_NOT_SHOWN) for fact in facts if "\\" in fact.object}
        for result in self.results:
            if (result.check in _UNASSERTED and result.focus in statements) or (
                result.check in _UNSTATED and _fact(result) in facts
            ):
                yield result
        misnamed: dict[tuple[str, str], list[str]] = defaultdict(list)
        for cause in self._names:
            if cause.check in (CLASS, THING) and _fact(cause) not in self._said:
                misnamed[cause.focus, cause.path].append(cause.meant)
            elif cause.check == PROPERTY and cause.path != PREDICATE:
                values = self._facts.objects(cause.focus, cause.path)
                misnamed[cause.focus, cause.meant] += (
                    value for value in values if Fact(cause.focus, cause.path, value) not in self._said
                )
        yield from self._without_fact(misnamed)

    def _without_fact(self, instead: Mapping[tuple[str, str], list[str]]) -> Iterator[Result]:
        """Words whose fact is there with a wrong value: for each wrong value those of one fact.

        Args:
            instead: subject and property to what is meant by each of their wrong values, as far as that is known.
        """
        for key, meant in instead.items():
            said = self._unasserted.get(key, {})
            likely = set(meant)
            likeliest_first = sorted(said, key=lambda value: value not in likely)
            for value in likeliest_first[: len(meant)]:
                yield from said[value]

    def _of_other_checks(self) -> Iterator[Result]:
        """Of a fact that some other shape refuses: that it has no words, the words no fact, and what is read of it."""
        refused = {
            self._if_stated(result)
            for result in self.results
            if result.severity == "Violation" and result.path and result.check not in _ABOUT_FACTS
        }
        properties = {fact[:2] for fact in refused}
        untold = {(result.focus, result.value) for result in self.results if result.check == "approval-dates-told"}
        for result in self._left(*_UNSTATED):
            fact = _fact(result)
            if refused & {fact, fact._replace(object="")} or (result.focus, result.value) in untold:
                yield result
        instead: dict[tuple[str, str], list[str]] = defaultdict(list)
        for fact in refused - self._said:
            key = (fact.subject, fact.predicate)
            instead[key] += [""] if fact.object else self._unasserted.get(key, ())
        yield from self._without_fact(instead)
        for result in self._left(*_READS):
            # The years of a title are read at the period, which is the value.
            if not result.path and properties & {
                (thing, path) for thing in (result.focus, result.value) for path in _READS[result.check]
            }:
                yield result
        for result in self.results:
            # The fact in the other direction is inferred, and not to be mended.
            turned = Fact(result.value, self._facts.inverse(result.path), result.focus)
            if result.component == _CLOSED and turned in refused and _fact(result) not in self._stated:
                yield result
        misplaced = {result.focus for result in self.results if result.check == "quote-length"}
        yield from (result for result in self._left("quotes-agree") if misplaced & {result.focus, result.value})

    def _if_stated(self, result: Result) -> Fact:
        """The fact that a result is about; without its value if the result is about all values of the property."""
        fact = _fact(result)
        return fact if fact in self._stated else fact._replace(object="")

    def _of_each_other(self) -> Iterator[Result]:
        """A fact without words and words without a fact that differ in one part only: the words are told.

        So is a fact that is missing altogether: what misses it follows from the words.
        """
        unstated = self._left(*_UNSTATED)
        alike: dict[Fact, deque[int]] = defaultdict(deque)
        for number, result in enumerate(unstated):
            for pattern in _patterns(_fact(result)):
                alike[pattern].append(number)
        used: set[int] = set()
        gaps = []
        for statement in self._left(*_UNASSERTED):
            said = self._facts.fact_of(statement.focus)
            inverse = self._facts.inverse(said.predicate)
            gaps += [_Gap(said.subject, said.predicate), _Gap(*said)]
            gaps += [_Gap(said.object, inverse), _Gap(said.object, inverse, said.subject)]
            first: list[int] = []
            for pattern in _patterns(said):
                waiting = alike.get(pattern, deque())
                while waiting and waiting[0] in used:
                    waiting.popleft()
                # The same fact in another graph is none that differs.
                free = (number for number in waiting if number not in used and _fact(unstated[number]) != said)
                first += islice(free, 1)
            if first:
                number = min(first)
                used.add(number)
                result = unstated[number]
                there = next(there for here, there in zip(said, _fact(result), strict=True) if here != there)
                self.meant[statement] = statement.meant or there
                gaps.append(_Gap(said.subject, said.predicate, result.value))
                yield result
        yield from self._missing(gaps)

    def _of_lists(self) -> Iterator[Result]:
        """Of a line in a wrong list or place: that places are taken twice or missing; of a place taken twice: a gap.

        For each line that may have another place than it says, one gap is taken for its place.
        """
        found: dict[str, list[tuple[int, Result]]] = defaultdict(list)
        for result in self._left("line-position-taken", "line-position-missing"):
            found[result.focus] += [(number, result) for number in _numbers([result.value])]
        if not found:
            return
        lists = _Lists(self._facts, self._doubted())
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

    def _doubted(self) -> Iterator[Fact]:
        """The facts that some violation is about, as they are and as they should be."""
        for result in self.results:
            if result.check in _UNASSERTED:
                yield self._facts.fact_of(result.focus)
            elif result.check == PROPERTY and result.path != PREDICATE:
                yield from (
                    Fact(result.focus, result.meant, value) for value in self._facts.objects(result.focus, result.path)
                )
            elif result.check == "line-plan-of-parent":
                yield Fact(result.focus, _PART_OF, "")
            elif result.severity == "Violation" and result.path and result.check not in _UNSTATED:
                yield _fact(result)

    def _of_no_name(self) -> Iterator[Result]:
        """Of a thing that no statement names only one fact is told."""
        by_focus: dict[str, list[Result]] = defaultdict(list)
        for result in self._left(*_UNSTATED):
            by_focus[result.focus].append(result)
        named = {result.value for found in by_focus.values() for result in found}
        for focus, found in by_focus.items():
            minor = [result for result in found if result.path in _NEED_A_NAME]
            told_anyway = len(minor) < len(found) or focus in named
            yield from minor if told_anyway else minor[1:]


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


def _by_what_they_read(results: Iterable[Result]) -> dict[_Gap, list[Result]]:
    """The results by what may be missing where they are wrong."""
    found: dict[_Gap, list[Result]] = defaultdict(list)
    for result in results:
        if result.check in _READS:
            for predicate in _READS[result.check]:
                found[_Gap(result.focus, predicate)].append(result)
        elif result.path and result.check not in (*_NAMES, *_UNSTATED):
            found[_Gap(result.focus, result.path, result.value)].append(result)
    return found


def _circles(links: list[Result]) -> Iterator[list[Result]]:
    """The links of plans that hang together, in their order."""
    beside: dict[str, set[str]] = defaultdict(set)
    for link in links:
        beside[link.focus].add(link.value)
        beside[link.value].add(link.focus)
    circle: dict[str, str] = {}
    for first in beside:
        reached = [] if first in circle else [first]
        for plan in reached:
            if plan not in circle:
                circle[plan] = first
                reached += beside[plan]
    by_circle: dict[str, list[Result]] = defaultdict(list)
    for link in links:
        by_circle[circle[link.focus]].append(link)
    yield from by_circle.values()


def _message(result: Result) -> tuple[object, ...]:
    return (result.check, result.focus, result.path, result.messages)


def _fact(result: Result) -> Fact:
    return Fact(result.focus, result.path, result.value)


def _patterns(fact: Fact) -> list[Fact]:
    """The fact without one of its parts, for each part."""
    return [fact._replace(subject=""), fact._replace(predicate=""), fact._replace(object="")]


def _numbers(terms: Iterable[str]) -> list[int]:
    texts = [literal_text(term) for term in terms if term.startswith('"')]
    return [int(text) for text in texts if text.isascii() and text.isdecimal()]
