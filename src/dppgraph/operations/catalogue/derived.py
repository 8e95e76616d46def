"""What the catalogue says besides what is written in ``data/catalogue.ttl``: by the rules in ``rules/*.rq``.

A rule is a CONSTRUCT. The rules run in the order of their names, each once, and each sees what those before it found.
All of it goes into the graph ``catalogue``, so that SPARQL sees it. Data without a catalogue has none derived.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from dppgraph.core.iris import PREFIXES, graph_iri
from dppgraph.core.quads import Quad, parse_line
from dppgraph.store.memory import MemoryStore

_RULES: Final = Path(__file__).parent / "rules"
_A: Final = f"<{PREFIXES['rdf']}type>"
_PREFIX: Final = re.compile(r"^PREFIX ([a-z-]+):\s+<([^>]+)>", re.MULTILINE)
_IRI: Final = re.compile(r"<([^<>\s]+)>")
_NAME: Final = re.compile(r"\b([a-z-]+):([A-Za-z]\w*)")
_SOME: Final = 10_000
"""Lines that are read at a time."""
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
    return {parse_line(line.decode()) for line in derived_lines_in(store, base, graphs)}


def derived_lines_in(store: MemoryStore, base: str, graphs: Collection[str] | None = None) -> set[bytes]:
    """Likewise, as canonical lines in UTF-8."""
    graph = f"<{graph_iri('catalogue', base)}>"
    found: set[bytes] = set()
    for text in rules():
        lines = store.constructed(text, base=base, graph=graph, graphs=graphs)
        store.add_lines(lines)
        found.update(lines.split(b"\n"))
    found.discard(b"")
    return found


class Asked:
    """What the rules may ask for, picked from lines that come subject by subject: the rest is most of a large version.

    Args:
        base: the base of the data.

    Attributes:
        store: it.
    """

    def __init__(self, base: str) -> None:
        self.store = MemoryStore()
        self._base = base
        self._statement = _statement(base)
        self._named = _named_in_rules()
        self._held: list[str] = []
        self._is_any = False

    def take(self, group: Sequence[str]) -> None:
        """Takes all lines of the next subject."""
        if not group[0].startswith(self._statement):
            self._held += filter(self._is_asked_for, group)
            if len(self._held) >= _SOME:
                self._fill()

    def derived(self) -> list[str]:
        """What follows from it by the rules, as canonical lines, sorted; as :func:`derived` has it."""
        if not self._is_any:
            return []
        self._fill()
        return sorted(line.decode() for line in derived_lines_in(self.store, self._base))

    def _is_asked_for(self, line: str) -> bool:
        _, predicate, object_, _ = line.split(" ", 3)
        self._is_any = self._is_any or object_ == CATALOG
        return predicate in self._named and (predicate != _A or object_ in self._named)

    def _fill(self) -> None:
        held, self._held = self._held, []
        self.store.add_lines("".join(f"{line}\n" for line in held).encode())


def _named_in_rules() -> frozenset[str]:
    """The terms of all IRIs that stand in the rules: where one has a variable for a property, it says for which."""
    found = {_A}
    for text in rules():
        prefixes = dict(_PREFIX.findall(text))
        found.update(f"<{iri}>" for iri in _IRI.findall(text))
        found.update(f"<{prefixes[prefix]}{name}>" for prefix, name in _NAME.findall(text) if prefix in prefixes)
    return frozenset(found)


@cache
def rules() -> list[str]:
    """The texts of the rules, in their order."""
    return [rule.read_text(encoding="utf-8") for rule in sorted(_RULES.glob("*.rq"))]


def _of_use(quads: Iterable[Quad], base: str) -> Iterator[Quad]:
    """The quads that a rule may ask for, and one of each graph: statements about facts are most of a large version."""
    statement, seen = _statement(base), set()
    for quad in quads:
        if quad.graph not in seen or not quad.subject.startswith(statement):
            seen.add(quad.graph)
            yield quad


def _statement(base: str) -> str:
    """What the names of statements about facts begin with; no rule asks for them."""
    return f"<{base}id/statement/"
