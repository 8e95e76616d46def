"""A SPARQL update as text: the operations that it is made of, and the quads that these say.

``cutting`` finds the operations, ``blocks`` writes what stands in their braces as TriG. Both are for texts that an
engine has found to be valid: what they make of another one is of no use, but they make it in linear time.
"""

from dppgraph.core.update_text.blocks import as_trig, leading, names_graphs, variables, verbatim
from dppgraph.core.update_text.cutting import Operation, Part, Verb, cut, parts

__all__ = ["Operation", "Part", "Verb", "as_trig", "cut", "leading", "names_graphs", "parts", "variables", "verbatim"]
