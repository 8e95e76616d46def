"""Which plan is meant by a name that no row declares, so that a slip in one name is told once and not in every row."""

from collections.abc import Iterable, Mapping, Set
from typing import Final

from dppgraph.operations.new.table import Row, alternatives

NOT_ABOUT_PLANS: Final = ("page", "body", "")
"""What the other rows are about, as ``words.csv`` has it."""


def meant_plans(unknown: Iterable[str], declaring: Mapping[str, Row], titled: Set[str]) -> dict[str, str]:
    """The plan that is meant by a name, where that can be told.

    Args:
        unknown: the names that no row declares.
        declaring: the names that rows declare.
        titled: the names, declared or not, under which a title is given.
    """
    untitled = [name for name in declaring if name not in titled]
    found = {}
    for name in unknown:
        # A title more means a plan more, not another name for the same one.
        offered = untitled if name in titled else list(declaring)
        close = alternatives(name, offered, 1)
        if not close and name in titled and len(untitled) == 1:
            close = untitled
        if close:
            found[name] = close[0]
    return found


def misnamed(name: str, plan: Row) -> str:
    """What is told of the rows that use a name, where the row of the plan has another."""
    declared = f"but {plan.about}" if plan.about else "but one without a name"
    return (
        f"there is no plan {name!r}, {declared} (row {plan.number}): write the same name in about, or add a row plan "
        "for it"
    )
