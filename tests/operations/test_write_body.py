"""A body that another process reads by a descriptor: what is read is what was sent, or nothing is published."""

import hashlib
from pathlib import Path

import pytest

from dppgraph.core import formats
from dppgraph.errors import StoreUnavailable
from dppgraph.operations.sources import Sources
from dppgraph.operations.write import Body, Change, Put
from dppgraph.operations.write.gate import Gate
from dppgraph.store.versions import VersionStore
from dppgraph.store.workers.child import Bounds
from tests.conftest import BASE
from tests.store.conftest import publication


def test_a_file_that_holds_something_else_by_now_is_not_published(tmp_path: Path, sources: Sources) -> None:
    store = VersionStore(tmp_path / "store")
    with store.writing("a test") as writer:
        # Without a database: a process that opened one starts no copies of itself.
        writer.publish(publication([], base=BASE, indexed=False), None)
    ungated = Sources(tmp_path, sources.ontology, None, BASE)
    gate = Gate(store, lambda _: ungated, Bounds(20.0, 256 << 20), holds=lambda _: True)
    gate.prepare()
    sent, other = b"<a:s> <a:p> 1 .", b"<a:s> <a:p> 2 ."
    file = tmp_path / "body"
    body = Body(file, formats.TURTLE, sha256=hashlib.sha256(sent).hexdigest())
    file.write_bytes(other)
    with pytest.raises(StoreUnavailable, match="taken away"):
        gate.write(Change(Put("a:g", body), "somebody"))
    assert store.current() == 1
    file.write_bytes(sent)
    assert gate.write(Change(Put("a:g", body), "somebody")).added == 1
