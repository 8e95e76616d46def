"""A candidate for publication, put together from files and rules, and what the shapes say of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dppgraph.core.iris import PREFIXES, graph_iri
from dppgraph.core.quads import Quad, canonical
from dppgraph.operations.check_quotes import disagreements, read_quotes
from dppgraph.operations.infer import inferred, read_rules
from dppgraph.operations.sources import Shapes, Sources, read_data, read_shapes, read_vocabulary
from dppgraph.operations.validate.report import SEVERITIES, Report, Result, messages_of

_QUOTES_AGREE: Final = "quotes-agree"
"""The shape whose condition no SHACL core constraint can say, and that is judged here."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """All that a version would hold, and the shapes it is judged by.

    Attributes:
        quads: the statements of all graphs but the shapes, inferred ones included.
        rules: each inferred statement, with the name of its rule.
        shapes: the shapes.
        base: the base of the data.
    """

    quads: list[Quad]
    rules: dict[Quad, str]
    shapes: Shapes
    base: str

    def lines(self) -> list[str]:
        """The canonical lines that are published."""
        alone = [quad for quads in self.shapes.by_graph.values() for quad in quads]
        return canonical([*self.quads, *self.shapes.merged, *alone])


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
    stated = read_data(sources, extra) + read_vocabulary(sources)
    if not sources.gated:
        return Candidate(stated, {}, shapes, sources.base)
    progress("inferring")
    rules = inferred(stated, read_rules(sources.ontology / "rules"), sources.base)
    return Candidate([*stated, *rules], rules, shapes, sources.base)


def validate(candidate: Candidate) -> Report:
    """What the shapes say of a candidate.

    Raises:
        BadRdf: the shapes are not well-formed.
    """
    # pySHACL and rdflib: half a second that a server on a built store never spends.
    from dppgraph.operations.validate.judge import judged  # noqa: PLC0415

    results = judged(candidate.quads, candidate.shapes.merged)
    for name, shapes in sorted(candidate.shapes.by_graph.items()):
        graph = f"<{graph_iri(name, candidate.base)}>"
        results += judged([quad for quad in candidate.quads if quad.graph == graph], shapes)
    results += _quotes_agree(candidate)
    order = {severity: rank for rank, severity in enumerate(SEVERITIES)}
    unique = sorted(set(results), key=lambda result: (order[result.severity], result))
    return Report(tuple(unique), candidate.base)


def _quotes_agree(candidate: Candidate) -> list[Result]:
    shape = f"<{candidate.base}shapes#{_QUOTES_AGREE}>"
    said = [quad for quad in candidate.shapes.merged if quad.subject == shape]
    if not said:
        return []
    messages = messages_of(quad.object for quad in said if quad.predicate == f"<{PREFIXES['sh']}message>")
    return [
        Result(
            severity="Violation",
            check=_QUOTES_AGREE,
            focus=f"<{later.statement}>",
            path="",
            value=f"<{earlier.statement}>",
            component="",
            shape=shape.strip("<>"),
            messages=messages,
        )
        for earlier, later in disagreements(read_quotes(candidate.quads, candidate.base))
    ]
