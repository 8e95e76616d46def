"""A candidate for publication, put together from files and rules, and what the shapes say of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from dppgraph.core.iris import graph_iri
from dppgraph.core.quads import Quad, canonical
from dppgraph.operations.infer import inferred, read_rules, traced
from dppgraph.operations.sources import Shapes, Sources, namesakes, read_data, read_shapes, read_vocabulary
from dppgraph.operations.validate.consequences import with_consequences
from dppgraph.operations.validate.facts import Facts
from dppgraph.operations.validate.here import Here
from dppgraph.operations.validate.names import unknown_names, with_nearest_names
from dppgraph.operations.validate.places import Places, files_below
from dppgraph.operations.validate.report import SEVERITIES, Report, Result
from dppgraph.store.memory import MemoryStore

_SMALL: Final = 8_000
"""Statements that pySHACL judges sooner than it is found out which of them it need not judge."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """All that a version would hold, and the shapes it is judged by.

    Attributes:
        quads: the statements of all graphs but the shapes, inferred ones included.
        rules: each inferred statement, with the name of its rule.
        trace: the rules, and which of them gave each inferred statement; written by us, and never judged.
        shapes: the shapes.
        base: the base of the data.
        files: the files of the data, those that an author works on first.
        vocabulary: the files of the ontology and its concepts.
    """

    quads: list[Quad]
    rules: dict[Quad, str]
    trace: list[Quad]
    shapes: Shapes
    base: str
    files: tuple[Path, ...] = ()
    vocabulary: tuple[Path, ...] = ()

    def lines(self) -> list[str]:
        """The canonical lines that are published."""
        alone = [quad for quads in self.shapes.by_graph.values() for quad in quads]
        return canonical([*self.quads, *self.trace, *self.shapes.merged, *alone])

    def stated_in(self, name: str) -> list[str]:
        """The lines that are stated in a named graph."""
        graph = f"<{graph_iri(name, self.base)}>"
        return canonical(quad for quad in self.quads if quad.graph == graph)


def assemble(
    sources: Sources, extra: Iterable[Path] = (), progress: Callable[[str], None] = lambda _: None
) -> Candidate:
    """Reads the files, names blank nodes, moves the base, and infers.

    Args:
        sources: where the files are.
        extra: files to add to the data.
        progress: told what is going on.

    Raises:
        BadRdf: a file or a rule cannot be read.
        BadCall: a folder is not there.
    """
    progress("reading")
    shapes = read_shapes(sources)
    extra = list(extra)
    stated = read_data(sources, extra) + read_vocabulary(sources)
    if not sources.gated:
        return Candidate(stated, {}, [], shapes, sources.base)
    progress("inferring")
    replaced = namesakes(sources, extra)
    files = (*extra, *(path for path in files_below(sources.data) if path not in replaced))
    vocabulary = (*files_below(sources.ontology / "concepts"), sources.ontology / "dpp.ttl")
    return replace(reasoned(stated, sources, shapes), files=files, vocabulary=vocabulary)


def reasoned(stated: list[Quad], sources: Sources, shapes: Shapes) -> Candidate:
    """What is stated, with what follows from it by the rules.

    Args:
        stated: the statements of all graphs that somebody wrote.
        sources: where the rules are.
        shapes: what the candidate is judged by.

    Raises:
        BadRdf: a rule cannot be read.
    """
    rules = read_rules(sources.ontology / "rules")
    found = inferred(stated, rules, sources.base)
    trace = list(traced(found, rules, sources.base))
    return Candidate([*stated, *found], found, trace, shapes, sources.base)


def raw_results(candidate: Candidate, facts: Facts) -> list[Result]:
    """What all shapes find, each once, sorted: without what is said on top where it is shown.

    Args:
        candidate: what is judged.
        facts: what is stated in it.

    Raises:
        BadRdf: the shapes are not well-formed.
    """
    if len(candidate.quads) > _SMALL:
        return _in_whole(candidate)
    from dppgraph.operations.validate.judge import judged  # noqa: PLC0415 - half a second that a server never spends

    results = judged(candidate.quads, candidate.shapes.merged)
    for name, shapes in sorted(candidate.shapes.by_graph.items()):
        graph = f"<{graph_iri(name, candidate.base)}>"
        results += judged([quad for quad in candidate.quads if quad.graph == graph], shapes)
    here = Here(candidate.shapes.merged, candidate.base)
    results += here.quotes(candidate.quads)
    results += here.names(unknown_names(facts, candidate.base))
    return sorted(set(results))


def _in_whole(candidate: Candidate) -> list[Result]:
    from dppgraph.operations.validate.whole import Checks, Whole  # noqa: PLC0415 - as above

    lines = canonical(candidate.quads)
    whole = Whole(lambda: lines, MemoryStore(candidate.quads))
    return Checks(candidate.shapes, candidate.base).results(whole)


def validate(candidate: Candidate) -> Report:
    """What the shapes say of a candidate.

    Raises:
        BadRdf: the shapes are not well-formed.
    """
    facts = facts_of(candidate)
    return report_of(raw_results(candidate, facts), candidate, facts)


def facts_of(candidate: Candidate) -> Facts:
    """What is stated in a candidate."""
    return Facts([quad for quad in candidate.quads if quad not in candidate.rules])


def report_of(results: list[Result], candidate: Candidate, facts: Facts) -> Report:
    """What is said of results where they are shown: what was meant, what follows from what, and where to mend it.

    Args:
        results: as ``raw_results`` finds them.
        candidate: what they were found in.
        facts: what is stated in it.
    """
    results = with_nearest_names(results, facts, candidate.shapes.merged, candidate.base)
    results = with_consequences(results, facts)
    if results:
        stated = [quad for quad in candidate.quads if quad not in candidate.rules]
        places = Places(candidate.files, candidate.base, stated, candidate.vocabulary)
        results = [_placed(result, places) for result in results]
    results.sort(
        key=lambda result: (SEVERITIES.index(result.severity), result.follows, result.file, result.line, result)
    )
    return Report(tuple(results), candidate.base)


def _placed(result: Result, places: Places) -> Result:
    place = places.of(result.focus, result.path, result.value)
    return replace(result, file=place.file, line=place.line) if place else result
