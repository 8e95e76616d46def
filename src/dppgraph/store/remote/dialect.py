"""How engines differ: one frozen value for each, and no ``if engine ==`` anywhere else.

All are asked alike: by POST, for tables in SPARQL's JSON and for triples in N-Triples or Turtle, over graphs that the
request names one by one. Both formats are read to their end here and written anew in the format that the client wants,
so an engine's own way of writing CSV or XML matters to nobody. What is left of their differences is in here.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.errors import BadSetting
from dppgraph.store.merge import as_the_engine_has_them
from dppgraph.store.remote import virtuoso

AUTO: Final = "auto"
_NOTHING: Final = re.compile(r"(?!)")
_MIB: Final = 1 << 20


def as_they_are(terms: Sequence[str]) -> list[str]:
    """Terms as an engine keeps them that changes none."""
    return list(terms)


def _is_whole(_: Mapping[str, str]) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Dialect:
    """What is peculiar to one engine.

    Attributes:
        name: as ``--dialect`` has it.
        title: as people call it.
        tested: whether the contract suite runs over it.
        known_by: found in what an answer's head says, a line ``name: value`` for each field, and in a line
            ``host: NAME`` before them: tells the engine.
        update_at: the address of updates, where the one of queries ends so: (end of that, end of this); where it ends
            otherwise, both are the same.
        update_parameter: the form's parameter that has an update's text; empty where the text is the body itself.
        timeout: the parameter that tells the engine a query's deadline; empty where it knows none.
        per_second: how many of the parameter's units a second has.
        triples: what CONSTRUCT and DESCRIBE are asked for in: N-Triples or Turtle.
        triples_type: the media type that asks for it.
        graphs_at_once: graphs over which ``GRAPH ?g { }`` is written out one by one; for more of them, as VALUES.
        insert_bytes: bytes that the text of one INSERT DATA may have.
        insert_triples: triples that it may have.
        asked: changes the text of a query, all else done, into what the engine takes; as a rule nothing. Raises a
            DppgraphError for what must not reach the engine, or what it is known not to answer.
        loaded: terms (canonical N-Triples) as they are written into an INSERT DATA for the engine.
        kept: the same terms as the engine gives them back. What is compared after a publication are these.
        read: a term that came from the engine as clients are told it, where the engine spells it otherwise; None where
            none needs a change (as it then costs nothing).
        late: found in the text of an error, or at the end of an answer, that tells of the engine's own deadline.
        unable: found in the text of an error that tells that the engine cannot answer a query which is one.
        probe: gives a query with so many rows, of which the answer's head tells whether the engine cuts answers short
            (``whole``); None where none does so by itself.
        whole: of an answer's head (lower-case field names): whether it is all there is. False for an engine's way of
            saying that it gave up half-way.
        forbidden: schemes of IRIs, or prefixes, that reach something in the engine that is no graph.
        auth: how a user and a password are sent.
        clear: the update that empties a graph and forgets it, with ``{graph}`` for its term.
    """

    name: str
    title: str
    known_by: re.Pattern[str]
    tested: bool = False
    update_at: tuple[str, str] = ("", "")
    update_parameter: str = ""
    timeout: str = ""
    per_second: int = 1
    triples: Format = formats.NTRIPLES
    triples_type: str = "application/n-triples"
    graphs_at_once: int = 16
    insert_bytes: int = _MIB
    insert_triples: int = 10_000
    asked: Callable[[str], str] = str
    loaded: Callable[[Sequence[str]], list[str]] = as_they_are
    kept: Callable[[Sequence[str]], list[str]] = as_they_are
    read: Callable[[str], str] | None = None
    late: re.Pattern[str] = _NOTHING
    unable: re.Pattern[str] = _NOTHING
    probe: Callable[[int], str] | None = None
    whole: Callable[[Mapping[str, str]], bool] = _is_whole
    forbidden: tuple[str, ...] = ()
    auth: Literal["basic", "digest"] = "basic"
    clear: str = "DROP SILENT GRAPH {graph}"

    def update_url(self, url: str) -> str:
        """Where updates go, if nobody says, for an engine that is asked at an address."""
        ending, other = self.update_at
        return f"{url.removesuffix(ending)}{other}" if url.endswith(ending) else url


OXIGRAPH: Final = Dialect(
    name="oxigraph",
    title="Oxigraph server",
    known_by=re.compile(r"^server: oxigraph", re.IGNORECASE | re.MULTILINE),
    tested=True,
    update_at=("/query", "/update"),
    kept=as_the_engine_has_them,
    late=re.compile("The SPARQL operation has been cancelled"),
)

VIRTUOSO: Final = Dialect(
    name="virtuoso",
    title="Virtuoso 7",
    tested=True,
    known_by=re.compile(r"^server: virtuoso", re.IGNORECASE | re.MULTILINE),
    # No timeout: told of one, it cuts an answer short there, and says nothing. Its own deadline is a true error.
    insert_bytes=256 << 10,
    insert_triples=1000,
    asked=virtuoso.asked,
    loaded=virtuoso.loaded,
    kept=as_the_engine_has_them,
    read=virtuoso.read,
    probe=virtuoso.probe,
    late=re.compile("S1T00"),
    # What is of another make than the error of a syntax, SP030: what it cannot compile, convert, divide, or follow.
    unable=re.compile(r"Virtuoso (37000 Error (?!SP030)|22|42|S0|SR|HY|07)"),
    # An "anytime" answer that its deadline cut short, or one that ResultSetMaxRows did.
    whole=lambda head: "x-sql-state" not in head and "x-sparql-maxrows" not in head,
    forbidden=("bif", "sql", "virtrdf"),
)

FUSEKI: Final = Dialect(
    name="fuseki",
    title="Apache Jena Fuseki",
    known_by=re.compile(r"^fuseki-request-id: |^server: .*fuseki", re.IGNORECASE | re.MULTILINE),
    update_at=("/query", "/update"),
    timeout="timeout",
    late=re.compile("[Qq]uery (timed out|execution time limit)"),
    # ARQ loads a class of that name for it.
    forbidden=("java",),
)

GRAPHDB: Final = Dialect(
    name="graphdb",
    title="GraphDB",
    known_by=re.compile(r"^server: .*graphdb|^vary: .*graphdb|^x-graphdb", re.IGNORECASE | re.MULTILINE),
    # RDF4J's protocol: /repositories/NAME is asked, /repositories/NAME/statements is changed.
    update_at=("", "/statements"),
    timeout="timeout",
    late=re.compile("[Qq]uery evaluation (took too long|exceeded)|QueryInterruptedException"),
)

QLEVER: Final = Dialect(
    name="qlever",
    title="QLever",
    known_by=re.compile(r"^(server|x-powered-by): .*qlever", re.IGNORECASE | re.MULTILINE),
    triples=formats.TURTLE,
    triples_type="text/turtle",
    timeout="timeout",
    late=re.compile("[Oo]peration timed out|timed out"),
)

STARDOG: Final = Dialect(
    name="stardog",
    title="Stardog",
    known_by=re.compile(r"^(server: .*stardog|sd-error-code: )", re.IGNORECASE | re.MULTILINE),
    update_at=("/query", "/update"),
    timeout="timeout",
    per_second=1000,
    late=re.compile("Execution time exceeded"),
)

NEPTUNE: Final = Dialect(
    name="neptune",
    title="Amazon Neptune",
    known_by=re.compile(r"^host: .*\.neptune\.amazonaws\.com", re.IGNORECASE | re.MULTILINE),
    late=re.compile("TimeLimitExceededException"),
    insert_bytes=128 << 10,
)

OTHER: Final = Dialect(
    name="sparql",
    title="any other SPARQL 1.1 server",
    known_by=_NOTHING,
)

DIALECTS: Final = (OXIGRAPH, VIRTUOSO, FUSEKI, GRAPHDB, QLEVER, STARDOG, NEPTUNE, OTHER)


def named(name: str) -> Dialect:
    """The dialect of that name.

    Raises:
        BadSetting: there is none.
    """
    for dialect in DIALECTS:
        if dialect.name == name:
            return dialect
    names = ", ".join(dialect.name for dialect in DIALECTS)
    raise BadSetting(f"there is no dialect {name!r}: take one of {names}, or {AUTO}")


def recognised(host: str, head: Sequence[tuple[str, str]]) -> Dialect:
    """The dialect of an engine, by where it is and the head of one of its answers; :data:`OTHER` if nothing tells."""
    said = "\n".join([f"host: {host}", *(f"{name.lower()}: {value}" for name, value in head)])
    return next((dialect for dialect in DIALECTS if dialect.known_by.search(said)), OTHER)
