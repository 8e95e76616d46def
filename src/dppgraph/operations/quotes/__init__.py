"""The quotes of a source, in reading order: which facts rest on them, and which stretches carry none yet."""

from dppgraph.operations.quotes.coverage import Coverage, coverage_of
from dppgraph.operations.quotes.reading import Carried, Gap, Quoted, Reading, read_source
from dppgraph.operations.quotes.segments import Segment, segments
from dppgraph.operations.quotes.sources import SOURCES, QuotedSource, SourceList, list_sources, quoted_sources
from dppgraph.operations.quotes.texts import Texts

__all__ = [
    "SOURCES",
    "Carried",
    "Coverage",
    "Gap",
    "Quoted",
    "QuotedSource",
    "Reading",
    "Segment",
    "SourceList",
    "Texts",
    "coverage_of",
    "list_sources",
    "quoted_sources",
    "read_source",
    "segments",
]
