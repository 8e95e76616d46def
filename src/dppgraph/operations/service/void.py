"""The VoID document at ``/.well-known/void`` (https://www.w3.org/TR/void/, section 7.2)."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import canonical, parse_line
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
        lines: those of the graph ``catalogue``, and the catalogue's computed statements if there are any.
        base: the base of the data.
    """
    here = f"<{base}.well-known/void"
    quads = {parse_line(line)._replace(graph="") for line in lines}
    sets = {quad.subject for quad in quads if quad.object == f"{_VOID}Dataset>"} | {
        quad.subject for quad in quads if quad.predicate == _SPACE
    }
    found = [
        quad
        for quad in quads
        if quad.subject.startswith(here)
        or (quad.subject.startswith(f"<{base}") and quad.predicate.startswith(_VOID))
        or (quad.subject in sets and (quad.predicate in _TOLD or quad.object.startswith(_VOID)))
    ]
    document = Path(__file__).parent / "void.ttl"
    found += read_file(document, formats.TURTLE, graph="", base=base)
    wholes = sorted({q.subject for q in found if q.predicate == _SPACE and not q.subject.startswith(here)})
    found += [parse_line(f"{here}> <{PREFIXES['foaf']}primaryTopic> {whole} .") for whole in wholes[:1]]
    return canonical(found)
