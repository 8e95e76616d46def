"""Versions and the changes that made them, as PROV-O tells of them (https://www.w3.org/TR/prov-o/, sections 3.1, 3.2).

A version is an entity, which a change generated, and a revision of the one before; the change is an activity, which is
associated with whoever made it. When a change began is not kept: it ended when its version was published. Activities
and agents have addresses of the server, as no other one has these changes; a version has the name that the catalogue
gives it.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final
from urllib.parse import quote

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, canonical, literal
from dppgraph.operations.catalogue import version_iri, whole_of
from dppgraph.operations.changes.version import Version
from dppgraph.operations.harvest import Published
from dppgraph.store.history import Pattern
from dppgraph.store.versions import Manifest

_A: Final = f"<{PREFIXES['rdf']}type>"
_PROV: Final = PREFIXES["prov"]
_DCAT: Final = PREFIXES["dcat"]
_LABEL: Final = f"<{PREFIXES['rdfs']}label>"
_TIME: Final = f"{PREFIXES['xsd']}dateTime"

Named = Callable[[int], str]
"""Gives the term of a version."""


def named_of(published: Published) -> Named:
    """What gives the names of versions: those that the catalogue has for them; where there is none, addresses."""
    exact = published.exact
    spaces = exact.match(Pattern(None, f"<{PREFIXES['void']}uriSpace>", None))
    whole = whole_of((line for space in spaces for line in exact.about(space[0])), published.base)
    return lambda number: version_iri(whole, number) if whole else f"<{published.url}changes/{number}#version>"


def told_as_prov(versions: Iterable[Version], named: Named, url: str) -> list[str]:
    """What is known of some versions and of their changes, as canonical lines without a graph.

    Args:
        versions: the versions; of a damaged one nothing is told.
        named: gives their terms.
        url: where the server answers.
    """
    manifests = [version.manifest for version in versions if version.manifest]
    return canonical(quad for manifest in manifests for quad in _told(manifest, named, url))


def change_of(number: int, url: str) -> str:
    """The term of the change that made a version.

    Args:
        number: the version's.
        url: where the server answers.
    """
    return f"<{url}changes/{number}#change>"


def _told(manifest: Manifest, named: Named, url: str) -> Iterator[Quad]:
    number = manifest.version
    this, change, agent = named(number), change_of(number, url), _agent(manifest.agent, url)
    moment = literal(manifest.created, datatype=_TIME)
    yield Quad(this, _A, f"<{_PROV}Entity>")
    yield Quad(this, f"<{_DCAT}version>", literal(str(number)))
    yield Quad(this, f"<{PREFIXES['owl']}versionInfo>", literal(f"sha256:{manifest.digest}"))
    yield Quad(this, f"<{_PROV}generatedAtTime>", moment)
    yield Quad(this, f"<{_PROV}wasGeneratedBy>", change)
    if manifest.parent:
        yield Quad(this, f"<{_PROV}wasRevisionOf>", named(manifest.parent))
        yield Quad(this, f"<{_DCAT}previousVersion>", named(manifest.parent))
        yield Quad(change, f"<{_PROV}used>", named(manifest.parent))
    if manifest.of:
        yield Quad(this, f"<{_PROV}wasDerivedFrom>", named(manifest.of))
        yield Quad(change, f"<{_PROV}used>", named(manifest.of))
    yield Quad(change, _A, f"<{_PROV}Activity>")
    yield Quad(change, f"<{_PROV}generated>", this)
    yield Quad(change, f"<{_PROV}endedAtTime>", moment)
    yield Quad(change, f"<{_PROV}wasAssociatedWith>", agent)
    if manifest.message:
        yield Quad(change, f"<{PREFIXES['dct']}description>", literal(manifest.message))
    yield Quad(agent, _A, f"<{_PROV}Agent>")
    yield Quad(agent, _LABEL, literal(manifest.agent))


def _agent(name: str, url: str) -> str:
    return f"<{url}changes#agent-{quote(name, safe='')}>"
