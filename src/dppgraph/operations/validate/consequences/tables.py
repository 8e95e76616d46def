"""The checks by what they are about, and what is read by those that do not say so."""

from typing import Final

from dppgraph.core.iris import NAMESPACE, PREFIXES
from dppgraph.operations.validate.names import CLASS, CLASSLESS, PROPERTY, THING

NAMES: Final = (PROPERTY, CLASS, CLASSLESS, THING)
UNSTATED: Final = ("source-fact-stated", "external-fact-stated", "reading-described")
UNASSERTED: Final = ("source-statement-asserted", "external-statement-asserted")


def dpp(*names: str) -> frozenset[str]:
    """Terms of our ontology, by their local names."""
    return frozenset(f"<{NAMESPACE}{name}>" for name in names)


LEVEL: Final = dpp("issuedBy", "approvedIn", "policyLevel") | {f"<{PREFIXES['prov']}wasAssociatedWith>"}

READS: Final = {
    "plan-level": LEVEL,
    "stub-level": LEVEL,
    "plan-approval": dpp("approvedIn"),
    "plan-period": frozenset({f"<{PREFIXES['dct']}temporal>"}),
    "plan-period-of-title": frozenset({f"<{PREFIXES['dct']}temporal>"}),
    "line-position-missing": dpp("hasLineOfAction", "hasSubLine", "position"),
    "target-percent": dpp("unit", "targetValue"),
    "target-deadline": dpp("deadline"),
    "period-end-known": dpp("openEnded") | {f"<{PREFIXES['dcat']}endDate>"},
    "plan-title-years": frozenset(f"<{PREFIXES['dcat']}{name}Date>" for name in ("start", "end")),
}
"""What is read by those shapes that name no property in their results."""
