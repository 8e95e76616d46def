"""Which addresses can be had of any version, and what their other addresses are."""

import re
from typing import Final, NamedTuple, Self
from urllib.parse import urlsplit

from starlette.types import Scope

from dppgraph.core.iris import uri_of
from dppgraph.web.headers import Headers
from dppgraph.web.parameters import decoded

VERSION: Final = "version"
"""The parameter that names a version."""

TIMEMAP: Final = "timemap"
"""Where the lists of versions are."""

_ALONE: Final = frozenset(("sparql", "ns", "shapes", "graphs", "plans", "timeline", "compare", "concepts", "agents"))
_BELOW: Final = frozenset(("doc", "ns", "queries", "questions", "graphs", "plans", "lines", "concepts", "agents"))
_NOT: Final = "/doc/version/"
"""Members of the feed, each of which is of one version anyhow."""

_QUERIES: Final = frozenset(("sparql", "queries"))
_NAME: Final = re.compile(r"/([a-z]+)(?:\.[a-z.]+)?(/?)")
_UNSAFE: Final = re.compile(r"[^!#-;=?-\[\]_a-z~]")
"""What does not stand in an address as it is (RFC 3986, appendix A)."""

_MENTIONS: Final = b"version"

LASTING: Final = b"public, max-age=86400, immutable"
"""What is of one version never changes; but it may be pruned, and a store be made anew: no longer than that."""


def has_versions(path: str) -> bool:
    """Whether what is at a path can be had of any version.

    >>> has_versions("/doc/plan/x.ttl"), has_versions("/plans.csv"), has_versions("/search")
    (True, True, False)
    """
    found = _NAME.match(path)
    if found is None or path.startswith(_NOT):
        return False
    return found[1] in _BELOW if found[2] else found[1] in _ALONE and found.end() == len(path)


def negotiable(headers: Headers) -> Headers:
    """The headers of what can be had of another moment by its own address: caches are to know."""
    return [(name, b"%b, Accept-Datetime" % value if name == b"vary" else value) for name, value in headers]


class Original(NamedTuple):
    """An address that can be had of any version.

    Attributes:
        path: its path below the server's address, as it was sent, with a slash at its beginning.
        query: its query string, likewise; empty for none.
    """

    path: str
    query: str

    @classmethod
    def of(cls, scope: Scope, prefix: str) -> Self | None:
        """What a request names, with the version if it says one; None for what has no versions.

        Args:
            scope: the request's.
            prefix: the path of the server's address, without a slash at its end.
        """
        if not has_versions(scope["path"]):
            return None
        path = sent_path(scope, prefix)
        return cls(path, scope["query_string"].decode("latin-1")) if has_versions(path) else None

    @property
    def is_query(self) -> bool:
        """Whether query processes answer it."""
        return self.path[1:].partition("/")[0] in _QUERIES

    def address(self, url: str) -> str:
        """Its address; ``url`` is where the server answers."""
        return _safe(f"{url}{self.path[1:]}{'?' if self.query else ''}{self.query}")

    def at(self, number: int, url: str) -> str:
        """The address of one of its versions."""
        return _safe(f"{url}{self.path[1:]}?{self.query}{'&' if self.query else ''}{VERSION}={number}")

    def timemap(self, url: str, format_: str = "link", page: int = 1) -> str:
        """The address of the list of its versions."""
        at = f"{page}/" if page > 1 else ""
        return _safe(f"{url}{TIMEMAP}/{format_}/{at}{self.path[1:]}{'?' if self.query else ''}{self.query}")

    def without_version(self) -> Self:
        """What a version is of."""
        parts = self.query.split("&")
        return self._replace(query="&".join(part for part in parts if part.partition("=")[0] != VERSION))


def sent_path(scope: Scope, prefix: str) -> str:
    """The path of a request below the server's address, as it was sent.

    Args:
        scope: the request's.
        prefix: the path of the server's address, which a proxy may have left there, without a slash at its end.
    """
    sent = str((scope.get("raw_path") or uri_of(scope["path"]).encode()).decode("latin-1"))
    return sent.removeprefix(prefix) if prefix and sent.startswith(f"{prefix}/") else sent


def names_version(scope: Scope) -> bool:
    """Whether the address of a request says a version.

    Raises:
        BadParameter: it cannot be read.
    """
    query = scope["query_string"]
    return _MENTIONS in query and any(name == VERSION for name, _ in decoded(query))


def prefix_of(url: str) -> str:
    """The path of a server's address, without a slash at its end."""
    return urlsplit(url).path.rstrip("/")


def _safe(address: str) -> str:
    return uri_of(address) if _UNSAFE.search(address) else address
