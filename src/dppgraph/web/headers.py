"""Headers of requests, and those that every answer has."""

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final

from starlette.types import Scope

Headers = list[tuple[bytes, bytes]]

_LONGEST_DATE: Final = 64

SECURITY: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"cross-origin"),
)

POLICY: Final = (
    b"content-security-policy",
    b"default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; "
    b"form-action 'self'; frame-ancestors 'none'",
)
"""For every answer that has no other: all of a page comes from here, and nothing of it stands in the page itself."""


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


def date_of(seconds: int) -> str:
    """A time as a header says it (RFC 9110, section 5.6.7); in seconds since 1970."""
    return format_datetime(datetime.fromtimestamp(seconds, UTC), usegmt=True)


def seconds_of(date: bytes) -> int | None:
    """The time that a header says, in seconds since 1970; None where it says none that can be read."""
    if not date or len(date) > _LONGEST_DATE:
        return None
    try:
        found = parsedate_to_datetime(date.decode("latin-1"))
        return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
