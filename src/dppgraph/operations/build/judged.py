"""What is said of what the shapes find in a candidate that is on disk."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Final

from dppgraph.core.iris import graph_iri
from dppgraph.core.quads import entity_of, parse_line
from dppgraph.operations.build.large import LargeCandidate
from dppgraph.operations.sources import placed_files
from dppgraph.operations.validate import Candidate, Facts, Report, Result, report_of
from dppgraph.store.runs import holding

_SHOWN: Final = 100
"""Results whose files are looked for."""
_FILES: Final = 20
"""Files that are looked into for the lines of what is wrong."""


def report_of_large(results: list[Result], candidate: LargeCandidate) -> Report:
    """The report: where something is wrong, with files and lines, and with what was meant, of the first of many.

    What was meant is looked for among what is near: the things that the results are about, and the vocabulary.
    """
    wrong = [result for result in results if result.severity == "Violation"]
    if not wrong:
        return report_of(results, _near(candidate, (), ()), Facts(()))
    about = {entity_of(f"{term} ") for result in wrong for term in (result.focus, result.value) if term[:1] == "<"}
    shown = {entity_of(f"{result.focus} ") for result in wrong[:_SHOWN]}
    near = _near(candidate, about, shown)
    return report_of(results, near, Facts(quad for quad in near.quads if quad not in near.rules))


def _near(candidate: LargeCandidate, about: Iterable[str], shown: Iterable[str]) -> Candidate:
    """The candidate, as far as it is about some things and the vocabulary."""
    sources, about = candidate.sources, set(about)
    quads = []
    if about:
        graphs = tuple(f" <{graph_iri(name, sources.base)}> ." for name in ("ontology", "concepts"))
        lines = holding(candidate.judged, "")
        quads = [parse_line(line) for line in lines if line.endswith(graphs) or entity_of(line) in about]
    names = [f"<{iri}>".encode() for iri in shown] + [iri.rpartition("/")[2].encode() for iri in shown]
    files = (path for path, _ in placed_files(sources) if names and _mentions(path, names))
    return Candidate(
        quads,
        candidate.found,
        [],
        candidate.shapes,
        sources.base,
        tuple(islice(files, _FILES)),
        (*sorted((sources.ontology / "concepts").glob("*.ttl")), sources.ontology / "dpp.ttl"),
    )


def _mentions(path: Path, names: Iterable[bytes]) -> bool:
    said = path.read_bytes()
    return any(name in said for name in names)
