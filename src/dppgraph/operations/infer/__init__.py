"""The inferred graph: what follows from the stated facts, by named rules in ``ontology/rules/*.rq``.

A rule is a CONSTRUCT. Rules of one stratum run together, again and again, until none adds anything; then come those of
the next stratum. A rule that concludes from absence stands in a later stratum than whatever could fill the gap. What is
stated already is not inferred once more, and nothing rests on the graphs ``interpretation`` and ``catalogue``.

Each inferred triple is described by a ``dpp:InferredStatement`` that names its rule. ``infer`` finds all of them,
``following`` what a change makes of them, which costs by the size of the change.
"""

from dppgraph.operations.infer.infer import inferred, inferred_in, traced, traced_lines
from dppgraph.operations.infer.looking import Patterns
from dppgraph.operations.infer.rules import Rule, read_rules, unseen_graphs

__all__ = ["Patterns", "Rule", "inferred", "inferred_in", "read_rules", "traced", "traced_lines", "unseen_graphs"]
