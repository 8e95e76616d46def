"""Pages for files: each link leads to a file, and what leads nowhere is text.

Pages come from our templates, which put each attribute into quotation marks and escape all that the data say, so the
elements can be told by their beginnings.
"""

import re
from collections.abc import Awaitable, Callable
from html import escape, unescape
from typing import Final, NamedTuple

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


async def rewritten(
    text: str, at: Address, reading: Reading, is_there: Callable[[Address], Awaitable[bool]]
) -> Rewritten:
    """A page whose links lead to files.

    Args:
        text: its HTML as a server sends it.
        at: its address.
        reading: what links mean.
        is_there: whether there is something at an address.
    """
    targets: dict[str, str | None] = {}
    leads: dict[Address, None] = {}
    hrefs = [match[4] for match in _TAG.finditer(text) if not _NAMES.search(match[2] + match[5])]
    for raw in dict.fromkeys([*hrefs, *_CURL.findall(text)]):
        href = unescape(raw)
        if href.startswith("#") or not reading.is_ours(href, at):
            continue
        address = reading.address(href, at)
        if address is None or not await is_there(address):
            targets[raw] = None
            continue
        leads[address] = None
        mark, part = href.partition("#")[1:]
        targets[raw] = escape(f"{reading.url}{href_of(address)}{mark}{part}")

    def placed(match: re.Match[str]) -> str:
        element, before, name, raw, after = match.groups()
        if raw not in targets or _NAMES.search(before + after):
            return match[0]
        target = targets[raw]
        if element == "link" and _CANONICAL in before + after:
            target = escape(f"{reading.url}{href_of(at)}")
        if target is None:
            return f'<{element}{before} {name}=""{after}{_NOWHERE}>'
        return f'<{element}{before} {name}="{target}"{after}>'

    text = _TAG.sub(placed, text)
    text = _CURL.sub(lambda match: targets.get(match[0]) or match[0], text)
    for pattern in (_FORM, _LINK):
        text = pattern.sub("", text)
    return Rewritten(_ANCHOR.sub(_as_text, text), tuple(leads))


def _as_text(match: re.Match[str]) -> str:
    """What a link shows, without the link."""
    element = "g" if _DRAWN.match(match["inner"]) else "span"
    kept = "".join(re.findall(r'\s(?:class|lang)="[^"]*"', match["given"]))
    return f"<{element}{kept}>{match['inner']}</{element}>"
