"""A candidate for publication that is more than memory should hold: its lines are in files, its quads in a database.

It comes to the same version as the way through memory (``validate.assemble``, ``published``). The database is filled
as the files are read, the rules are asked of it, and it is published as the version's index; no step holds more than
the names that it needs. What needs no interpreter, loading and compressing, is done by other threads meanwhile, and
what reads or judges by other processes.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Final

from dppgraph.core.digest import Buckets, Tree
from dppgraph.core.iris import PREFIXES, graph_iri
from dppgraph.core.quads import Quad, by_subject, canonical, parse_line
from dppgraph.operations.build.judging import judge_of
from dppgraph.operations.build.made_lines import MadeLines
from dppgraph.operations.build.reading import read_all
from dppgraph.operations.build.unstated import Unstated
from dppgraph.operations.catalogue import Asked
from dppgraph.operations.infer import Patterns, Rule, inferred_in, read_rules, traced_lines
from dppgraph.operations.queries import Question, read_questions
from dppgraph.operations.service import Tally, Tallying, classes_in, counted, examples
from dppgraph.operations.sources import Shapes, Sources, read_shapes, read_vocabulary
from dppgraph.operations.validate import Result
from dppgraph.store.filling import Filling
from dppgraph.store.runs import LinesFile, Runs, Triples, WritingLines, holding, merged
from dppgraph.store.versions import Overlooking, Overview
from dppgraph.store.workers.apart import Ahead, Apart

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
        unseen: those of them that no rule sees.
        judge: has them judge, given the folder of a database and the files of its lines.
        beside: who waits for the engine while other work goes on.
    """

    work: Path
    sources: Sources
    database: Filling
    shapes: Shapes
    rules: list[Rule]
    found: dict[Quad, str]
    questions: tuple[Question, ...]
    judged: list[Path]
    unseen: list[Path]
    judge: Ahead
    beside: Executor

    def stated_in(self, name: str) -> list[str]:
        """The lines that are stated in a named graph, one that no rule sees."""
        graph = f" <{graph_iri(name, self.sources.base)}> ."
        return sorted({line for line in holding(self.unseen, graph) if line.endswith(graph)})

    def judging(self) -> Future[Future[list[Result]]]:
        """Has all of it judged, as it is now, which begins when it is loaded; gives what all checks find."""

        def begun() -> Future[list[Result]]:
            self.database.wait()
            return self.judge.call(self.database.checkpoint(self.work / "judged"), self.judged)

        return self.beside.submit(begun)

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

    def published(self, judging: Future[Future[list[Result]]]) -> tuple[LinesFile, Overview, Tally]:
        """The lines that are published, with what is to be known of them, and the sums of what is not made of them.

        The database is filled with what it has not of them yet.

        Args:
            judging: as :meth:`LargeCandidate.judging` gives it: until it has begun, the database stays as it is.
        """
        told = (self.shapes.merged, *self.shapes.by_graph.values())
        lines = chain(traced_lines(self.found, self.rules, self.sources.base), *map(_lines, told))
        unjudged = _written(Runs(self.work, "unjudged"), lines)
        judging.result()
        for path in unjudged:
            self.database.take(path)
        self.database.begin()
        paths = [*self.judged, *unjudged]
        tallying = Tallying(self.sources.base, classes_in(holding(paths, _IS_A), self.sources.base))
        asked = Asked(self.sources.base)
        overlooking = Overlooking()
        with WritingLines(self.work / "held.nq") as writing:
            for group in by_subject(merged(paths)):
                overlooking.take(group, tallying.take(group))
                asked.take(group)
                writing.take(group)
        held = writing.lines()
        tally = tallying.tally()
        about = {*counted(tally), *examples(self.questions, self.sources.base)}
        asked.store.add(about)
        derived = asked.derived()
        self.database.wait()
        # What the disk has already, need not be waited for at the end.
        self.database.begin_to_flush()
        self.database.add([*canonical(about), *derived])
        made = MadeLines(canonical(about), derived)
        all_lines, tree = self._put_together(held, made, overlooking, merging=tallying.repeats)
        return all_lines, overlooking.overview(tree), tally

    def _put_together(
        self, held: LinesFile, made: MadeLines, overlooking: Overlooking, *, merging: bool
    ) -> tuple[LinesFile, Tree]:
        buckets, triples = Buckets(), Triples(self.work, _MERGE)
        with WritingLines(self.work / _LINES, zipped=True) as writing:
            for group, more in made.groups(by_subject(held)):
                writing.take(group)
                buckets.take(group)
                if more:
                    overlooking.take_more(group, more)
                if merging:
                    self.database.merge(triples.take(group))
        self.database.merge(triples.end())
        self.database.wait()
        self.database.asked().remove(map(parse_line, made.stated))
        return writing.lines(), buckets.tree()


@contextmanager
def assembled(
    sources: Sources, work: Path, processes: Apart, progress: Callable[[str], None]
) -> Iterator[LargeCandidate]:
    """Reads the files, names blank nodes, moves the base, and infers.

    Args:
        sources: where the files are, with the gate.
        work: a new folder, which the caller removes.
        processes: who reads, and who judges.
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
        vocabulary = _written(Runs(work, "vocabulary"), _lines(read_vocabulary(sources)))
        for path in vocabulary:
            database.take(path)
        for read in read_all(sources, work, processes):
            seen += read.seen
            # What no rule sees is not there yet when they run.
            unseen += read.unseen
            for path in read.seen:
                database.take(path)
        seen += vocabulary
        rules = read_rules(sources.ontology / "rules")
        # Another processor is free while the last is loaded, and while the rules are asked.
        judge = processes.ahead(judge_of, shapes, sources.base)
        patterns = Patterns(rules, sources.base)
        database.wait()
        judge.then(database.checkpoint(work / "stated"), seen)
        progress("inferring")
        store = database.asked()
        found = inferred_in(store, Unstated(store, seen), patterns.ordered(), sources.base, patterns.again)
        for path in unseen:
            database.take(path)
        database.begin()
        inferred = _written(Runs(work, "inferred"), _lines(found))
        questions = read_questions(sources.queries).values() if sources.queries else ()
        judged = [*seen, *unseen, *inferred]
        with ThreadPoolExecutor(1) as beside:
            yield LargeCandidate(
                work, sources, database, shapes, rules, found, tuple(questions), judged, unseen, judge, beside
            )


def _lines(quads: Iterable[Quad]) -> Iterator[str]:
    return (f"{quad.line()}\n" for quad in quads)


def _written(runs: Runs, lines: Iterable[str]) -> list[Path]:
    """The files of lines, each with its line end, in any order."""
    left = iter(lines)
    while some := list(islice(left, _SOME)):
        runs.take("".join(some).encode())
    runs.end()
    return runs.paths
