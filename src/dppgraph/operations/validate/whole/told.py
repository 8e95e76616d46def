"""What is told of nodes and values: that they surely are as a shape wants them, surely are not, or may be."""

from collections.abc import Callable, Iterable, Sequence

from dppgraph.operations.validate.whole.scope import Known

Holds = Callable[[str, Known], bool | None]
"""Tells of a node, given what is stated of it, whether it conforms; None where that is not known."""

Test = Callable[[str], bool | None]
"""Tells of a value alone; None where it is left to the judge."""

Values = Callable[[Sequence[str], Known | None], bool | None]
"""Tells whether the values that a shape is about are as a constraint wants them.

It is given the values, and what is stated of the only one of them; None where that is to be looked up.
"""

Together = Callable[[Iterable[bool | None]], bool | None]


class NotTold(Exception):
    """What a shape says is left to the judge."""


def unknown(_: str, __: Known) -> None:
    """Of no node anything is known."""


def each(tests: list[Test]) -> Values:
    """Has all values tested."""

    # As `both` would say it, in half the time: this is asked of each node of a large graph, many times.
    def holds(values: Sequence[str], _: Known | None) -> bool | None:
        sure: bool | None = True
        for test in tests:
            for value in values:
                told = test(value)
                if told is not True:
                    if told is False:
                        return False
                    sure = None
        return sure

    return holds


def all_of(made: list[Values], values: Sequence[str], group: Known | None) -> bool | None:
    """Whether values are as all of some constraints want them."""
    # As `both` would say it: see above.
    sure: bool | None = True
    for one in made:
        told = one(values, group)
        if told is not True:
            if told is False:
                return False
            sure = None
    return sure


def both(told: Iterable[bool | None]) -> bool | None:
    """Whether all hold."""
    sure: bool | None = True
    for one in told:
        if one is False:
            return False
        if one is None:
            sure = None
    return sure


def either(told: Iterable[bool | None]) -> bool | None:
    """Whether one of them holds, or more."""
    return opposite(both(map(opposite, told)))


def opposite(told: bool | None) -> bool | None:
    """Whether it does not hold."""
    return None if told is None else not told
