"""Which plans belong to one succession: those that a way of predecessors and successors leads between."""

from collections.abc import Iterable, Sequence


def chains_of(plans: Sequence[str], links: Iterable[tuple[str, str]]) -> dict[str, int]:
    """The number of the succession of each plan, from 0, in the order in which the plans come.

    Args:
        plans: the plans.
        links: which two of them follow each other; links to other plans do not count.

    >>> chains_of(["a", "b", "c"], [("a", "c")])
    {'a': 0, 'b': 1, 'c': 0}
    """
    beside: dict[str, set[str]] = {plan: set() for plan in plans}
    for one, other in links:
        if one in beside and other in beside:
            beside[one].add(other)
            beside[other].add(one)
    numbers: dict[str, int] = {}
    count = 0
    for plan in plans:
        if plan in numbers:
            continue
        waiting = [plan]
        while waiting:
            reached = waiting.pop()
            if reached not in numbers:
                numbers[reached] = count
                waiting += beside[reached]
        count += 1
    return numbers
