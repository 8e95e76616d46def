"""Names for blank nodes (RDF 1.1 Concepts, section 3.5), so that versions, diffs and links stay stable.

A node with no life of its own becomes a fragment of its owner: a period ``#period``, a quote ``#quote``, a position
``#position``, an identifier ``#identifier``. Any other becomes ``{base}.well-known/genid/{hash}``, where the hash is of
its owner and of what it says: editing one file leaves the names in all others as they were. Two nodes that hang on the
same owner and say the same are one node, as in any lean graph.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Final

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, parse_line, with_leaves
from dppgraph.errors import BadRdf

GENID: Final = ".well-known/genid/"
"""What a name begins with, after the base, where there is no better one (RDF 1.1 Concepts, section 3.5)."""

_TYPE = f"<{PREFIXES['rdf']}type>"
_FRAGMENTS = {
    f"<{PREFIXES['dct']}PeriodOfTime>": "period",
    f"<{PREFIXES['oa']}TextQuoteSelector>": "quote",
    f"<{PREFIXES['oa']}TextPositionSelector>": "position",
    f"<{PREFIXES['adms']}Identifier>": "identifier",
}
_HASH_DIGITS = 32
_MARKS = (*(f"#{fragment}>".encode() for fragment in sorted(set(_FRAGMENTS.values()))), GENID.encode())
"""What is in each line with a name that a blank node may get."""


def skolemised(quads: Iterable[Quad], base: str) -> list[Quad]:
    """The quads with an IRI in place of every blank node; ``quads`` come from one document.

    Raises:
        BadRdf: two different nodes would get one name (two periods of one plan), blank nodes name each other in a
            ring, one is named only within a triple term, or a graph is named by a blank node.
    """
    quads = list(quads)
    if any(quad.graph.startswith("_:") for quad in quads):
        raise BadRdf("a named graph needs an IRI here, not a blank node: give it one")
    outgoing, incoming = _links(quads)
    try:
        contents = _contents(outgoing, incoming)
        names = _names(outgoing, incoming, contents, f"{base}{GENID}")
    except CycleError as error:
        raise BadRdf("blank nodes here name each other in a ring: give one of them an IRI") from error
    in_use = set(names.values()) & {term for quad in quads for term in quad}
    if in_use:
        raise _in_use(in_use)
    return [Quad(names.get(s, s), p, names.get(o, o) if o[0] != "<" else _named(o, names), g) for s, p, o, g in quads]


def _named(term: str, names: Mapping[str, str]) -> str:
    """A term whose blank nodes within triple terms have names."""
    if not term.startswith("<<("):
        return term
    found = with_leaves(term, lambda leaf: names.get(leaf, leaf))
    with_leaves(found, _refuse_blank)
    return found


def skolemised_lines(lines: bytes, base: str) -> bytes:
    """Likewise for the lines of one document, each with its line end; only those with a blank node are looked into.

    Raises:
        BadRdf: as :func:`skolemised`.
    """
    every = lines.split(b"\n")[:-1]
    nameless = [parse_line(line.decode()) for line in every if b"_:" in line]
    named = [line for line in every if b"_:" not in line]
    # Names that a blank node may get, and that are there already.
    marked = [line for line in named for mark in _MARKS if mark in line] if any(map(lines.__contains__, _MARKS)) else []
    in_use = {term for line in marked for term in parse_line(line.decode())[:3]}
    found = skolemised(nameless, base)
    given = {term for quad in found for term in quad} - {term for quad in nameless for term in quad}
    if given & in_use:
        raise _in_use(given & in_use)
    return b"\n".join((*named, *(quad.line().encode() for quad in found), b""))


def _in_use(names: Iterable[str]) -> BadRdf:
    return BadRdf(f"a node without a name would be called {min(names)}, which is in use: give it an IRI of its own")


def _links(quads: list[Quad]) -> tuple[dict[str, list[Quad]], dict[str, list[Quad]]]:
    """The quads that go out of each blank node, and those that come in."""
    outgoing: dict[str, list[Quad]] = defaultdict(list)
    incoming: dict[str, list[Quad]] = defaultdict(list)
    for quad in quads:
        if quad.subject.startswith("_:"):
            outgoing[quad.subject].append(quad)
        if quad.object.startswith("_:"):
            incoming[quad.object].append(quad)
    return outgoing, incoming


def _contents(outgoing: dict[str, list[Quad]], incoming: dict[str, list[Quad]]) -> dict[str, str]:
    """Blank node to the hash of all that it says, the blank nodes below it included."""
    below = {
        node: {quad.object for quad in outgoing.get(node, ()) if quad.object.startswith("_:")}
        for node in {*outgoing, *incoming}
    }
    contents: dict[str, str] = {}
    for node in TopologicalSorter(below).static_order():
        said = sorted(f"{q.predicate} {contents.get(q.object, q.object)} {q.graph}" for q in outgoing.get(node, ()))
        contents[node] = _hash(said)
    return contents


def _names(
    outgoing: dict[str, list[Quad]], incoming: dict[str, list[Quad]], contents: dict[str, str], genid: str
) -> dict[str, str]:
    """Blank node to the IRI, as a term, that it gets."""
    above = {
        node: {quad.subject for quad in incoming.get(node, ()) if quad.subject.startswith("_:")} for node in contents
    }
    names: dict[str, str] = {}
    taken: dict[str, str] = {}
    for node in TopologicalSorter(above).static_order():
        owners = [quad._replace(subject=names.get(quad.subject, quad.subject)) for quad in incoming.get(node, ())]
        fragment = _fragment(outgoing.get(node, ()))
        if fragment and len(owners) == 1 and "#" not in owners[0].subject:
            name = f"{owners[0].subject[:-1]}#{fragment}>"
        else:
            said = sorted(f"{quad.subject} {quad.predicate} {quad.graph}" for quad in owners)
            name = f"<{genid}{_hash([*said, contents[node]])[:_HASH_DIGITS]}>"
        if taken.setdefault(name, contents[node]) != contents[node]:
            raise BadRdf(f"two different nodes would both be called {name}: give the second an IRI of its own")
        names[node] = name
    return names


def _refuse_blank(term: str) -> str:
    if term.startswith("_:"):
        raise BadRdf("a blank node that is named only within a triple term has no stable name: give it an IRI")
    return term


def _fragment(said: Iterable[Quad]) -> str | None:
    kinds = sorted(_FRAGMENTS[quad.object] for quad in said if quad.predicate == _TYPE and quad.object in _FRAGMENTS)
    return kinds[0] if kinds else None


def _hash(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
