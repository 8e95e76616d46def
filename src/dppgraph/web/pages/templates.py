"""Templates: ``web/templates``, in which everything from the graph is escaped."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from dppgraph.core.formats import Format
from dppgraph.core.languages import LANGUAGES
from dppgraph.operations.harvest import Harvest
from dppgraph.web.originals import VERSION
from dppgraph.web.pages.links import Links, below
from dppgraph.web.pages.reader import Reader
from dppgraph.web.rendering import asset, environment

_NO_TEXT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""Control characters, which HTML must not hold (HTML, section 13.1.4), whatever the data hold."""


class Site(NamedTuple):
    """What pages are part of.

    Attributes:
        url: where the server answers.
        base: the base of the data.
        there: the paths of the pages that there are.
        version: the number of the version that they are of; 0 for none.
        since: when that was published, ISO 8601, where the address of the page names it: the page stays as it is.
        frozen: whether no server answers: pages are files then.
    """

    url: str
    base: str
    there: Sequence[str] = ()
    version: int = 0
    since: str = ""
    frozen: bool = False

    @classmethod
    def of(cls, harvest: Harvest) -> "Site":
        """The site over a version."""
        manifest = harvest.manifest
        since = manifest.created if harvest.is_past else ""
        return cls(harvest.published.url, manifest.base, harvest.there, manifest.version, since, harvest.frozen)

    @property
    def origin(self) -> str:
        """Where the server answers, without a path (RFC 6454, section 6.2)."""
        return self.url.removesuffix(self.root)

    @property
    def root(self) -> str:
        """The path that all of the server is below: what a page asks for is asked by the name that it was opened by."""
        return urlsplit(self.url).path

    def here(self, address: str) -> str:
        """An address of this server without its name; any other as it is."""
        return below(self.root, address.removeprefix(self.url)) if address.startswith(self.url) else address

    def links(self, reader: Reader) -> Links:
        """Where the links of a page lead: from one that is of a version to others of that version."""
        return Links(self.root, self.base, reader, self.version if self.since else None)


def rendered(
    name: str,
    site: Site,
    reader: Reader,
    path: str,
    told: Mapping[str, object],
    *,
    parameters: Mapping[str, object] = MappingProxyType({}),
    data: Sequence[tuple[str, Format]] = (),
) -> bytes:
    """A page, in HTML.

    Args:
        name: the name of its template.
        site: what it is part of.
        reader: who reads it.
        path: where it is, below the server's address.
        told: what it shows.
        parameters: those of its address.
        data: the addresses of its data, with their formats.
    """
    links = site.links(reader)
    in_languages = {
        language: site.links(Reader(language, chosen=True)).link(path, **parameters) for language in LANGUAGES
    }
    now = {name: value for name, value in parameters.items() if name != VERSION}
    said = {
        "home": site.url,
        "origin": site.origin,
        "root": site.root,
        "here": site.here,
        "there": site.there,
        "version": site.version,
        "since": site.since,
        "frozen": site.frozen,
        "newest": Links(site.root, site.base, reader).link(path, **now),
        "reader": reader,
        "path": path,
        "canonical": Links(site.url, site.base, Reader(reader.language)).link(path, **now),
        "languages": in_languages,
        "data": data,
        "asset": lambda name: f"{site.root}{asset(name)}",
        "link": links.link,
        "to": links.to,
        "document": links.document,
        "sparql": links.sparql,
        "question": links.question,
    }
    page = environment(reader.language).get_template(name).render(said | dict(told))
    return _NO_TEXT.sub("\ufffd", page).encode()
