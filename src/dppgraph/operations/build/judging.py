"""What the shapes find in a candidate that is on disk, judged by other processes while it comes into being."""

from collections.abc import Callable, Sequence
from pathlib import Path

from dppgraph.core.iris import graph_iri
from dppgraph.operations.infer import unseen_graphs
from dppgraph.operations.sources import Shapes
from dppgraph.operations.validate import Result
from dppgraph.store.memory import MemoryStore
from dppgraph.store.runs import merged

Judge = Callable[[Path, Sequence[Path]], list[Result]]
"""Gives what all checks find, from the folder of the quads that are judged and the files of their sorted lines."""


def judge_of(shapes: Shapes, base: str) -> Callable[[Path, Sequence[Path]], Judge]:
    """Reads the shapes, while there is nothing to be judged yet; for a process of its own.

    Args:
        shapes: the shapes.
        base: the base of the data.

    Returns:
        Judges what nothing is inferred in, a graph alone that rules see and do not write to: given the folder of a
        database with what rules see, and the files of its lines. It gives what judges the rest; what was found before
        is among what that gives.

    Raises:
        BadRdf: there is something that shapes cannot judge, or they are not well-formed.
    """
    from dppgraph.operations.validate.whole import Checks, Whole  # noqa: PLC0415 - loads pySHACL: only there

    later = {*unseen_graphs(base), graph_iri("inferred", base)}
    alone = {name: quads for name, quads in shapes.by_graph.items() if graph_iri(name, base) not in later}
    rest = {name: quads for name, quads in shapes.by_graph.items() if name not in alone}
    first, second = Checks(Shapes([], alone), base), Checks(Shapes(shapes.merged, rest), base)

    def judged(checks: Checks, database: Path, paths: Sequence[Path]) -> list[Result]:
        return checks.results(Whole(lambda: merged(paths), MemoryStore.at(database)))

    def rest_of(stated: Path, seen: Sequence[Path]) -> Judge:
        found = judged(first, stated, seen)
        return lambda database, paths: sorted({*found, *judged(second, database, paths)})

    return rest_of
