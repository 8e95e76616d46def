"""What was published is told as published, whatever fails after it."""

import logging
from pathlib import Path

import pytest

from dppgraph.core.iris import DEFAULT_BASE
from dppgraph.errors import Damaged
from dppgraph.operations.sources import Sources
from dppgraph.operations.write.change import Change, Update
from dppgraph.operations.write.gate import Gate
from dppgraph.store.checkpoint import Held
from dppgraph.store.versions import VersionStore
from dppgraph.store.workers.child import Bounds
from tests.store.conftest import publication


@pytest.mark.parametrize("error", [OSError("no room"), Damaged("it cannot be read")])
def test_a_version_that_cannot_be_followed_in_memory_is_published_all_the_same(
    tmp_path: Path, error: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store = VersionStore(tmp_path / "store")
    with store.writing("a test") as writer:
        writer.publish(publication(["<urn:a:a> <urn:a:b> <urn:a:c> ."], base=DEFAULT_BASE, indexed=False), None)
    sources = Sources(tmp_path, tmp_path, None, DEFAULT_BASE)
    gate = Gate(store, lambda _: sources, Bounds(60, 1 << 30), holds=lambda _: True)
    gate.prepare()

    def fails(*_: object) -> None:
        raise error

    with monkeypatch.context() as failing, caplog.at_level(logging.WARNING):
        failing.setattr(Held, "advance", fails)
        outcome = gate.write(Change(Update("INSERT DATA { <urn:a:a> <urn:a:b> 1 }"), "tests"))
    assert (outcome.published, outcome.version, store.current()) == (True, 2, 2)
    assert "version 2 is published" in caplog.text
    # What is held is made anew from what was published.
    assert gate.write(Change(Update("DELETE WHERE { <urn:a:a> <urn:a:b> 1 }"), "tests")).removed == 1
