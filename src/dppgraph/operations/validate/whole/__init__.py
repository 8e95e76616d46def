"""Judging a whole: pySHACL is asked only about the nodes of which nothing simpler says that they are right.

A test that is far faster than pySHACL, and never says more than it knows, goes over all nodes first: ``holds`` for what
is said of a node, ``asked`` for what is said in SPARQL. Whatever it does not find right beyond doubt is judged by
pySHACL, so the results are pySHACL's own (docs/decisions/0025-whole.md).

``kinds`` says which literals mean one thing to everybody, ``groups`` reads sorted lines node by node, ``exact`` and
``scope`` look quads up in the engine and give them as they were written, ``sieve`` finds what is left to judge,
``beside`` what is judged without shapes, ``whole`` puts all together.
"""

from dppgraph.operations.validate.whole.whole import Checks, Whole

__all__ = ["Checks", "Whole"]
