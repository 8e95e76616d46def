"""Terms as the engine's objects and as canonical text, changed where an engine spells them otherwise."""

import json
from collections.abc import Callable, Iterator

import pyoxigraph

from dppgraph.core.quads import Quad
from dppgraph.store.rdf import engine_quads, exact_term

Term = pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal | pyoxigraph.Triple
Read = Callable[[str], str]
"""A term that came from an engine, as canonical text, to the one that is meant."""

_BATCH = 100


def changed_triple(triple: pyoxigraph.Triple, read: Read) -> pyoxigraph.Triple:
    """A triple whose object is the one that is meant."""
    return pyoxigraph.Triple(triple.subject, triple.predicate, _changed(triple.object, read))


class ChangedRows:
    """A file of a table in SPARQL's JSON, of which each term is the one that is meant.

    Args:
        solutions: the table as the engine gave it.
        read: changes its terms.
    """

    def __init__(self, solutions: pyoxigraph.QuerySolutions, read: Read) -> None:
        self._pieces = _pieces(solutions, read)
        self._left = b""

    def read(self, size: int = -1) -> bytes:
        """The next bytes; none at the end."""
        if not self._left:
            self._left = next(self._pieces, b"")
        end = len(self._left) if size < 0 else size
        data, self._left = self._left[:end], self._left[end:]
        return data


def _pieces(solutions: pyoxigraph.QuerySolutions, read: Read) -> Iterator[bytes]:
    names = [variable.value for variable in solutions.variables]
    yield b'{"head":' + json.dumps({"vars": names}).encode() + b',"results":{"bindings":['
    rows: list[str] = []
    separator = ""
    for solution in solutions:
        row = {name: _said(_changed(term, read)) for name in names if (term := solution[name]) is not None}
        rows.append(separator + json.dumps(row))
        separator = ","
        if len(rows) >= _BATCH:
            yield "".join(rows).encode()
            rows = []
    yield "".join([*rows, "]}}"]).encode()


def _changed(term: Term, read: Read) -> Term:
    before = exact_term(term)
    after = read(before)
    if after == before:
        return term
    return next(engine_quads([Quad("<a:a>", "<a:a>", after)])).object


def _said(term: Term) -> dict[str, object]:
    if isinstance(term, pyoxigraph.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, pyoxigraph.BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, pyoxigraph.Triple):
        parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
        return {"type": "triple", "value": {name: _said(part) for name, part in parts.items()}}
    said: dict[str, object] = {"type": "literal", "value": term.value}
    if term.language:
        return said | {"xml:lang": term.language}
    return said | {"datatype": term.datatype.value}
