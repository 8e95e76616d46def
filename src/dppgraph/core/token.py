"""Tokens: who bears one may do what its role says. What is known of each, and how the one that is sent is told."""

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

Role = Literal["read", "propose", "write"]

ROLES: Final[tuple[Role, ...]] = ("read", "propose", "write")
"""What a token lets its bearer do; each role includes those before it."""

PREFIX: Final = "dpp_"
"""What the text of a token begins with, so that people and programs know one where they see it."""

_TEXT: Final = re.compile(f"{PREFIX}[0-9A-Fa-f]{{16,}}")

ENVIRONMENT: Final = "environment"
"""The name of the token that the settings give (``DPPGRAPH_TOKEN``); no other one has it."""


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token, which is not its text.

    Attributes:
        name: what it is called; changes made with it are this name's.
        role: what it lets its bearer do.
        sha256: the SHA-256 of its text, in hexadecimal.
        created: when it was made, in UTC; None where that is not known.
        expires: from when on it opens nothing any more, in UTC; None for never.
    """

    name: str
    role: Role
    sha256: str
    created: datetime | None = None
    expires: datetime | None = None

    def may(self, role: Role) -> bool:
        """Whether its role includes another one."""
        return ROLES.index(self.role) >= ROLES.index(role)

    def is_over(self, now: datetime) -> bool:
        """Whether it opens nothing any more at a moment."""
        return self.expires is not None and now >= self.expires


def sha256_of(text: str) -> str:
    """The SHA-256 of a token's text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def is_same(given: str, known: str) -> bool:
    """Whether two hashes are the same; how long that takes says nothing of where they differ."""
    return hmac.compare_digest(given.encode(), known.encode())


def token_of(text: str, tokens: Iterable[Token], same: Callable[[str, str], bool] = is_same) -> Token | None:
    """The token that a text is; None for one that is not known.

    Args:
        text: what was sent.
        tokens: those that are known.
        same: compares two hashes.
    """
    sent = sha256_of(text)
    found = None
    for token in tokens:
        # To the end, also where it is found: how long it takes says nothing of which one it is, or whether it is one.
        if same(sent, token.sha256):
            found = token
    return found


def redacted(text: str) -> str:
    """A text without the tokens that somebody has put into it, such as a path that is to be written down."""
    return _TEXT.sub(f"{PREFIX}(not shown)", text) if PREFIX in text else text
