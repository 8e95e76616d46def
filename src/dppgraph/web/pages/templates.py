"""Templates: ``web/templates``, in which everything from the graph is escaped."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from dppgraph.core.formats import Format
from dppgraph.core.languages import LANGUAGES
from dppgraph.operations.harvest import Harvest
from dppgraph.web.pages.links import Links
from dppgraph.web.pages.reader import Reader
from dppgraph.web.rendering import asset, environment


class Site(NamedTuple):
    """What pages are part of.

    Attributes:
        url: where the server answers.
        base: the base of the data.
        there: the paths of the pages that there are.
        version: the number of the version that they are of; 0 for none.
    """

    url: str
    base: str
    there: Sequence[str] = ()
    version: int = 0

    @classmethod
    def of(cls, harvest: Harvest) -> "Site":
        """The site over a version."""
        return cls(harvest.published.url, harvest.manifest.base, harvest.there, harvest.manifest.version)


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
    links = Links(site.url, site.base, reader)
    in_languages = {
        language: Links(site.url, site.base, Reader(language, chosen=True)).link(path, **parameters)
        for language in LANGUAGES
    }
    said = {
        "home": site.url,
        "there": site.there,
        "version": site.version,
        "reader": reader,
        "path": path,
        "canonical": Links(site.url, site.base, Reader(reader.language)).link(path, **parameters),
        "languages": in_languages,
        "data": data,
        "asset": lambda name: f"{site.url}{asset(name)}",
        "link": links.link,
        "to": links.to,
        "document": links.document,
        "sparql": links.sparql,
        "question": links.question,
    }
    return environment(reader.language).get_template(name).render(said | dict(told)).encode()
