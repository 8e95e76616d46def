"""What comes of plans that succeed each other in a circle."""

from collections import defaultdict
from collections.abc import Iterator

from dppgraph.operations.validate.consequences.told import Told
from dppgraph.operations.validate.report import Result


def of_circles(told: Told) -> Iterator[Result]:
    """All but one of the links of each circle: told are those that run against time, or else the first."""
    backwards = {(result.focus, result.value): result for result in told.left("succession-order")}
    for links in _circles(told.left("succession-circle")):
        suspect = {link for link in links if (link.focus, link.value) in backwards} or {links[0]}
        yield from (link for link in links if link not in suspect)
        yield from (backwards[link.focus, link.value] for link in suspect if (link.focus, link.value) in backwards)


def _circles(links: list[Result]) -> Iterator[list[Result]]:
    """The links of plans that hang together, in their order."""
    beside: dict[str, set[str]] = defaultdict(set)
    for link in links:
        beside[link.focus].add(link.value)
        beside[link.value].add(link.focus)
    circle: dict[str, str] = {}
    for first in beside:
        reached = [] if first in circle else [first]
        for plan in reached:
            if plan not in circle:
                circle[plan] = first
                reached += beside[plan]
    by_circle: dict[str, list[Result]] = defaultdict(list)
    for link in links:
        by_circle[circle[link.focus]].append(link)
    yield from by_circle.values()
