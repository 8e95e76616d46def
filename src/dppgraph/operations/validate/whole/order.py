"""In which order triple patterns are best looked for: those first that the fewest statements fit.

The engine orders them itself, but does not know which variables have a value already where a condition is looked at,
nor how many statements share an object, and may then look for the same thing again and again.
"""

from collections.abc import Collection, Sequence
from typing import Any, Final

from rdflib import URIRef, Variable
from rdflib.paths import AlternativePath, InvPath, MulPath, NegatedPath, SequencePath

from dppgraph.operations.validate.whole.there import There

_ONE: Final = 1.0
_SOME: Final = 3.0
"""Statements that a node has with one predicate, or with any, at a guess."""

Pattern = tuple[Any, ...]


def ordered(patterns: Sequence[Pattern], known: Collection[Any], there: There) -> list[Pattern]:
    """Patterns in the order in which they are looked for.

    Args:
        patterns: the patterns.
        known: the variables that have a value already.
        there: what there is.
    """
    left, found = list(patterns), list[Pattern]()
    bound = set(known)
    while left:
        best = min(left, key=lambda pattern: _cost(pattern, bound, there))
        left.remove(best)
        found.append(best)
        bound |= {term for term in best if isinstance(term, Variable)}
    return found


def scanned(pattern: Pattern, there: There) -> float:
    """About how many statements are looked at where a pattern is looked for alone."""
    _, predicate, obj = pattern
    return _fitting(predicate, (False, not isinstance(obj, Variable)), there)


def _cost(pattern: Pattern, bound: Collection[Any], there: There) -> float:
    subject, predicate, obj = pattern
    first, last = (not isinstance(term, Variable) or term in bound for term in (subject, obj))
    return _fitting(predicate, (first, last), there, known=predicate in bound)


def _fitting(path: Any, has: tuple[bool, bool], there: There, *, known: bool = False) -> float:
    """About how many statements fit a pattern, given which of its ends are known."""
    match path:
        case InvPath():
            return _fitting(path.arg, (has[1], has[0]), there)
        case AlternativePath():
            return sum(_fitting(one, has, there) for one in path.args)
        case SequencePath():
            return _fitting(path.args[0 if has[0] else -1], has, there) + _ONE
        case MulPath() | NegatedPath():
            return _SOME * _SOME if any(has) else there.count()
        case URIRef():
            return _with(f"<{path}>", has, there)
        case _:
            return _ONE if known and has[0] else _SOME if any(has) else _SOME + there.count()


def _with(predicate: str, has: tuple[bool, bool], there: There) -> float:
    match has:
        case (True, True):
            return _ONE / 2
        case (True, False):
            return _ONE
        case (False, True):
            return _ONE + there.sharing([predicate])
        case _:
            return _SOME + there.count(predicate)
