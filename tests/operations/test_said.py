"""What the processes of a server say to each other of changes, and of what came of them."""

import json
from pathlib import Path

import pytest

from dppgraph.core import formats
from dppgraph.core.quads import Delta
from dppgraph.errors import ShapeViolation, VersionMismatch
from dppgraph.operations.validate import Report, Result
from dppgraph.operations.write import Body, Change, Delete, Merge, Outcome, Patch, Put, Request, Update
from dppgraph.operations.write.said import change_of, outcome_of, said_change, said_outcome

BODY = Body(Path("/proc/1/fd/7"), formats.JSONLD, "part 2", "ab12")
REPORT = Report(
    (Result("Violation", "a", "<a:b>", "<a:p>", '"x"', "a:c", "a:s", (("en", "why"), ("nl", "waarom")), line=3),), "a:"
)


@pytest.mark.parametrize(
    "request_",
    [
        Update("CLEAR ALL", ("a:a",), ("a:b", "a:c")),
        Put("a:g", BODY),
        Merge(None, (BODY, BODY)),
        Delete("a:g"),
        Patch("a:g", "CLEAR DEFAULT"),
    ],
    ids=lambda request_: type(request_).__name__,
)
def test_a_change_arrives_as_it_was_said(request_: Request) -> None:
    change = Change(request_, "somebody", "why", (7, 9), dry_run=True)
    assert change_of(json.loads(json.dumps(said_change(change)))) == change


def test_an_outcome_arrives_as_it_was_said() -> None:
    outcome = Outcome(8, "d1", True, True, 3, 1, {"a:b": (3, 1)}, Delta(["x"], ["y"]), REPORT)
    assert outcome_of(json.loads(json.dumps(said_outcome(outcome)))) == outcome
    with pytest.raises(ShapeViolation, match="no") as caught:
        outcome_of(json.loads(json.dumps(said_outcome(ShapeViolation("no", report=REPORT)))))
    assert caught.value.report == REPORT
    with pytest.raises(VersionMismatch, match="late"):
        outcome_of(json.loads(json.dumps(said_outcome(VersionMismatch("late")))))
