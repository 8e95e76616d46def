"""Changes over HTTP: who asks for one, what is said of it, and what came of it."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import Scope

from dppgraph.core.message import message_of
from dppgraph.errors import BadParameter, VersionMismatch
from dppgraph.operations.write import Change, Outcome, Request, Writing, told
from dppgraph.web.gone import unless_gone
from dppgraph.web.headers import header_of
from dppgraph.web.parameters import Parameters, described
from dppgraph.web.token import Gatekeeper

PARAMETERS: Final = [
    described("dry-run", "boolean", "true: only say what would change, and what the shapes find"),
    described("message", "string", "why: kept with the version"),
]
_SAID: Final = tuple(str(parameter["name"]) for parameter in PARAMETERS)
# The tag of a version, or of what a graph says in it.
_TAGS: Final = re.compile(r'\s*"v([1-9][0-9]{0,8})(?:-[a-z0-9-]{1,40})?"\s*(?:,|$)')


@dataclass(frozen=True, slots=True)
class Write:
    """Takes changes on.

    Attributes:
        writing: where they are made.
        gatekeeper: says who may.
        url: where this server answers.
    """

    writing: Writing
    gatekeeper: Gatekeeper
    url: str

    def who(self, scope: Scope, parameters: Parameters) -> str:
        """Who asks for a change, or, with ``?dry-run=true``, for what would come of one.

        Raises:
            DppgraphError: as ``Gatekeeper.who``, and BadParameter for an unreadable ``dry-run``.
        """
        return self.gatekeeper.who(scope, "propose" if is_dry_run(parameters) else "write")

    async def made(
        self,
        request: HttpRequest,
        asked: Request,
        parameters: Parameters,
        agent: str,
        known: Collection[str],
        expected: int | None = None,
    ) -> Outcome:
        """What came of a change.

        Args:
            request: the request.
            asked: what is to be done.
            parameters: those of its address and of its form.
            agent: who asks (:meth:`who`).
            known: the parameters that mean something here, besides those of every change.
            expected: the version that it depends on, besides what If-Match says.

        Raises:
            VersionMismatch: the current version is none of those that If-Match names.
            BadParameter: the message cannot be kept, or there is no such parameter: what was published cannot be
                taken back, so that a slip in writing ``dry-run`` must not publish.
            DppgraphError: as ``Writing.write``.
        """
        _refuse_others(parameters, (*known, *_SAID))
        named = _expected(request.scope)
        if expected is not None and named and expected not in named:
            raise VersionMismatch(f"version {expected} is current, and If-Match names another one: read it again")
        expected_ = (expected,) if expected is not None else named
        change = Change(asked, agent, _message(parameters), expected_, is_dry_run(parameters))
        outcome = await unless_gone(request, self.writing.write(change))
        request.scope["state"]["version"] = outcome.version
        return outcome

    def answer(self, outcome: Outcome, status: HTTPStatus = HTTPStatus.OK, *, location: str = "") -> Response:
        """What came of a change, as JSON.

        Args:
            outcome: what came of it.
            status: the status; the same where nothing was published.
            location: the address of a graph that was made.
        """
        headers = {
            "etag": tag_of_version(outcome.version),
            "dppgraph-version": str(outcome.version),
            "cache-control": "no-store",
            "link": f'<{self.url}changes/{outcome.version}>; rel="version-history"',
        }
        if location:
            headers["location"] = location
        content = json.dumps(told(outcome), ensure_ascii=False, indent=2) + "\n"
        return Response(content, status, headers, "application/json")


def tag_of_version(version: int) -> str:
    """What names a version in If-Match: a strong entity tag (RFC 9110, section 8.8.3)."""
    return f'"v{version}"'


def is_dry_run(parameters: Parameters) -> bool:
    """Whether only what would change is asked for.

    Raises:
        BadParameter: ``dry-run`` says neither true nor false.
    """
    given = {value.strip().lower() for name, value in parameters if name == "dry-run"}
    if len(given) > 1 or not given <= {"true", "false", ""}:
        said = " and ".join(sorted(given))
        raise BadParameter(f"dry-run is {said[:50]!r}: it must be true or false")
    return bool(given) and given != {"false"}


def _refuse_others(parameters: Parameters, known: Collection[str]) -> None:
    for name, _ in parameters:
        if name not in known:
            names = ", ".join(known)
            raise BadParameter(f"a change has no parameter {name[:50]!r}, so nothing is changed: there are {names}")


def _message(parameters: Parameters) -> str:
    given = [value for name, value in parameters if name == "message"]
    return message_of(given[-1]) if given else ""


def _expected(scope: Scope) -> tuple[int, ...]:
    """The versions of which a change wants one to be current (RFC 9110, section 13.1.1); empty where it does not care.

    Raises:
        VersionMismatch: what If-Match says is the tag of no version.
    """
    said = header_of(scope, b"if-match").decode("latin-1").strip()
    if said in ("", "*"):
        return ()
    versions = tuple(int(number) for number in _TAGS.findall(said))
    if not versions or _TAGS.sub("", said).strip():
        raise VersionMismatch(f'If-Match is {said[:50]!r}: it must be the tag of a version, such as "v12"')
    return versions
