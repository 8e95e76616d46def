"""Where an engine is, and how it lets us in."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from dppgraph.errors import BadSetting

_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is sent to be let in; never shown.

    Attributes:
        user: the user's name; empty where there is a bearer token.
        secret: the password, or the bearer token.
    """

    user: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Address:
    """One engine.

    Attributes:
        url: where it takes queries.
        dialect: the name of its dialect, or ``auto``.
        credentials: what lets us in; None where nothing is needed.
        update_url: where it takes updates; empty for where its dialect has it.
    """

    url: str
    dialect: str
    credentials: Credentials | None = None
    update_url: str = ""

    @property
    def host(self) -> str:
        """Its host."""
        return urlsplit(self.url).hostname or ""


def credentials_of(said: str) -> Credentials | None:
    """What a setting says that is sent to be let in.

    Args:
        said: ``user:password``, or ``Bearer TOKEN``, or the path, with a slash in it, of a file that holds one of them;
            empty for none.

    Raises:
        BadSetting: it is none of these.
    """
    text = said.strip()
    if not text:
        return None
    if re.match(r"(/|\.{1,2}/|~/)", text):
        try:
            with Path(text).expanduser().open(encoding="utf-8") as file:
                text = file.read(_LONGEST).strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8"
            raise BadSetting(f"the file that DPPGRAPH_ENDPOINT_AUTH names cannot be read ({reason})") from error
    bearer = re.fullmatch(r"[Bb]earer +([!-~]+)", text)
    if bearer:
        return Credentials("", bearer[1])
    user, colon, password = text.partition(":")
    if not colon or not user or any(not character.isprintable() for character in text):
        raise BadSetting("DPPGRAPH_ENDPOINT_AUTH must be user:password, Bearer TOKEN, or a file that holds one of them")
    return Credentials(user, password)
