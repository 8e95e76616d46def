"""What is not said where no server answers: that there is one to be asked."""

import re
from collections.abc import Callable
from typing import Final

from dppgraph.core.iris import PREFIXES

_SERVICES: Final = ("sparql", "fragments", "queries")
"""Those that take a request and answer it; the feed is read."""

_ADDRESSES: Final = ("sparql", "openapi.json")
"""Where they are, and where they are described."""

_ENDPOINTS: Final = ("sparqlEndpoint", "uriLookupEndpoint")


def needs_server(base: str) -> Callable[[str], bool]:
    """Whether a line says that there is a service which takes requests, or anything of it.

    Args:
        base: the base of the data.
    """
    services = "|".join(re.escape(f"<{base}id/service/{name}") for name in _SERVICES)
    endpoints = "|".join(re.escape(f"<{PREFIXES['void']}{name}>") for name in _ENDPOINTS)
    addresses = "|".join(re.escape(f"<{base}{name}>") for name in _ADDRESSES)
    found = re.compile(f"(?:{services})[>#]|{endpoints}|{addresses}").search
    return lambda line: found(line) is not None
