"""How the classes hang together: a tree that begins at the class with the most links, and says each link once.

What a diagram shows is decided here, where things are drawn is not.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from dppgraph.operations.ontology.terms import Term

_DEEPEST: Final = 3
"""How many links are followed from where a tree begins, so that it stays as wide as a page."""


@dataclass(frozen=True, slots=True)
class Row:
    """A class in the tree, and how it is reached. Things are terms (``<iri>``).

    Attributes:
        cls: the class; one of others' where a link leads there.
        parent: the place of the row that leads here, counted from 0; None where a tree begins.
        links: the properties that lead here.
        depth: how many links away from where its tree begins.
        again: whether the class has a row of its own elsewhere, where its links are.
        kinds: the narrower classes that no link begins or ends at.
        above: the wider classes of this ontology.
    """

    cls: str
    parent: int | None
    links: tuple[str, ...]
    depth: int
    again: bool
    kinds: tuple[str, ...] = ()
    above: tuple[str, ...] = ()


@dataclass(slots=True)
class _Node:
    cls: str
    links: tuple[str, ...]
    depth: int
    below: list["_Node"]
    again: bool = False


def diagram(terms: Iterable[Term]) -> list[Row]:
    """The rows of the diagram of some terms, each after the one that leads to it."""
    known = {term.iri: term for term in terms}
    links = [term for term in known.values() if term.kind == "link"]
    leading: dict[str, list[Term]] = {iri: [] for iri, term in known.items() if term.kind == "class"}
    for link in links:
        for domain in link.domains:
            if domain in leading and link.ranges:
                leading[domain].append(link)
    growing = _Growing(known, leading)
    by_size = sorted(leading, key=lambda iri: (-len(leading[iri]), iri))
    trees = [tree for iri in by_size if (tree := growing.tree(iri)).below or tree.again]
    rows: list[Row] = []
    for tree in trees:
        if tree.below:
            rows.extend(growing.rows(tree, None, len(rows)))
    return rows


class _Growing:
    """The trees, each class and each link in one of them."""

    def __init__(self, known: Mapping[str, Term], leading: Mapping[str, list[Term]]) -> None:
        self._known = known
        self._leading = leading
        self._placed: set[str] = set()
        self._said: set[tuple[str, str]] = set()
        linked = {iri for iri, links in leading.items() if links}
        self._linked = linked | {range_ for links in leading.values() for link in links for range_ in link.ranges}

    def tree(self, root: str) -> _Node:
        top = _Node(root, (), 0, [], again=root in self._placed)
        self._placed.add(root)
        waiting = deque([] if top.again else [top])
        while waiting:
            node = waiting.popleft()
            for target, links in self._targets(node.cls).items():
                # One that is too far away begins a tree of its own.
                again = target in self._placed or (node.depth + 1 >= _DEEPEST and bool(self._leading.get(target)))
                below = _Node(target, links, node.depth + 1, [], again)
                node.below.append(below)
                if target in self._leading and not again:
                    self._placed.add(target)
                    waiting.append(below)
        return top

    def rows(self, node: _Node, parent: int | None, place: int) -> Iterator[Row]:
        term = self._known.get(node.cls)
        plain = term if term and not node.again else None
        yield Row(
            node.cls,
            parent,
            node.links,
            node.depth,
            node.again,
            tuple(self._kinds(node.cls)) if plain else (),
            tuple(above for above in plain.above if above in self._known) if plain else (),
        )
        following = place + 1
        for below in node.below:
            rows = list(self.rows(below, place, following))
            following += len(rows)
            yield from rows

    def _targets(self, cls: str) -> dict[str, tuple[str, ...]]:
        """Where the links of a class lead that are not said yet, from either end."""
        found: dict[str, list[str]] = {}
        for link in self._leading.get(cls, ()):
            for target in link.ranges:
                if (link.iri, cls) in self._said:
                    continue
                self._said |= {(link.iri, cls), *((inverse, target) for inverse in link.inverses)}
                found.setdefault(target, []).append(link.iri)
        # Those that lead on are said before what only ends here.
        order = sorted(found, key=lambda target: (target not in self._leading, target))
        return {target: tuple(found[target]) for target in order}

    def _kinds(self, cls: str) -> Iterator[str]:
        # Each once: classes may be kinds of each other, and of several that are kinds of one.
        seen, left = {cls}, [*reversed(self._known[cls].below)]
        while left:
            below = left.pop()
            if below in self._known and below not in self._linked and below not in seen:
                seen.add(below)
                yield below
                left += reversed(self._known[below].below)
