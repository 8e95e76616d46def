"""The documents about things: ``/id/...`` leads to ``/doc/...``, which comes in every format, and as a page.

``endpoint`` answers, ``signposts`` says how a document hangs together with others, ``page`` is what people read.
"""

from dppgraph.web.documents.endpoint import Documents, add_document_routes

__all__ = ["Documents", "add_document_routes"]
