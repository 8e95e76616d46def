"""What a statement rests on: the words of a source, a rule, another source, or a reading of ours."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from dppgraph.core.iris import PREFIXES
from dppgraph.operations.facts.text import Text

_DPP: Final = PREFIXES["dpp"]

PROVENANCE: Final = {
    f"<{_DPP}SourceStatement>": "source",
    f"<{_DPP}InferredStatement>": "inferred",
    f"<{_DPP}InterpretedStatement>": "interpretation",
    f"<{_DPP}LineContinuity>": "interpretation",
    f"<{_DPP}ExternalStatement>": "external",
}
"""The provenance class of what a class of statements describes, by the name of its graph."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one description of a statement says.

    Attributes:
        statement: the description, as a term.
        provenance: ``source``, ``inferred``, ``interpretation`` or ``external``.
        quote: the exact words, where it has some.
        start: where they begin in the source, in code points from 0.
        end: where they end, exclusive.
        source: the source document, as a term.
        page: the source's own address, as a term.
        confidence: how sure a reading is, 0 to 1.
        rationale: why it is read so.
        attributed: who read it so, as a term.
        rule: the rule that it follows by, as a term.
        verification: whether it was verified, as a term.
    """

    statement: str
    provenance: str
    quote: Text | None = None
    start: int | None = None
    end: int | None = None
    source: str | None = None
    page: str | None = None
    confidence: Decimal | None = None
    rationale: Text | None = None
    attributed: str | None = None
    rule: str | None = None
    verification: str | None = None
