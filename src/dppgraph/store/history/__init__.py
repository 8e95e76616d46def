"""The exact quads of all versions of a store, each with the versions in which it was there, in one SQLite file.

What a query asks is the engine's copy of one version, in which literals are rewritten (``01`` becomes ``1``).
Documents, fragments, comparisons and judgements are made from what was published, of any version, so they need it at
hand, without all of it in memory; and a change has to cost by its own size, not by that of the graph.

``history`` opens the file, ``exact`` looks things up in one version, ``lasting`` says since when they are there, and
``writing`` adds versions. It is a cache: what is lost or damaged is made anew from the versions' own files.
"""

from dppgraph.store.history.beginning import begin
from dppgraph.store.history.exact import ExactQuads, Pattern, QuadPattern
from dppgraph.store.history.history import History, Span
from dppgraph.store.history.lasting import Fate, Lasting, count_lasting, fate, lasting
from dppgraph.store.history.writing import add_version, catch_up, forget_after, forget_all_but, since_last

__all__ = [
    "ExactQuads",
    "Fate",
    "History",
    "Lasting",
    "Pattern",
    "QuadPattern",
    "Span",
    "add_version",
    "begin",
    "catch_up",
    "count_lasting",
    "fate",
    "forget_after",
    "forget_all_but",
    "lasting",
    "since_last",
]
