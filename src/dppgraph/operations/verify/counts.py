"""How many statements there are: as the server answers queries, as its statistics say, and as its dump has them."""

from collections.abc import Iterator
from typing import Final

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import literal, parse_line
from dppgraph.errors import BadRdf
from dppgraph.operations.service import graphs_request, read_graphs
from dppgraph.operations.verify.finding import Finding, WrongError
from dppgraph.operations.verify.lines import Counted
from dppgraph.operations.verify.server import Server
from dppgraph.operations.verify.told import Told

_VOCABULARY, _TRIPLES = (f"<{PREFIXES['void']}{name}>" for name in ("vocabulary", "triples"))
_VOID: Final = ".well-known/void"


def check_counts(server: Server, told: Told, counted: Counted) -> Iterator[Finding]:
    """What is found of the numbers.

    Args:
        server: the server.
        told: what it says of the version.
        counted: the version's statements.

    Raises:
        WrongError: the server answers nothing that could be so.
        DppgraphError: as ``Server.answer``.
    """
    number = told.named.version
    if counted.quads != told.quads:
        said = f"version {number} is said to have {told.quads:,} statements, its dump has {counted.quads:,}"
        yield Finding("counts", False, said)
    found = _by_query(server, told)
    wrong = False
    for graph in sorted(set(found) | set(counted.graphs)):
        there, has = counted.graphs[graph], found.get(graph, 0)
        if graph and not there - counted.alike[graph] <= has <= there:
            wrong = True
            yield Finding("counts", False, f"a query finds {has:,} statements in <{graph}>, the dump has {there:,}")
    if not wrong:
        graphs = sum(1 for graph in counted.graphs if graph)
        yield Finding(
            "counts", True, f"a query finds as many statements in each graph as the dump has (graphs: {graphs})"
        )
    yield from _statistics(server, counted)


def _by_query(server: Server, told: Told) -> dict[str, int]:
    number = told.named.version
    text = graphs_request("sizes", version=number).text
    answered = server.answer("sparql", query=text, format=formats.JSON.name, version=str(number))
    if answered.named != told.named:
        raise WrongError(f"a query of version {number} is answered from version {answered.named.version}")
    try:
        return {graph: triples or 0 for graph, triples in read_graphs(answered.content).items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise WrongError("the query for the sizes of graphs is not answered as a table in JSON") from error


def _statistics(server: Server, counted: Counted) -> Iterator[Finding]:
    """The statistics (VoID), which are of the version that the files are of."""
    answered = server.answer(_VOID, format=formats.NTRIPLES.name)
    try:
        quads = [parse_line(line) for line in answered.content.decode().splitlines()]
    except (BadRdf, UnicodeDecodeError) as error:
        raise WrongError(f"/{_VOID} is no N-Triples: {error}") from error
    wholes = {quad.subject for quad in quads if quad.predicate == _VOCABULARY}
    said = [quad.object for quad in quads if quad.predicate == _TRIPLES and quad.subject in wholes]
    if not said:
        return
    expected = literal(str(counted.described), datatype=f"{PREFIXES['xsd']}integer")
    if said != [expected]:
        figures = ", ".join(term.split('"')[1] if '"' in term else term for term in said)
        yield Finding("statistics", False, f"/{_VOID} says {figures} triples, the dump has {counted.described:,}")
    else:
        yield Finding("statistics", True, f"/{_VOID} says {counted.described:,} triples, as the dump has")
