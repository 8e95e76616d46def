"""What comes of a name that stands for nothing."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from dppgraph.core.iris import PREFIXES
from dppgraph.operations.validate.consequences.tables import LEVEL, NAMES, UNASSERTED, UNSTATED, dpp
from dppgraph.operations.validate.consequences.told import Gap, Told, told_fact
from dppgraph.operations.validate.facts import PREDICATE, Fact, Facts
from dppgraph.operations.validate.names import CLASS, CLASSLESS, PROPERTY, THING
from dppgraph.operations.validate.report import Result

_OF_CLASS: Final = f"{PREFIXES['sh']}ClassConstraintComponent"
_NOT_SHOWN: Final = '"..."'
"""The value in a result that stands for one that pySHACL cannot write into a message."""
_NEED_NO_WORDS: Final = dpp(
    "Statement", "SourceStatement", "ExternalStatement", "InterpretedStatement", "SourceDocument"
)
"""The classes of things whose own facts no statement describes (check 17)."""


def of_names(told: Told) -> Iterator[Result]:
    """What comes of a name that stands for nothing."""
    names = [result for result in told.results if result.check in NAMES]
    asserted = {cause.value for cause in names if cause.check == PROPERTY and cause.path != PREDICATE}
    things = {cause.value for cause in names if cause.check == THING}
    # All values of a property with a wrong name are meant; of one with a right name those with a wrong name.
    wrong = {(cause.focus, cause.path, "") for cause in names if cause.path}
    wrong |= {(cause.focus, cause.path, cause.value) for cause in names if cause.check in (CLASS, THING)}
    misnamed = {(cause.focus, cause.path) for cause in names if cause.check == PROPERTY}
    plans = _by_level(told.facts)
    come = set(told.missing(gap for cause in names for gap in _gaps(cause, told.facts, plans)))
    come |= {*_of_classes(told, names), *_told_wrongly(told, names)}
    for result in told.results:
        if result.check in NAMES:
            if result.path == PREDICATE and result.value in asserted:
                yield result
        elif (
            result in come
            or (result.focus, result.path, result.value) in wrong
            or (result.focus, result.path) in misnamed
            or result.focus in things
        ):
            yield result


def _of_classes(told: Told, names: list[Result]) -> Iterator[Result]:
    """What comes of a thing of an unknown class: as the value, the document, or the statement itself."""
    classless = [cause for cause in names if cause.check in (CLASS, CLASSLESS)]
    typeless = {cause.focus for cause in classless}
    described = {told.facts.fact_of(statement) for statement in typeless}
    wordless = {cause.focus for cause in classless if not cause.meant or cause.meant in _NEED_NO_WORDS}
    for result in told.results:
        if result.check in UNSTATED:
            if result.focus in wordless or told_fact(result) in described:
                yield result
        elif result.component == _OF_CLASS and result.value in typeless:
            yield result


def _by_level(facts: Facts) -> dict[str, list[str]]:
    """What a level is read from, such as an approval, to what has that level."""
    found: dict[str, list[str]] = defaultdict(list)
    for fact in facts.all:
        if fact.predicate in LEVEL:
            found[fact.object].append(fact.subject)
    return found


def _gaps(cause: Result, facts: Facts, plans: Mapping[str, list[str]]) -> Iterator[Gap]:
    """Where a property will be missed because of a wrong name."""
    subject, predicate, meant = cause.focus, cause.path, cause.meant
    if cause.check == PROPERTY and cause.path == PREDICATE:
        return
    values = [cause.value]
    if cause.check == PROPERTY:
        values, predicate = facts.objects(cause.focus, cause.path), meant
    elif meant:
        values = [cause.value, meant]
    inverse = facts.inverse(predicate)
    yield Gap(subject, predicate)
    for value in values:
        yield Gap(subject, predicate, value)
        yield Gap(value, inverse)
        yield Gap(value, inverse, subject)
    # The level of a plan comes by way of its approval.
    yield from (Gap(plan, predicate) for plan in plans.get(subject, ()))


def _told_wrongly(told: Told, names: list[Result]) -> Iterator[Result]:
    """Where the fact and its statement differ in a wrong name only."""
    in_words = [cause for cause in names if cause.path == PREDICATE]
    statements = {cause.focus for cause in in_words}
    facts = {told.facts.fact_of(cause.focus)._replace(predicate=cause.meant) for cause in in_words}
    facts |= {fact._replace(object=_NOT_SHOWN) for fact in facts if "\\" in fact.object}
    for result in told.results:
        if (result.check in UNASSERTED and result.focus in statements) or (
            result.check in UNSTATED and told_fact(result) in facts
        ):
            yield result
    misnamed: dict[tuple[str, str], list[str]] = defaultdict(list)
    for cause in names:
        if cause.check in (CLASS, THING) and told_fact(cause) not in told.said:
            misnamed[cause.focus, cause.path].append(cause.meant)
        elif cause.check == PROPERTY and cause.path != PREDICATE:
            values = told.facts.objects(cause.focus, cause.path)
            misnamed[cause.focus, cause.meant] += (
                value for value in values if Fact(cause.focus, cause.path, value) not in told.said
            )
    yield from told.without_fact(misnamed)
