"""Searching a version: its labels, definitions and quotes, in all languages.

``entries`` says what is indexed when the harvest is made; ``find`` answers what is typed into a search box.
"""

from dppgraph.operations.search.entries import KINDS, entries_of
from dppgraph.operations.search.find import LONGEST, PAGE, Hit, Results, Suggestion, search, suggest
from dppgraph.operations.search.snippet import Piece, marked

__all__ = [
    "KINDS",
    "LONGEST",
    "PAGE",
    "Hit",
    "Piece",
    "Results",
    "Suggestion",
    "entries_of",
    "marked",
    "search",
    "suggest",
]
