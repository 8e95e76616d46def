"""The pages of a frozen site, as they are found by following its links: nothing is negotiated."""

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.browser.site import ERRORS, ROUTES, Found, Site, route_of

NOT_FROZEN = {
    "/api": "it describes what a server takes",
    "/blame": "it is asked about one thing or another",
    "/fragments": "they are RDF for programs, page after page",
    "/graphs": "the Graph Store Protocol is a server's",
    "/search": "words are looked up by a server",
}
"""The routes that a frozen site does not have, and why."""

MISSING = "/no-such-page"
_KINDS_OF_DOCUMENTS = 3
_OF_A_KIND = 8


class FrozenPage(Found):
    """A page of a frozen site."""

    @property
    def route(self) -> str:
        """Which of the routes of a server it is of."""
        return ERRORS if self.status >= 400 else frozen_route(self.address)


@dataclass
class FrozenSite(Site):
    """A frozen site's pages."""

    def read(self, address: str, language: str = "nl") -> Found:
        """A page by its path; the language is in it."""
        key = (address, language)
        if key not in self._read:
            self._read[key] = FrozenPage(address, language, *self.server.ask("GET", address))
        return self._read[key]

    def of(self, route: str, language: str) -> list[Found]:
        """The pages of a route; there is one page for what is not there, which begins in Dutch."""
        if route == ERRORS:
            return [self.read(MISSING, "nl")] if language == "nl" else []
        return super().of(route, language)

    def samples(self, route: str, language: str) -> list[Found]:
        """The longest and the shortest of a route."""
        pages = sorted(self.of(route, language), key=lambda page: len(page.body))
        return pages if len(pages) < 2 else [pages[-1], pages[0]]

    def _crawl(self, language: str) -> Iterator[Found]:
        waiting = deque(["/" if language == "nl" else "/en/"])
        seen = set(waiting)
        alike: defaultdict[str, int] = defaultdict(int)
        while waiting:
            address = waiting.popleft()
            shape = _shape(address)
            alike[shape] += 1
            if alike[shape] > (_KINDS_OF_DOCUMENTS if "/doc/" in shape else _OF_A_KIND):
                continue
            page = self.read(address, language)
            if page.is_page and page.status == 200:
                yield page
                fresh = [link for link in self.addresses(page) if link not in seen and in_language(link, language)]
                seen.update(fresh)
                waiting.extend(dict.fromkeys(fresh))


def frozen_route(address: str) -> str:
    """The route of a server that a page stands for."""
    path = urlsplit(address).path.removeprefix("/en") if urlsplit(address).path.startswith("/en/") else address
    parts = [part for part in urlsplit(path).path.split("/") if part and not part.startswith("~")]
    return route_of(f"/{'/'.join(parts)}")


def in_language(address: str, language: str) -> bool:
    """Whether a link leads to a page in a language."""
    return address.endswith("/") and address.startswith("/en/") == (language == "en")


def frozen_routes() -> list[str]:
    """The routes of a server that a frozen site has."""
    return [route for route in ROUTES if route not in NOT_FROZEN]


def _shape(address: str) -> str:
    kind = address.split("/doc/")[1].split("/")[0] if "/doc/" in address else ""
    return f"{frozen_route(address)}{kind}{'~' in address}"
