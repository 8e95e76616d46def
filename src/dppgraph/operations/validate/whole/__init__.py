"""Judging a whole: pySHACL is asked only about the nodes of which nothing simpler says that they are right.

A test that is far faster than pySHACL, and never says more than it knows, goes over all nodes first (``holds`` for what is
said of a node, ``asked`` for what is said in SPARQL). Whatever it does not find right beyond doubt is judged by pySHACL,
so the results are pySHACL's own (docs/decisions/0028-whole.md).

``kinds`` says which literals mean one thing to everybody, ``groups`` reads sorted lines node by node, ``exact`` looks quads
up in the engine and gives them as they were written, ``targets`` and ``sieve`` find what is left to judge, ``whole`` has it
judged.
"""

from dppgraph.operations.validate.whole.whole import Whole, whole_results

__all__ = ["Whole", "whole_results"]
