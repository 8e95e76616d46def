"""The list of a version's files, for programs and for people."""

import json
from dataclasses import asdict
from datetime import UTC, datetime

from dppgraph.operations.dumps import CHECKSUMS, Found
from dppgraph.web.answers import headers_of
from dppgraph.web.cache.kept import Kept, tag_of
from dppgraph.web.dumps.files import links_of
from dppgraph.web.pages import template


def listing(found: Found, public_url: str, *, page: bool) -> Kept:
    """The list of a version's files, as JSON or as a page.

    Args:
        found: the files.
        public_url: where this server is found.
        page: whether it is a page.
    """
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
        template("dumps.html").render(said | {"home": public_url, "there": ["catalogue"] if found.licence else []})
        if page
        else f"{json.dumps(said, ensure_ascii=False, indent=1)}\n"
    )
    headers = [*headers_of(found.version), (b"link", links_of(found, public_url).encode())]
    content_type = "text/html; charset=utf-8" if page else "application/json"
    return Kept(content.encode(), content_type, found.version, tag_of(content), headers)
