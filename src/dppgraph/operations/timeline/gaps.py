"""Where nothing was in force between a plan and its successor, as the question ``gaps`` counts."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from dppgraph.operations.timeline.dates import Span, day_of
from dppgraph.operations.timeline.plans import Gap, Period

_DAY = timedelta(days=1)


def gaps_between(successors: Mapping[str, Sequence[str]], periods: Mapping[str, Sequence[Period]]) -> tuple[Gap, ...]:
    """The gaps between plans and those of their direct successors that begin earliest.

    Where an end or a start is not known there is none: whether nothing was in force is not known then.

    Args:
        successors: the direct successors of each plan.
        periods: the periods of all of them.
    """
    found = []
    for before, afters in successors.items():
        starts = [(period.first, after) for after in afters for period in periods[after] if period.first]
        earliest = min((first for first, _ in starts), default="")
        ends = {period.last for period in periods[before] if period.last}
        for after in {after for first, after in starts if first == earliest}:
            found += [Gap(before, after, days) for end in ends if (days := _between(end, earliest))]
    return tuple(sorted(found, key=lambda gap: (gap.days.first, gap.before, gap.after)))


def _between(end: str, start: str) -> Span | None:
    """The days after one day and before another; None where there are none."""
    ended, began = day_of(end), day_of(start)
    if ended is None or began is None or ended == date.max or began == date.min:
        return None
    first, last = ended + _DAY, began - _DAY
    return Span(f"{first}/{last}", first, last) if first <= last else None
