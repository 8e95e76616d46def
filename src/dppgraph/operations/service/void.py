"""The VoID document at ``/.well-known/void`` (https://www.w3.org/TR/void/, section 7.2)."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, by_subject, canonical, parse_line, subject_of
from dppgraph.store.rdf import read_file

_VOID: Final = f"<{PREFIXES['void']}"
_SPACE: Final = f"{_VOID}uriSpace>"
_TOLD: Final = {
    f"<{PREFIXES[prefix]}{name}>"
    for prefix, name in (
        ("dct", "title"),
        ("dct", "description"),
        ("dct", "license"),
        ("dct", "publisher"),
        ("dct", "creator"),
        ("dct", "issued"),
        ("dct", "modified"),
        ("dct", "subject"),
        ("foaf", "homepage"),
    )
}


def void_document(lines: Iterable[str], base: str) -> list[str]:
    """The description as canonical lines without a graph.

    Args:
        lines: those of the graph ``catalogue``, and the catalogue's computed statements if there are any, those of a
            subject together; they are read twice.
        base: the base of the data.
    """
    document = Path(__file__).parent / "void.ttl"
    own = read_file(document, formats.TURTLE, graph="", base=base)
    here = _here(base)
    found = {*_told(lines, base), *own}
    wholes = sorted({q.subject for q in found if q.predicate == _SPACE and not q.subject.startswith(here)})
    primary = [parse_line(f"{here}> <{PREFIXES['foaf']}primaryTopic> {whole} .") for whole in wholes[:1]]
    return canonical([*found, *primary])


def _told(lines: Iterable[str], base: str) -> Iterator[Quad]:
    """What the lines tell of sets of data, without graphs."""
    here, ours = _here(base), f"<{base}"
    sets = set(_sets(lines))
    for group in by_subject(lines):
        subject = subject_of(group[0])
        is_ours, is_set, is_here = subject.startswith(ours), subject in sets, subject.startswith(here)
        if is_set or is_here or (is_ours and any(_VOID in line for line in group)):
            for quad in (parse_line(line)._replace(graph="") for line in group):
                if (
                    is_here
                    or (is_ours and quad.predicate.startswith(_VOID))
                    or (is_set and (quad.predicate in _TOLD or quad.object.startswith(_VOID)))
                ):
                    yield quad


def _sets(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if _VOID in line:
            quad = parse_line(line)
            if quad.object == f"{_VOID}Dataset>" or quad.predicate == _SPACE:
                yield quad.subject


def _here(base: str) -> str:
    return f"<{base}.well-known/void"
