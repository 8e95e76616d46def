"""What the heads of answers have in common, and what a browser asks before it lets the pages of other sites ask."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from starlette.responses import Response

from dppgraph.web.headers import Headers

CORS: Final = {"access-control-allow-origin": "*", "access-control-expose-headers": "*"}
"""Reads are open to the pages of any site; Authorization is never allowed."""

VARY: Final = b"Accept, Accept-Encoding"
"""What an answer depends on besides its address."""

_FRESH: Final = b"public, no-cache"
"""Caches may keep it, and ask whether it is still true: a 304 costs next to nothing."""


@lru_cache(maxsize=4)
def headers_of(version: int | None) -> Headers:
    """The headers of an answer that may be kept; not to be changed."""
    headers = [(name.encode(), value.encode()) for name, value in CORS.items()]
    headers += [(b"vary", VARY), (b"cache-control", _FRESH)]
    return [*headers, (b"dppgraph-version", str(version).encode())] if version else headers


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
