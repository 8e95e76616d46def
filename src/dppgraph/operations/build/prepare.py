"""What is to be published, prepared from files: in memory, or, where that is too much, on disk."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dppgraph.core.digest import root_of
from dppgraph.core.quads import parse_line
from dppgraph.operations.build.judged import report_of_large
from dppgraph.operations.build.known import Known
from dppgraph.operations.build.large import assembled
from dppgraph.operations.catalogue import derived
from dppgraph.operations.queries import read_questions
from dppgraph.operations.service import counted, examples, tally_in
from dppgraph.operations.sources import Sources
from dppgraph.operations.validate import Candidate, Report, assemble
from dppgraph.operations.validate.validate import validate
from dppgraph.store.versions import Overview, Writer, overview
from dppgraph.store.workers.apart import Apart
from dppgraph.store.workers.collecting import seldom_collecting

LARGE: Final = 4 << 20
"""Bytes of data from which on they are kept on disk: some 50,000 statements, and as many that follow."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is to be published.

    Attributes:
        lines: the lines of all graphs.
        overview: what is known of them.
        report: what the shapes said; None where the gate is off.
        stated: the lines that are stated in the graph ``catalogue``, which also holds what is made; None where the
            gate is off.
        index: the folder of the database that holds them; None where it is to be made.
        known: what is known of what is too much for memory.
    """

    lines: Collection[str]
    overview: Overview
    report: Report | None
    stated: list[str] | None = None
    index: Path | None = None
    known: Known | None = None

    @property
    def digest(self) -> str:
        """The digest of the lines."""
        return root_of(self.overview.tree)


def is_large(sources: Sources) -> bool:
    """Whether what is built of them is prepared on disk."""
    return sources.gated and sources.size() >= LARGE


@contextmanager
def prepare(sources: Sources, writer: Writer, progress: Callable[[str], None]) -> Iterator[Prepared]:
    """Reads the files, infers, has the shapes judge it, and adds what a version says of itself.

    Args:
        sources: the files.
        writer: gives room in the store for what is too much for memory.
        progress: told what is going on.

    Raises:
        BadRdf: a file cannot be read.
        BadCall: a folder is not there.
    """
    if is_large(sources):
        with writer.room() as work:
            yield _on_disk(sources, work, progress)
    else:
        yield _in_memory(sources, progress)


def _in_memory(sources: Sources, progress: Callable[[str], None]) -> Prepared:
    candidate = assemble(sources, progress=progress)
    report = None
    if sources.gated:
        progress("validating")
        report = validate(candidate)
    lines = published(candidate, sources)
    stated = candidate.stated_in("catalogue") if sources.gated else None
    return Prepared(lines, overview(lines), report, stated)


def _on_disk(sources: Sources, work: Path, progress: Callable[[str], None]) -> Prepared:
    with seldom_collecting(), Apart() as apart, assembled(sources, work, apart, progress) as candidate:
        progress("validating")
        judging = candidate.judging()
        lines, seen, tally = candidate.published(judging)
        results = judging.result().result()
        report = report_of_large(results, candidate)
        known, stated = Known(tuple(results), tally), candidate.stated_in("catalogue")
        return Prepared(lines, seen, report, stated, candidate.finish(seen), known)


def published(candidate: Candidate, sources: Sources) -> list[str]:
    """The lines of a candidate, and what they say of themselves, where the gate is on.

    That is statistics, examples, and the catalogue of what they make available.
    """
    lines = candidate.lines()
    if not sources.gated:
        return lines
    questions = read_questions(sources.queries).values() if sources.queries else ()
    sums = list(counted(tally_in(lines, sources.base)))
    about = (
        *sums,
        *derived([*map(parse_line, lines), *sums], sources.base),
        *examples(questions, sources.base),
    )
    return sorted({*lines, *(quad.line() for quad in about)})
