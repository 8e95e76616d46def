"""Where a query looks at the graph, and how to get from there to what it is about."""

from typing import NamedTuple


class Pattern(NamedTuple):
    """A triple pattern: each place holds a term as in N-Triples, or a variable as ``?name``.

    The predicate of a pattern in a way may also be a property path, as SPARQL writes it, in parentheses.
    """

    subject: str
    predicate: str
    object: str


class Site(NamedTuple):
    """One place of a query that a changed triple can matter to.

    Attributes:
        pattern: what such a triple looks like; no path.
        way: patterns that lead from the variables of ``pattern`` to the anchor: wherever ``pattern`` matters to an
            anchor, they hold of it, in the graph before the change or in the one after it. None where nothing leads
            there, so that every anchor may be touched.
    """

    pattern: Pattern
    way: tuple[Pattern, ...] | None


class NotFollowed(Exception):
    """A query, a path or a rule has something in it that is not followed: what it depends on may be anything."""
