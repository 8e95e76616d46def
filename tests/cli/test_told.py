"""What is the matter with the server's store is told to whoever runs it, and not to clients."""

import logging
from http import HTTPStatus

import pytest

from dppgraph.cli.writer import told_to_clients
from dppgraph.errors import (
    Damaged,
    DppgraphError,
    NotWritten,
    QueueFull,
    StoreInUse,
    VersionMismatch,
    error_of,
    said_of,
)
from dppgraph.web.problems import problem_of

TRUTH = "the store /srv/dppgraph is in use by `dppgraph build` (process 4711)"


@pytest.mark.parametrize(
    ("kind", "status", "retry"),
    [
        (NotWritten, HTTPStatus.SERVICE_UNAVAILABLE, None),
        (Damaged, HTTPStatus.SERVICE_UNAVAILABLE, None),
        (StoreInUse, HTTPStatus.CONFLICT, "2"),
    ],
)
def test_the_truth_is_in_the_log_alone(
    kind: type[DppgraphError], status: HTTPStatus, retry: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "dppgraph.write"):
        told = told_to_clients(kind(TRUTH))
    assert TRUTH in caplog.text
    assert isinstance(told, kind)
    # As the front hears of it, and answers.
    answer = problem_of(error_of(said_of(told)), None)
    assert (answer.status_code, answer.headers.get("retry-after")) == (status, retry)
    assert b"/srv" not in answer.body
    assert b"4711" not in answer.body


@pytest.mark.parametrize("error", [VersionMismatch("it is version 3"), QueueFull("too many", retry_after=2)])
def test_all_else_is_told_as_it_is(error: DppgraphError) -> None:
    assert told_to_clients(error) is error
