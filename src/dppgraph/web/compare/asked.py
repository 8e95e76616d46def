"""What is asked of a comparison: two plans, and how sure a reading must be."""

from decimal import Decimal
from typing import NamedTuple

from dppgraph.errors import BadParameter
from dppgraph.operations.compare import LEAST
from dppgraph.operations.queries import Parameter
from dppgraph.operations.queries.parameters import TYPES
from dppgraph.web.parameters import Parameters

_CLASS = "dpp:PolicyInstrument"
_PLAN = "id/plan/x"


class Asked(NamedTuple):
    """What is asked.

    Attributes:
        older: the older plan, as it was written; empty where none was chosen.
        newer: likewise the newer one.
        least: how sure a reading must be at least to count.
        written: that, as it was written; empty where it was not.
    """

    older: str
    newer: str
    least: Decimal
    written: str

    def terms(self, base: str) -> tuple[str, str]:
        """The two plans as terms; empty for one that was not chosen.

        Raises:
            BadParameter: one of them is no IRI.
        """
        older, newer = (
            Parameter(name, name, TYPES["iri"], _CLASS, False, None, _PLAN, {}).term(value, base) if value else ""
            for name, value in (("older", self.older), ("newer", self.newer))
        )
        return older, newer

    @property
    def parameters(self) -> dict[str, str]:
        """What of it an address has."""
        given = {"older": self.older, "newer": self.newer, "minConfidence": self.written}
        return {name: value for name, value in given.items() if value}


def asked_of(parameters: Parameters) -> Asked:
    """What the parameters of an address ask.

    Raises:
        BadParameter: one is given twice, or the confidence is no number from 0 to 1.
    """
    given = {}
    for name in ("older", "newer", "minConfidence"):
        values = [value.strip() for known, value in parameters if known == name]
        if len(values) > 1:
            raise BadParameter(f"the parameter {name} is given twice: give it once")
        given[name] = values[0] if values else ""
    written = given["minConfidence"]
    if written and not TYPES["decimal"].pattern.fullmatch(written):
        raise BadParameter(f"minConfidence is {written[:20]!r}: it must be a number such as 0.8")
    least = Decimal(written) if written else LEAST
    if not 0 <= least <= 1:
        raise BadParameter(f"minConfidence is {written[:20]!r}: it must be from 0 to 1")
    return Asked(given["older"], given["newer"], least, written)
