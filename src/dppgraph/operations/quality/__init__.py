"""How good a version is: what the shapes found, what it rests on, what is missing or disputed in it."""

from dppgraph.operations.quality.asked import ASKED, Rows, requests, rows_of
from dppgraph.operations.quality.quality import Answers, Labels, Measured, Quality, Quotes, Told, quality

__all__ = [
    "ASKED",
    "Answers",
    "Labels",
    "Measured",
    "Quality",
    "Quotes",
    "Rows",
    "Told",
    "quality",
    "requests",
    "rows_of",
]
