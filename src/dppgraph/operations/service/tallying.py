"""The sums of a version, counted in one pass over its lines: what memory holds of them is terms, and no quads."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from hashlib import blake2b
from typing import Final

from dppgraph.core.iris import graph_iri
from dppgraph.core.quads import Quad, by_subject, canonical, datatype_of, parse_line
from dppgraph.operations.service.linksets import link_of
from dppgraph.operations.service.tally import CATALOG, LISTED, PLAN, SERVES, A, Key, Tally

_IS_A: Final = f" {A} "
_NAMING: Final = (f" {LISTED} ", f" {SERVES} ", f" {A} {CATALOG} ")
_LONG: Final = 64
"""Characters of a term from which on its hash is kept in its place; 32 bytes, so that no two are ever the same."""

Classes = frozenset[str]


def tally_of(quads: Iterable[Quad], base: str) -> Tally:
    """The sums of all quads.

    Args:
        quads: what a version holds, but for what is made in the graph ``catalogue``.
        base: the base of the data.
    """
    return tally_in(canonical(quads), base)


def tally_in(lines: Collection[str], base: str) -> Tally:
    """Likewise of canonical lines, sorted, each once; they are read twice."""
    catalogue = f"<{graph_iri('catalogue', base)}>"
    classes = _classes(lines, catalogue)
    tally = Tally(base)
    sums: Counter[tuple[Classes, str, str | Classes]] = Counter()
    objects: set[str | bytes] = set()
    none: Classes = frozenset()
    for group in by_subject(lines):
        quads = list(map(parse_line, group))
        subject, counted = quads[0].subject, [quad for quad in quads if quad.graph != catalogue]
        tally.named.update(_named(group))
        if not counted:
            continue
        tally.sizes["subjects"] += 1
        tally.sizes["entities"] += subject.startswith(f"<{base}")
        tally.graphs.update(quad.graph for quad in counted)
        mine = classes.get(subject, none)
        if PLAN in mine and not (tally.example and tally.example < subject):
            tally.example = subject
        for _, predicate, object_ in {quad[:3] for quad in counted}:
            is_literal = object_.startswith('"')
            sums[mine, predicate, datatype_of(object_) if is_literal else classes.get(object_, none)] += 1
            objects.add(object_ if len(object_) < _LONG else blake2b(object_.encode(), digest_size=32).digest())
            if not is_literal and (link := link_of((subject, predicate, object_), base)):
                tally.links[link] += 1
    tally.sizes["objects"] = len(objects)
    _spread(sums, tally)
    for mine in classes.values():
        for class_ in mine:
            tally.classes.setdefault(class_, Counter())[()] += 1
    tally.sizes = +tally.sizes
    return tally


def _classes(lines: Iterable[str], catalogue: str) -> dict[str, Classes]:
    """The classes of each thing that has any; things with the same ones share them."""
    found: dict[str, Classes] = {}
    same: dict[Classes, Classes] = {}
    for line in lines:
        if _IS_A not in line:
            continue
        subject, predicate, object_, graph = parse_line(line)
        if predicate == A and graph != catalogue:
            classes = found.get(subject, frozenset()) | {object_}
            found[subject] = same.setdefault(classes, classes)
    return found


def _named(group: Iterable[str]) -> Iterator[Key]:
    for line in group:
        if any(mark in line for mark in _NAMING):
            subject, predicate, object_, _ = parse_line(line)
            if predicate in {LISTED, SERVES}:
                yield predicate, object_
            elif predicate == A and object_ == CATALOG:
                yield A, subject


def _spread(sums: Counter[tuple[Classes, str, str | Classes]], tally: Tally) -> None:
    """Adds to the sums of properties and classes what triples come to that are alike."""
    for (mine, predicate, end), number in sums.items():
        tally.properties[predicate] += number
        ends = [("datatype", f"<{end}>")] if isinstance(end, str) else [("class", class_) for class_ in end]
        for class_ in mine:
            counts = tally.classes.setdefault(class_, Counter())
            counts[(predicate,)] += number
            for key in ends:
                counts[predicate, *key] += number

