"""Two plans side by side: which lines of action were carried on, how and how surely, which are new, which dropped."""

from dppgraph.operations.compare.compare import LEAST, Comparison, Line, Reading, compare, line_of
from dppgraph.operations.compare.pairs import Beside, Pair, beside_of, read_beside

__all__ = ["LEAST", "Beside", "Comparison", "Line", "Pair", "Reading", "beside_of", "compare", "line_of", "read_beside"]
