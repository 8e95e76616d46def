"""Data that changes, judged again after each change and in full: what tests of both compare."""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from dppgraph.core.iris import NAMESPACE, PREFIXES, graph_iri
from dppgraph.core.made import judged_in
from dppgraph.core.quads import Quad, literal
from dppgraph.operations.sources import Shapes
from dppgraph.operations.validate import Candidate, Result
from dppgraph.operations.validate.again.again import Again, Seen
from dppgraph.operations.validate.again.view import Change
from dppgraph.operations.validate.facts import Facts
from dppgraph.operations.validate.validate import raw_results
from dppgraph.store.history import QuadPattern
from dppgraph.store.memory import MemoryStore
from tests.conftest import BASE

REMOVED = "urn:dppgraph:removed"
GRAPHS = {
    name: f"<{graph_iri(name, BASE)}>"
    for name in ("source", "interpretation", "inferred", "ontology", "external", "concepts", "catalogue")
}


class Held:
    """Exact quads in memory, looked up as those of a version are."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self.all: set[Quad] = set()
        self._by: dict[tuple[int, str], set[Quad]] = defaultdict(set)
        self.apply(Change(tuple(quads)))

    def apply(self, change: Change) -> None:
        for quad in change.removed:
            self.all.discard(quad)
            for place in enumerate(quad):
                self._by[place].discard(quad)
        for quad in change.added:
            self.all.add(quad)
            for place in enumerate(quad):
                self._by[place].add(quad)

    def quads(self, pattern: QuadPattern, *, limit: int = -1) -> list[Quad]:
        given = [(place, term) for place, term in enumerate(pattern) if term is not None]
        sets = sorted((self._by.get(one, set()) for one in given), key=len)
        found = list(set.intersection(*sets) if sets else self.all)
        return found if limit < 0 else found[:limit]


class Judging:
    """Shapes, read once, and the data that changes start from, with their results."""

    def __init__(self, shapes: Shapes, quads: Iterable[Quad]) -> None:
        self.again = Again(shapes, BASE)
        self.shapes = shapes
        self.quads = sorted(quads)
        self.results = self.full(self.quads)

    def full(self, quads: Iterable[Quad]) -> list[Result]:
        """What a full run finds."""
        quads = list(quads)
        rules = {quad: "test" for quad in quads if quad.graph == GRAPHS["inferred"]}
        stated = [quad for quad in quads if quad not in rules]
        return raw_results(Candidate(quads, rules, [], self.shapes, BASE), Facts(stated))


class Judged:
    """Data, with all results, kept up to date change by change."""

    def __init__(self, judging: Judging) -> None:
        self.judging = judging
        self.held = Held(judging.quads)
        self.catalogue = frozenset(quad.line() for quad in self.held.all if quad.graph == GRAPHS["catalogue"])
        self.engine = MemoryStore(judging.quads)
        self.results = judging.results

    def full(self) -> list[Result]:
        """What a full run finds now."""
        return self.judging.full(sorted(self.held.all))

    def change(self, added: Iterable[Quad] = (), removed: Iterable[Quad] = ()) -> list[Result]:
        """All results after a change, told from those before it."""
        gone = {quad for quad in removed if quad in self.held.all}
        change = Change(tuple(sorted({*added} - self.held.all)), tuple(sorted(gone - {*added})))
        aside = [quad._replace(graph=f"<{REMOVED}>") for quad in change.removed]
        self.engine.remove(change.removed)
        self.engine.add(change.added)
        self.engine.add(aside)
        self.catalogue |= {quad.line() for quad in change.added if quad.graph == GRAPHS["catalogue"]}
        seen = Seen(judged_in(BASE, self.catalogue), BASE)
        self.results = self.judging.again.after(self.results, self.held, change, seen, self._asked)
        self.engine.remove(aside)
        self.held.apply(change)
        # Of two that differ in how a literal is written, the engine has one.
        about = {quad.subject for quad in change.removed}
        self.engine.add(quad for subject in sorted(about) for quad in self.held.quads(QuadPattern(subject)))
        return self.results

    def _asked(self, text: str, graph: str | None) -> Iterator[Mapping[str, str]]:
        return self.engine.select(text, base=BASE, graphs=None if graph is None else (graph, REMOVED))


TYPES = ("string", "integer", "decimal", "boolean", "gYear", "gYearMonth", "date", "dateTime", "nonNegativeInteger")
TEXTS = ("", " ", "1", "01", "2", "3", "true", "false", "2012", "2012-13", "2012-12", "2012-12-21", "2031-01-01", "0.9")
TAGS = ("nl", "en", "nl-BE", "nl-be")


def some_literal(chance: random.Random) -> str:
    """A literal of any type, well-formed or not."""
    text = chance.choice([*TEXTS, "Vlaams actieplan 2012-2014", "a\\b", "2012-12-21T09:00:00"])
    kind = chance.random()
    if kind < 0.3:
        return literal(text, language=chance.choice(TAGS))
    return literal(text, datatype=f"{PREFIXES['xsd']}{chance.choice(TYPES[1:])}") if kind < 0.9 else literal(text)


def a_change(quads: list[Quad], chance: random.Random) -> Change:
    """A change as an author makes one, or as nobody should.

    Args:
        quads: those that there are, sorted.
        chance: decides.
    """
    kinds = [
        _deleted,
        _type_deleted,
        _reworded,
        _pointed,
        _moved,
        _renamed,
        _said,
        _circle,
        _statement,
        _copied,
        _thing,
    ]
    added: set[Quad] = set()
    removed: set[Quad] = set()
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        more, less = chance.choice(kinds)(quads, chance)
        added |= set(more)
        removed |= set(less)
    return Change(tuple(sorted(added)), tuple(sorted(removed - added)))


Part = tuple[list[Quad], list[Quad]]


def _deleted(quads: list[Quad], chance: random.Random) -> Part:
    return [], [chance.choice(quads)]


def _type_deleted(quads: list[Quad], chance: random.Random) -> Part:
    return [], [chance.choice([quad for quad in quads if quad.predicate == f"<{PREFIXES['rdf']}type>"])]


def _reworded(quads: list[Quad], chance: random.Random) -> Part:
    quad = chance.choice([quad for quad in quads if quad.object.startswith('"')])
    return [quad._replace(object=some_literal(chance))], [quad] * chance.randrange(2)


def _pointed(quads: list[Quad], chance: random.Random) -> Part:
    quad, other = chance.choice(quads), chance.choice(quads)
    return [quad._replace(object=chance.choice([other.subject, other.object]))], [quad] * chance.randrange(2)


def _moved(quads: list[Quad], chance: random.Random) -> Part:
    quad = chance.choice(quads)
    return [quad._replace(graph=chance.choice(list(GRAPHS.values())))], [quad] * chance.randrange(2)


def _renamed(quads: list[Quad], chance: random.Random) -> Part:
    quad = chance.choice(quads)
    name = chance.choice([f"<{NAMESPACE}unknown>", f"<{BASE}id/plan/unknown>", f"<{BASE}id/plan/unknown#part>"])
    place = chance.choice(["subject", "predicate", "object"])
    return [quad._replace(**{place: name})], [quad] * chance.randrange(2)


def _said(quads: list[Quad], chance: random.Random) -> Part:
    one, two, three = (chance.choice(quads) for _ in range(3))
    return [Quad(one.subject, two.predicate, chance.choice([two.object, three.subject]), one.graph)], []


def _circle(quads: list[Quad], chance: random.Random) -> Part:
    linking = [quad for quad in quads if quad.object.startswith("<")]
    quad = chance.choice(linking)
    return [quad._replace(subject=quad.object, object=quad.subject)], []


def _statement(quads: list[Quad], chance: random.Random) -> Part:
    """A quote that begins elsewhere, or has other words, or is of another document; or that does so as well."""
    names = ("start", "end", "exact", "hasSelector", "inDocument", "object", "subject", "predicate", "confidence")
    of_quotes = [quad for quad in quads if quad.predicate.rstrip(">").endswith(names)]
    quad, other = chance.choice(of_quotes), chance.choice(of_quotes)
    if quad.predicate == other.predicate:
        return [quad._replace(object=other.object)], [quad] * chance.randrange(2)
    number = literal(str(chance.randrange(3000)), datatype=f"{PREFIXES['xsd']}integer")
    return [quad._replace(object=number if quad.object.startswith('"') else other.subject)], [quad] * chance.randrange(
        2
    )


def _copied(quads: list[Quad], chance: random.Random) -> Part:
    """A thing once more, under another name."""
    subject = chance.choice(quads).subject
    name = f"{subject[:-1]}-{chance.randrange(9)}>"
    return [quad._replace(subject=name) for quad in quads if quad.subject == subject], []


def _thing(quads: list[Quad], chance: random.Random) -> Part:
    """All that is said of a thing goes."""
    subject = chance.choice(quads).subject
    return [], [quad for quad in quads if quad.subject == subject]
