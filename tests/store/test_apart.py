"""Functions called in processes of their own."""

import os
import subprocess
from operator import mul

import pytest

from dppgraph.core.formats import NTRIPLES
from dppgraph.core.quads import parse_line
from dppgraph.errors import BadRdf, EngineDied
from dppgraph.store.rdf import parse
from dppgraph.store.workers.apart import Apart


def test_a_function_is_called_elsewhere() -> None:
    with Apart() as apart:
        assert list(apart.map(mul, [2, 3], [5, 7])) == [10, 21]
        assert apart.submit(os.getpid).result(30) != os.getpid()


def test_nothing_of_the_environment_goes_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DPPGRAPH_TOKEN", "secret")
    with Apart() as apart:
        assert "secret" not in apart.submit(subprocess.getoutput, "/usr/bin/env").result(30)


def test_what_is_printed_is_no_answer() -> None:
    with Apart() as apart:
        assert apart.submit(print, "nonsense").result(30) is None


def test_what_it_raises_is_raised_here() -> None:
    with Apart() as apart:
        with pytest.raises(BadRdf, match="no line of canonical N-Quads"):
            apart.submit(parse_line, "nonsense").result(30)
        with pytest.raises(BadRdf, match="input:1") as raised:
            apart.submit(parse, b"nonsense", NTRIPLES).result(30)
    assert raised.value.line == 1


def test_a_process_that_dies_is_told_of() -> None:
    with Apart() as apart, pytest.raises(EngineDied, match="SIGABRT"):
        apart.submit(os.abort).result(30)
