"""Who brought which statement, as RDF: each statement by name, with the changes that brought it and took it away.

A statement is described as RDF does it (RDF Schema 1.1, section 5.3), since every format can say that; it is generated
by one change and invalidated by another (PROV-O, sections 3.1 and 3.2).
"""

import hashlib
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, canonical
from dppgraph.operations.changes import change_of, named_of, told_as_prov
from dppgraph.operations.harvest import Published
from dppgraph.operations.versions.blame import Blame, Blamed

_RDF: Final = PREFIXES["rdf"]
_PROV: Final = PREFIXES["prov"]
_DIGITS: Final = 24


def brought(found: Blame, published: Published) -> list[str]:
    """The lines that say so, and what is known of those changes.

    Args:
        found: the statements.
        published: what the version says that is served; knows where the server answers.
    """
    url = published.url
    address = f"{url}blame?thing={quote(found.thing, safe='')}"
    told = canonical(quad for one in found.statements for quad in _told(one, address, url))
    versions = {one.brought.number: one.brought for one in found.statements}
    versions |= {one.gone.number: one.gone for one in found.statements if one.gone}
    return sorted({*told, *told_as_prov(versions.values(), named_of(published), url)})


def _told(one: Blamed, address: str, url: str) -> Iterator[Quad]:
    said = hashlib.sha256(f"{one.brought.number} {one.quad.line()}".encode()).hexdigest()[:_DIGITS]
    this = f"<{address}#{said}>"
    yield Quad(this, f"<{_RDF}type>", f"<{_RDF}Statement>")
    for name, term in zip(("subject", "predicate", "object"), one.quad, strict=False):
        yield Quad(this, f"<{_RDF}{name}>", term)
    if one.quad.graph:
        yield Quad(this, f"<{PREFIXES['dct']}isPartOf>", one.quad.graph)
    yield Quad(this, f"<{_PROV}wasGeneratedBy>", change_of(one.brought.number, url))
    if one.gone:
        yield Quad(this, f"<{_PROV}wasInvalidatedBy>", change_of(one.gone.number, url))
    for evidence in one.quotes:
        yield Quad(this, f"<{_PROV}wasDerivedFrom>", evidence.statement)
