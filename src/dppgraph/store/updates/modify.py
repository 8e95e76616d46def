"""INSERT DATA, DELETE DATA, DELETE WHERE, DELETE and INSERT with a WHERE (SPARQL 1.1 Update, section 3.1).

The engine says what the solutions are, in its own form of literals. What is removed is each exact quad that the engine
holds as the one that the solution says. What is added is as the text has it; where a variable's value is added, a form
that is there already stays, and a value that comes from one statement alone keeps the form that it has there.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from dppgraph.core.quads import Quad
from dppgraph.core.skolem import skolemised
from dppgraph.core.update_text import Operation, leading, variables
from dppgraph.errors import GraphForbidden
from dppgraph.store.merge import rewritten
from dppgraph.store.updates.ledger import Ledger
from dppgraph.store.updates.scope import Scope
from dppgraph.store.updates.solutions import Solution, solutions
from dppgraph.store.updates.templates import Template, template


@dataclass(slots=True)
class _Found:
    """What the solutions say, as the engine has it or as it is written.

    Attributes:
        removed: quads to be removed.
        written: quads to be added whose object is as the text has it.
        made: quads to be added whose object is a variable's value, each with the quads that it may come from.
    """

    removed: set[Quad] = field(default_factory=set)
    written: set[Quad] = field(default_factory=set)
    made: dict[Quad, set[Quad]] = field(default_factory=dict)


def modify(operation: Operation, ledger: Ledger, scope: Scope, *, gated: bool) -> None:
    """Carries one operation out.

    Args:
        operation: the operation: ``data`` or ``modify``.
        ledger: what is there, and where it is noted.
        scope: the graphs that are asked and written to.
        gated: whether blank nodes get names, and nothing goes to the unnamed default graph.

    Raises:
        GraphForbidden: a quad is in no graph, and there has to be one.
        BadRdf: a blank node gets no name of its own.
        DppgraphError: the WHERE cannot be evaluated.
    """
    delete, insert = (
        template(block, operation, scope.base, graph=scope.written) for block in (operation.delete, operation.insert)
    )
    if gated and not all(quad.graph for quad in chain(delete.quads, insert.quads)):
        said = "the update says something in no graph, and all that is kept here is in one"
        raise GraphForbidden(f"{said}: write GRAPH <its IRI> {{ ... }} around it, or WITH <its IRI> in front")
    # Blank nodes that get names are the same nodes where they say the same, however often a solution comes.
    found = _found(operation, delete, insert, scope, each=bool(insert.blank) and not gated)
    if gated:
        _name_blank_nodes(found, scope.base)
    _apply(found, ledger)


def _found(operation: Operation, delete: Template, insert: Template, scope: Scope, *, each: bool) -> _Found:
    if operation.verb == "data":
        return _Found(set(_of(delete, [{}])), set(_of(insert, [{}])))
    sources = template(leading(operation.where), operation, scope.base, pattern=True)
    # Only where a value is added can it matter what it was found in.
    wanted = any(insert.name_of(quad.object) for quad in insert.quads)
    asked = (*delete.variables, *insert.variables, *(variables(operation.where) if wanted else ()))
    names = tuple(dict.fromkeys(asked))
    found = _Found()
    for solution in solutions(operation, names, scope, each=each):
        found.removed.update(quad for quad, _ in delete.filled(solution))
        for quad, said in insert.filled(solution):
            if quad.object == said.object or not rewritten(quad.object):
                found.written.add(quad)
            else:
                name = insert.name_of(said.object)
                found.made.setdefault(quad, set()).update(_origins(name, sources, solution, scope))
    return found


def _of(filled: Template, solutions_: Iterable[Solution]) -> Iterator[Quad]:
    return (quad for solution in solutions_ for quad, _ in filled.filled(solution))


def _origins(name: str, sources: Template, solution: Solution, scope: Scope) -> Iterator[Quad]:
    """The quads, as the engine has them, that a variable's value certainly comes from; ``*`` is any graph."""
    for quad, said in sources.filled(solution):
        if name and sources.name_of(said.object) == name:
            if quad.graph:
                yield quad
            elif scope.default is not None:
                yield from (quad._replace(graph=f"<{iri}>" if iri else "") for iri in scope.default)
            else:
                yield quad._replace(graph="*" if scope.union else "")


def _name_blank_nodes(found: _Found, base: str) -> None:
    """Gives a name to each blank node that would be added: all of one operation together, as of one document."""
    blank = [quad for quad in chain(found.written, found.made) if any("_:" in term for term in quad)]
    if not blank:
        return
    for quad, named in zip(blank, skolemised(blank, base), strict=True):
        if quad in found.made:
            found.made[named] = found.made.pop(quad)
        else:
            found.written.remove(quad)
            found.written.add(named)


def _apply(found: _Found, ledger: Ledger) -> None:
    origins = {quad: list(_located(quads, ledger)) for quad, quads in found.made.items()}
    # What is the same to the engine is looked up at once: a thing may have many values of one property.
    asked = (found.removed, found.written, found.made, *origins.values())
    held = ledger.held(list(dict.fromkeys(chain.from_iterable(asked))))
    removed = {quad for one in found.removed for quad in held.get(one, ())}
    kept = {quad for one in found.made for quad in held.get(one, ())}
    kept |= {quad for quad in found.written if quad in held.get(quad, ())}
    added = found.written - kept
    added |= {_in_its_form(quad, origins[quad], held) for quad in found.made if quad not in held}
    ledger.change(removed - kept, sorted(added), kept)


def _in_its_form(quad: Quad, origins: list[Quad], held: dict[Quad, list[Quad]]) -> Quad:
    """The quad with the exact form that its object has where it comes from, if there is only one."""
    forms = {exact.object for origin in origins for exact in held.get(origin, ())}
    return quad._replace(object=forms.pop()) if len(forms) == 1 else quad


def _located(quads: Iterable[Quad], ledger: Ledger) -> Iterator[Quad]:
    for quad in quads:
        if quad.graph == "*":
            graphs = ledger.graphs_saying(*quad[:3])
            yield from (quad._replace(graph=graph) for graph in graphs)
        else:
            yield quad
