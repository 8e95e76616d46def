"""What is known of a version from making it, so that a change to it can be followed."""

from collections.abc import Iterable
from dataclasses import dataclass

from dppgraph.operations.service import Tally, tally_of
from dppgraph.operations.validate import Candidate, Result


@dataclass(frozen=True, slots=True)
class Known:
    """What the shapes found of a version, and what its statistics count.

    Attributes:
        results: what the shapes found, as ``raw_results`` finds it.
        tally: the sums of its statistics.
    """

    results: tuple[Result, ...]
    tally: Tally


def known_of(candidate: Candidate, results: Iterable[Result]) -> Known:
    """What is known of a candidate that was made and judged in full.

    Args:
        candidate: the candidate.
        results: what the shapes found of it.
    """
    alone = [quad for quads in candidate.shapes.by_graph.values() for quad in quads]
    held = [*candidate.quads, *candidate.trace, *candidate.shapes.merged, *alone]
    return Known(tuple(results), tally_of(held, candidate.base))
