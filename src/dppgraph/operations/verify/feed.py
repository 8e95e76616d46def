"""The feed: its root and its newest page are of the version that they name, and each member is what its name says."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, parse_line
from dppgraph.errors import BadRdf
from dppgraph.operations.feed.members import digest_of, name_of
from dppgraph.operations.verify.finding import Finding, WrongError
from dppgraph.operations.verify.server import Answered, Named, Server
from dppgraph.operations.verify.told import told

_TREE: Final = "https://w3id.org/tree#"
_NODE, _MEMBER = f"<{_TREE}node>", f"<{_TREE}member>"
_OF: Final = f"<{PREFIXES['dct']}isVersionOf>"
_TIME: Final = f"<{PREFIXES['prov']}generatedAtTime>"
_NUMBER: Final = "<http://schema.org/version>"
_NODE_NAME: Final = re.compile(r"/feed/((?:index-)?)([1-9][0-9]{0,8})>$")


def check_feed(server: Server, current: Named) -> Iterator[Finding]:
    """What is found of the feed.

    Args:
        server: the server.
        current: the version that is current.

    Raises:
        WrongError: it is not what it says.
        DppgraphError: as ``Server.answer``.
    """
    root = server.answer("feed", format=formats.NTRIPLES.name)
    of = root.named
    if of.version > current.version or told(server, of.version).named != of:
        raise WrongError(f"/feed names version {of.version} sha256:{of.digest}, which is none of this server")
    node = _last(_quads(root, "feed"))
    if node.startswith("index-"):
        node = _last(_quads(server.answer(f"feed/{node}", format=formats.NTRIPLES.name), node))
    if not node:
        yield Finding("feed", True, f"of version {of.version}; it has no page")
        return
    page = server.answer(f"feed/{node}", format=formats.NQUADS.name)
    if page.named != of:
        raise WrongError(f"/feed/{node} names version {page.named.version}, /feed names {of.version}")
    members = _members(_quads(page, f"feed/{node}"), of.version)
    yield Finding(
        "feed", True, f"of version {of.version}; members of its newest page ({node}): {members}, each as its name says"
    )


def _quads(answered: Answered, where: str) -> list[Quad]:
    try:
        return [parse_line(line) for line in answered.content.decode().split("\n") if line]
    except (BadRdf, UnicodeDecodeError) as error:
        raise WrongError(f"/{where} is no canonical N-Quads: {error}") from error


def _last(quads: Iterable[Quad]) -> str:
    """The last of the nodes that a node leads to; by its name alone, as addresses may be those of a proxy."""
    names = [name for quad in quads if quad.predicate == _NODE and (name := _NODE_NAME.search(quad.object))]
    last = max(names, key=lambda name: int(name[2]), default=None)
    return f"{last[1]}{last[2]}" if last else ""


def _members(quads: list[Quad], newest: int) -> int:
    """How many members a page has.

    Raises:
        WrongError: one is not what its name says, or none is of a version up to the newest.
    """
    said: dict[str, dict[str, str]] = defaultdict(dict)
    graphs: dict[str, list[str]] = defaultdict(list)
    names = set()
    for quad in quads:
        if quad.graph:
            graphs[quad.graph].append(Quad(*quad[:3]).line())
        elif quad.predicate == _MEMBER:
            names.add(quad.object)
        elif quad.predicate in (_OF, _TIME, _NUMBER):
            said[quad.subject][quad.predicate] = quad.object
    for name in names:
        _check_member(name, said[name], sorted(graphs[name]), newest)
    return len(names)


def _check_member(name: str, said: dict[str, str], triples: list[str], newest: int) -> None:
    try:
        entity, number = said[_OF][1:-1], int(said[_NUMBER].split('"')[1])
        moment = datetime.fromisoformat(said[_TIME].split('"')[1])
    except (KeyError, IndexError, ValueError) as error:
        raise WrongError(
            f"the member {name} of the feed does not say of what, when or of which version it is"
        ) from error
    if number > newest:
        raise WrongError(f"the member {name} of the feed is of version {number}, the feed of {newest}")
    if not name.endswith(f"/{name_of(entity, number, moment, digest_of(triples))}>"):
        raise WrongError(f"the member {name} of the feed does not say what its name is made of")
