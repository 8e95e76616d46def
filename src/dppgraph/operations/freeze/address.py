"""Which file stands for which address.

A server of files knows nothing but paths. So what a server is told by a header, a suffix or a parameter is in the path:
the language (``en/``), the format (``.ttl``), the parameters (``~page-2``). A page is the ``index.html`` of a folder,
which every server of files gives for the folder's own address, so that the address without a suffix stays what it is.
"""

import hashlib
import re
from typing import Final, NamedTuple
from urllib.parse import quote, unquote_to_bytes

from dppgraph.core.languages import LANGUAGES

PAGE: Final = "html"
"""The format of pages."""

INDEX: Final = "index.html"

_PLAIN: Final = re.compile(r"(?!\.)[^\x00-\x1f\x7f/\\~?#%:*|<>\"]*[^\x00-\x1f\x7f/\\~?#%:*|<>\".]")
"""A name that every disk, store of objects and server takes as it is."""

_SUFFIXED: Final = re.compile(r"\.(?:ttl|jsonld|nt|rdf|trig|nq|json|csv|tsv|xml|html|txt|gz)$", re.IGNORECASE)
"""How a name must not end that is of a thing: it would be taken for a format of another one."""

_THING: Final = re.compile(r"([a-z-]+)/([A-Za-z0-9_-]+)")
_WORD: Final = re.compile(r"[A-Za-z0-9-]+")
_LONGEST: Final = 160
"""Bytes of a name; disks take 255, and some has to be left for suffixes."""

_HASH: Final = 24


class Address(NamedTuple):
    """What a server would be asked for.

    Attributes:
        path: below the site's address, without a suffix, escapes as they are sent.
        format: the extension of its format, or ``html``; empty for a file whose path says all.
        language: of what is in one language; empty for what is the same for all.
        parameters: those of the query string besides, by name.
    """

    path: str
    format: str = ""
    language: str = ""
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def is_page(self) -> bool:
        """Whether people read it."""
        return self.format == PAGE

    @property
    def key(self) -> str:
        """All of it in one line."""
        return "\n".join(
            (self.path, self.format, self.language, *(f"{name}={value}" for name, value in self.parameters))
        )

    @classmethod
    def of_key(cls, key: str) -> "Address":
        """The address of a key."""
        path, format_, language, *parameters = key.split("\n")
        pairs = (parameter.partition("=") for parameter in parameters)
        return cls(path, format_, language, tuple((name, value) for name, _, value in pairs))


def file_of(address: Address) -> str:
    """The path of the file that stands for an address, with slashes, below the site's folder.

    >>> file_of(Address("plans", "html", "en", (("page", "2"),)))
    'en/plans/~page-2/index.html'
    >>> file_of(Address("doc/plan/x", "ttl"))
    'doc/plan/x.ttl'
    """
    if not address.format:
        return "/".join(map(_raw, address.path.split("/")))
    parts = [_name(part) for part in address.path.split("/") if part]
    given = _given(address.parameters)
    before = [address.language] if address.language not in ("", LANGUAGES[0]) else []
    if address.is_page:
        return "/".join([*before, *parts, *([given] if given else []), INDEX])
    *folders, last = parts or [""]
    return "/".join([*before, *folders, f"{last}{given}.{address.format}"])


def href_of(address: Address) -> str:
    """The path by which links lead to the file of an address: that of a page ends in a slash.

    >>> href_of(Address("plans", "html", "nl"))
    'plans/'
    """
    return quote(file_of(address).removesuffix(INDEX), safe="/~:@!$&'()*+,;=")


def _name(part: str) -> str:
    """A part of a path as the name of a file or a folder."""
    try:
        name = unquote_to_bytes(part).decode()
    except UnicodeDecodeError:
        name = ""
    if _PLAIN.fullmatch(name) and not _SUFFIXED.search(name) and len(name.encode()) <= _LONGEST:
        return name
    # A dot at its beginning is well known, and no way up.
    return name if name == ".well-known" else f"~{_hashed(part)}"


def _raw(part: str) -> str:
    """The same of a file whose name has its suffix."""
    return part if _PLAIN.fullmatch(part) or part == ".well-known" else f"~{_hashed(part)}"


def _given(parameters: tuple[tuple[str, str], ...]) -> str:
    given = "".join(f"~{name}-{_value(value)}" for name, value in sorted(parameters))
    return given if len(given.encode()) <= _LONGEST else f"~_{_hashed(given)}"


def _value(value: str) -> str:
    """A value in the name of a file: different ones never look alike."""
    thing = _THING.fullmatch(value.removeprefix("id/"))
    if thing and value.startswith("id/"):
        return f"{thing[1]}.{thing[2]}"
    return value if _WORD.fullmatch(value) else f"_{_hashed(value)}"


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_HASH]
