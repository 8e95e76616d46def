"""What the statistics count, kept so that a change costs by its own size.

Each triple contributes to sums: of its property, of the classes that its subject has, of where it leads. A version's
sums are those of the version before, less what the triples contributed that a change is about, and more what they
contribute after it. Those are the triples that come and go, and all triples from or to a thing whose classes change.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Self, TypeVar

from dppgraph.core.iris import PREFIXES, graph_iri
from dppgraph.core.quads import Delta, Quad, datatype_of, parse_line
from dppgraph.errors import Damaged
from dppgraph.operations.service.linksets import Link, link_of
from dppgraph.operations.service.moments import After, Before, Looking, Triple
from dppgraph.store.history import QuadPattern

A: Final = f"<{PREFIXES['rdf']}type>"
LISTED: Final = f"<{PREFIXES['dcat']}dataset>"
SERVES: Final = f"<{PREFIXES['dcat']}servesDataset>"
CATALOG: Final = f"<{PREFIXES['dcat']}Catalog>"
PLAN: Final = f"<{PREFIXES['dpp']}PolicyPlan>"
_FORMAT: Final = "tally 1"
_T = TypeVar("_T")

Key = tuple[str, ...]
"""What a sum is of: terms, and words for what they are."""


@dataclass(slots=True)
class Tally:
    """The sums of a version; a triple in several graphs counts once, and what is in ``catalogue`` does not.

    Attributes:
        base: the base of the data.
        graphs: the quads of each graph.
        properties: the triples of each property.
        classes: of each class, the members by ``()``, their triples by ``(property,)``, and those of them that lead
            to a class or a datatype by ``(property, kind, end)``.
        links: the triples that lead out of the graph, by property, host, and space of names.
        named: the quads of any graph that say which data set is described and which catalogues there are, by
            predicate and the term that they name.
        sizes: how many ``subjects``, ``entities``, and ``objects`` there are.
        example: the first plan by name, as a term; empty where there is none.
    """

    base: str
    graphs: Counter[str] = field(default_factory=Counter)
    properties: Counter[str] = field(default_factory=Counter)
    classes: dict[str, Counter[Key]] = field(default_factory=dict)
    links: Counter[Link] = field(default_factory=Counter)
    named: Counter[Key] = field(default_factory=Counter)
    sizes: Counter[str] = field(default_factory=Counter)
    example: str = ""

    def changed(self, delta: Delta, before: Looking) -> Self:
        """The sums after a change; these stay as they are.

        Args:
            delta: the exact difference, but for what is made in the graph ``catalogue``: statistics, derived data
                sets, and examples.
            before: what was there before it.
        """
        catalogue = _catalogue(self.base)
        added, removed = ([*map(parse_line, lines)] for lines in delta)
        tally = self._copied()
        for quads, sign in ((removed, -1), (added, 1)):
            tally._name(quads, sign)
        added, removed = ([quad for quad in quads if quad.graph != catalogue] for quads in (added, removed))
        was, is_ = Before(before, catalogue), After(before, catalogue, added, removed)
        changed = {quad[:3] for quad in (*added, *removed)}
        typed = {subject for subject, predicate, _ in changed if predicate == A}
        retyped = {subject for subject in typed if was.classes(subject) != is_.classes(subject)}
        for moment, sign in ((was, -1), (is_, 1)):
            for triple in moment.among(changed) | moment.around(retyped):
                tally._count(triple, moment, sign)
            tally._count_terms(
                {subject for subject, _, _ in changed if moment.has_any(QuadPattern(subject))},
                {object_ for _, _, object_ in changed if moment.has_any(QuadPattern(None, None, object_))},
                sign,
            )
        tally.graphs.subtract(quad.graph for quad in removed)
        tally.graphs.update(quad.graph for quad in added)
        tally._exemplify(changed, is_)
        return tally._tidied()

    def said(self, since: Self | None = None) -> str:
        """The sums as text, a line for each; :func:`tally_said` reads it.

        Args:
            since: other sums: then only those that are not the same are said, and those that there are no more as 0.
        """
        rows = self._rows()
        if since:
            before = since._rows()
            gone = dict.fromkeys(before.keys() - rows.keys(), 0)
            rows = {key: number for key, number in rows.items() if before.get(key) != number} | gone
        said = ((*key, str(number)) for key, number in sorted(rows.items()))
        return "".join("\t".join(row) + "\n" for row in ((_FORMAT, self.base, self.example), *said))

    def _rows(self) -> dict[Key, int]:
        """Each sum by its kind and what it is of."""
        rows: dict[Key, int] = {("graph", graph): number for graph, number in self.graphs.items()}
        rows |= {("property", name): number for name, number in self.properties.items()}
        rows |= {("size", name): number for name, number in self.sizes.items()}
        rows |= {("link", *key): number for key, number in self.links.items()}
        rows |= {("named", *key): number for key, number in self.named.items()}
        for class_, counts in self.classes.items():
            rows |= {("class", class_, *key): number for key, number in counts.items()}
        return rows

    def _copied(self) -> Self:
        classes = {class_: counts.copy() for class_, counts in self.classes.items()}
        counters = (self.links.copy(), self.named.copy(), self.sizes.copy())
        return type(self)(self.base, self.graphs.copy(), self.properties.copy(), classes, *counters, self.example)

    def _name(self, quads: Iterable[Quad], sign: int) -> None:
        for subject, predicate, object_, _ in quads:
            if predicate in {LISTED, SERVES}:
                self.named[predicate, object_] += sign
            elif predicate == A and object_ == CATALOG:
                self.named[A, subject] += sign

    def _count(self, triple: Triple, moment: Before, sign: int) -> None:
        subject, predicate, object_ = triple
        self.properties[predicate] += sign
        if predicate == A:
            self.classes.setdefault(object_, Counter())[()] += sign
        if link := link_of(triple, self.base):
            self.links[link] += sign
        for class_ in moment.classes(subject):
            counts = self.classes.setdefault(class_, Counter())
            counts[(predicate,)] += sign
            for kind, end in _ends(object_, moment):
                counts[predicate, kind, end] += sign

    def _count_terms(self, subjects: set[str], objects: set[str], sign: int) -> None:
        ours = sum(subject.startswith(f"<{self.base}") for subject in subjects)
        for name, number in (("subjects", len(subjects)), ("entities", ours), ("objects", len(objects))):
            self.sizes[name] += sign * number

    def _exemplify(self, changed: set[Triple], moment: Before) -> None:
        plans = {triple[0] for triple in changed if triple[1:] == (A, PLAN)}
        there = {plan for plan in plans if PLAN in moment.classes(plan)}
        if self.example in plans - there:
            self.example = min(moment.members(PLAN), default="")
        elif there:
            self.example = min(there | ({self.example} if self.example else set()))

    def _tidied(self) -> Self:
        """Without the sums that are 0: equal data has equal sums, however it came about."""
        for terms in (self.graphs, self.properties, self.sizes):
            _tidy(terms)
        _tidy(self.links)
        for keys in (self.named, *self.classes.values()):
            _tidy(keys)
        for class_ in [class_ for class_, counts in self.classes.items() if not counts]:
            del self.classes[class_]
        return self


def tally_said(text: str, since: Tally | None = None) -> Tally:
    """The sums that :meth:`Tally.said` said.

    Args:
        text: what it said.
        since: the sums since which it was said.

    Raises:
        Damaged: the text is something else.
    """
    try:
        # Only at line ends: a literal may hold other characters that Python takes for them.
        first, *rows = (line.split("\t") for line in text.removesuffix("\n").split("\n"))
        form, base, example = first
        tally = since._copied() if since else Tally(base)
        tally.example = example
        for kind, *key, number in rows:
            _put(tally, kind, tuple(key), int(number))
    except ValueError as error:
        raise Damaged("this is no tally: it is made anew from the version's lines") from error
    if form != _FORMAT:
        raise Damaged("this tally is of another dppgraph: it is made anew from the version's lines")
    return tally._tidied() if since else tally


def _put(tally: Tally, kind: str, key: Key, number: int) -> None:
    match kind, key:
        case "graph", (graph,):
            tally.graphs[graph] = number
        case "property", (name,):
            tally.properties[name] = number
        case "size", (name,):
            tally.sizes[name] = number
        case "link", (predicate, host, space):
            tally.links[predicate, host, space] = number
        case "named", (_, _):
            tally.named[key] = number
        case "class", (class_, *rest):
            tally.classes.setdefault(class_, Counter())[tuple(rest)] = number
        case _:
            raise ValueError(kind)


def _catalogue(base: str) -> str:
    return f"<{graph_iri('catalogue', base)}>"


def _ends(term: str, moment: Before) -> list[tuple[str, str]]:
    """Where a property leads: the classes of a thing, or the datatype of a literal."""
    if term.startswith('"'):
        return [("datatype", f"<{datatype_of(term)}>")]
    return [("class", class_) for class_ in moment.classes(term)]


def _tidy(counter: Counter[_T]) -> None:
    for key in [key for key, number in counter.items() if not number]:
        del counter[key]
