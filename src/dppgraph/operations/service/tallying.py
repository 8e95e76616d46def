"""The sums of a version, counted in one pass over its lines: what memory holds of them is terms, and no quads."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Final

from dppgraph.core.iris import graph_iri
from dppgraph.core.quads import Graphs, Quad, by_subject, canonical, datatype_of, parse_line, subject_of
from dppgraph.operations.service.linksets import link_of
from dppgraph.operations.service.tally import CATALOG, LISTED, PLAN, SERVES, A, Tally

_IS_A: Final = f" {A} "
_NAMING: Final = frozenset((LISTED, SERVES, A))
_STRING: Final = datatype_of('""')
_SOME: Final = 1000
"""Statements that are added up at a time."""
_LONG: Final = 64
"""Characters of a term from which on its hash is kept in its place; 32 bytes, so that no two are ever the same."""

Classes = frozenset[str]
_NONE: Final[Classes] = frozenset()


def tally_of(quads: Iterable[Quad], base: str) -> Tally:
    """The sums of all quads.

    Args:
        quads: what a version holds, but for what is made in the graph ``catalogue``.
        base: the base of the data.
    """
    return tally_in(canonical(quads), base)


def tally_in(lines: Collection[str], base: str) -> Tally:
    """Likewise of canonical lines, sorted, each once; they are read twice."""
    tallying = Tallying(base, classes_in(lines, base))
    for group in by_subject(lines):
        tallying.take(group)
    return tallying.tally()


class Tallying:
    """The sums of lines that come subject by subject, in order, each once.

    Args:
        base: the base of the data.
        classes: the classes of each thing that has any, as :func:`classes_in` finds them in all lines.

    Attributes:
        repeats: whether a triple was in several graphs so far.
    """

    def __init__(self, base: str, classes: Mapping[str, Classes]) -> None:
        self.repeats = False
        self._tally = Tally(base)
        self._classes = classes
        self._catalogue = f"<{graph_iri('catalogue', base)}>"
        self._sums: Counter[tuple[Classes, str, str | Classes]] = Counter()
        # Of things with a class it is enough to know which of them nothing has for an object.
        self._no_objects = set(classes)
        self._objects: set[str | bytes] = set()
        self._split = Graphs().split
        self._ours = f"<{base}"
        # Of many subjects at a time: adding up has a price of its own.
        self._graphs: list[str] = []
        self._ends: list[tuple[Classes, str, str | Classes]] = []

    def take(self, group: Sequence[str]) -> list[str]:
        """Takes all lines of the next subject; gives the graph of each, as a term."""
        subject = subject_of(group[0])
        quads = self._split(group, len(subject) + 1)
        said = self._said(subject, quads)
        if said:
            self._count(subject, said)
        if len(self._graphs) > _SOME:
            self._add_up()
        return [graph for _, _, graph in quads]

    def _said(self, subject: str, quads: Iterable[tuple[str, str, str]]) -> list[tuple[str, str]]:
        """What is said of a subject, each once, without what only ``catalogue`` says."""
        catalogue, graphs = self._catalogue, self._graphs
        found: list[tuple[str, str]] = []
        last = None
        for predicate, object_, graph in quads:
            if predicate in _NAMING:
                self._name(subject, predicate, object_)
            if graph == catalogue:
                continue
            graphs.append(graph)
            one = predicate, object_
            # What is said in several graphs stands together.
            if one == last:
                self.repeats = True
            else:
                found.append(one)
                last = one
        return found

    def _count(self, subject: str, said: Iterable[tuple[str, str]]) -> None:
        tally, classes, ours, ends = self._tally, self._classes, self._ours, self._ends
        mine = classes.get(subject, _NONE)
        tally.sizes["subjects"] += 1
        tally.sizes["entities"] += subject.startswith(ours)
        if PLAN in mine and not (tally.example and tally.example < subject):
            tally.example = subject
        for predicate, object_ in said:
            if object_[0] == '"':
                self._note(object_)
                ends.append((mine, predicate, _STRING if object_[-1] == '"' else datatype_of(object_)))
                continue
            its = classes.get(object_)
            if its is None:
                self._note(object_)
            else:
                self._no_objects.discard(object_)
            if not object_.startswith(ours):
                link = link_of((subject, predicate, object_), tally.base)
                if link:
                    tally.links[link] += 1
            ends.append((mine, predicate, its or _NONE))

    def _note(self, object_: str) -> None:
        """Notes an object that has no class."""
        self._objects.add(object_ if len(object_) < _LONG else blake2b(object_.encode(), digest_size=32).digest())

    def _name(self, subject: str, predicate: str, object_: str) -> None:
        if predicate != A:
            self._tally.named[predicate, object_] += 1
        elif object_ == CATALOG:
            self._tally.named[A, subject] += 1

    def _add_up(self) -> None:
        self._tally.graphs.update(self._graphs)
        self._sums.update(self._ends)
        self._graphs.clear()
        self._ends.clear()

    def tally(self) -> Tally:
        """The sums of what came."""
        self._add_up()
        tally = self._tally
        tally.sizes["objects"] = len(self._objects) + len(self._classes) - len(self._no_objects)
        tally.sizes = +tally.sizes
        for (mine, predicate, end), number in self._sums.items():
            tally.properties[predicate] += number
            ends = [("datatype", f"<{end}>")] if isinstance(end, str) else [("class", class_) for class_ in end]
            for class_ in mine:
                counts = tally.classes.setdefault(class_, Counter())
                counts[(predicate,)] += number
                for key in ends:
                    counts[predicate, *key] += number
        for mine, number in Counter(self._classes.values()).items():
            for class_ in mine:
                tally.classes.setdefault(class_, Counter())[()] += number
        return tally


def classes_in(lines: Iterable[str], base: str) -> dict[str, Classes]:
    """The classes of each thing that has any, without those that only ``catalogue`` says; alike ones are shared."""
    catalogue = f"<{graph_iri('catalogue', base)}>"
    found: dict[str, Classes] = {}
    same: dict[Classes, Classes] = {}
    # Many lines end alike: with a class and a graph.
    ends: dict[str, Classes] = {}
    for line in lines:
        subject, is_a, end = line.partition(_IS_A)
        if not is_a or " " in subject:
            # It stands in a literal, or in a triple term.
            continue
        classes = ends.get(end)
        if classes is None:
            *_, object_, graph = parse_line(line)
            classes = frozenset() if graph == catalogue else frozenset((object_,))
            classes = ends[end] = same.setdefault(classes, classes)
        if classes:
            before = found.get(subject)
            if before is not None and before is not classes:
                classes |= before
                classes = same.setdefault(classes, classes)
            found[subject] = classes
    return found
