"""Which things a changed triple can matter to: so that a small change costs little, however large the graph is.

``sparql`` reads where a query looks, ``paths`` takes property paths apart, ``touched`` goes from changed triples to the
things that a query is about. The first two load rdflib: they are imported where they are needed.
"""

from dppgraph.operations.touched.sites import NotFollowed, Pattern, Site
from dppgraph.operations.touched.touched import Ask, Triple, touched

__all__ = ["Ask", "NotFollowed", "Pattern", "Site", "Triple", "touched"]
