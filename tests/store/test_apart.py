"""Functions called in processes of their own."""

import os
import subprocess
from functools import partial
from operator import mul
from pathlib import Path

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


def test_what_is_printed_is_no_answer(capfd: pytest.CaptureFixture[str]) -> None:
    with Apart() as apart:
        assert apart.submit(print, "nonsense").result(30) is None
    assert capfd.readouterr() == ("", "nonsense\n")


def test_what_it_raises_is_raised_here() -> None:
    with Apart() as apart:
        with pytest.raises(BadRdf, match="no line of canonical N-Quads"):
            apart.submit(parse_line, "nonsense").result(30)
        with pytest.raises(BadRdf, match="input:1") as raised:
            apart.submit(parse, b"nonsense", NTRIPLES).result(30)
    assert raised.value.line == 1


def test_what_is_called_later_is_made_ahead() -> None:
    before = below()
    with Apart() as apart:
        ahead, more = apart.ahead(partial, mul, 2), apart.ahead(partial, partial, mul)
        apart.ahead(partial, mul, 3)
        more.then(3)
        assert ahead.call(21).result(30) == 42
        assert more.call(21).result(30) == 63
    # One that is never called has ended, too.
    assert below() == before


def below() -> set[str]:
    """The processes that this one has started."""
    return set(Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split())


def test_what_is_wrong_ahead_is_told_when_it_is_called() -> None:
    with Apart() as apart:
        with pytest.raises(TypeError, match="callable"):
            apart.ahead(partial, "nonsense").call().result(30)
        with pytest.raises(EngineDied, match="SIGABRT"):
            apart.ahead(os.abort).call().result(30)
        wrong = apart.ahead(partial, mul, 2)
        wrong.then("nonsense", 3)
        wrong.then(4)
        with pytest.raises(TypeError, match="arguments"):
            wrong.call().result(30)


def test_a_process_that_dies_is_told_of() -> None:
    with Apart() as apart, pytest.raises(EngineDied, match="SIGABRT"):
        apart.submit(os.abort).result(30)
