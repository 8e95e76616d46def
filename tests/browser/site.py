"""The pages of a running server, as they are found by following its links."""

import json
import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import lxml.html
import pytest

from tests.conftest import Server

LANGUAGES = ("nl", "en")
IN_EACH_LANGUAGE = ("nl", pytest.param("en", marks=pytest.mark.sampled(8)))
"""For tests of every route, which are long: all of them in Dutch, and some in English, which has the same templates."""
OTHER_PAGES = ("/no-such-page", "/plans/no-such-plan", "/sparql?query=SELEC")
"""Pages that no link leads to: they tell of errors."""
PAST = ("/plans?version=1", "/questions/gaps?version=1", "/doc/plan/vlaams-plan-overheidsopdrachten?version=1")
"""Pages of a version, which no link leads to either."""
_KINDS_OF_DOCUMENTS = 3
_OF_A_KIND = 20
_COLLECTIONS = frozenset(
    (
        "plans",
        "lines",
        "concepts",
        "agents",
        "sources",
        "questions",
        "queries",
        "changes",
        "ns",
        "ontology",
        "versions",
        "doc",
    )
)
"""What has a page for each of its members, below its own path."""

_NO_PAGES = ("/dumps/", "/id/", "/feed/", "/static/")

ROUTES = (
    "/.well-known/void",
    "/",
    "/about",
    "/accessibility",
    "/agents",
    "/agents/{}",
    "/api",
    "/blame",
    "/catalogue",
    "/changes",
    "/changes/{}",
    "/compare",
    "/concepts",
    "/concepts/{}",
    "/doc/{}",
    "/dumps",
    "/feed",
    "/fragments",
    "/graphs",
    "/lines/{}",
    "/ns",
    "/ns/{}",
    "/ontology",
    "/ontology/{}",
    "/plans",
    "/plans/{}",
    "/quality",
    "/queries",
    "/questions",
    "/questions/{}",
    "/search",
    "/shapes",
    "/sources",
    "/sources/{}",
    "/sparql",
    "/things",
    "/timeline",
)
"""Where there are pages, with ``{}`` for the name of what they are about: whoever adds one adds it here."""

ERRORS = "errors"
"""The pages that tell of errors, as if they were a route."""


@dataclass(frozen=True, eq=False)
class Found:
    """A page as a program gets it.

    Attributes:
        address: its path, with its query.
        language: the one that it was asked in.
    """

    address: str
    language: str
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def route(self) -> str:
        """Which of the routes it is of."""
        return ERRORS if self.status >= 400 else route_of(self.address)

    @property
    def is_page(self) -> bool:
        """Whether it is for people."""
        return self.headers.get("content-type", "").startswith("text/html")

    @cached_property
    def html(self) -> Any:
        """Its document."""
        return lxml.html.document_fromstring(self.body.decode("utf-8"))

    def __str__(self) -> str:
        return f"{self.address} ({self.language})"


@dataclass
class Site:
    """A server's pages, each asked for once in a language.

    Attributes:
        server: the server.
        limit: of pages that are alike, how many are read.
    """

    server: Server = field(repr=False)
    limit: int = _OF_A_KIND
    _read: dict[tuple[str, str], Found] = field(default_factory=dict, repr=False)
    _crawled: dict[str, list[Found]] = field(default_factory=dict, repr=False)

    @property
    def url(self) -> str:
        """Where it answers, without the slash."""
        return f"http://127.0.0.1:{self.server.port}"

    def read(self, address: str, language: str = "nl") -> Found:
        """A page by its path and query."""
        key = (address, language)
        if key not in self._read:
            accept = {"Accept": "text/html", "Accept-Language": language}
            self._read[key] = Found(address, language, *self.server.ask("GET", address, headers=accept))
        return self._read[key]

    def pages(self, language: str) -> list[Found]:
        """All pages that links lead to from the first one, and those that should be there; of many alike, some."""
        if language not in self._crawled:
            self._crawled[language] = list(self._crawl(language))
        return self._crawled[language]

    def of(self, route: str, language: str) -> list[Found]:
        """The pages of a route."""
        if route == ERRORS:
            return [self.read(address, language) for address in OTHER_PAGES]
        return [page for page in self.pages(language) if page.route == route]

    def samples(self, route: str, language: str) -> list[Found]:
        """Of the pages of a route that differ by their parameters alone, the longest and the shortest."""
        if route == ERRORS:
            return self.of(route, language)
        alike: defaultdict[str, list[Found]] = defaultdict(list)
        for page in self.of(route, language):
            alike[shape_of(page.address, kinds=False)].append(page)
        chosen = []
        for pages in alike.values():
            pages.sort(key=lambda page: len(page.body))
            chosen += pages[-1:] if len(pages) == 1 else [pages[-1], pages[0]]
        return chosen

    def addresses(self, page: Found) -> Iterator[str]:
        """Where the links of a page lead on this server, as paths with queries."""
        for element in page.html.iter("a", "area"):
            href = urljoin(self.url + page.address, element.get("href", ""))
            if href.startswith(f"{self.url}/") or href == self.url:
                parts = urlsplit(href)
                yield f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"

    def described(self) -> Iterator[str]:
        """The paths of the server's description that anybody can ask for as they are."""
        _, _, body = self.server.ask("GET", "/openapi.json")
        for path, methods in json.loads(body)["paths"].items():
            needed = [given for given in methods.get("get", {}).get("parameters", []) if given.get("required")]
            if "get" in methods and "{" not in path and not needed:
                yield path

    def _crawl(self, language: str) -> Iterator[Found]:
        begun = [route for route in ROUTES if "{}" not in route]
        waiting = deque(["/", *begun, *PAST, *self.described()])
        seen = set(waiting)
        alike: defaultdict[str, int] = defaultdict(int)
        while waiting:
            address = waiting.popleft()
            shape = shape_of(address)
            alike[shape] += 1
            if alike[shape] > (_KINDS_OF_DOCUMENTS if "/doc/" in shape else self.limit):
                continue
            page = self.read(address, language)
            if not page.is_page or page.status != 200:
                continue
            yield page
            fresh = [link for link in self.addresses(page) if link not in seen and not _is_data(link)]
            # Without the language in the address, as it is asked for in a header; and not the whole site once more.
            fresh = [link for link in fresh if not {"lang", "version"} & dict(parse_qsl(urlsplit(link).query)).keys()]
            seen.update(fresh)
            waiting.extend(dict.fromkeys(fresh))


def route_of(address: str) -> str:
    """The route of a path: ``/plans/{}`` for that of a plan."""
    first, *rest = urlsplit(address).path.strip("/").split("/")
    return f"/{first}/{{}}" if rest and first in _COLLECTIONS else "/" + "/".join([first, *rest])


def shape_of(address: str, *, kinds: bool = True) -> str:
    """What addresses have in common that differ in names and values alone; documents have the kind of thing, or not."""
    parts = urlsplit(address)
    names = sorted({name for name, _ in parse_qsl(parts.query)})
    kind = parts.path.split("/")[2] if kinds and parts.path.startswith("/doc/") else ""
    return f"{route_of(address)}{kind}{'?' if names else ''}{','.join(names)}"


def with_parameter(address: str, name: str, value: str) -> str:
    """The address with one more parameter."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode({name: value})}"


def told(faults: Iterable[object]) -> str:
    """What is wrong, a line for each."""
    return "\n" + "\n".join(str(fault) for fault in faults)


def _is_data(address: str) -> bool:
    path = urlsplit(address).path
    return bool(re.search(r"\.[a-z]+$", path)) or path.startswith(
        ("/dumps/", "/id/", "/feed", "/fragments", "/static/")
    )
