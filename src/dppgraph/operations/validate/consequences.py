"""Which results come of others: one mistake is told in one line, though it breaks many a shape.

A misspelt property leaves its own fact without words, the words without a fact, and whatever asks for the right
property empty-handed. Such results stay in the report, marked; they vanish with the mistake or are told once it is
mended. Only a violation that is told itself has consequences, so nothing unacceptable ever goes untold.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from dppgraph.core.iris import NAMESPACE, PREFIXES
from dppgraph.operations.validate.facts import PREDICATE, TYPE, Fact, Facts
from dppgraph.operations.validate.names import CLASS, CLASSLESS, PROPERTY, THING
from dppgraph.operations.validate.report import Result

_NAMES: Final = (PROPERTY, CLASS, CLASSLESS, THING)
_UNSTATED: Final = ("source-fact-stated", "external-fact-stated", "reading-described")
_UNASSERTED: Final = ("source-statement-asserted", "external-statement-asserted")
_ABOUT_FACTS: Final = frozenset((*_NAMES, *_UNSTATED, *_UNASSERTED))
_OF_CLASS: Final = f"{PREFIXES['sh']}ClassConstraintComponent"
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


@dataclass(frozen=True, slots=True)
class _Gap:
    """A property that a thing seems not to have, because of a wrong name somewhere."""

    subject: str
    predicate: str


class _Told:
    """The results, and those of them that follow from others."""

    def __init__(self, results: list[Result], facts: Facts) -> None:
        self.results = results
        self._facts = facts
        self.following: set[Result] = set()
        self.meant: dict[Result, str] = {}
        self._names = [result for result in results if result.check in _NAMES]
        for step in (
            self._repeated,
            self._of_circles,
            self._of_names,
            self._of_other_checks,
            self._of_each_other,
            self._of_no_name,
        ):
            self.following |= set(step())

    def _left(self, *checks: str) -> list[Result]:
        return [result for result in self.results if result.check in checks and result not in self.following]

    def _repeated(self) -> Iterator[Result]:
        """The same said twice: by two constraints of a shape, or by two shapes of which one is for `source` alone."""
        said = set()
        for result in self.results:
            same = (result.check, result.focus, result.path, result.messages)
            if result.check not in (*_NAMES, *_UNSTATED) and same in said:
                yield result
            said.add(same)
        everywhere = {(result.check, result.focus) for result in self.results}
        for result in self.results:
            wider = _WIDER.get(result.check) or result.check.removeprefix("source-")
            if wider != result.check and (wider, result.focus) in everywhere:
                yield result

    def _of_circles(self) -> Iterator[Result]:
        """All but one of the links of a circle: told are those that run against time, or else the first."""
        links = self._left("succession-circle")
        backwards = {(result.focus, result.value): result for result in self._left("succession-order")}
        suspect = [link for link in links if (link.focus, link.value) in backwards] or links[:1]
        yield from (link for link in links if link not in suspect)
        yield from (backwards[link.focus, link.value] for link in suspect if (link.focus, link.value) in backwards)

    def _of_names(self) -> Iterator[Result]:
        """What comes of a name that stands for nothing."""
        asserted = {cause.value for cause in self._names if cause.check == PROPERTY and cause.path != PREDICATE}
        gaps = {gap for cause in self._names for gap in self._gaps(cause)}
        things = {cause.value for cause in self._names if cause.check == THING}
        typeless = {cause.focus for cause in self._names if cause.check in (CLASS, CLASSLESS)}
        wrong = {(cause.focus, cause.path) for cause in self._names if cause.path}
        for result in self.results:
            if result.check in _NAMES:
                if result.path == PREDICATE and result.value in asserted:
                    yield result
            elif (
                (result.focus, result.path) in wrong
                or result.focus in things
                or self._is_of_class(result, typeless)
                or any(_is_about(result, gap) for gap in gaps)
                or self._is_told_wrongly(result)
            ):
                yield result

    def _is_of_class(self, result: Result, typeless: set[str]) -> bool:
        """Whether a thing of an unknown class is the reason: as the value, the document, or the statement itself."""
        if result.check in _UNSTATED:
            described = (self._facts.fact_of(statement) for statement in typeless)
            fact = Fact(result.focus, result.path, result.value)
            return result.focus in typeless or fact in described
        return result.component == _OF_CLASS and result.value in typeless

    def _gaps(self, cause: Result) -> Iterator[_Gap]:
        """Where a property will be missed because of a wrong name."""
        subject, predicate, meant = cause.focus, cause.path, cause.meant
        if cause.check == PROPERTY and cause.path == PREDICATE:
            return
        values = [cause.value]
        if cause.check == PROPERTY:
            values, predicate = self._facts.objects(cause.focus, cause.path), meant
        elif meant:
            values = [meant]
        yield _Gap(subject, predicate)
        inverse = self._facts.inverse(predicate)
        for value in values:
            yield _Gap(value, inverse)
        # The level of a plan comes by way of its approval.
        for fact in self._facts.all:
            if fact.object == subject and fact.predicate in _LEVEL:
                yield _Gap(fact.subject, predicate)

    def _is_told_wrongly(self, result: Result) -> bool:
        """Whether the fact and its statement differ in a wrong name only."""
        if result.check in _UNASSERTED:
            said = self._facts.fact_of(result.focus)
            return any(_is_fact_of(cause, said) for cause in self._names) or any(
                cause.focus == result.focus and cause.path == PREDICATE for cause in self._names
            )
        if result.check in _UNSTATED:
            misnamed = (cause for cause in self._names if cause.path == PREDICATE)
            facts = (self._facts.fact_of(cause.focus)._replace(predicate=cause.meant) for cause in misnamed)
            return any((fact.subject, fact.predicate) == (result.focus, result.path) for fact in facts)
        return False

    def _of_other_checks(self) -> Iterator[Result]:
        """Of a fact that some other shape refuses: that it has no words, the words no fact, and what is read of it."""
        refused = {
            (result.focus, result.path)
            for result in self.results
            if result.severity == "Violation" and result.path and result.check not in _ABOUT_FACTS
        }
        refused |= {(result.focus, result.value) for result in self.results if result.check == "approval-dates-told"}
        for result in self._left(*_UNSTATED):
            if refused & {(result.focus, result.path), (result.focus, result.value)}:
                yield result
        for result in self._left(*_UNASSERTED):
            said = self._facts.fact_of(result.focus)
            if (said.subject, said.predicate) in refused:
                yield result
        for result in self._left(*_READS):
            # The years of a title are read at the period, which is the value.
            if not result.path and refused & {
                (thing, path) for thing in (result.focus, result.value) for path in _READS[result.check]
            }:
                yield result
        misplaced = {result.focus for result in self.results if result.check == "quote-length"}
        yield from (result for result in self._left("quotes-agree") if misplaced & {result.focus, result.value})

    def _of_each_other(self) -> Iterator[Result]:
        """A fact without words and words without a fact that differ in one part only: the words are told.

        So is a fact that is missing altogether: what misses it follows from the words.
        """
        unstated = self._left(*_UNSTATED)
        for statement in self._left(*_UNASSERTED):
            said = self._facts.fact_of(statement.focus)
            for result in unstated:
                fact = Fact(result.focus, result.path, result.value)
                differing = [there for here, there in zip(said, fact, strict=True) if here != there]
                if len(differing) == 1:
                    self.meant[statement] = statement.meant or differing[0]
                    unstated.remove(result)
                    yield result
                    break
            gaps = (_Gap(said.subject, said.predicate), _Gap(said.object, self._facts.inverse(said.predicate)))
            others = (result for result in self.results if result.check not in _NAMES)
            yield from (result for result in others if any(_is_about(result, gap) for gap in gaps))

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


def _is_about(result: Result, gap: _Gap) -> bool:
    read = _READS.get(result.check, {result.path})
    is_gap = bool(gap.predicate) and gap.predicate in read
    return is_gap and result.focus == gap.subject and result.check not in _UNSTATED


def _is_fact_of(cause: Result, said: Fact) -> bool:
    """Whether a statement describes the fact in which a name is wrong."""
    if cause.check == PROPERTY:
        return said.subject == cause.focus and said.predicate in (cause.meant, cause.path)
    return cause.check in (CLASS, THING) and (said.subject, said.predicate) == (cause.focus, cause.path)
