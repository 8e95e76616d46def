"""The list of a version's files, for programs and for people."""

import json
from dataclasses import asdict
from datetime import UTC, datetime

from dppgraph.operations.dumps import CHECKSUMS, Found
from dppgraph.web.answers import headers_of
from dppgraph.web.cache.kept import Kept, tag_of
from dppgraph.web.dumps.files import links_of
from dppgraph.web.pages import Reader, Site, rendered


def listing(found: Found, site: Site, reader: Reader | None) -> Kept:
    """The list of a version's files, as JSON or as a page.

    Args:
        found: the files.
        site: what the page is part of.
        reader: who reads the page; None for JSON.
    """
    public_url = site.url
    below = f"{public_url}dumps/{found.version}/"
    said: dict[str, object] = {
        "version": found.version,
        "created": datetime.fromtimestamp(found.created, UTC).isoformat(),
        "licence": found.licence,
        "catalogue": f"{public_url}catalogue",
        "checksums": f"{below}{CHECKSUMS}",
        "files": [asdict(dump) | {"url": f"{below}{dump.file}"} for dump in found.dumps],
    }
    content = (
        rendered("dumps.html", site, reader, f"dumps/{found.version}", said)
        if reader
        else f"{json.dumps(said, ensure_ascii=False, indent=1)}\n".encode()
    )
    headers = [*headers_of(found.version), (b"link", links_of(found, public_url).encode())]
    content_type = "text/html; charset=utf-8" if reader else "application/json"
    return Kept(content, content_type, found.version, tag_of(content.decode()), headers)
