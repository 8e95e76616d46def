"""A candidate for publication, put together from files and rules, and what the shapes say of it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from dppgraph.core.iris import PREFIXES, graph_iri
from dppgraph.core.quads import Quad, canonical
from dppgraph.operations.check_quotes import disagreements, read_quotes
from dppgraph.operations.infer import inferred, read_rules, traced
from dppgraph.operations.sources import Shapes, Sources, namesakes, read_data, read_shapes, read_vocabulary
from dppgraph.operations.validate.consequences import with_consequences
from dppgraph.operations.validate.facts import Facts
from dppgraph.operations.validate.names import unknown_names, with_nearest_names
from dppgraph.operations.validate.places import Places, files_below
from dppgraph.operations.validate.report import SEVERITIES, Report, Result, messages_of

_QUOTES_AGREE: Final = "quotes-agree"
"""A shape whose condition no SHACL core constraint can say: judged here, as those of ``names`` are."""


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
    rules = read_rules(sources.ontology / "rules")
    found = inferred(stated, rules, sources.base)
    trace = list(traced(found, rules, sources.base))
    replaced = namesakes(sources, extra)
    files = (*extra, *(path for path in files_below(sources.data) if path not in replaced))
    vocabulary = (*files_below(sources.ontology / "concepts"), sources.ontology / "dpp.ttl")
    return Candidate([*stated, *found], found, trace, shapes, sources.base, files, vocabulary)


def validate(candidate: Candidate) -> Report:
    """What the shapes say of a candidate.

    Raises:
        BadRdf: the shapes are not well-formed.
    """
    from dppgraph.operations.validate.judge import judged  # noqa: PLC0415 - half a second that a server never spends

    results = judged(candidate.quads, candidate.shapes.merged)
    for name, shapes in sorted(candidate.shapes.by_graph.items()):
        graph = f"<{graph_iri(name, candidate.base)}>"
        results += judged([quad for quad in candidate.quads if quad.graph == graph], shapes)
    stated = [quad for quad in candidate.quads if quad not in candidate.rules]
    facts = Facts(stated)
    results += _quotes_agree(candidate)
    results += _unknown_names(candidate, facts)
    results = with_nearest_names(results, facts, candidate.shapes.merged, candidate.base)
    results = with_consequences(sorted(set(results)), facts)
    if results:
        places = Places(candidate.files, candidate.base, stated, candidate.vocabulary)
        results = [_placed(result, places) for result in results]
    order = {severity: rank for rank, severity in enumerate(SEVERITIES)}
    results.sort(key=lambda result: (order[result.severity], result.follows, result.file, result.line, result))
    return Report(tuple(results), candidate.base)


def _placed(result: Result, places: Places) -> Result:
    place = places.of(result.focus, result.path, result.value)
    return replace(result, file=place.file, line=place.line) if place else result


def _quotes_agree(candidate: Candidate) -> Iterator[Result]:
    for shape in _judged_here(candidate, _QUOTES_AGREE):
        for earlier, later in disagreements(read_quotes(candidate.quads, candidate.base)):
            yield replace(shape, focus=f"<{later.statement}>", value=f"<{earlier.statement}>")


def _unknown_names(candidate: Candidate, facts: Facts) -> Iterator[Result]:
    for check, subject, predicate, value in unknown_names(facts, candidate.base):
        for shape in _judged_here(candidate, check):
            messages = tuple((language, text.replace("{?value}", value[1:-1])) for language, text in shape.messages)
            yield replace(shape, focus=subject, path=predicate, value=value, messages=messages)


def _judged_here(candidate: Candidate, check: str) -> list[Result]:
    """What a shape without target and constraint says when it is broken; nothing if there is no such shape."""
    shape = f"<{candidate.base}shapes#{check}>"
    said = [quad for quad in candidate.shapes.merged if quad.subject == shape]
    messages = messages_of(quad.object for quad in said if quad.predicate == f"<{PREFIXES['sh']}message>")
    empty = Result("Violation", check, "", "", "", "", shape.strip("<>"), messages)
    return [empty] if said else []
