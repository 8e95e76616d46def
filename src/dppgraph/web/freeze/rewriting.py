"""Pages for files: each link leads to a file, and what leads nowhere is text.

Pages come from our templates, which put each attribute into quotation marks and escape all that the data say, so the
elements can be told by their beginnings.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from dppgraph.operations.freeze.address import Address, href_of
from dppgraph.web.freeze.reading import Reading

_TAG: Final = re.compile(r'<(a|area|link|form|script|img)\b([^>]*?)\s(href|action|src)="([^"]*)"([^>]*)>')
_ANCHOR: Final = re.compile(r"<a\b(?P<given>[^>]*\sdata-nowhere[^>]*)>(?P<inner>.*?)</a>", re.DOTALL)
_FORM: Final = re.compile(r"[ ]*<form\b[^>]*\sdata-nowhere[^>]*>.*?</form>\n?", re.DOTALL)
_LINK: Final = re.compile(r"[ ]*<(?:link|area)\b[^>]*\sdata-nowhere[^>]*>\n?")
_CURL: Final = re.compile(r"(?<=')(https?://[^'<\s]+)(?=')")
_DRAWN: Final = re.compile(r"\s*<(?:rect|g|text|path|circle|title|line)\b")
_NAMES: Final = re.compile(r'\srel="(?:cite-as|license|author|type)"')
"""Relations whose targets are names of things, and not where anything is read."""

_WITH_SERVER: Final = ("http:", "https:")
_NOWHERE: Final = " data-nowhere"
_CANONICAL: Final = ' rel="canonical"'


class Rewritten(NamedTuple):
    """A page.

    Attributes:
        text: its HTML.
        leads: where its links lead.
    """

    text: str
    leads: tuple[Address, ...]


_MOST: Final = 50_000

IsThere = Callable[[Address], Awaitable[bool]]
"""Whether there is something at an address."""

_Led = tuple[Address, str] | None
"""Where a link leads, and how that stands in a page; None for nowhere."""


@dataclass(frozen=True, slots=True)
class Rewriting:
    """What makes the links of pages lead to files.

    Attributes:
        reading: what links mean.
        known: where they lead, by how they stand in a page and its language: most of them are on many pages.
    """

    reading: Reading
    known: dict[tuple[str, str], _Led] = field(default_factory=dict)

    async def page(self, text: str, at: Address, is_there: IsThere) -> Rewritten:
        """A page whose links lead to files.

        Args:
            text: its HTML as a server sends it.
            at: its address.
            is_there: whether there is something at an address.
        """
        found = await self._found(text, at, is_there)

        def placed(match: re.Match[str]) -> str:
            element, before, name, raw, after = match.groups()
            if raw not in found or _NAMES.search(before + after):
                return match[0]
            led = found[raw]
            if element == "link" and _CANONICAL in before + after:
                led = at, self._written(at, self.reading.url)
            if led is None:
                return f'<{element}{before} {name}=""{after}{_NOWHERE}>'
            return f'<{element}{before} {name}="{led[1]}"{after}>'

        def named(match: re.Match[str]) -> str:
            led = found.get(match[0])
            return led[1] if led else match[0]

        text = _CURL.sub(named, _TAG.sub(placed, text))
        text = _LINK.sub("", _FORM.sub("", text))
        return Rewritten(_ANCHOR.sub(_as_text, text), tuple({led[0]: None for led in found.values() if led}))

    async def _found(self, text: str, at: Address, is_there: IsThere) -> dict[str, _Led]:
        """Where the links of a page lead that lead to this site, by how they stand there."""
        if len(self.known) > _MOST:
            self.known.clear()
        hrefs = [match[4] for match in _TAG.finditer(text) if not _NAMES.search(match[2] + match[5])]
        found: dict[str, _Led] = {}
        for raw in dict.fromkeys([*hrefs, *_CURL.findall(text)]):
            key = (raw, at.language)
            if key in self.known:
                found[raw] = self.known[key]
                continue
            href = unescape(raw)
            if not href.startswith("#") and self.reading.is_ours(href, at):
                found[raw] = await self._led(href, at, is_there)
                if raw.startswith(("/", self.reading.url)):
                    self.known[key] = found[raw]
        return found

    async def _led(self, href: str, at: Address, is_there: IsThere) -> _Led:
        address = self.reading.address(href, at)
        if address is None or not await is_there(address):
            return None
        return address, self._written(address, href)

    def _written(self, address: Address, href: str) -> str:
        """An address as it is to stand in a page: with the server's name where the link had it, else from its root."""
        mark, part = href.partition("#")[1:]
        start = self.reading.url if href.startswith(_WITH_SERVER) else urlsplit(self.reading.url).path
        return escape(f"{start}{href_of(address)}{mark}{part}")


def _as_text(match: re.Match[str]) -> str:
    """What a link shows, without the link."""
    element = "g" if _DRAWN.match(match["inner"]) else "span"
    kept = "".join(re.findall(r'\s(?:class|lang)="[^"]*"', match["given"]))
    return f"<{element}{kept}>{match['inner']}</{element}>"
