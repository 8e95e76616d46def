"""The table from error to status."""

import inspect
import json

import pytest

from dppgraph import errors
from dppgraph.web.problems import STATUSES, TITLES, problem_of, status_of

ALL = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.DppgraphError)]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.QuerySyntax("x"), 400),
        (errors.BadParameter("x"), 400),
        (errors.ServiceForbidden("x"), 403),
        (errors.UpdatesOff("x"), 403),
        (errors.Unknown("x"), 404),
        (errors.NotAcceptable("x"), 406),
        (errors.StoreInUse("x"), 409),
        (errors.AnswerTooLarge("x"), 413),
        (errors.BodyTooLarge("x"), 413),
        (errors.QueryMemory("x"), 413),
        (errors.UnsupportedMedia("x"), 415),
        (errors.ShapeViolation("x", report=None), 422),
        (errors.QueueFull("x", retry_after=2), 429),
        (errors.EngineDied("x"), 503),
        (errors.NotBuilt("x"), 503),
        (errors.QueryTimeout("x"), 504),
    ],
)
def test_each_error_has_its_status(error: errors.DppgraphError, status: int) -> None:
    assert status_of(error) == status
    assert json.loads(bytes(problem_of(error, None).body))["status"] == status


def test_every_error_class_finds_a_status_and_a_title() -> None:
    for kind in ALL:
        if kind is not errors.DppgraphError:
            assert any(above in STATUSES for above in kind.__mro__), kind
    assert set(TITLES) | set(STATUSES) <= set(ALL)


def test_a_full_queue_says_when_to_come_back() -> None:
    assert problem_of(errors.QueueFull("x", retry_after=7), None).headers["retry-after"] == "7"


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = inspect.getdoc(errors) or ""
    for kind in ALL:
        assert kind.__name__ in drawn
