"""From changed triples to the things that they can matter to."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from dppgraph.operations.touched.sites import Pattern, Site

Ask = Callable[[str], Iterable[Mapping[str, str]]]
"""Answers a SELECT over the graph before a change and the one after it, taken together."""

Triple = tuple[str, str, str]

_SOME: Final = 500
"""Bindings that one query is given."""


def touched(sites: Sequence[Site], anchor: str, triples: Iterable[Triple], ask: Ask) -> set[str] | None:
    """The anchors that changed triples can matter to, as terms; None where it may be any.

    Each way is a conjunction of positive patterns, so what leads there in the graph before the change or in the one
    after it is found in both together; and what is found there besides costs time and nothing else.

    Args:
        sites: where a query looks.
        anchor: the variable of what it is about, without a question mark.
        triples: those that were added or removed.
        ask: answers queries.
    """
    found: set[str] = set()
    changed = list(set(triples))
    by_predicate: dict[str, list[Triple]] = defaultdict(list)
    for triple in changed:
        by_predicate[triple[1]].append(triple)
    asked: dict[tuple[tuple[Pattern, ...], tuple[str, ...]], set[tuple[str, ...]]] = defaultdict(set)
    for site in sites:
        predicate = site.pattern.predicate
        for triple in changed if predicate.startswith("?") else by_predicate.get(predicate, ()):
            bindings = _bindings(site.pattern, triple)
            if bindings is None:
                continue
            if site.way is None:
                return None
            about = bindings.get(f"?{anchor}", "")
            if about and not (site.way and about.startswith("<")):
                found.add(about)
                continue
            # A literal may be another one for the engine: it is left open, and more is found.
            used = _names(site.way) | {f"?{anchor}"}
            known = {name: term for name, term in bindings.items() if term.startswith("<") and name in used}
            asked[site.way, tuple(known)].add(tuple(known.values()))
    for (way, names), rows in asked.items():
        ordered = sorted(rows)
        for start in range(0, len(ordered), _SOME):
            text = _query(anchor, way, names, ordered[start : start + _SOME])
            found |= {row[anchor] for row in ask(text) if anchor in row}
    return found


def _bindings(pattern: Pattern, triple: Triple) -> dict[str, str] | None:
    """What the variables of a pattern stand for in a triple; None where it does not fit."""
    found: dict[str, str] = {}
    for place, term in zip(pattern, triple, strict=True):
        if place.startswith("?"):
            if found.setdefault(place, term) != term:
                return None
        elif place != term and not (place.startswith('"') and term.startswith('"')):
            # Literals are compared by the engine in its own way: any may be meant.
            return None
    return found


def _names(way: Iterable[Pattern]) -> set[str]:
    return {term for pattern in way for term in pattern if term.startswith("?")}


def _query(anchor: str, way: Iterable[Pattern], names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Asks for the anchors at the end of a way. It is put together here, as its parts are those of other queries."""
    values = " ".join(f"({' '.join(row)})" for row in rows)
    given = f"VALUES ({' '.join(names)}) {{ {values} }} " if names else ""
    steps = " ".join(f"{' '.join(pattern)} ." for pattern in way)
    return f"SELECT DISTINCT ?{anchor} WHERE {{ {given}{steps} }}"
