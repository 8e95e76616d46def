"""What the heads of answers have in common, and what a browser asks before it lets the pages of other sites ask."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from starlette.responses import Response

from dppgraph.web.headers import Headers

CORS: Final = {"access-control-allow-origin": "*", "access-control-expose-headers": "*"}
"""Reads are open to the pages of any site; Authorization is never allowed."""

VARY: Final = b"Accept, Accept-Encoding"
"""What an answer depends on besides its address."""

_FRESH: Final = b"public, no-cache"
"""Caches may keep it, and ask whether it is still true: a 304 costs next to nothing."""


LICENSE: Final = 'rel="license"'
CITED_AS: Final = '<%s>; rel="cite-as"'
"""The link to what is to be cited (RFC 8574)."""


class Cited(NamedTuple):
    """What an answer names of the version that it comes from.

    Attributes:
        version: its number.
        digest: its digest, in hexadecimal; the same data has the same one everywhere.
        licence: the IRI of its licence; empty where the data names none.
    """

    version: int
    digest: str
    licence: str

    @property
    def headers(self) -> Headers:
        """What names the version; the licence is a link."""
        return [(b"dppgraph-version", b"%d" % self.version), (b"dppgraph-digest", f"sha256:{self.digest}".encode())]

    def links(self, others: Sequence[str] = ()) -> Headers:
        """The Link header (RFC 8288) with these links, and that to the licence where none of them is; or none."""
        found = ", ".join(others)
        if self.licence and LICENSE not in found:
            found = ", ".join([*others, f"<{self.licence}>; {LICENSE}"])
        return [(b"link", found.encode())] if found else []


@lru_cache(maxsize=16)
def headers_of(cited: Cited | None, links: tuple[str, ...] = ()) -> Headers:
    """The headers of an answer that may be kept; not to be changed.

    Args:
        cited: what it names of its version; None for what is the same in all.
        links: what stands in its Link header, besides the licence.
    """
    headers = [(name.encode(), value.encode()) for name, value in CORS.items()]
    headers += [(b"vary", VARY), (b"cache-control", _FRESH)]
    return [*headers, *cited.headers, *cited.links(links)] if cited else headers


def preflight(methods: Sequence[str], more: str = "") -> Response:
    """What a browser asks before it lets another site's page ask (Fetch, CORS-preflight).

    Args:
        methods: those that may be asked with.
        more: further headers that it may send, with commas between.
    """
    allowed = ", ".join(methods)
    headers = {
        "allow": allowed,
        "access-control-allow-methods": allowed,
        "access-control-allow-headers": ", ".join(["Accept, Content-Type", *([more] if more else [])]),
        "access-control-max-age": "86400",
    }
    return Response(status_code=204, headers=CORS | headers)
