"""The files of a version as answers: which one is sent, and what is said of it."""

import base64
import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from starlette.types import Scope

from dppgraph.operations.dumps import CHECKSUMS, METADATA, Dump, Found, checksums
from dppgraph.web.answers import CORS, Cited
from dppgraph.web.cache.kept import Kept, coding_of
from dppgraph.web.headers import Headers, date_of, header_of

NUMBERED: Final = b"public, max-age=31536000, immutable"
"""How long a cache may keep what an address with a version's number answers."""

FRESH: Final = b"public, no-cache"
"""Likewise for the current version's: as long as it asks each time whether it still is."""

_KEPT: Final = 64
"""Pages of the list of a version's files that are kept."""

_FIRST: Final = ("all", "table")
_LAST: Final = "plan"


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one version.

    Attributes:
        found: what is known of them.
        named: name to file, that of the checksums too.
        ordered: the files as people look for them: those with all data, tables, graphs, and plans, each by name.
        listed: pages of the list of them, as they are sent.
    """

    found: Found
    named: Mapping[str, Dump]
    ordered: Sequence[Dump]
    listed: OrderedDict[str, Kept] = field(default_factory=OrderedDict)

    @classmethod
    def of(cls, found: Found) -> "Files":
        """The files that were found."""
        said = checksums(found.dumps).encode()
        sums = Dump(CHECKSUMS, "sha256", "text/plain", False, len(said), hashlib.sha256(said).hexdigest(), "all")
        ordered = sorted(found.dumps, key=lambda dump: (_order(dump.holds), dump.file))
        return cls(found, {dump.file: dump for dump in (*found.dumps, sums)}, ordered)

    def keep(self, key: str, page: Kept) -> None:
        """Keeps a page of the list; the pages that were made first go, where there are many."""
        self.listed[key] = page
        while len(self.listed) > _KEPT:
            self.listed.popitem(last=False)


def selected(named: Mapping[str, Dump], dump: Dump, scope: Scope) -> tuple[Dump, bool]:
    """The file that is sent for one, and whether it is that one coded.

    Who asks for a part, and takes gzip, mostly has the beginning of the file uncoded, as programs decode what comes.
    So a part is one of the file itself, unless If-Range names the coded bytes.
    """
    zipped = None if dump.gzip else named.get(f"{dump.file}.gz")
    if zipped is None or not coding_of(header_of(scope, b"accept-encoding"), ("gzip",)):
        return dump, False
    if header_of(scope, b"range") and header_of(scope, b"if-range").strip() != etag_of(zipped):
        return dump, False
    return zipped, True


def headers_of_file(files: Files, dump: Dump, public_url: str, *, coded: bool, numbered: bool) -> Headers:
    """The headers of an answer with a file, or with some of it.

    Args:
        files: those of its version.
        dump: the file whose bytes are sent.
        public_url: where this server is found.
        coded: whether it is sent as a coding of another one.
        numbered: whether its address names the version.
    """
    found = files.found
    headers = [(name.encode(), value.encode()) for name, value in CORS.items()]
    headers += [
        (b"content-type", _content_type(dump, coded=coded)),
        (b"etag", etag_of(dump)),
        (b"last-modified", date_of(found.created).encode()),
        (b"accept-ranges", b"bytes"),
        # RFC 9530, section 3: of all the bytes, whichever of them are sent.
        (b"repr-digest", b"sha-256=:%b:" % base64.b64encode(bytes.fromhex(dump.sha256))),
        (b"cache-control", NUMBERED if numbered else FRESH),
        *cited_of(found).headers,
        *cited_of(found).links(links_of(found, public_url, dump, files.named)),
    ]
    if coded:
        headers.append((b"content-encoding", b"gzip"))
    if coded or f"{dump.file}.gz" in files.named:
        headers.append((b"vary", b"Accept-Encoding"))
    return headers


def cited_of(found: Found) -> Cited:
    """What an answer with files names."""
    return Cited(found.version, found.digest, found.licence or "")


def links_of(
    found: Found, public_url: str, dump: Dump | None = None, named: Mapping[str, Dump] | None = None
) -> tuple[str, ...]:
    """Links to where a version's files, or one of them, are described and listed."""
    links = [f'<{public_url}dumps/{found.version}>; rel="collection"']
    metadata = (named or {}).get(f"{dump.file}{METADATA}") if dump else None
    if metadata:
        address = f"{public_url}dumps/{found.version}/{metadata.file}"
        # Tabular Data Model, section 5.2.
        links.append(f'<{address}>; rel="describedby"; type="{metadata.media_type}"')
    if found.licence:
        # There is a catalogue then, and what it says of the whole.
        links.append(f'<{public_url}catalogue>; rel="describedby"')
        links.append(f'<{public_url}doc/dataset/policy-plans>; rel="collection"; type="text/html"')
    return tuple(links)


def etag_of(dump: Dump) -> bytes:
    """A file's tag: the checksum of its bytes."""
    return b'"%b"' % dump.sha256.encode()


def _order(holds: str) -> int:
    kind = holds.partition(":")[0]
    return _FIRST.index(kind) if kind in _FIRST else len(_FIRST) + (kind == _LAST)


def _content_type(dump: Dump, *, coded: bool) -> bytes:
    if dump.gzip and not coded:
        return b"application/gzip"
    # N-Triples and N-Quads are UTF-8 by their media types, JSON and XML say it themselves.
    is_text = dump.media_type.startswith("text/") or dump.media_type == "application/trig"
    return f"{dump.media_type}{'; charset=utf-8' if is_text else ''}".encode()
