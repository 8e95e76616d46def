"""What each answer names, so that it can be cited: the version, its digest, the licence; a query's hash and permalink.

The permalink of a query is the address that asks the same of that version for good.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from urllib.parse import quote, urlencode

from dppgraph.core.query_hash import query_hash
from dppgraph.operations.harvest import Harvests
from dppgraph.store.versions.manifest import Manifest
from dppgraph.web.answers.heads import CITED_AS, Cited, headers_of
from dppgraph.web.cache.answers import Asked
from dppgraph.web.headers import Headers

LONGEST: Final = 8_000
"""Characters of an address that browsers, proxies and reference managers can be expected to take."""

_LONGEST_IN_HEAD: Final = 2_000
"""Likewise in a header: by default, some proxies refuse an answer whose head takes more than 4 KiB."""

_AT_HAND: Final = 64


class CitedQuery(NamedTuple):
    """What the answer to a query names.

    Attributes:
        of: the version.
        hash: the query's (``core.query_hash``).
        permalink: where it is asked of that version; empty where that would be longer than :data:`LONGEST`, or nobody
            can be asked.
    """

    of: Cited
    hash: str
    permalink: str

    @property
    def headers(self) -> Headers:
        """The headers of an answer that may be kept."""
        return [*headers_of(self.of, self._links), self._header]

    @property
    def naming(self) -> Headers:
        """Those of them that name anything, of an answer that is not kept."""
        return [*self.of.headers, *self.of.links(self._links), self._header]

    @property
    def own_headers(self) -> Headers:
        """Those of them that only the query has."""
        return [*((b"link", link.encode()) for link in self._links), self._header]

    @property
    def _links(self) -> tuple[str, ...]:
        return (CITED_AS % self.permalink,) if 0 < len(self.permalink) <= _LONGEST_IN_HEAD else ()

    @property
    def _header(self) -> tuple[bytes, bytes]:
        return b"dppgraph-query", f"sha256:{self.hash}".encode()


@dataclass(frozen=True, slots=True)
class Citing:
    """Says what answers name.

    Attributes:
        harvests: know the versions, and what each says of its licence.
        url: where this server answers.
    """

    harvests: Harvests
    url: str
    _known: dict[tuple[int, str], Cited] = field(default_factory=dict)

    def of(self, manifest: Manifest) -> Cited:
        """What an answer from a version names; looked up once."""
        key = manifest.version, manifest.digest
        found = self._known.get(key)
        if found is None:
            licence = self.harvests.licence(manifest)
            while len(self._known) >= _AT_HAND:
                del self._known[next(iter(self._known))]
            found = self._known[key] = Cited(manifest.version, manifest.digest, licence)
        return found

    async def at(self, number: int, current: Manifest) -> Cited:
        """Likewise of a version by its number, given the current one.

        Raises:
            DppgraphError: there is no such version, or its manifest cannot be read.
        """
        if number == current.version:
            return self.of(current)
        return await asyncio.to_thread(lambda: self.of(self.harvests.versions.manifest(number)))

    def query(self, asked: Asked, of: Cited) -> CitedQuery:
        """What the answer of a version to a query names."""
        found = query_hash(asked.text, asked.default_graphs, asked.named_graphs, asked.substitutions)
        # Files of a site without a server are of one version, and no address asks another one.
        return CitedQuery(of, found, "" if self.harvests.frozen else permalink(self.url, asked, of.version))


def permalink(url: str, asked: Asked, version: int, **more: str) -> str:
    """The address that asks the same of a version; empty where it would be longer than :data:`LONGEST`.

    Args:
        url: where the server answers.
        asked: the query.
        version: the version's number.
        more: further parameters, such as a format; for ``/sparql`` alone.
    """
    if asked.place:
        return _short(f"{url}{asked.place}{'&' if '?' in asked.place else '?'}version={version}")
    if len(asked.text) > LONGEST:
        return ""
    said = [*more.items(), ("query", asked.text)]
    said += [("default-graph-uri", iri) for iri in asked.default_graphs]
    said += [("named-graph-uri", iri) for iri in asked.named_graphs]
    return _short(f"{url}sparql?{urlencode([*said, ('version', str(version))], quote_via=quote, errors='replace')}")


def _short(address: str) -> str:
    return address if len(address) <= LONGEST else ""
