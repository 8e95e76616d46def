"""The exact quads of one version, looked up: by subject, by object, by any pattern."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad

_LAST: Final = "\U0010ffff"
_TYPE: Final = f"<{PREFIXES['rdf']}type>"


def _sql(text: str, **parts: str) -> str:
    """A text in SQL, with what is said more than once put in where its name stands in capitals."""
    parts = {
        "NAMED": " ".join(f"JOIN terms AS {column} ON {column}.id = found.{column}" for column in "spo"),
        "THERE": "since <= :version AND until > :version",
        "LATEST": "version = (SELECT MAX(version) FROM things AS l WHERE l.iri = things.iri AND l.version <= :version)",
        **parts,
    }
    for name, part in parts.items():
        text = text.replace(name, part)
    return text


_QUADS: Final = _sql("""
    SELECT s.term, p.term, o.term, g.term
    FROM (SELECT s, p, o, g FROM quads WHERE {where} THERE LIMIT :limit) AS found
    NAMED JOIN terms AS g ON g.id = found.g
""")
_SAYING: Final = _sql("""
    SELECT s.term, p.term, o.term, g.term FROM (
        SELECT s, p, o, g FROM quads
        WHERE s = :s AND p IN (SELECT id FROM terms WHERE term IN ({places})) AND THERE
    ) AS found NAMED JOIN terms AS g ON g.id = found.g
""")
_IN_BUCKET: Final = _sql("""
    SELECT s.term, p.term, o.term, g.term FROM (
        SELECT q.s, q.p, q.o, q.g FROM subjects CROSS JOIN quads AS q ON q.s = subjects.s
        WHERE bucket = :bucket AND THERE
    ) AS found NAMED JOIN terms AS g ON g.id = found.g
""")
_SUBJECTS: Final = _sql("""
    SELECT term FROM terms
    WHERE term > :start AND term < :end AND EXISTS (SELECT * FROM quads WHERE s = terms.id AND THERE)
    ORDER BY term LIMIT :limit
""")
_MATCH: Final = _sql("""
    SELECT s.term, p.term, o.term FROM (
        SELECT DISTINCT s, p, o FROM quads WHERE {where} THERE ORDER BY {order} LIMIT :limit OFFSET :offset
    ) AS found NAMED
    ORDER BY {found}
""")
# From the many that have a property to what it is, or from the things of a class to it: neither is sorted.
_PAIRS: Final = _sql("""
    SELECT s.term, o.term FROM (SELECT DISTINCT s, o FROM quads WHERE p = :p AND THERE) AS found
    JOIN terms AS s ON s.id = found.s JOIN terms AS o ON o.id = found.o
""")
_PAIRS_OF: Final = _sql("""
    SELECT s.term, o.term FROM (
        SELECT DISTINCT found.s, found.o
        FROM (SELECT s FROM quads WHERE p = :type AND o = :class AND THERE) AS things
        CROSS JOIN (SELECT s, o FROM quads WHERE p = :p AND THERE) AS found ON found.s = things.s
    ) AS found
    JOIN terms AS s ON s.id = found.s JOIN terms AS o ON o.id = found.o
""")
_COUNT: Final = _sql("SELECT COUNT(*) FROM (SELECT DISTINCT s, p, o FROM quads WHERE {where} THERE)")
_POINTING: Final = _sql("""
    SELECT term, COUNT(*) FROM (SELECT DISTINCT s, p FROM quads WHERE o = :o AND THERE) AS found
    JOIN terms ON terms.id = found.p
    GROUP BY term ORDER BY term
""")
_THINGS: Final = _sql("""
    SELECT iri, version FROM things WHERE ours AND present AND LATEST ORDER BY iri LIMIT :limit OFFSET :offset
""")
_COUNT_THINGS: Final = _sql("SELECT COUNT(*) FROM things WHERE ours AND present AND LATEST")
_IS_GONE: Final = _sql("SELECT COUNT(*) FROM things WHERE iri = :iri AND NOT present AND LATEST")
_GONE: Final = _sql("SELECT iri FROM things WHERE NOT present AND LATEST ORDER BY iri")
_OF_GRAPH: Final = _sql("""
    SELECT s.term, p.term, o.term FROM (
        SELECT DISTINCT s, p, o FROM quads WHERE {where} THERE LIMIT :limit
    ) AS found NAMED
""")
# Term by term, in the order of their text: nothing is sorted, and the next ones begin after the last.
_FROM_SUBJECT: Final = _sql("""
    SELECT found.term, p.term, o.term FROM (
        SELECT DISTINCT terms.term, p, o FROM terms CROSS JOIN quads ON s = terms.id
        WHERE term > :after AND {where} THERE ORDER BY term LIMIT :limit
    ) AS found JOIN terms AS p ON p.id = found.p JOIN terms AS o ON o.id = found.o
""")
_GRAPHS: Final = _sql("""
    SELECT term, n FROM (SELECT g, COUNT(*) AS n FROM quads WHERE THERE GROUP BY g) JOIN terms ON id = g ORDER BY term
""")

Triple = tuple[str, str, str]
"""Three terms."""

Ask = Callable[[str, Mapping[str, object]], list[tuple[Any, ...]]]


class Pattern(NamedTuple):
    """What a triple may look like: a term, or None for any, in each place."""

    subject: str | None = None
    predicate: str | None = None
    object: str | None = None


class QuadPattern(NamedTuple):
    """Likewise a quad; an empty graph is the default graph."""

    subject: str | None = None
    predicate: str | None = None
    object: str | None = None
    graph: str | None = None


class ExactQuads:
    """The exact quads of one version; may be asked by several threads.

    Args:
        ask: answers a question in SQL, given values by name.
        number_of: gives the number of a term, or None where it has none.
        version: the version.
        close: lets the file go.
    """

    def __init__(
        self, ask: Ask, number_of: Callable[[str], int | None], version: int, close: Callable[[], object] = lambda: None
    ) -> None:
        self._ask = ask
        self._number_of = number_of
        self.version = version
        self._close = close

    def about(self, subject: str) -> list[str]:
        """The lines of a subject, given as a term; sorted."""
        return sorted(quad.line() for quad in self.quads(QuadPattern(subject)))

    def saying(self, subject: str, predicates: frozenset[str]) -> list[str]:
        """Those of a subject's lines that have one of these predicates; sorted."""
        number = self._number(subject)
        if number is None:
            return []
        names = {f"p{place}": term for place, term in enumerate(sorted(predicates))}
        text = _SAYING.format(places=", ".join(f":{name}" for name in names))
        return sorted(Quad(*row).line() for row in self._asked(text, {"s": number, **names}))

    def quads(self, pattern: QuadPattern, *, outside: str | None = None, limit: int = -1) -> list[Quad]:
        """The quads that a pattern fits, in no order.

        Args:
            pattern: the pattern.
            outside: the graph whose quads are left out; None where none are.
            limit: how many to give at most; below 0, all.
        """
        where, values = self._where(pattern, "spog")
        if values is None:
            return []
        values["limit"] = limit
        if outside is not None and (number := self._number(outside)) is not None:
            where += "g != :outside AND "
            values["outside"] = number
        return [Quad(*row) for row in self._asked(_QUADS.format(where=where), values)]

    def has(self, quad: Quad) -> bool:
        """Whether a quad is there."""
        return bool(self.quads(QuadPattern(*quad)))

    def in_bucket(self, bucket: str) -> list[str]:
        """The lines of a bucket of the digest's tree (``core.digest.bucket_of``), in no order."""
        return [Quad(*row).line() for row in self._asked(_IN_BUCKET, {"bucket": int(bucket, 16)})]

    def parts(self, owner: str) -> list[str]:
        """The subjects that are a fragment of the thing ``owner``, as terms; sorted."""
        return self._subjects(f"{owner.removesuffix('>')}#", -1)

    def beginning(self, start: str, limit: int) -> list[str]:
        """The subjects whose term begins so, at most so many; sorted."""
        return self._subjects(start, limit)

    def subjects(self, predicate: str, object_: str) -> list[str]:
        """The subjects of the triples with this predicate and object; sorted."""
        return sorted(triple[0] for triple in self.match(Pattern(None, predicate, object_)))

    def match(self, pattern: Pattern, *, offset: int = 0, limit: int = -1) -> list[tuple[str, str, str]]:
        """Triples that a pattern fits, each once whatever graphs it is in, in a fixed order.

        Args:
            pattern: the pattern.
            offset: how many to leave out.
            limit: how many to give at most; below 0, all.
        """
        where, values = self._where(pattern, "spo")
        if values is None:
            return []
        by, found = (", ".join(f"{table}{column}" for column in _order(pattern)) for table in ("", "found."))
        text = _MATCH.format(where=where, order=by, found=found)
        rows = self._asked(text, values | {"limit": limit, "offset": offset})
        return [(row[0], row[1], row[2]) for row in rows]

    def pairs(self, predicate: str, class_: str | None = None) -> list[tuple[str, str]]:
        """Subject and object of all triples with a predicate, each once; in no order.

        Args:
            predicate: the predicate.
            class_: the class that their subjects have to be of; None for any subject.
        """
        given = {"p": predicate} if class_ is None else {"p": predicate, "type": _TYPE, "class": class_}
        values = {name: self._number(term) for name, term in given.items()}
        if None in values.values():
            return []
        return [(row[0], row[1]) for row in self._asked(_PAIRS if class_ is None else _PAIRS_OF, values)]

    def pointing(self, object_: str) -> list[str]:
        """The lines that have an object; in no order."""
        return [quad.line() for quad in self.quads(QuadPattern(None, None, object_))]

    def count(self, pattern: Pattern) -> int:
        """How many triples a pattern fits."""
        where, values = self._where(pattern, "spo")
        return 0 if values is None else int(self._asked(_COUNT.format(where=where), values)[0][0])

    def count_by_predicate(self, object_: str) -> dict[str, int]:
        """How many triples have an object, by their predicate; sorted."""
        number = self._number(object_)
        return {} if number is None else dict(self._asked(_POINTING, {"o": number}))

    def graphs(self) -> dict[str, int]:
        """How many quads each graph has, by its term; sorted, the default graph first."""
        return dict(self._asked(_GRAPHS, {}))

    def of_graph(self, graph: str | None, limit: int) -> list[Triple]:
        """Some triples of a graph (None: of all graphs, each once), at most so many; in no order."""
        return self._of_graph(_OF_GRAPH, graph, {"limit": limit})

    def from_subject(self, graph: str | None, after: str, limit: int) -> list[Triple]:
        """Likewise, those of the first subjects after one, by the order of their terms.

        Args:
            graph: the graph's term.
            after: the subject's term; empty to begin.
            limit: how many to give at most; those of the last subject may then not be all.
        """
        return self._of_graph(_FROM_SUBJECT, graph, {"after": after, "limit": limit})

    def things(self, *, offset: int = 0, limit: int = -1) -> list[tuple[str, int]]:
        """The things that have names of ours, as IRIs, each with the version that changed it last; by name.

        Args:
            offset: how many to leave out.
            limit: how many to give at most; below 0, all.
        """
        return [(iri, int(version)) for iri, version in self._asked(_THINGS, {"limit": limit, "offset": offset})]

    def count_things(self) -> int:
        """How many there are of them."""
        return int(self._asked(_COUNT_THINGS, {})[0][0])

    def is_gone(self, iri: str) -> bool:
        """Whether an earlier version knew a thing that this one does not."""
        return bool(self._asked(_IS_GONE, {"iri": iri})[0][0])

    def gone(self) -> list[str]:
        """Those things, as IRIs; sorted."""
        return [iri for (iri,) in self._asked(_GONE, {})]

    def close(self) -> None:
        """Lets the file go; whoever is looking something up in it then is told that it cannot be read."""
        self._close()

    def _subjects(self, start: str, limit: int) -> list[str]:
        values = {"start": start, "end": start + _LAST, "limit": limit}
        return [term for (term,) in self._asked(_SUBJECTS, values)]

    def _where(self, pattern: Iterable[str | None], columns: str) -> tuple[str, dict[str, object] | None]:
        """The condition that a pattern is, and its values; None for those where a term is not known."""
        given = [(column, term) for column, term in zip(columns, pattern, strict=True) if term is not None]
        values: dict[str, object] = {}
        for column, term in given:
            number = self._number(term)
            if number is None:
                return "", None
            values[column] = number
        return "".join(f"{column} = :{column} AND " for column, _ in given), values

    def _of_graph(self, text: str, graph: str | None, given: Mapping[str, object]) -> list[Triple]:
        where, values = self._where((graph,), "g")
        if values is None:
            return []
        return [(row[0], row[1], row[2]) for row in self._asked(text.format(where=where), {**values, **given})]

    def _number(self, term: str) -> int | None:
        return self._number_of(term)

    def _asked(self, text: str, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
        return self._ask(text, {"version": self.version, **values})


def _order(pattern: Pattern) -> str:
    """The index that a pattern is looked up in, so that none has to be sorted."""
    if pattern.object and not pattern.predicate:
        return "osp"
    return "pos" if pattern.predicate and not pattern.subject else "spo"
