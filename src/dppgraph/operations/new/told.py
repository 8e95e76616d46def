"""Problems as they are told: one cause once, with all of its rows."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from dppgraph.operations.new.table import Problem


def told_once(problems: Iterable[Problem], numbers: Sequence[int]) -> list[Problem]:
    """The problems in the order of their rows; those that say the same are one, which names its rows.

    Args:
        problems: the problems.
        numbers: the numbers of all rows that say something, in order.
    """
    by_text: dict[str, list[int]] = {}
    for problem in sorted(set(problems)):
        by_text.setdefault(problem.text, []).append(problem.row)
    return sorted(
        Problem(rows[0], text if len(rows) == 1 else f"{text} ({named(rows, numbers)})")
        for text, rows in by_text.items()
    )


def named(rows: Iterable[int], numbers: Sequence[int]) -> str:
    """Rows as people name them: ``row 5``, ``rows 5, 9-31``; remarks and empty rows do not part those around them.

    >>> named([5, 9, 11, 12], [5, 7, 9, 11, 12])
    'rows 5, 9-12'
    """
    place = {number: index for index, number in enumerate(numbers)}
    ordered = sorted(set(rows))
    spans = []
    for _, group in groupby(enumerate(ordered), lambda one: place.get(one[1], one[1]) - one[0]):
        span = [number for _, number in group]
        spans.append(str(span[0]) if len(span) == 1 else f"{span[0]}-{span[-1]}")
    return f"row{'s' if len(ordered) > 1 else ''} {', '.join(spans)}"
