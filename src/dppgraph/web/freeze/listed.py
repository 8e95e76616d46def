"""What a version has that is to be written: what the data list, and what one begins with."""

from collections.abc import Iterable, Iterator
from typing import Final

from dppgraph.core import formats
from dppgraph.core.languages import LANGUAGES
from dppgraph.core.skolem import GENID
from dppgraph.operations.documents import path_of
from dppgraph.operations.dumps import CHECKSUMS, Found
from dppgraph.operations.fragments import PAGE as TRIPLES
from dppgraph.operations.freeze.address import PAGE, Address
from dppgraph.operations.harvest import Harvest
from dppgraph.store.history import Pattern
from dppgraph.web.crawlers import ADDRESSES
from dppgraph.web.freeze.reading import in_formats, in_languages
from dppgraph.web.rendering import assets, frozen_assets

_THINGS: Final = 1000
"""Things that are listed at once."""

_OF_SERVERS: Final = ("editor/", "yasgui/", "search.")
"""Files of pages that only a server has."""

_FEED: Final = "feed"
_FRAGMENTS: Final = "fragments"
_VOID: Final = ".well-known/void"


def listed(harvest: Harvest, dumps: Found | None) -> Iterator[Address]:
    """The addresses of all that the data list, and of what no page leads to.

    Args:
        harvest: the version.
        dumps: its files to download; None for none.
    """
    needed = [found for name, found in assets().items() if not name.startswith(_OF_SERVERS)]
    yield from (Address(f"static/{found.name}") for found in (*needed, *frozen_assets().values()))
    if dumps:
        names = (*(dump.file for dump in dumps.dumps), CHECKSUMS)
        yield from (Address(f"dumps/{harvest.packed.version}/{name}") for name in names)
    yield from _things(harvest)
    yield from _feed_nodes(harvest)
    total = harvest.published.exact.count(Pattern(None, None, None))
    pages = range(2, -(-total // TRIPLES) + 1)
    yield from (Address(f"{_FRAGMENTS}/{number}", formats.TRIG.extension) for number in pages)


def entries(harvest: Harvest) -> Iterable[Address]:
    """Those that one begins with, in the order in which they are to be replaced."""
    there = harvest.there
    rdf = [_VOID, _FEED, "queries", *(path for path in ("catalogue", "ns", "shapes") if path in there)]
    things = harvest.published.exact.count_things()
    sitemaps = [f"sitemap-{number}.xml" for number in range(1, max(1, -(-things // ADDRESSES)) + 1)]
    return [
        Address("context.jsonld"),
        *(address for path in rdf for address in in_formats(path)),
        *in_formats(_FRAGMENTS, (formats.TRIG,)),
        Address("dumps", formats.DATA.extension),
        *(Address(path) for path in (*sitemaps, "sitemap.xml", "robots.txt")),
        *(page for path in (_VOID, _FEED, "queries") for page in in_languages(path)),
        # The first page last: whoever comes by it finds all else.
        *(page for path in reversed(there) for page in in_languages(path)),
    ]


def document_of(name: str) -> str:
    """The path of the document about what a path names."""
    return f"doc/genid/{name.removeprefix(GENID)}" if name.startswith(GENID) else f"doc/{name.removeprefix('id/')}"


def _things(harvest: Harvest) -> Iterator[Address]:
    offset = 0
    while things := harvest.published.exact.things(offset=offset, limit=_THINGS):
        offset += _THINGS
        for iri, _ in things:
            path = path_of(iri, harvest.manifest.base)
            if path is not None:
                yield from in_languages(path)
                name = _name_of(path)
                if name:
                    yield Address(name, PAGE, LANGUAGES[0])


def _feed_nodes(harvest: Harvest) -> Iterator[Address]:
    feed = harvest.feed()
    nodes = [*map(str, range(1, feed.pages + 1)), *(f"index-{number}" for number in range(1, feed.indexes + 1))]
    for node in nodes:
        yield from in_formats(f"{_FEED}/{node}")
        yield from in_languages(f"{_FEED}/{node}")


def _name_of(document: str) -> str:
    """The path that names what a document is about; empty where the document has the name itself."""
    if document.startswith("doc/genid/"):
        return f"{GENID}{document.removeprefix('doc/genid/')}"
    return f"id/{document.removeprefix('doc/')}" if document.startswith("doc/") else ""
