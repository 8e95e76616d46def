"""What the shapes found of a change that is refused: as a problem document, as RDF, and as a page for people."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from starlette.responses import Response
from starlette.types import Scope

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.negotiation import negotiated
from dppgraph.errors import BadRdf, NotAcceptable, ShapeViolation
from dppgraph.operations.documents import path_of
from dppgraph.operations.validate import Report, Result
from dppgraph.operations.validate.report import short
from dppgraph.web.problems import HEADERS, Wanted, page_of, problem_of, wanted_of
from dppgraph.web.rendering import followed

_PROBLEM: Final = Format("problem", ("application/problem+json",), "json")
_RDF: Final = (formats.TURTLE, formats.JSONLD, formats.NTRIPLES, formats.RDFXML)
_OFFERED: Final = (_PROBLEM, formats.DATA, *_RDF, formats.HTML)

_SHOWN: Final = 100
"""Results on the page; the other formats have all."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """A result as the page shows it.

    Attributes:
        severity: as SHACL calls it, in lower case.
        message: what is wrong, and what to do.
        language: the language that this is in.
        focus: what it is about, for people.
        href: where that is to be read; empty where no link may lead there.
        path: the property, for people, or empty.
        value: what is wrong, for people, or empty.
        meant: what was probably meant, or empty.
    """

    severity: str
    message: str
    language: str
    focus: str
    href: str
    path: str
    value: str
    meant: str


def report_of(error: ShapeViolation, scope: Scope) -> Response:
    """The answer that tells of a change which breaks a shape: the report, in the format that its sender likes best.

    Args:
        error: carries the report.
        scope: the request's.
    """
    wanted = wanted_of(scope)
    if error.report is None:
        return problem_of(error, wanted)
    document = problem_of(error, None)
    try:
        format_ = negotiated(wanted.accept, _OFFERED)
    except NotAcceptable:
        # An error is told in any case.
        return document
    if format_ == formats.HTML:
        said = json.loads(bytes(document.body))
        return page_of(said, wanted, "shape-violation", template="report.html", more=_told(error.report, wanted))
    if format_ in _RDF:
        try:
            content = error.report.to_rdf(format_)
        except BadRdf:
            return document
        return Response(content, HTTPStatus.UNPROCESSABLE_ENTITY, HEADERS, format_.content_type)
    if format_ == formats.DATA:
        document.headers["content-type"] = formats.DATA.content_type
    return document


def _told(report: Report, wanted: Wanted) -> dict[str, object]:
    results = [result for result in report.results if not result.follows]
    shown = [_shown(result, report, wanted) for result in results[:_SHOWN]]
    return {"results": shown, "others": len(results) - len(shown)}


def _shown(result: Result, report: Report, wanted: Wanted) -> _Shown:
    base, said = report.base, dict(result.messages)
    language = wanted.language if said.get(wanted.language) else "en"
    iri = result.focus[1:-1] if result.focus.startswith("<") else ""
    path = path_of(iri, base) if iri else None
    value = result.value if result.value not in (result.focus, result.path) else ""
    return _Shown(
        result.severity.lower(),
        result.message(wanted.language),
        language,
        short(result.focus, base),
        f"{wanted.home}{path}" if path else followed(iri),
        *(short(term, base) if term else "" for term in (result.path, value, result.meant)),
    )
