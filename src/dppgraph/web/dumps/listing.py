"""The list of a version's files, for programs and for people."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

from dppgraph.operations.dumps import CHECKSUMS, Found
from dppgraph.operations.paging import pages_of
from dppgraph.web.answers import headers_of
from dppgraph.web.cache.kept import Kept, tag_of
from dppgraph.web.dumps.files import cited_of, links_of
from dppgraph.web.pages import Reader, Site, rendered

_PAGE: Final = 100
"""Files on a page."""

_FIRST: Final = ("all", "table")
_LAST: Final = "plan"


def listing(found: Found, site: Site, reader: Reader | None, page: int = 1) -> Kept:
    """The list of a version's files, as JSON or as a page.

    Args:
        found: the files.
        site: what the page is part of.
        reader: who reads the page; None for JSON.
        page: which page, from 1.

    Raises:
        Unknown: there is no such page.
    """
    public_url = site.url
    below = f"{public_url}dumps/{found.version}/"
    said: dict[str, object] = {
        "version": found.version,
        "digest": f"sha256:{found.digest}",
        "created": datetime.fromtimestamp(found.created, UTC).isoformat(),
        "licence": found.licence,
        "catalogue": f"{public_url}catalogue",
        "checksums": f"{below}{CHECKSUMS}",
        "files": [asdict(dump) | {"url": f"{below}{dump.file}"} for dump in found.dumps],
    }
    content = (
        _page(said, site, reader, page) if reader else f"{json.dumps(said, ensure_ascii=False, indent=1)}\n".encode()
    )
    headers = headers_of(cited_of(found), links_of(found, public_url))
    content_type = "text/html; charset=utf-8" if reader else "application/json"
    return Kept(content, content_type, found.version, tag_of(content.decode()), headers)


def _page(said: Mapping[str, Any], site: Site, reader: Reader, page: int) -> bytes:
    """A page of the list: files with all data first, then tables, graphs and plans, each by name."""
    files = sorted(said["files"], key=lambda dump: (_order(dump["holds"]), dump["file"]))
    pages = pages_of(len(files), page, _PAGE)
    told = dict(said) | {
        # The site's own version is that of what stands around the list.
        "of_version": said["version"],
        "version": site.version,
        "shown": files[(page - 1) * _PAGE : page * _PAGE],
        "page": page,
        "pages": pages,
    }
    parameters = {"page": page} if page > 1 else {}
    return rendered("dumps.html", site, reader, f"dumps/{said['version']}", told, parameters=parameters)


def _order(holds: str) -> int:
    kind = holds.partition(":")[0]
    return _FIRST.index(kind) if kind in _FIRST else len(_FIRST) + (kind == _LAST)
