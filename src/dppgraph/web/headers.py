"""Headers of requests, and those that every answer has."""

from typing import Final

from starlette.types import Scope

Headers = list[tuple[bytes, bytes]]

SECURITY: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"cross-origin"),
)

POLICY: Final = (
    b"content-security-policy",
    b"default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
)
"""For every answer that has no other: pages have a stylesheet, and no script."""


def header_of(scope: Scope, name: bytes) -> bytes:
    """The value of a request's header; several of them are one (RFC 9110, section 5.3), and none is empty.

    Args:
        scope: the request's.
        name: the header's name in lower case.
    """
    found = b""
    for header, value in scope["headers"]:
        if header == name:
            found = b"%b, %b" % (found, value) if found else value
    return found
