"""Plans in and out in StratML, the Strategy Markup Language of ISO 17469-1.

Out: the exact quads of a version become a ``plan.Plan`` (``gather``), and that XML (``write``). In: XML from anywhere
is read with care (``parse``), becomes a ``plan.Plan`` again (``read``), and that Turtle for ``data/external/``
(``take_over``, ``facts``). What StratML has no element for goes into OtherInformation, as lines that people and we can
read (``labels``). docs/stratml.md says what becomes what.
"""

from dppgraph.operations.stratml.document import Given
from dppgraph.operations.stratml.gather import plan_of
from dppgraph.operations.stratml.names import plan_slug
from dppgraph.operations.stratml.parse import parse, read_file
from dppgraph.operations.stratml.plan import Plan
from dppgraph.operations.stratml.read import Read, read
from dppgraph.operations.stratml.take_over import Taken, remember, take_over
from dppgraph.operations.stratml.write import export_plan, write

__all__ = [
    "Given",
    "Plan",
    "Read",
    "Taken",
    "export_plan",
    "parse",
    "plan_of",
    "plan_slug",
    "read",
    "read_file",
    "remember",
    "take_over",
    "write",
]
