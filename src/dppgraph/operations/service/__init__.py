"""How the endpoint describes itself: to whoever asks it without a query, and in the graph, where clients look.

``description`` is the SPARQL Service Description of a running server. ``statistics`` (VoID) and ``examples`` (queries
and prefixes) go into the graph ``catalogue`` when a version is built, since they are the same on every server;
``void_document`` is those statistics as a document.
"""

from dppgraph.operations.service.description import (
    Endpoint,
    Graphs,
    described,
    graphs_request,
    known_graphs,
    read_graphs,
)
from dppgraph.operations.service.examples import examples
from dppgraph.operations.service.statistics import counted, statistics, statistics_following, tells_counted
from dppgraph.operations.service.tally import Tally, tally_said
from dppgraph.operations.service.tallying import Tallying, classes_in, tally_in, tally_of
from dppgraph.operations.service.void import void_document

__all__ = [
    "Endpoint",
    "Graphs",
    "Tally",
    "Tallying",
    "classes_in",
    "counted",
    "described",
    "examples",
    "graphs_request",
    "known_graphs",
    "read_graphs",
    "statistics",
    "statistics_following",
    "tally_in",
    "tally_of",
    "tally_said",
    "tells_counted",
    "void_document",
]
