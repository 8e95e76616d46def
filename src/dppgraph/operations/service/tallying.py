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
_LISTING: Final = frozenset((LISTED, SERVES))
_WORDS: Final = 5
"""Words of a line in a named graph whose object has no spaces, the point among them."""
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

    def take(self, group: Sequence[str]) -> list[str]:
        """Takes all lines of the next subject; gives the graph of each, as a term."""
        tally, classes = self._tally, self._classes
        subject = subject_of(group[0])
        quads = self._split(group, len(subject) + 1)
        graphs = [graph for _, _, graph in quads]
        self._name(subject, quads)
        counted = quads
        if self._catalogue in graphs:
            counted = [quad for quad in quads if quad[2] != self._catalogue]
            if not counted:
                return graphs
        tally.sizes["subjects"] += 1
        tally.sizes["entities"] += subject.startswith(f"<{tally.base}")
        tally.graphs.update(graphs if counted is quads else [graph for _, _, graph in counted])
        mine = classes.get(subject, _NONE)
        if PLAN in mine and not (tally.example and tally.example < subject):
            tally.example = subject
        said = {quad[:2] for quad in counted}
        self.repeats = self.repeats or len(said) < len(counted)
        ends: list[tuple[Classes, str, str | Classes]] = []
        for predicate, object_ in said:
            if object_[0] == '"':
                self._note(object_)
                ends.append((mine, predicate, datatype_of(object_)))
                continue
            its = classes.get(object_)
            if its is None:
                self._note(object_)
            else:
                self._no_objects.discard(object_)
            if object_.startswith("<http") and not object_.startswith(tally.base, 1):
                link = link_of((subject, predicate, object_), tally.base)
                if link:
                    tally.links[link] += 1
            ends.append((mine, predicate, its or _NONE))
        self._sums.update(ends)
        return graphs

    def _note(self, object_: str) -> None:
        """Notes an object that has no class."""
        self._objects.add(object_ if len(object_) < _LONG else blake2b(object_.encode(), digest_size=32).digest())

    def _name(self, subject: str, quads: Iterable[tuple[str, str, str]]) -> None:
        named = self._tally.named
        for predicate, object_, _ in quads:
            if object_ == CATALOG and predicate == A:
                named[A, subject] += 1
            elif predicate in _LISTING:
                named[predicate, object_] += 1

    def tally(self) -> Tally:
        """The sums of what came."""
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
    for line in lines:
        if _IS_A not in line:
            continue
        words = line.split(" ")
        # What has more words has a literal, or is in a triple term.
        plain = len(words) == _WORDS and words[2].startswith("<")
        subject, predicate, object_, graph = words[:4] if plain else parse_line(line)
        if predicate == A and graph != catalogue:
            classes = found.get(subject, _NONE) | {object_}
            found[subject] = same.setdefault(classes, classes)
    return found
