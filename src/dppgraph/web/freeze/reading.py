"""What the addresses of links mean, as files: which of them a site without a server has, and how each is asked for."""

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from dppgraph.core import formats
from dppgraph.core.languages import LANGUAGES
from dppgraph.operations.freeze.address import PAGE, Address
from dppgraph.web.freeze.asking import Request
from dppgraph.web.pages.reader import LANG

_FILES: Final = re.compile(r"static/.+|dumps/[0-9]+/[^/]+|context\.jsonld|robots\.txt|sitemap(?:-[0-9]+)?\.xml")
"""What is one file, whoever asks for it."""

_PLACES: Final = frozenset(
    (
        "",
        ".well-known",
        "about",
        "accessibility",
        "agents",
        "catalogue",
        "changes",
        "compare",
        "concepts",
        "doc",
        "dumps",
        "feed",
        "fragments",
        "id",
        "lines",
        "ns",
        "ontology",
        "plans",
        "quality",
        "queries",
        "questions",
        "shapes",
        "sources",
        "sparql",
        "things",
        "timeline",
    )
)
"""The first parts of the paths that there are."""

_NOT_FROZEN: Final = frozenset(
    ("version", "q", "thing", "query", "example", "timeout", "subject", "predicate", "object", "default-graph-uri")
)
"""Parameters with values without end."""

_OF_A_DAY: Final = ("plans", "timeline")
_ON: Final = "on"
_IN_A_LANGUAGE: Final = frozenset((PAGE, "json", "csv"))
_KNOWN: Final = {known.extension: known for known in (*formats.RESULTS, *formats.DOCUMENTS, formats.DATA)}
_EXTENSIONS: Final = sorted(_KNOWN, key=len, reverse=True)


class Reading(NamedTuple):
    """How addresses are read.

    Attributes:
        url: where the site will be.
        base: the base of the data.
        day: the day of which pages tell how things stand: that of the version, whenever it is written.
        files: the version that the files to download are of.
    """

    url: str
    base: str
    day: str
    files: int

    def address(self, href: str, at: Address) -> Address | None:
        """What a link of a page means; None for what a site without a server does not have.

        Args:
            href: where it leads, as it stands in the page.
            at: the page.
        """
        parts = urlsplit(urljoin(self._shown(at), href))
        path = f"{parts.scheme}://{parts.netloc}{parts.path}".removeprefix(self.url)
        if path.startswith(("http:", "https:")) or _first(path) not in _PLACES:
            return self._file(path) if "://" not in path else None
        if _FILES.fullmatch(path):
            return self._file(path)
        return self._read(path, parse_qsl(parts.query), at)

    def is_ours(self, href: str, at: Address) -> bool:
        """Whether a link leads to this site."""
        if href.startswith(("http:", "https:")):
            return f"{href}/".startswith(self.url)
        return f"{urljoin(self._shown(at), href)}/".startswith(self.url)

    def request(self, address: Address) -> Request:
        """How an address is asked for."""
        if not address.format:
            return Request(address.path)
        path, given = address.path, list(address.parameters)
        if path.startswith("fragments/"):
            path, number = path.split("/")
            given.append(("page", number))
        if path.partition("/")[0] == _OF_A_DAY[0]:
            given.append((_ON, self.day))
        if address.language not in ("", LANGUAGES[0]):
            given.append((LANG, address.language))
        if address.is_page:
            return Request(path, tuple(given), formats.HTML.media_types[0])
        known = _KNOWN[address.format]
        return Request(path, (*given, ("format", known.name)), ", ".join(known.media_types[:1]))

    def _file(self, path: str) -> Address | None:
        return Address(path) if _FILES.fullmatch(path) else None

    def _dump(self, path: str) -> Address | None:
        """A file to download by its lasting name: it is written once, under its version's number."""
        name = path.removeprefix("dumps/")
        return None if "/" in name else Address(f"dumps/{self.files}/{name}")

    def _read(self, path: str, given: Sequence[tuple[str, str]], at: Address) -> Address | None:
        if path == f"dumps/{self.files}":
            # One list under two addresses is one page.
            path = "dumps"
        if path.startswith("dumps/") and not path.removeprefix("dumps/").isdigit():
            return self._dump(path)
        parameters = dict(given)
        extension = next((known for known in _EXTENSIONS if path.endswith(f".{known}")), "")
        path = path.removesuffix(f".{extension}") if extension else path
        named = parameters.pop("format", "")
        if named:
            extension = next((one for one, known in _KNOWN.items() if named in (known.name, one)), "")
        is_query = path.startswith("queries/")
        if path.partition("/")[0] in _OF_A_DAY and parameters.get(_ON) == self.day:
            del parameters[_ON]
        if _NOT_FROZEN & parameters.keys() or (path.partition("/")[0] in _OF_A_DAY and _ON in parameters):
            return None
        language = "" if is_query else parameters.pop(LANG, at.language or LANGUAGES[0])
        format_ = extension or PAGE
        if path == "fragments":
            return Address(path, formats.TRIG.extension)
        if is_query and not extension:
            # Who reads has the answer on a page.
            language = parameters.pop(LANG, at.language or LANGUAGES[0])
            path, is_query = path.replace("queries/", "questions/", 1), False
        kept = sorted((name, self._short(value)) for name, value in parameters.items() if value)
        in_language = format_ in _IN_A_LANGUAGE and not is_query and (format_ == PAGE or path != "dumps")
        return Address(path.rstrip("/"), format_, language if in_language else "", tuple(kept))

    def _short(self, value: str) -> str:
        """A value as parameters have it: a thing of ours from ``id/`` on."""
        return value.removeprefix(self.base) if value.startswith(f"{self.base}id/") else value

    def _shown(self, at: Address) -> str:
        """Where a page would be on a server."""
        return f"{self.url}{at.path}{'?' if at.parameters else ''}{urlencode(at.parameters)}"


def _first(path: str) -> str:
    """The first part of a path, without a suffix."""
    part = path.partition("/")[0]
    return part if part.startswith(".") else part.partition(".")[0]


def in_languages(path: str, parameters: tuple[tuple[str, str], ...] = ()) -> list[Address]:
    """A page in each language."""
    return [Address(path, PAGE, language, parameters) for language in LANGUAGES]


def in_formats(path: str, offered: Iterable[formats.Format] = formats.RDF) -> list[Address]:
    """What is the same for all, in each format."""
    return [Address(path, known.extension) for known in offered]


def siblings(address: Address) -> list[Address]:
    """The answer to a question in its other formats: its page links two of them."""
    offered = formats.RESULTS if address.format in {known.extension for known in formats.RESULTS} else formats.RDF
    return [address._replace(format=known.extension) for known in offered]
