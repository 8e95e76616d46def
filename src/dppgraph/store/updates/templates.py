"""The templates of an update, filled in for each solution (SPARQL 1.1 Update, section 3.1.3)."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph

from dppgraph.core import formats
from dppgraph.core.quads import Quad, parse_line, with_leaves
from dppgraph.core.update_text import Operation, as_trig, verbatim
from dppgraph.errors import BadRdf, QuerySyntax
from dppgraph.store.rdf import parse
from dppgraph.store.updates.scope import declarations
from dppgraph.store.updates.solutions import Solution


@dataclass(frozen=True, slots=True)
class Template:
    """Quads with places to be filled.

    Attributes:
        quads: the quads; a variable is an IRI of ours.
        blank: the blank nodes in them, which are others in each solution.
        mark: what those IRIs begin with.
    """

    quads: list[Quad]
    blank: tuple[str, ...]
    mark: str

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the variables that are filled in."""
        found: dict[str, None] = {}

        def note(term: str) -> str:
            if name := self.name_of(term):
                found[name] = None
            return term

        for quad in self.quads:
            for term in quad:
                with_leaves(term, note)
        return tuple(found)

    def filled(self, solution: Solution) -> Iterator[tuple[Quad, Quad]]:
        """The quads of one solution, each with the one of the template; those that would be none are left out."""
        values = {f"<{self.mark}{name}>": value for name, value in solution.items()}
        values |= {node: str(pyoxigraph.BlankNode()) for node in self.blank}
        for quad in self.quads:
            made = Quad(*(_filled(term, values) for term in quad))
            # What still has a mark in it is a variable without a value.
            if not any(self.mark in term for term in made) and _is_quad(made):
                yield made, quad

    def name_of(self, term: str) -> str:
        """The name of the variable that a term stands for, or nothing."""
        return term[1 + len(self.mark) : -1] if term.startswith(f"<{self.mark}") else ""


def template(block: str, operation: Operation, base: str, *, graph: str = "", pattern: bool = False) -> Template:
    """The quads of a block.

    Args:
        block: what stands between the braces.
        operation: the operation that it belongs to.
        base: what relative IRIs are relative to.
        graph: the term of the graph that quads without one are in.
        pattern: whether it is a piece of a WHERE, which may not be understood: nothing comes of it then.

    Raises:
        QuerySyntax: it cannot be read.
    """
    # Nobody can write what begins so, by chance or on purpose.
    mark = f"urn:dppgraph:variable:{secrets.token_hex(16)}:"
    if not block.strip():
        return Template([], (), mark)
    trig = (operation.verb == "data" and verbatim(block)) or as_trig(block, mark)
    try:
        quads = parse(f"{declarations(operation)}{trig}".encode(), formats.TRIG, graph=graph, base=base)
    except BadRdf as error:
        if pattern:
            return Template([], (), mark)
        raise QuerySyntax(f"what the update says between braces cannot be read: {block.strip()[:60]!r}") from error
    return Template(quads, tuple(_blank(quads)), mark)


def _blank(quads: list[Quad]) -> dict[str, None]:
    found: dict[str, None] = {}

    def note(term: str) -> str:
        if term.startswith("_:"):
            found[term] = None
        return term

    for quad in quads:
        for term in quad:
            if "_:" in term:
                with_leaves(term, note)
    return found


def _filled(term: str, values: dict[str, str]) -> str:
    if term.startswith("<<("):
        return with_leaves(term, lambda leaf: values.get(leaf, leaf))
    return values.get(term, term)


def _is_quad(quad: Quad) -> bool:
    return _is_triple(*quad[:3]) and (not quad.graph or _is_node(quad.graph))


def _is_triple(subject: str, predicate: str, object_: str) -> bool:
    if not _is_node(subject) or not predicate.startswith("<") or predicate.startswith("<<("):
        return False
    if not object_.startswith("<<("):
        return True
    inner = parse_line(f"{object_[len('<<( ') : -len(' )>>')]} .")
    return _is_triple(*inner[:3])


def _is_node(term: str) -> bool:
    return term.startswith(("<", "_:")) and not term.startswith("<<(")
