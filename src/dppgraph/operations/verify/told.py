"""What a server says of a version, in JSON that may be anything."""

import json
from collections.abc import Mapping
from typing import NamedTuple, TypeVar

from dppgraph.operations.verify.finding import WrongError
from dppgraph.operations.verify.server import Answered, Named, Server

Kind = TypeVar("Kind", int, str, list[object])


class Told(NamedTuple):
    """What a server's manifest says of a version.

    Attributes:
        named: its number and digest.
        quads: how many statements it holds.
        created: when it was published, ISO 8601.
    """

    named: Named
    quads: int
    created: str


def current(server: Server) -> Named:
    """The version that is current.

    Raises:
        WrongError: the server does not say so.
        DppgraphError: as ``Server.answer``.
    """
    said = read(server.answer("health"), "/health")
    return Named(member(said, "version", int), member(said, "digest", str).removeprefix("sha256:"))


def told(server: Server, number: int) -> Told:
    """What the server says of a version.

    Raises:
        WrongError: it says nothing that could be so.
        DppgraphError: as ``Server.answer``.
    """
    where = f"changes/{number}.json"
    said = read(server.answer(where), f"/{where}")
    if member(said, "version", int) != number:
        raise WrongError(f"/{where} tells of version {said['version']}")
    named = Named(number, member(said, "digest", str))
    return Told(named, member(said, "quads", int), member(said, "created", str))


def read(answered: Answered, where: str) -> Mapping[str, object]:
    """What an answer says.

    Raises:
        WrongError: it is no object in JSON.
    """
    try:
        said = json.loads(answered.content)
    except (ValueError, RecursionError) as error:
        raise WrongError(f"{where} is no JSON") from error
    if not isinstance(said, dict):
        raise WrongError(f"{where} is no object in JSON")
    return said


def member(said: object, name: str, kind: type[Kind]) -> Kind:
    """A member of such an object.

    Raises:
        WrongError: it has none of this kind.
    """
    found = said.get(name) if isinstance(said, dict) else None
    if not isinstance(found, kind) or isinstance(found, bool):
        raise WrongError(f"the server says {name} as {str(found)[:50]!r}")
    return found
