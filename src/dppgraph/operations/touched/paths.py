"""Property paths (SPARQL 1.1, section 9) taken apart: the triples that one goes along, with their way to both ends."""

from collections.abc import Callable, Iterator

from rdflib.paths import AlternativePath, InvPath, MulPath, NegatedPath, Path, SequencePath
from rdflib.term import Node

from dppgraph.operations.touched.sites import NotFollowed, Pattern

Fresh = Callable[[], str]
"""Gives a variable that is used nowhere else."""

Edge = tuple[Pattern, tuple[Pattern, ...]]
"""A triple that a path goes along, and what connects it to both ends."""


def pattern_of(subject: str, path: Node | Path, object_: str) -> Pattern:
    """A pattern that may have a path in its predicate."""
    return Pattern(subject, _text(path), object_)


def edges(subject: str, path: Node | Path, object_: str, fresh: Fresh) -> Iterator[Edge]:
    """The triples that a pattern with a path can go along, each with what connects it to both ends.

    Args:
        subject: where the path begins.
        path: the path; a variable or an IRI is the shortest.
        object_: where it ends.
        fresh: gives new variables.

    Raises:
        NotFollowed: a path is of a kind that is not known.
    """
    match path:
        case InvPath():
            yield from edges(object_, path.arg, subject, fresh)
        case AlternativePath():
            for arg in path.args:
                yield from edges(subject, arg, object_, fresh)
        case SequencePath():
            yield from _along(subject, path, object_, fresh)
        case MulPath():
            yield from _repeated(subject, path, object_, fresh)
        case NegatedPath():
            # In either direction, whichever properties are left out.
            yield Pattern(subject, fresh(), object_), ()
            yield Pattern(object_, fresh(), subject), ()
        case _:
            yield Pattern(subject, _text(path), object_), ()


def _along(
    subject: str, path: SequencePath, object_: str, fresh: Fresh
) -> Iterator[tuple[Pattern, tuple[Pattern, ...]]]:
    ends = [subject, *(fresh() for _ in path.args[1:]), object_]
    steps = [pattern_of(ends[place], arg, ends[place + 1]) for place, arg in enumerate(path.args)]
    for place, arg in enumerate(path.args):
        rest = (*steps[:place], *steps[place + 1 :])
        for edge, beside in edges(ends[place], arg, ends[place + 1], fresh):
            yield edge, (*beside, *rest)


def _repeated(subject: str, path: MulPath, object_: str, fresh: Fresh) -> Iterator[Edge]:
    if path.mod == "?":
        yield from edges(subject, path.path, object_, fresh)
        return
    before, after = fresh(), fresh()
    any_number = f"({_text(path.path)})*"
    around = (Pattern(subject, any_number, before), Pattern(after, any_number, object_))
    for edge, beside in edges(before, path.path, after, fresh):
        yield edge, (*beside, *around)


def _text(path: Node | Path) -> str:
    """A path as SPARQL writes it; anything longer than a term in parentheses."""
    match path:
        case InvPath():
            return f"(^{_text(path.arg)})"
        case SequencePath() | AlternativePath():
            mark = "/" if isinstance(path, SequencePath) else "|"
            return f"({mark.join(map(_text, path.args))})"
        case MulPath():
            return f"({_text(path.path)}{path.mod})"
        case NegatedPath():
            return f"(!({'|'.join(map(_text, path.args))}))"
        case Node():
            return str(path.n3())
        case _:
            # What rdflib leaves as it parsed it: an inverse in a negated property set.
            raise NotFollowed(type(path).__name__)
