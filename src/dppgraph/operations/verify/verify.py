"""Verifies a server: what it says of its version, against what it serves."""

from collections.abc import Callable, Iterator
from typing import Final

from dppgraph.errors import DppgraphError, ServerUnreachable
from dppgraph.operations.verify.counts import check_counts
from dppgraph.operations.verify.feed import check_feed
from dppgraph.operations.verify.files import Files
from dppgraph.operations.verify.finding import Finding, WrongError
from dppgraph.operations.verify.server import Named, Server
from dppgraph.operations.verify.told import current, member, read, told

_TRIES: Final = 3
"""How often all is checked, where the version changes meanwhile."""

_NAMING: Final[tuple[tuple[str, dict[str, str]], ...]] = (
    ("sparql", {"query": "ASK {}", "format": "json"}),
    ("queries/facts-by-provenance.json", {}),
    ("plans.json", {}),
    ("graphs", {"format": "json"}),
    (".well-known/void", {"format": "turtle"}),
)
"""Answers of every kind: each is to name the current version."""


def verify(server: Server, progress: Callable[[str], None] = lambda _: None) -> list[Finding]:
    """Checks a server's manifest, answers, dumps, digest, counts, statistics and feed.

    Args:
        server: the server.
        progress: is told what is being read.

    Returns:
        What each check found, in this order.

    Raises:
        ServerUnreachable: no server answers, or none that says which version it has.
    """
    for _ in range(_TRIES - 1):
        named = _current(server)
        found = list(_checked(server, named, progress))
        if all(one.is_right for one in found) or _current(server) == named:
            return found
    return list(_checked(server, _current(server), progress))


def _current(server: Server) -> Named:
    try:
        return current(server)
    except ServerUnreachable:
        raise
    except DppgraphError as error:
        raise ServerUnreachable(f"this is no dppgraph that could be verified: {error}") from error


def _checked(server: Server, named: Named, progress: Callable[[str], None]) -> Iterator[Finding]:
    progress(f"version {named.version}")
    yield from _found("version", lambda: _version(server, named))
    yield from _found("answers", lambda: _answers(server, named))
    files: list[Files] = []
    yield from _found("dumps", lambda: _files(server, named, files, progress))
    if files and not files[0].fault:
        yield from _found("counts", lambda: check_counts(server, files[0].told, files[0].counted))
    yield from _found("feed", lambda: check_feed(server, named))


def _found(check: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """What a check finds; what ends it is a finding too, unless there is no server any more."""
    try:
        yield from look()
    except ServerUnreachable:
        raise
    except DppgraphError as error:
        yield Finding(check, False, str(error))


def _version(server: Server, named: Named) -> Iterator[Finding]:
    said = told(server, named.version)
    if said.named != named:
        raise WrongError(f"/health says sha256:{named.digest}, /changes says sha256:{said.named.digest}")
    statements = f"{said.quads:,} statements"
    yield Finding("version", True, f"{named.version} sha256:{named.digest} of {said.created}, {statements}")


def _answers(server: Server, named: Named) -> Iterator[Finding]:
    wrong = False
    for path, parameters in _NAMING:
        of = server.answer(path, **parameters).named
        if of != named:
            wrong = True
            yield Finding("answers", False, f"/{path} names version {of.version} sha256:{of.digest}")
    if not wrong:
        yield Finding("answers", True, f"{len(_NAMING)} of several kinds name this version and its digest")


def _files(server: Server, named: Named, files: list[Files], progress: Callable[[str], None]) -> Iterator[Finding]:
    # Those of the current version may not be made yet.
    of = member(read(server.answer("dumps"), "/dumps"), "version", int)
    if of > named.version:
        raise WrongError(f"/dumps has files of version {of}, and {named.version} is the current one")
    files.append(Files(server, told(server, of)))
    yield from files[0].check(progress)
