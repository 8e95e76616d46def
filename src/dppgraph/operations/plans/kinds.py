"""What is called a plan here: any policy instrument."""

from dppgraph.core.iris import PLAN_CLASSES
from dppgraph.operations.facts import Facts
from dppgraph.operations.said import instances


def plans_of(facts: Facts) -> list[str]:
    """All plans of a version, as terms; sorted."""
    return instances(facts, *PLAN_CLASSES)
