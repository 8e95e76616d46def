"""Which entity a statement belongs to: its subject without the fragment, or what a node without its own life is of.

A node that got its name when the version was built (``core.skolem``) belongs to what it hangs on, however far up that
is. Where it hangs on several, the first by code point has it, so that each statement belongs to one entity.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence

from dppgraph.core.quads import Graphs, Quad, entity_of, parse_line, with_leaves
from dppgraph.core.skolem import GENID
from dppgraph.store.runs import regrouped

_DIGITS = 32


class Owners:
    """Says which entity the statements of some lines belong to.

    Args:
        lines: canonical lines without blank nodes (:func:`named`).
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._above = _above(lines)
        self._known: dict[str, str] = {}

    def of(self, line: str) -> str:
        """The IRI of the entity that a line belongs to."""
        entity = entity_of(line)
        return self.of_node(entity) if GENID in entity else entity

    def of_node(self, node: str) -> str:
        """The IRI of the entity that a node with a made name belongs to; itself where nothing points at it."""
        way: dict[str, None] = {}
        entity = node
        while GENID in entity and entity not in self._known and entity not in way and self._above.get(entity):
            way[entity] = None
            entity = min(self._above[entity])
        if entity in way:
            # They name each other in a ring.
            steps = list(way)
            entity = min(steps[steps.index(entity) :])
        entity = self._known.get(entity, entity)
        self._known.update(dict.fromkeys(way, entity))
        return entity

    def moved(self, before: "Owners") -> set[str]:
        """The entities that have lost or gained a node since, though nothing else need have changed in them."""
        nodes = {*self._above, *before._above}
        pairs = ((before.of_node(node), self.of_node(node)) for node in nodes)
        return {entity for pair in pairs if pair[0] != pair[1] for entity in pair}


def named(lines: Iterable[str], base: str) -> Iterable[str]:
    """The lines with a name, made of its label, in place of each blank node that a store without the gate may hold."""
    for line in lines:
        yield _named(line, base) if "_:" in line else line


def grouped(
    lines: Collection[str], owners: Owners, base: str, wanted: Container[str] | None = None
) -> Iterator[tuple[str, list[str]]]:
    """The IRI of each entity with its lines, in the order of the IRIs; of all entities or of those that are wanted.

    Args:
        lines: canonical lines, sorted, each once; blank nodes get names.
        owners: says which entity they belong to.
        base: what these names begin with.
        wanted: IRIs; None for all.
    """

    def name_of(line: str) -> str:
        entity = owners.of(_named(line, base) if "_:" in line else line)
        return entity if wanted is None or entity in wanted else ""

    for entity, found in regrouped(lines, name_of):
        yield entity, list(named(found, base))


def triples(lines: Sequence[str], graphs: Graphs) -> list[str]:
    """The statements of lines without their graphs, each once, sorted."""
    found = zip(lines, graphs.of(lines) if lines else (), strict=True)
    return sorted({f"{line[: -len(graph) - len('  .')]} ." if graph else line for line, graph in found})


def _above(lines: Iterable[str]) -> Mapping[str, set[str]]:
    """Node with a made name to the nodes that point at it, as IRIs, without fragments."""
    found: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        if GENID not in line:
            continue
        object_ = parse_line(line).object
        owner = entity_of(line)
        if object_.startswith("<") and GENID in object_ and "#" not in object_ and object_[1:-1] != owner:
            found[object_[1:-1]].add(owner)
    return found


def _named(line: str, base: str) -> str:
    return Quad(*(with_leaves(term, lambda leaf: _name(leaf, base)) for term in parse_line(line))).line()


def _name(term: str, base: str) -> str:
    if not term.startswith("_:"):
        return term
    return f"<{base}{GENID}{hashlib.sha256(term.encode()).hexdigest()[:_DIGITS]}>"
