"""The feed as it is read: a root that leads to pages of members, by way of indexes where there are many.

A page is *closed* once a later page exists, and an index once all its pages are closed and a later one exists: neither
changes any more, whatever versions come. The root knows the time of the first and of the last member of each closed
page, and of the first of the open one, which may grow.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, literal
from dppgraph.errors import Unknown
from dppgraph.operations.feed.files import FeedFiles, Head
from dppgraph.operations.feed.making import is_of, make_missing
from dppgraph.operations.feed.moments import DATE_TIME
from dppgraph.store.rdf import read_file
from dppgraph.store.versions import VersionStore

INDEX: Final = 100
"""How many pages an index leads to; and the root, before it needs indexes."""

_A: Final = f"<{PREFIXES['rdf']}type>"
_TREE: Final = "https://w3id.org/tree#"
_LDES: Final = "https://w3id.org/ldes#"
_TRUE: Final = literal("true", datatype=f"{PREFIXES['xsd']}boolean")
_INDEX_NAME: Final = "index-"
_LONGEST: Final = 9


@dataclass(slots=True)
class _Page:
    """Where the members of a page are.

    Attributes:
        parts: version, position of the first, and how many, for each version that has some here.
    """

    parts: list[tuple[Head, int, int]]

    @property
    def since(self) -> str:
        return self.parts[0][0].moment

    @property
    def until(self) -> str:
        return self.parts[-1][0].moment

    @property
    def changed(self) -> str:
        return self.parts[-1][0].created


class FeedReader:
    """The feed as it is at one version.

    Args:
        versions: the store.
        number: the version's number; what came later is not there.
        url: where the server answers, below which the feed is; by default, the base. What members say stays as it is.
        index: how many pages an index leads to.

    Attributes:
        count: how many members there are.
        base: the base of the data.
    """

    def __init__(self, versions: VersionStore, number: int, url: str = "", *, index: int = INDEX) -> None:
        self._files = FeedFiles(versions.folder)
        heads = self._found(number)
        if heads is None or not is_of(heads[-1], versions):
            make_missing(versions, number, self._files)
            heads = self._found(number) or []
        self._pages: list[_Page] = []
        self._index = index
        self._heads = heads
        self.count = sum(head.count for head in heads)
        self.base = heads[-1].base
        self._url = url or self.base
        for head in heads:
            self._add(head)

    @property
    def pages(self) -> int:
        """How many pages there are, counted from 1."""
        return len(self._pages)

    @property
    def indexes(self) -> int:
        """How many indexes there are, counted from 1; none where the root leads to the pages."""
        return -(-self.pages // self._index) if self.pages > self._index else 0

    def is_closed(self, node: str) -> bool:
        """Whether a node, by the last part of its address, never changes any more; the root, the empty one, may.

        Raises:
            Unknown: there is no such node.
        """
        if not node:
            return False
        return self._last_page(node) < self.pages

    def changed(self, node: str) -> str:
        """When the last version was made that has something on a node, in UTC, ISO 8601 to the second.

        Raises:
            Unknown: there is no such node.
        """
        if node and self.pages:
            last = self._last_page(node)
            # A closed node changed last when it was closed: when the page after it was begun.
            return self._pages[last].parts[0][0].created if last < self.pages else self._pages[last - 1].changed
        return self._heads[-1].created

    def of(self, node: str) -> tuple[int, str]:
        """The version that a node is of, and its digest: the last that is in the feed, or that which closed the node.

        Raises:
            Unknown: there is no such node.
        """
        last = self._last_page(node) if node else self.pages
        head = self._pages[last].parts[0][0] if last < self.pages else self._heads[-1]
        return head.version, head.digest

    def node(self, node: str, *, named_graphs: bool) -> Iterator[str]:
        """What a node says, by the last part of its address; as canonical lines in no order.

        Args:
            node: empty for the root, ``3`` for a page, ``index-1`` for an index.
            named_graphs: whether each member's own graph is wanted too.

        Raises:
            Unknown: there is no such node.
            StoreUnavailable: its members cannot be read.
        """
        if not node:
            return self.root()
        if node.startswith(_INDEX_NAME):
            return self.index(self._number(node.removeprefix(_INDEX_NAME), self.indexes))
        return self.page(self._number(node, self.pages), named_graphs=named_graphs)

    def root(self) -> Iterator[str]:
        """What the root says: of the stream, and where its pages or indexes are."""
        since = self._pages[0].since if self._pages else self._heads[-1].moment
        retention, starts = f"<{self._url}feed#retention>", f"<{_LDES}startingFrom>"
        yield from (quad.line() for quad in _stream(self.base, self._url))
        yield Quad(retention, starts, literal(since, datatype=DATE_TIME)).line()
        if not self.indexes:
            yield from self._relations("", range(1, self.pages + 1))
            return
        for number in range(1, self.indexes + 1):
            pages = self._pages[self._index * (number - 1) : self._index * number]
            name = f"{_INDEX_NAME}{number}"
            yield from self._relation("", name, pages[0].since, pages[-1].until)

    def index(self, number: int) -> Iterator[str]:
        """What an index says: where its pages are.

        Raises:
            Unknown: there is no such index.
        """
        self._number(str(number), self.indexes)
        name = f"{_INDEX_NAME}{number}"
        yield from self._described(name)
        last = min(self._index * number, self.pages)
        yield from self._relations(name, range(self._index * (number - 1) + 1, last + 1))

    def page(self, number: int, *, named_graphs: bool = True) -> Iterator[str]:
        """What a page says: its members.

        Args:
            number: the page's.
            named_graphs: whether each member's own graph is wanted too.

        Raises:
            Unknown: there is no such page.
            StoreUnavailable: its members cannot be read.
        """
        self._number(str(number), self.pages)
        yield from self._described(str(number))
        for head, first, count in self._pages[number - 1].parts:
            for member in self._files.members(head.version, first, count):
                yield Quad(f"<{self._url}feed#stream>", f"<{_TREE}member>", f"<{member.name}>").line()
                yield from member.lines(named_graphs=named_graphs)

    def member(self, name: str) -> list[str] | None:
        """What one version object says, by what its name has after ``id/version/``; None where there is none.

        Raises:
            StoreUnavailable: it cannot be read.
        """
        try:
            found = self._files.member(name)
        except Unknown:
            return None
        return list(found.lines(named_graphs=True)) if found.version <= len(self._heads) else None

    def _found(self, number: int) -> list[Head] | None:
        """The heads of all versions up to a number; None where one is missing, or follows another one."""
        heads: list[Head] = []
        for place in range(1, number + 1):
            head = self._files.head(place)
            if head is None or head.follows != (heads[-1].seal if heads else ""):
                return None
            heads.append(head)
        return heads

    def _add(self, head: Head) -> None:
        first = head.first
        for page, count in head.pages:
            if page > len(self._pages):
                self._pages.append(_Page([]))
            self._pages[-1].parts.append((head, first, count))
            first += count

    def _number(self, text: str, last: int) -> int:
        if text.isascii() and text.isdigit() and len(text) <= _LONGEST and str(int(text)) == text:
            number = int(text)
            if 1 <= number <= last:
                return number
        raise Unknown(f"the feed has no {text[:50]!r}: begin at /feed, which leads to all of it")

    def _last_page(self, node: str) -> int:
        if not node.startswith(_INDEX_NAME):
            return self._number(node, self.pages)
        return min(self._number(node.removeprefix(_INDEX_NAME), self.indexes) * self._index, self.pages)

    def _described(self, name: str) -> Iterator[str]:
        me = f"<{self._url}feed/{name}>"
        yield Quad(me, _A, f"<{_TREE}Node>").line()
        if self.is_closed(name):
            yield Quad(me, f"<{_LDES}immutable>", _TRUE).line()

    def _relations(self, source: str, pages: Iterable[int]) -> Iterator[str]:
        for number in pages:
            page = self._pages[number - 1]
            yield from self._relation(source, str(number), page.since, page.until)

    def _relation(self, source: str, target: str, since: str, until: str) -> Iterator[str]:
        me = f"<{self._url}feed/{source}>" if source else f"<{self._url}feed>"
        bounds = [("from", "GreaterThanOrEqualToRelation", since)]
        if self.is_closed(target):
            bounds.append(("until", "LessThanOrEqualToRelation", until))
        for name, kind, value in bounds:
            relation = f"<{self._url}feed#{name}-{target}>"
            yield Quad(me, f"<{_TREE}relation>", relation).line()
            yield Quad(relation, _A, f"<{_TREE}{kind}>").line()
            yield Quad(relation, f"<{_TREE}node>", f"<{self._url}feed/{target}>").line()
            yield Quad(relation, f"<{_TREE}path>", f"<{PREFIXES['prov']}generatedAtTime>").line()
            yield Quad(relation, f"<{_TREE}value>", literal(value, datatype=DATE_TIME)).line()


@cache
def _stream(base: str, url: str) -> list[Quad]:
    """What is always said of the stream: names begin with the base, the feed's own addresses with the URL."""
    address = re.compile(rf"^<{re.escape(base)}feed(?=[>#])")
    found = read_file(Path(__file__).parent / "stream.ttl", formats.TURTLE, graph="", base=base)
    return [Quad(*(address.sub(f"<{url}feed", term) for term in quad)) for quad in found]
