"""The list of a version's files, for programs and for people."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Final

from dppgraph.operations.dumps import CHECKSUMS, Dump, Found
from dppgraph.operations.paging import pages_of
from dppgraph.web.answers import headers_of
from dppgraph.web.cache.kept import Kept, tag_of
from dppgraph.web.dumps.files import Files, cited_of, links_of
from dppgraph.web.pages import Reader, Site, rendered

_PAGE: Final = 100
"""Files on a page for people."""

_PART: Final = 1000
"""Files on a page for programs."""


def listing(files: Files, site: Site, reader: Reader | None, page: int = 1) -> Kept:
    """The list of a version's files, as JSON or as a page.

    Args:
        files: the files.
        site: what the page is part of.
        reader: who reads the page; None for JSON.
        page: which page, from 1.

    Raises:
        Unknown: there is no such page.
    """
    found = files.found
    links = links_of(found, site.url)
    if reader:
        content, content_type = _page(files, site, reader, page), "text/html; charset=utf-8"
    else:
        # A site of files has no second page of one.
        size = max(1, len(found.dumps)) if site.frozen else _PART
        pages = pages_of(len(found.dumps), page, size)
        others = _beside(f"{site.url}dumps/{found.version}", page, pages)
        said = _said(found, site.url, found.dumps[(page - 1) * size : page * size])
        if pages > 1:
            said |= {"page": page, "pages": pages, **others}
        content, content_type = f"{json.dumps(said, ensure_ascii=False, indent=1)}\n".encode(), "application/json"
        links = (*links, *(f'<{address}>; rel="{relation}"' for relation, address in others.items()))
    return Kept(content, content_type, found.version, tag_of(content.decode()), headers_of(cited_of(found), links))


def _said(found: Found, url: str, dumps: Iterable[Dump]) -> dict[str, object]:
    below = f"{url}dumps/{found.version}/"
    return {
        "version": found.version,
        "digest": f"sha256:{found.digest}",
        "created": datetime.fromtimestamp(found.created, UTC).isoformat(),
        "licence": found.licence,
        "catalogue": f"{url}catalogue",
        "checksums": f"{below}{CHECKSUMS}",
        "files": [asdict(dump) | {"url": f"{below}{dump.file}"} for dump in dumps],
    }


def _beside(address: str, page: int, pages: int) -> dict[str, str]:
    """Where the pages before and after one are."""
    beside = {"prev": page - 1, "next": page + 1}
    return {relation: f"{address}?page={number}" for relation, number in beside.items() if 1 <= number <= pages}


def _page(files: Files, site: Site, reader: Reader, page: int) -> bytes:
    """A page of the list: files with all data first, then tables, graphs and plans, each by name."""
    pages = pages_of(len(files.ordered), page, _PAGE)
    said = _said(files.found, site.url, files.ordered[(page - 1) * _PAGE : page * _PAGE])
    told = said | {
        # The site's own version is that of what stands around the list.
        "of_version": said["version"],
        "version": site.version,
        "shown": said["files"],
        "page": page,
        "pages": pages,
    }
    parameters = {"page": page} if page > 1 else {}
    return rendered("dumps.html", site, reader, f"dumps/{said['version']}", told, parameters=parameters)
