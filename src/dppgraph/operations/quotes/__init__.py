"""The quotes of a source, in reading order: which facts rest on them, and which stretches carry none yet."""

from dppgraph.operations.quotes.coverage import Coverage, coverage_of
from dppgraph.operations.quotes.reading import Gap, Quoted, Reading, read_source
from dppgraph.operations.quotes.segments import Segment, segments
from dppgraph.operations.quotes.sources import QuotedSource, quoted_sources
from dppgraph.operations.quotes.texts import Texts

__all__ = [
    "Coverage",
    "Gap",
    "Quoted",
    "QuotedSource",
    "Reading",
    "Segment",
    "Texts",
    "coverage_of",
    "quoted_sources",
    "read_source",
    "segments",
]
