"""Names that stand for nothing (the shapes of ontology/shapes/terms.ttl), and what may be meant by them.

SHACL could say when a name is unknown, but pySHACL would take longer over it than over all other checks together, and
SHACL cannot say which name is nearest.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches
from typing import Final, Protocol

from dppgraph.core.iris import NAMESPACE, PREFIXES
from dppgraph.core.quads import Quad
from dppgraph.operations.validate.facts import OBJECT, PREDICATE, SUBJECT, TYPE, Fact, Facts
from dppgraph.operations.validate.report import Result

PROPERTY: Final = "property-unknown"
CLASS: Final = "class-unknown"
CLASSLESS: Final = "class-missing"
THING: Final = "thing-undescribed"
_OURS: Final = f"<{NAMESPACE}"
_PROPERTIES: Final = {f"<{PREFIXES['owl']}{kind}Property>" for kind in ("Object", "Datatype", "Annotation")}
_CLASSES: Final = {f"<{PREFIXES['owl']}Class>"}
_CLOSED: Final = f"{PREFIXES['sh']}ClosedConstraintComponent"
_PATH: Final = f"<{PREFIXES['sh']}path>"
_NEAR: Final = 0.75
"""How alike two names must be, from 0 to 1, for one to be a slip of the pen for the other."""
_GUESSES: Final = 50
"""For how many wrong names of one kind the nearest is looked up: who has more of them has no slips of the pen."""


def unknown_names(facts: Facts, base: str) -> Iterator[tuple[str, str, str, str]]:
    """Shape, subject, property and value of each use of a name that stands for nothing.

    A property is said to be unknown once for each subject, however many values it has there, a subject without a class
    once.
    """
    return unknown_in(facts.all, facts, base)


class Described(Protocol):
    """What is stated of the things that statements are about."""

    def is_described(self, term: str) -> bool:
        """Whether it has a type."""
        ...

    def is_subject(self, term: str) -> bool:
        """Whether anything at all is stated of it."""
        ...


def unknown_in(said: Iterable[Fact], facts: Described, base: str) -> Iterator[tuple[str, str, str, str]]:
    """Those in some statements alone, which are all statements of their subjects; sorted.

    They depend on nothing but these statements, and on what is stated of the things that these name.
    """
    reported: set[object] = set()
    for subject, predicate, value in said:
        if _is_undescribed(subject, facts, base) and subject not in reported:
            reported.add(subject)
            yield CLASSLESS, subject, "", ""
        if _is_unknown(predicate, facts) and (subject, predicate) not in reported:
            reported.add((subject, predicate))
            yield PROPERTY, subject, predicate, predicate
        if predicate == PREDICATE and _is_unknown(value, facts):
            yield PROPERTY, subject, predicate, value
        elif predicate == TYPE and _is_unknown(value, facts):
            yield CLASS, subject, predicate, value
        elif predicate not in (SUBJECT, OBJECT) and _is_undescribed(value, facts, base) and not facts.is_subject(value):
            yield THING, subject, predicate, value


def with_nearest_names(results: Iterable[Result], facts: Facts, shapes: Iterable[Quad], base: str) -> list[Result]:
    """The results, with the name that was probably meant where one has a wrong name."""
    ours = facts.terms(_PROPERTIES)
    known = {*ours, *(quad.object for quad in shapes if quad.predicate == _PATH)}
    properties = _Known([*ours, *sorted(known - set(ours))])
    classes = _Known(facts.terms(_CLASSES))
    things = _Things(facts, base)

    def meant(result: Result) -> str:
        if result.check == CLASS:
            return classes.nearest(result.value)
        if result.check == THING:
            return things.nearest(result.value)
        if result.check == PROPERTY or (result.component == _CLOSED and result.path not in known):
            return properties.nearest(result.value if result.check == PROPERTY else result.path)
        subject = facts.fact_of(result.focus).subject
        return things.nearest(subject) if subject and subject == result.value else ""

    return [replace(result, meant=meant(result)) for result in results]


class _Known:
    """Names of one kind, to find the nearest among.

    Args:
        terms: the names; the first of several with the same local name is kept.
    """

    def __init__(self, terms: Iterable[str]) -> None:
        self._by_name: dict[str, str] = {}
        for term in terms:
            self._by_name.setdefault(_local(term).lower(), term)
        self._found: dict[str, str] = {}

    def nearest(self, term: str) -> str:
        """The name most like a name, of whatever vocabulary; an empty string if none is, or if many were asked for."""
        if term not in self._found and len(self._found) < _GUESSES:
            alike = get_close_matches(_local(term).lower(), self._by_name, 1, _NEAR)
            self._found[term] = next((self._by_name[name] for name in alike), "")
        return self._found.get(term, "")


class _Things:
    """The things that are described, by kind and by name.

    Args:
        facts: what is stated.
        base: the base of the data.
    """

    def __init__(self, facts: Facts, base: str) -> None:
        self._facts = facts
        self._base = base
        by_kind: dict[str, list[str]] = defaultdict(list)
        self._by_name: dict[str, str] = {}
        for thing in facts.described:
            if thing.startswith(f"<{base}id/") and "#" not in thing:
                by_kind[_kind(thing)].append(thing)
                self._by_name.setdefault(_local(thing), thing)
        self._kinds = {kind: _Known(things) for kind, things in by_kind.items()}

    def nearest(self, term: str) -> str:
        """The thing with the most similar name of the same kind; else one of the same name of another kind."""
        if not _is_undescribed(term, self._facts, self._base):
            return ""
        same_kind = self._kinds.get(_kind(term))
        return (same_kind.nearest(term) if same_kind else "") or self._by_name.get(_local(term), "")


def _is_unknown(term: str, facts: Described) -> bool:
    return term.startswith(_OURS) and not facts.is_described(term)


def _is_undescribed(term: str, facts: Described, base: str) -> bool:
    ours = term.startswith(f"<{base}id/") and not term.startswith(f"<{base}id/graph/")
    return ours and not facts.is_described(term)


def _local(term: str) -> str:
    return term[1:-1].replace("#", "/").rpartition("/")[2]


def _kind(term: str) -> str:
    return term.rpartition("/")[0]
