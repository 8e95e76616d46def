"""Names that stand for nothing (the shapes of ontology/shapes/terms.ttl), and what may be meant by them.

SHACL could say when a name is unknown, but pySHACL would take longer over it than over all other checks together, and
SHACL cannot say which name is nearest.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches
from typing import Final

from dppgraph.core.iris import NAMESPACE, PREFIXES
from dppgraph.core.quads import Quad
from dppgraph.operations.validate.facts import OBJECT, PREDICATE, SUBJECT, TYPE, Facts
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


def unknown_names(facts: Facts, base: str) -> Iterator[tuple[str, str, str, str]]:
    """Shape, subject, property and value of each use of a name that stands for nothing.

    A property is said to be unknown once for each subject, however many values it has there, a subject without a class
    once.
    """
    reported: set[object] = set()
    for subject, predicate, value in facts.all:
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
        elif predicate not in (SUBJECT, OBJECT) and not facts.about(value) and _is_undescribed(value, facts, base):
            yield THING, subject, predicate, value


def with_nearest_names(results: Iterable[Result], facts: Facts, shapes: Iterable[Quad], base: str) -> list[Result]:
    """The results, with the name that was probably meant where one has a wrong name."""
    ours = facts.terms(_PROPERTIES)
    properties = [*ours, *sorted({quad.object for quad in shapes if quad.predicate == _PATH} - set(ours))]
    classes = facts.terms(_CLASSES)

    def meant(result: Result) -> str:
        if result.check == CLASS:
            return _nearest(result.value, classes)
        if result.check == THING:
            return _nearest_thing(result.value, facts, base)
        is_known = result.path in properties
        if result.check == PROPERTY or (result.component == _CLOSED and not is_known):
            return _nearest(result.value if result.check == PROPERTY else result.path, properties)
        subject = facts.fact_of(result.focus).subject
        return _nearest_thing(subject, facts, base) if subject and subject == result.value else ""

    return [replace(result, meant=meant(result)) for result in results]


def _is_unknown(term: str, facts: Facts) -> bool:
    return term.startswith(_OURS) and term not in facts.described


def _is_undescribed(term: str, facts: Facts, base: str) -> bool:
    ours = term.startswith(f"<{base}id/") and not term.startswith(f"<{base}id/graph/")
    return ours and term not in facts.described


def _nearest(term: str, known: Iterable[str]) -> str:
    """The known name most like a name, whatever vocabulary it is of; the first of several that are equally alike."""
    by_name: dict[str, str] = {}
    for candidate in known:
        by_name.setdefault(_local(candidate).lower(), candidate)
    return next((by_name[name] for name in get_close_matches(_local(term).lower(), by_name, 1, _NEAR)), "")


def _nearest_thing(term: str, facts: Facts, base: str) -> str:
    """The thing with the most similar name of the same kind; else one of the same name of another kind."""
    if not _is_undescribed(term, facts, base):
        return ""
    kind = term.rpartition("/")[0] + "/"
    things = [thing for thing in facts.described if thing.startswith(f"<{base}id/") and "#" not in thing]
    alike = _nearest(term, (thing for thing in things if thing.startswith(kind)))
    return alike or next((thing for thing in things if thing.endswith(f"/{_local(term)}>")), "")


def _local(term: str) -> str:
    return term[1:-1].replace("#", "/").rpartition("/")[2]
