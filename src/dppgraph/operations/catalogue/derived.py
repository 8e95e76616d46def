"""What the catalogue says besides what is written in ``data/catalogue.ttl``: by the rules in ``rules/*.rq``.

A rule is a CONSTRUCT. The rules run in the order of their names, each once, and each sees what those before it found.
All of it goes into the graph ``catalogue``, so that SPARQL sees it. Data without a catalogue has none derived.
"""

from collections.abc import Collection, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

from dppgraph.core.iris import PREFIXES, graph_iri
from dppgraph.core.quads import Quad
from dppgraph.store.memory import MemoryStore

_RULES: Final = Path(__file__).parent / "rules"
CATALOG: Final = f"<{PREFIXES['dcat']}Catalog>"
"""The class without whose members nothing is derived."""


def derived(quads: Iterable[Quad], base: str) -> Iterator[Quad]:
    """The data sets of the named graphs and of the plans, with what they inherit from the whole.

    Args:
        quads: all that a version holds, its statistics among them: they name the whole.
        base: the base of the data.
    """
    quads = list(quads)
    if not any(quad.object == CATALOG for quad in quads):
        return
    stated = {quad[:3] for quad in quads}
    found = derived_in(MemoryStore(_of_use(quads, base)), base)
    yield from sorted(quad for quad in found if quad[:3] not in stated)


def derived_in(store: MemoryStore, base: str, graphs: Collection[str] | None = None) -> set[Quad]:
    """Likewise, with what is there already.

    Args:
        store: the engine's copy of all that a version holds; what is found is added to it.
        base: the base of the data.
        graphs: the IRIs of the graphs that there are; None for all that the store has.
    """
    graph = f"<{graph_iri('catalogue', base)}>"
    found: set[Quad] = set()
    for text in rules():
        fresh = {quad._replace(graph=graph) for quad in store.construct(text, base=base, graphs=graphs)}
        store.add_many(fresh)
        found |= fresh
    return found


@cache
def rules() -> list[str]:
    """The texts of the rules, in their order."""
    return [rule.read_text(encoding="utf-8") for rule in sorted(_RULES.glob("*.rq"))]


def _of_use(quads: Iterable[Quad], base: str) -> Iterator[Quad]:
    """The quads that a rule may ask for, and one of each graph: statements about facts are most of a large version."""
    statement, seen = f"<{base}id/statement/", set()
    for quad in quads:
        if quad.graph not in seen or not quad.subject.startswith(statement):
            seen.add(quad.graph)
            yield quad
