"""How an address and its versions hang together: the header Link (RFC 7089, section 2.2; RFC 8288)."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final

from starlette.types import Scope

from dppgraph.errors import BadParameter
from dppgraph.store.interface import GraphStore
from dppgraph.store.versions import VersionStore
from dppgraph.web.cache.front import CONDITIONAL
from dppgraph.web.headers import Headers
from dppgraph.web.memento.dates import written
from dppgraph.web.originals import Original, names_version, prefix_of

LINK_FORMAT: Final = "application/link-format"

_SHORT: Final = 400
_LONG: Final = 1500
"""Bytes of an address up to which a header repeats it five times, or twice: proxies take a head of a few kilobytes."""

_REMEMBERED: Final = 1024
"""Addresses whose links are remembered."""

_LINK: Final = b"link"
_LINE: Final = b"\r\nlink: "


class Mementos:
    """The versions of the addresses of a server.

    Args:
        store: knows which version is current.
        versions: the versions.
        url: where the server answers.

    Attributes:
        prefix: the path of that, without a slash at its end.
    """

    def __init__(self, store: GraphStore, versions: VersionStore, url: str) -> None:
        self.store = store
        self.versions = versions
        self.url = url
        self.prefix = prefix_of(url)
        # Most that is asked was asked before: then this is looked up ten thousand times a second.
        self._known = lru_cache(maxsize=_REMEMBERED)(self._link)

    def original(self, scope: Scope) -> Original | None:
        """What a request reads that can be had of any version; None for everything else."""
        return Original.of(scope, self.prefix) if scope["method"] in CONDITIONAL else None

    def link(self, scope: Scope) -> bytes:
        """The value of the header Link of an answer that is of the current version; empty for none."""
        sent, query = scope["raw_path"], scope["query_string"]
        if scope["method"] not in CONDITIONAL or len(sent) + len(query) > _LONG:
            return b""
        return self._known(scope["path"], sent, query)

    def _link(self, path: str, raw_path: bytes, query: bytes) -> bytes:
        scope = {"path": path, "raw_path": raw_path, "query_string": query}
        original = Original.of(scope, self.prefix)
        try:
            return b"" if original is None or names_version(scope) else self.around(original).encode()
        except BadParameter:
            return b""

    def around(self, original: Original) -> str:
        """An address is its own TimeGate, and has a list of its versions."""
        address = original.address(self.url)
        return (
            f'<{address}>; rel="original timegate", <{original.timemap(self.url)}>; rel="timemap"; type="{LINK_FORMAT}"'
        )

    def links(self, original: Original, number: int) -> str:
        """The value of the header Link of one of its versions, and of what leads to it.

        Raises:
            Damaged: the manifest of one of them is not what was published.
        """
        length = len(original.path) + len(original.query)
        if length > _LONG:
            return ""
        said = [self.around(original)]
        if length <= _SHORT:
            current = self.store.manifest.version
            first = self.first(current)
            numbers: dict[int, list[str]] = {first: ["first"]}
            numbers.setdefault(current, []).append("last")
            numbers.setdefault(number, [])
            said += [self.memento(original, one, roles) for one, roles in sorted(numbers.items())]
        return ", ".join(said)

    def memento(self, original: Original, number: int, roles: Sequence[str] = ()) -> str:
        """A link to one of its versions.

        Raises:
            Damaged: the version's manifest is not what was published.
        """
        relation, date = " ".join((*roles, "memento")), written(self.versions.created(number))
        return f'<{original.at(number, self.url)}>; rel="{relation}"; datetime="{date}"'

    def first(self, current: int) -> int:
        """The first version that is kept."""
        pruned = self.versions.retention().pruned
        return next((number for number in range(1, current) if number not in pruned), current)

    def at(self, moment: datetime) -> int:
        """The number of the version that was current at a moment, or of the nearest one that is kept.

        Raises:
            Damaged: a manifest is not what was published.
        """
        return min(self.versions.at(moment), self.store.manifest.version)


def joined(headers: Headers, link: bytes) -> Headers:
    """Headers with more links in the one header that has them."""
    if not link:
        return headers
    found = next((value for name, value in headers if name == _LINK), None)
    if found is None:
        return [*headers, (_LINK, link)]
    return [(name, b"%b, %b" % (link, value) if name == _LINK else value) for name, value in headers]


def joined_lines(head: bytes, link: bytes) -> bytes:
    """Likewise the lines of a head, each with its end."""
    if not link:
        return head
    if _LINE in head:
        return head.replace(_LINE, b"%b%b, " % (_LINE, link), 1)
    return b"%blink: %b\r\n" % (head, link)
