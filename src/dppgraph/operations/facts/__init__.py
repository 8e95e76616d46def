"""What is said of things, in the language of whoever reads it, and what each statement rests on."""

from dppgraph.operations.facts.evidence import PROVENANCE, Evidence
from dppgraph.operations.facts.facts import Fact, Facts, compact
from dppgraph.operations.facts.text import Text, best, text_of

__all__ = ["PROVENANCE", "Evidence", "Fact", "Facts", "Text", "best", "compact", "text_of"]
