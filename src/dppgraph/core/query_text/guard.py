"""What no query may do, whatever engine it goes to."""

from typing import Final

from dppgraph.core.query_text.query_text import QueryText
from dppgraph.errors import QuerySyntax, ServiceForbidden, UpdatesOff

_DEEPEST: Final = 256
"""Brackets within brackets. An engine's parser recurses, and its stack ends at some thousands."""


def guard(query: QueryText, service_allow: tuple[str, ...] = ()) -> None:
    """Stops what is no query, and what reaches outside.

    Args:
        query: what is known about the query.
        service_allow: the addresses that SERVICE may name.

    Raises:
        UpdatesOff: it is an update.
        ServiceForbidden: it asks an endpoint that it may not ask.
        QuerySyntax: it nests too deep, or holds a FROM that cannot be told for certain.
    """
    if query.form == "update":
        raise UpdatesOff("this is a SPARQL update, and not a query: send it by POST as `update`, with a token")
    if query.services:
        _guard_services(query.services, service_allow)
    if query.glued:
        raise QuerySyntax("FROM and NAMED have to stand apart here: write white space before and after each")
    if query.is_deeper_than(_DEEPEST):
        raise QuerySyntax(f"the query nests {query.depth} brackets deep: at most {_DEEPEST} are read here")


def _guard_services(services: tuple[str | None, ...], allowed: tuple[str, ...]) -> None:
    if not allowed:
        raise ServiceForbidden("SERVICE is not allowed here: ask the other endpoint yourself, and join what it says")
    for address in services:
        if address is None:
            raise ServiceForbidden("SERVICE may not ask what cannot be told: write <an absolute IRI> after it")
        if address not in allowed:
            raise ServiceForbidden(f"SERVICE may not ask <{address}>, only {', '.join(allowed)}")
