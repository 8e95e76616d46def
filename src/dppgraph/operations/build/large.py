"""A candidate for publication that is more than memory should hold: its lines are in files, its quads in a database.

It comes to the same version as the way through memory (``validate.assemble``, ``published``). The database is filled
as the files are read, the rules are asked of it, and it is published as the version's index; no step holds more than
the names that it needs. What needs no interpreter, loading and compressing, is done by other threads meanwhile, and
what reads or judges by other processes.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from heapq import merge
from pathlib import Path
from typing import Final

from dppgraph.core.iris import PREFIXES, graph_iri
from dppgraph.core.quads import Quad, by_subject, canonical, parse_line, subject_of
from dppgraph.operations.build.reading import read_all
from dppgraph.operations.build.unstated import Unstated
from dppgraph.operations.catalogue import CATALOG, derived_in
from dppgraph.operations.infer import Patterns, Rule, inferred_in, read_rules, traced
from dppgraph.operations.queries import Question, read_questions
from dppgraph.operations.service import Tallying, classes_in, counted, examples
from dppgraph.operations.sources import Shapes, Sources, read_shapes, read_vocabulary
from dppgraph.store.filling import Filling
from dppgraph.store.memory import MemoryStore
from dppgraph.store.runs import LinesFile, Runs, Triples, WritingLines, holding, merged
from dppgraph.store.versions import Overlooking, Overview

_SOME: Final = 10_000
"""Lines that are written at a time."""
_LINES: Final = "lines.nq"
_MERGE: Final = "merge"
_IS_A: Final = f" <{PREFIXES['rdf']}type> "


@dataclass(frozen=True, slots=True)
class LargeCandidate:
    """All that a version would hold, in a folder.

    Attributes:
        work: the folder.
        sources: where it comes from.
        database: its quads; without what is never judged, until :meth:`LargeCandidate.published` is asked for.
        shapes: what it is judged by.
        rules: the rules.
        found: each inferred statement, with the name of its rule.
        questions: the named questions, which a version shows as examples.
        judged: the files of the sorted lines that the shapes judge.
    """

    work: Path
    sources: Sources
    database: Filling
    shapes: Shapes
    rules: list[Rule]
    found: dict[Quad, str]
    questions: tuple[Question, ...]
    judged: list[Path]

    def stated_in(self, name: str) -> list[str]:
        """The lines that are stated in a named graph."""
        graph = f" <{graph_iri(name, self.sources.base)}> ."
        return sorted({line for line in holding(self.judged, graph) if line.endswith(graph)})

    def checkpoint(self) -> Path:
        """A folder with the database as it is now."""
        folder = self.work / "judged"
        self.database.checkpoint(folder)
        return folder

    def finish(self, seen: Overview) -> Path:
        """The folder of the database, which is on the disk; with the merge of its graphs where they share triples."""
        if seen.sharing and not any(self.work.glob(f"{_MERGE}-*")):
            # It did not show before.
            triples = Triples(self.work, _MERGE)
            for group in by_subject(LinesFile(self.work / _LINES, 0)):
                self.database.merge(triples.take(group))
            self.database.merge(triples.end())
        self.database.wait()
        self.database.flush()
        return self.work / "index"

    def published(self) -> tuple[LinesFile, Overview]:
        """The lines that are published, with the database filled with what it has not of them yet."""
        unjudged = Runs(self.work, "unjudged")
        alone = (quad for quads in self.shapes.by_graph.values() for quad in quads)
        for quads in (traced(self.found, self.rules, self.sources.base), self.shapes.merged, alone):
            _take(unjudged, self.database, quads)
        self.database.take(unjudged.end())
        paths = [*self.judged, *unjudged.paths]
        tallying = Tallying(self.sources.base, classes_in(holding(paths, _IS_A), self.sources.base))
        with WritingLines(self.work / "held.nq") as writing:
            for group in by_subject(merged(paths)):
                tallying.take(group)
                writing.take(group)
        held = writing.lines()
        about = {*counted(tallying.tally()), *examples(self.questions, self.sources.base)}
        self.database.wait()
        store = self.database.asked()
        store.add(about)
        derived = self._derived(held, store)
        return self._put_together(held, (canonical(about), canonical(derived)), store, merging=tallying.repeats)

    def _derived(self, held: LinesFile, store: MemoryStore) -> set[Quad]:
        """What the catalogue says by its rules; the database has it, too, after that."""
        is_object = f" {CATALOG} "
        if not any(is_object in line and parse_line(line).object == CATALOG for line in held):
            return set()
        return derived_in(store, self.sources.base)

    def _put_together(
        self, held: LinesFile, made: tuple[list[str], list[str]], store: MemoryStore, *, merging: bool
    ) -> tuple[LinesFile, Overview]:
        about, derived = made
        stated: list[str] = []
        overlooking, triples = Overlooking(), Triples(self.work, _MERGE)
        with WritingLines(self.work / _LINES, zipped=True) as writing:
            for group in _beside(merge(held, about), derived, stated):
                overlooking.take(group)
                writing.take(group)
                if merging:
                    self.database.merge(triples.take(group))
        self.database.merge(triples.end())
        store.remove(map(parse_line, stated))
        return writing.lines(), overlooking.overview()


@contextmanager
def assembled(
    sources: Sources, work: Path, processes: Executor, progress: Callable[[str], None]
) -> Iterator[LargeCandidate]:
    """Reads the files, names blank nodes, moves the base, and infers.

    Args:
        sources: where the files are, with the gate.
        work: a new folder, which the caller removes.
        processes: who reads.
        progress: told what is going on.

    Raises:
        BadRdf: a file or a rule cannot be read.
        BadCall: a folder is not there.
    """
    progress("reading")
    shapes = read_shapes(sources)
    seen: list[Path] = []
    unseen: list[Path] = []
    with Filling(work / "index") as database:
        vocabulary = Runs(work, "vocabulary")
        _take(vocabulary, database, read_vocabulary(sources))
        database.take(vocabulary.end())
        for read in read_all(sources, work, processes):
            seen += read.seen
            # What no rule sees is not there yet when they run.
            unseen += read.unseen
            for path in read.seen:
                database.take(path)
        seen += vocabulary.paths
        rules = read_rules(sources.ontology / "rules")
        patterns = Patterns(rules, sources.base)
        database.wait()
        progress("inferring")
        store = database.asked()
        found = inferred_in(store, Unstated(store, seen), rules, sources.base, patterns.fit)
        inferred = Runs(work, "inferred")
        _take(inferred, None, found)
        inferred.end()
        database.load_all(unseen)
        questions = read_questions(sources.queries).values() if sources.queries else ()
        judged = [*seen, *unseen, *inferred.paths]
        yield LargeCandidate(work, sources, database, shapes, rules, found, tuple(questions), judged)


def _take(runs: Runs, database: Filling | None, quads: Iterable[Quad]) -> None:
    held: list[str] = []
    for quad in quads:
        held.append(f"{quad.line()}\n")
        if len(held) == _SOME:
            path = runs.take("".join(held).encode())
            held = []
            if database:
                database.take(path)
    runs.take("".join(held).encode())


def _beside(lines: Iterable[str], made: Sequence[str], stated: list[str]) -> Iterator[list[str]]:
    """Sorted lines with those that are made among them, by subject.

    Args:
        lines: the lines; some may be there twice.
        made: what is made, sorted.
        stated: takes what is made although another graph says it; it is left out.
    """
    subjects, new = set(map(subject_of, made)), set(made)

    def once() -> Iterator[str]:
        last = ""
        for line in merge(lines, made):
            if line == last:
                # It is not made alone.
                new.discard(line)
            else:
                yield line
            last = line

    for group in by_subject(once()):
        if subject_of(group[0]) not in subjects:
            yield group
            continue
        there = {parse_line(line)[:3] for line in group if line not in new}
        kept = [line for line in group if line not in new or parse_line(line)[:3] not in there]
        stated += sorted(set(group).difference(kept))
        yield kept
