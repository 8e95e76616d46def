"""Two plans side by side: which lines of action were carried on, how and how surely, which are new, which dropped."""

from dppgraph.operations.compare.compare import LEAST, Comparison, Line, Reading, compare, line_of
from dppgraph.operations.compare.pairs import Pair, comparable, pairs

__all__ = ["LEAST", "Comparison", "Line", "Pair", "Reading", "comparable", "compare", "line_of", "pairs"]
