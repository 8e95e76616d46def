"""Changes and their outcomes as JSON can say them: between the processes that take, judge and publish them."""

from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from dppgraph.core import formats
from dppgraph.core.quads import Delta
from dppgraph.errors import DppgraphError, ShapeViolation, error_of, said_of
from dppgraph.operations.build import Known
from dppgraph.operations.service import tally_said
from dppgraph.operations.validate import Report, Result
from dppgraph.operations.write.change import (
    Body,
    Change,
    Delete,
    Merge,
    Outcome,
    Patch,
    Put,
    Request,
    Update,
)

_KINDS: Final[tuple[type[Request], ...]] = (Update, Put, Merge, Delete, Patch)


def said_change(change: Change) -> dict[str, Any]:
    """A change, whose bodies stay the files that they are in."""
    request = asdict(change.request)
    for name, value in request.items():
        if name == "body":
            request[name] = _body(value)
        elif name == "bodies":
            request[name] = [_body(body) for body in value]
    kind = type(change.request).__name__
    return asdict(change) | {"request": request | {"kind": kind}}


def change_of(said: dict[str, Any]) -> Change:
    """The change that :func:`said_change` said."""
    request = dict(said["request"])
    name_of_kind = request.pop("kind")
    kind = next(kind for kind in _KINDS if kind.__name__ == name_of_kind)
    for name, value in request.items():
        if name == "body":
            request[name] = _body_of(value)
        elif name == "bodies":
            request[name] = tuple(_body_of(body) for body in value)
        elif isinstance(value, list):
            request[name] = tuple(value)
    return Change(**said | {"request": kind(**request), "expected": tuple(said["expected"])})


def said_outcome(outcome: Outcome | DppgraphError) -> dict[str, Any]:
    """What came of a change, or why nothing did."""
    if isinstance(outcome, ShapeViolation):
        return {"violation": str(outcome), "report": said_report(outcome.report)}
    if isinstance(outcome, DppgraphError):
        return said_of(outcome)
    report = said_report(outcome.report) if outcome.report else None
    return asdict(outcome) | {"entities": dict(outcome.entities), "report": report}


def outcome_of(said: dict[str, Any]) -> Outcome:
    """What :func:`said_outcome` said.

    Raises:
        DppgraphError: the error, if it was one.
    """
    if "violation" in said:
        raise ShapeViolation(said["violation"], report=report_of(said["report"]))
    if "error" in said:
        raise error_of(said)
    entities = {entity: (added, removed) for entity, (added, removed) in said["entities"].items()}
    report = report_of(said["report"]) if said["report"] else None
    delta = Delta(*said["delta"]) if said["delta"] else None
    return Outcome(**said | {"entities": entities, "report": report, "delta": delta})


def said_report(report: Report) -> dict[str, Any]:
    """A report."""
    return {"base": report.base, "results": [asdict(result) for result in report.results]}


def report_of(said: dict[str, Any]) -> Report:
    """The report that :func:`said_report` said."""
    return Report(tuple(_result_of(result) for result in said["results"]), said["base"])


def said_known(known: Known, since: Known | None = None) -> dict[str, Any]:
    """What is known of a version; or what else is known of it than of the one before."""
    same = since is not None and known.results == since.results
    results = None if same else [asdict(result) for result in known.results]
    return {"results": results, "tally": known.tally.said(since.tally if since else None)}


def known_of_said(said: dict[str, Any], since: Known | None = None) -> Known:
    """What :func:`said_known` said.

    Raises:
        Damaged: it is something else.
    """
    results = since.results if since and said["results"] is None else tuple(map(_result_of, said["results"]))
    return Known(results, tally_said(said["tally"], since.tally if since else None))


def _result_of(said: dict[str, Any]) -> Result:
    return Result(**said | {"messages": tuple((language, text) for language, text in said["messages"])})


def _body(said: dict[str, Any]) -> dict[str, Any]:
    return {
        "path": str(said["path"]),
        "format": said["format"]["name"],
        "name": said["name"],
        "sha256": said["sha256"],
    }


def _body_of(said: dict[str, Any]) -> Body:
    return Body(Path(said["path"]), formats.named(said["format"], formats.RDF), said["name"], said["sha256"])
