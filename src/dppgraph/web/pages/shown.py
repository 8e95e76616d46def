"""RDF as a page, for who comes across it with a browser."""

from collections.abc import Mapping
from types import MappingProxyType

from dppgraph.core import formats
from dppgraph.operations.harvest import Harvest
from dppgraph.web.pages.reader import Reader
from dppgraph.web.pages.templates import Site, rendered


def shown(
    title: str,
    path: str,
    turtle: bytes,
    harvest: Harvest,
    reader: Reader,
    told: Mapping[str, object] = MappingProxyType({}),
) -> bytes:
    """RDF as a page.

    Args:
        title: the key of the message that is its title.
        path: where it is, below the server's address.
        turtle: the RDF.
        harvest: the version that it is of.
        reader: who reads it.
        told: more of what it shows.
    """
    said = {"title": title, "turtle": turtle.decode(), "formats": formats.RDF} | dict(told)
    return rendered("shown.html", Site.of(harvest), reader, path, said)
