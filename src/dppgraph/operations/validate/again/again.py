"""All results after a change, from those before it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Final, Protocol

from dppgraph.core.iris import NAMESPACE, PREFIXES, graph_iri
from dppgraph.core.quads import Quad
from dppgraph.operations.sources import Shapes
from dppgraph.operations.validate.again.graph import ViewGraph
from dppgraph.operations.validate.again.shaped import NotRead, Shaped, Unit
from dppgraph.operations.validate.again.view import Change, Lookups, Remembered, Triple, View
from dppgraph.operations.validate.facts import TYPE, Fact
from dppgraph.operations.validate.here import NAMES, QUOTES, Here
from dppgraph.operations.validate.judge import graph_of
from dppgraph.operations.validate.names import unknown_in
from dppgraph.operations.validate.report import Result

_DOCUMENT: Final = f"<{PREFIXES['dpp']}inDocument>"
_SELECTOR: Final = f"<{PREFIXES['oa']}hasSelector>"
_SELECTED: Final = {f"<{PREFIXES['oa']}{name}>" for name in ("exact", "start", "end")}

Rows = Iterable[Mapping[str, str]]


class Asked(Protocol):
    """Answers a SELECT over a graph before a change and after it, taken together."""

    def __call__(self, text: str, graph: str | None) -> Rows:
        """The rows.

        Args:
            text: the query.
            graph: the IRI of the graph that alone is asked; None for all.
        """
        ...


class Again:
    """The shapes, read once for all changes.

    Args:
        shapes: the shapes.
        base: the base of the data.

    Raises:
        NotRead: they cannot be judged in part.
    """

    def __init__(self, shapes: Shapes, base: str) -> None:
        self._base = base
        self._here = Here(shapes.merged, base)
        graphs = {graph_iri(name, base): quads for name, quads in sorted(shapes.by_graph.items())}
        self._shaped: dict[str | None, Shaped] = {None: Shaped(shapes.merged, base)}
        self._shaped |= {graph: Shaped(quads, base) for graph, quads in graphs.items()}
        names = [name for shaped in self._shaped.values() for unit in shaped.units for name in unit.names]
        names += [f"{base}shapes#{check}" for check in (QUOTES, *NAMES)]
        if len(set(names)) < len(names):
            raise NotRead("a shape is judged in several ways, and its results cannot be told apart")

    @property
    def units(self) -> list[Unit]:
        """All units of shapes."""
        return [unit for shaped in self._shaped.values() for unit in shaped.units]

    def after(
        self, results: Iterable[Result], before: Lookups, change: Change, seen: "Seen", asked: Asked
    ) -> list[Result]:
        """All results after a change, as ``raw_results`` finds them: each once, sorted.

        Args:
            results: those before it.
            before: the exact quads before it, whatever is made of them included.
            change: what it adds to them and removes, of the quads that are stated or inferred.
            seen: which quads are judged.
            asked: answers queries on the graph before and the one after it, taken together; it may look at more.

        Raises:
            BadRdf: there is something that shapes cannot judge, or the shapes are not well-formed.
        """
        change = change.only(seen.judged)
        _refuse_new(change.added)
        run = _Run(self._base, Remembered(before), change, seen, asked)
        by_name: dict[str, list[Result]] = defaultdict(list)
        for result in results:
            by_name[result.shape].append(result)
        found: list[Result] = []
        for graph, shaped in self._shaped.items():
            view = run.view(graph)
            changed = run.changed(graph)
            for unit in shaped.units:
                known = [result for name in unit.names for result in by_name[name]]
                nodes = run.touched(unit, changed, graph)
                if nodes is None:
                    found += shaped.judged(unit, None, view)
                else:
                    alike = set(map(_as_compared, nodes))
                    found += (result for result in known if _as_compared(result.focus) not in alike)
                    found += shaped.judged(unit, nodes, view) if nodes else ()
        kept = {check: by_name[f"{self._base}shapes#{check}"] for check in (QUOTES, *NAMES)}
        found += run.quotes(kept[QUOTES], self._here)
        found += run.names([result for check in NAMES for result in kept[check]], self._here)
        return sorted(set(found))


class Seen:
    """Which quads are judged, of all that a version holds.

    Args:
        judged: whether a quad is stated or inferred.
        base: the base of the data.
    """

    def __init__(self, judged: Callable[[Quad], bool], base: str) -> None:
        self.judged = judged
        self._inferred = f"<{graph_iri('inferred', base)}>"

    def stated(self, quad: Quad) -> bool:
        """Whether a quad is stated."""
        return quad.graph != self._inferred and self.judged(quad)


class _Run:
    """One change, and what it can matter to."""

    def __init__(self, base: str, before: Remembered, change: Change, seen: Seen, asked: Asked) -> None:
        self._base = base
        self._before = before
        self._change = change
        self._seen = seen
        self._asked = asked
        self._rows: dict[tuple[str, str | None], list[Mapping[str, str]]] = {}

    def view(self, graph: str | None) -> ViewGraph:
        """The data after the change, as pySHACL reads them."""
        return ViewGraph(View(self._before, self._change, self._seen.judged, graph and f"<{graph}>"))

    def changed(self, graph: str | None) -> dict[str, set[Triple]]:
        """The triples that come and go in a graph, by predicate; all of them without one."""
        there = self._change if graph is None else self._change.only(lambda quad: quad.graph == f"<{graph}>")
        found: dict[str, set[Triple]] = defaultdict(set)
        for triple in there.triples():
            found[triple[1]].add(triple)
            found[""].add(triple)
        return found

    def touched(self, unit: Unit, changed: Mapping[str, set[Triple]], graph: str | None) -> set[str] | None:
        """The nodes that it can matter to for some shapes; None where it may be any."""

        def ask(text: str) -> list[Mapping[str, str]]:
            rows = self._rows.get((text, graph))
            if rows is None:
                rows = self._rows[text, graph] = list(self._asked(text, graph))
            if any(term.startswith('"') for row in rows for term in row.values()):
                # The engine answers another literal than was written.
                raise _Rewritten
            return rows

        try:
            return unit.touched(changed, ask)
        except _Rewritten:
            return None

    def quotes(self, known: Iterable[Result], here: Here) -> list[Result]:
        """The quotes that disagree: those of the documents that it touches anew, the others as they were."""
        views = [View(self._before, change, self._seen.judged) for change in (Change(), self._change)]
        statements, documents = self._quoting(views)
        if not documents:
            return list(known)
        after = views[1]
        selectors = {obj for one in statements for _, _, obj in after.triples(one, _SELECTOR)}
        quads = [quad for term in sorted(statements | selectors) for quad in after.quads(term)]
        return [*(result for result in known if result.focus not in statements), *here.quotes(quads)]

    def _quoting(self, views: Iterable[View]) -> tuple[set[str], set[str]]:
        """The statements that quote a document that the change touches, and these documents."""
        views = list(views)
        statements, documents = set(), set()
        for subject, predicate, obj in self._change.triples():
            if predicate == _DOCUMENT:
                documents.add(obj)
            elif predicate == _SELECTOR:
                statements.add(subject)
            elif predicate in _SELECTED:
                statements |= {one for view in views for one, _, _ in view.triples(None, _SELECTOR, subject)}
        waiting = statements | {
            one for view in views for doc in documents for one, _, _ in view.triples(None, _DOCUMENT, doc)
        }
        statements = set()
        while waiting:
            statements |= waiting
            more = {obj for view in views for one in waiting for _, _, obj in view.triples(one, _DOCUMENT)} - documents
            documents |= more
            waiting = {one for view in views for doc in more for one, _, _ in view.triples(None, _DOCUMENT, doc)}
            waiting -= statements
        return statements, documents

    def names(self, known: Iterable[Result], here: Here) -> list[Result]:
        """The names that stand for nothing: those that the statements it touches use anew, the others as they were."""
        before, after = (
            _Described(View(self._before, change, self._seen.stated)) for change in (Change(), self._change)
        )
        changed = self._change.only(self._seen.stated).triples()
        subjects = {triple[0] for triple in changed}
        for term in sorted(subjects):
            if not term.startswith((f"<{NAMESPACE}", f"<{self._base}id/")):
                continue
            if all(
                getattr(before, asked)(term) == getattr(after, asked)(term) for asked in ("is_described", "is_subject")
            ):
                continue
            for described in (before, after):
                subjects |= {one for one, _, _ in described.view.triples(None, term)}
                subjects |= {one for one, _, _ in described.view.triples(None, None, term)}
        kept = [result for result in known if result.focus not in subjects]
        for subject in sorted(subjects):
            facts = (Fact(*triple) for triple in after.view.triples(subject))
            kept += here.names(unknown_in(facts, after, self._base))
        return kept


class _Rewritten(Exception):
    """A query was answered with literals as the engine has them."""


class _Described:
    """What a view says of things."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._described: dict[str, bool] = {}

    def is_described(self, term: str) -> bool:
        """Whether a thing has a type."""
        if term not in self._described:
            self._described[term] = bool(self.view.triples(term, TYPE))
        return self._described[term]

    def is_subject(self, term: str) -> bool:
        """Whether anything is stated of it."""
        return self.view.has(term)


def _as_compared(term: str) -> str:
    """The same for all terms that are one for rdflib: languages that differ in nothing but capitals."""
    if not term.startswith('"'):
        return term
    end = term.rindex('"') + 1
    return term[:end] + term[end:].lower() if term[end:].startswith("@") else term


def _refuse_new(added: Iterable[Quad]) -> None:
    """Refuses what RDF 1.1 has not, in the words in which it is refused in all of the data.

    Raises:
        BadRdf: there is such a thing.
    """
    new = [quad for quad in added if quad.object.startswith("<<") or _is_directed(quad.object)]
    if new:
        graph_of(new)


def _is_directed(term: str) -> bool:
    return term.startswith('"') and "--" in term[term.rindex('"') :]
