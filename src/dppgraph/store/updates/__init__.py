"""From a request to write to the exact lines that there are more and less: SPARQL updates and the Graph Store Protocol.

The engine evaluates each WHERE; what is made of its solutions is worked out here, in exact quads, because the engine
tells nobody what it changed, and rewrites literals. What it costs goes by the size of the change.
"""

from dppgraph.store.history import QuadPattern
from dppgraph.store.updates.documents import Document, deleted, merged_into, put
from dppgraph.store.updates.scope import named_graph
from dppgraph.store.updates.target import ExactQuads, Stated, Target
from dppgraph.store.updates.update import patched, updated

__all__ = [
    "Document",
    "ExactQuads",
    "QuadPattern",
    "Stated",
    "Target",
    "deleted",
    "merged_into",
    "named_graph",
    "patched",
    "put",
    "updated",
]
