"""Which plans have files of their own: those of which more is known than a name."""

from collections.abc import Iterable
from typing import Final

from dppgraph.core.iris import PLAN_CLASSES, PREFIXES
from dppgraph.core.quads import parse_line

_DPP: Final = PREFIXES["dpp"]
_TYPE: Final = f"<{PREFIXES['rdf']}type>"

_OF_PLAN: Final = frozenset((f"<{_DPP}hasLineOfAction>", f"<{_DPP}approvedIn>", f"<{PREFIXES['dct']}temporal>"))
_TO_PLAN: Final = frozenset((f"<{_DPP}lineOf>", f"<{_DPP}decidesOn>"))


def plans_in(lines: Iterable[str]) -> list[str]:
    """The IRIs of the plans that have lines of action, a period or an approval; sorted."""
    plans: set[str] = set()
    known: set[str] = set()
    for line in lines:
        subject, predicate, _ = line.split(" ", 2)
        if predicate == _TYPE:
            if parse_line(line).object[1:-1] in PLAN_CLASSES:
                plans.add(subject)
        elif predicate in _OF_PLAN:
            known.add(subject)
        elif predicate in _TO_PLAN:
            known.add(parse_line(line).object)
    return sorted(term[1:-1] for term in plans & known if term.startswith("<"))
