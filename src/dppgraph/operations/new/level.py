"""The policy level of a plan: that of the bodies whose plan it is, or else what has to be said of it.

As the rule policy-level concludes it: from those who issued the plan, else from those who approved it, and only where
they are of one level.
"""

from dataclasses import dataclass, field

from dppgraph.operations.new.table import Problem, Row

UNCLEAR = ""
"""The level of a body whose row does not say it well."""


@dataclass(slots=True)
class Decider:
    """A body that issued or approved a plan: in which row, under which name, and the IRI of its level."""

    row: int
    name: str
    level: str = UNCLEAR


@dataclass(slots=True)
class Levels:
    """What the rows say of the level of a plan.

    Attributes:
        issuers: who issued it.
        approvers: who approved it.
        row: the row ``level``, if there is one.
        stated: the IRI of the level that it states.
    """

    issuers: list[Decider] = field(default_factory=list)
    approvers: list[Decider] = field(default_factory=list)
    row: Row | None = None
    stated: str = UNCLEAR

    @property
    def deciders(self) -> list[Decider]:
        """The bodies that the level follows from."""
        return self.issuers or self.approvers

    @property
    def several(self) -> bool:
        """Whether these are of several levels."""
        return len({decider.level for decider in self.deciders}) > 1


def wrong_levels(levels: Levels, plan_row: int, *, asked: bool) -> list[Problem]:
    """What is wrong with what is said of the level of a plan.

    Args:
        levels: what is said.
        plan_row: the row that declares the plan.
        asked: whether a level is needed at all; of a plan that is only named it is not.
    """
    deciders = levels.deciders
    if any(decider.level == UNCLEAR for decider in deciders):
        return []
    if levels.row:
        return [] if levels.several or not deciders else _beside(levels, levels.row, deciders[0])
    if not deciders:
        told = "no row says of which level this plan is: add issued by, approved by, or else level"
        return [Problem(plan_row, told)] if asked else []
    first = deciders[0]
    other = next((decider for decider in deciders if decider.level != first.level), None)
    if other is None:
        return []
    told = (
        f"{other.name} is {_name(other.level)} and {first.name} (row {first.row}) is {_name(first.level)}: add a row "
        "level with the plan's level in value and the page's words that show it, or without words if none do"
    )
    return [Problem(other.row, told)]


def _beside(levels: Levels, row: Row, decider: Decider) -> list[Problem]:
    """What is wrong with a level that follows from the bodies already."""
    if levels.stated == UNCLEAR or (levels.stated == decider.level and row.words):
        return []
    if levels.stated == decider.level:
        told = f"the level follows from {decider.name} (row {decider.row}): remove this row"
    else:
        told = (
            f"this row says {_name(levels.stated)}, and {decider.name} (row {decider.row}) is {_name(decider.level)}: "
            "correct one of them"
        )
    return [Problem(row.number, told)]


def _name(level: str) -> str:
    return level.rpartition("/")[2].removeprefix("level-").replace("-", " ")
