"""Headers that every answer has."""

from typing import Final

Headers = list[tuple[bytes, bytes]]

SECURITY: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"cross-origin"),
)

POLICY: Final = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
"""For what is no page; a page has its own."""
