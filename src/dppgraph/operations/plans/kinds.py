"""What is called a plan here: any policy instrument."""

from dppgraph.core.iris import PLAN_CLASSES
from dppgraph.operations.facts import Facts
from dppgraph.operations.said import instances, narrower


def plans_of(facts: Facts) -> list[str]:
    """All plans of a version, as terms; sorted."""
    return instances(facts, *PLAN_CLASSES)


def classes_of_plans(facts: Facts) -> list[str]:
    """The classes of which each plan has one, as terms."""
    return narrower(facts, *PLAN_CLASSES)
