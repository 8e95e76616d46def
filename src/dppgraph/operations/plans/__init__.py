"""Plans as people read them: the list of all, and all about one."""

from dppgraph.operations.plans.index import COLUMNS, ListedPlan, PlanList, plan_list, plans_in_order
from dppgraph.operations.plans.kinds import plans_of
from dppgraph.operations.plans.periods import Period, Span, Status, period_of, spans_of, status_of
from dppgraph.operations.plans.plan import Plan, plan_of
from dppgraph.operations.plans.succession import Related

__all__ = [
    "COLUMNS",
    "ListedPlan",
    "Period",
    "Plan",
    "PlanList",
    "Related",
    "Span",
    "Status",
    "period_of",
    "plan_list",
    "plan_of",
    "plans_in_order",
    "plans_of",
    "spans_of",
    "status_of",
]
