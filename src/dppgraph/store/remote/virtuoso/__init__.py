"""Where Virtuoso 7 reads, counts and spells otherwise than SPARQL 1.1 has it, and what is done about that.

``literals`` has the values that it would change, merge or not take, ``asked`` the text of a query, ``expressions`` what
is in its brackets. What cannot be cured is refused, or is named in docs/endpoint.md.
"""

from dppgraph.store.remote.virtuoso.asked import asked
from dppgraph.store.remote.virtuoso.literals import loaded, probe, read

__all__ = ["asked", "loaded", "probe", "read"]
