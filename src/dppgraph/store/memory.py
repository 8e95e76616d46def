"""A store in this process, for our own queries over our own data: rules and checks, never what a caller wrote."""

from collections.abc import Iterable, Iterator

import pyoxigraph

from dppgraph.core.quads import Quad
from dppgraph.errors import QuerySyntax
from dppgraph.store.rdf import engine_quads, exact_term


class MemoryStore:
    """Quads in memory. Literals come back as Oxigraph rewrites them: fit to reason with, not to publish."""

    def __init__(self, quads: Iterable[Quad] = ()) -> None:
        self._store = pyoxigraph.Store()
        self.add(quads)

    def add(self, quads: Iterable[Quad]) -> None:
        """Adds quads; those that are there already stay."""
        self._store.extend(engine_quads(quads))

    def construct(self, text: str, *, base: str) -> Iterator[Quad]:
        """The triples of a CONSTRUCT over the union of all graphs, as quads of the default graph.

        Raises:
            QuerySyntax: the text is no CONSTRUCT that parses.
        """
        answer = self._query(text, base)
        if not isinstance(answer, pyoxigraph.QueryTriples):
            raise QuerySyntax("a rule is a CONSTRUCT")
        return (Quad(str(triple.subject), str(triple.predicate), exact_term(triple.object)) for triple in answer)

    def select(self, text: str, *, base: str) -> Iterator[dict[str, str]]:
        """The rows of a SELECT over the union of all graphs: column to term, unbound columns absent.

        Raises:
            QuerySyntax: the text is no SELECT that parses.
        """
        answer = self._query(text, base)
        if not isinstance(answer, pyoxigraph.QuerySolutions):
            raise QuerySyntax("this is to be a SELECT")
        names = [variable.value for variable in answer.variables]
        return ({name: exact_term(row[name]) for name in names if row[name] is not None} for row in answer)

    def _query(self, text: str, base: str) -> object:
        try:
            return self._store.query(text, base_iri=base, use_default_graph_as_union=True)
        except SyntaxError as error:
            raise QuerySyntax(str(error)) from error
