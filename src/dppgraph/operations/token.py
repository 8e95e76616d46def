"""Making a token: its name, its role, its last day, and its text, which is told once and kept nowhere."""

import re
import secrets
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from dppgraph.core.token import ENVIRONMENT, PREFIX, Role, Token, redacted, sha256_of
from dppgraph.errors import BadParameter
from dppgraph.store.token import TokenFile

_BYTES: Final = 32
"""256 random bits: nobody guesses them, so that a fast hash hides them as well as a slow one."""

_NAME: Final = re.compile(r"[a-z0-9-]{1,64}")
_DAYS: Final = re.compile(r"([1-9][0-9]{0,4})d")


def make(file: TokenFile, name: str, role: Role, expires: str | None, now: datetime) -> tuple[Token, str]:
    """Makes a token and adds it to those of a store.

    Args:
        file: the tokens of the store.
        name: what it is to be called: small letters, digits and hyphens, at most 64.
        role: what it is to let its bearer do.
        expires: in how many days it ends (``90d``), or the last day on which it holds (``2027-01-31``); None for never.
        now: the time, in UTC.

    Returns:
        The token, and its text.

    Raises:
        BadParameter: the name or the end can be none, or there is a token of that name.
        StoreUnavailable: the file cannot be used or written.
    """
    if not _NAME.fullmatch(name):
        which = "take small letters, digits and hyphens, at most 64"
        raise BadParameter(f"{redacted(name)[:80]!r} cannot name a token: {which}")
    if name == ENVIRONMENT:
        raise BadParameter(f"`{ENVIRONMENT}` names the token of DPPGRAPH_TOKEN: take another name")
    text = PREFIX + secrets.token_hex(_BYTES)
    now = now.replace(microsecond=0)
    token = Token(name, role, sha256_of(text), now, _end(expires, now) if expires is not None else None)
    file.add(token)
    return token, text


def _end(said: str, now: datetime) -> datetime:
    days = _DAYS.fullmatch(said)
    try:
        end = now + timedelta(int(days[1])) if days else datetime.combine(_day(said), time(23, 59, 59), UTC)
    except (ValueError, OverflowError) as error:
        raise BadParameter(
            f"{said[:50]!r} is no end of a token: it must be days or a day, 90d or 2027-01-31"
        ) from error
    if end <= now:
        raise BadParameter(f"{said} has passed already: take a later day, or leave it out for a token without end")
    return end


def _day(said: str) -> date:
    return datetime.strptime(said, "%Y-%m-%d").replace(tzinfo=UTC).date()
