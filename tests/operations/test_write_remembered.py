"""What is known of a version is kept, so that a writer that starts need not judge all of it."""

import sys
from dataclasses import replace
from pathlib import Path
from subprocess import run

import pytest

from dppgraph.core.iris import PREFIXES
from dppgraph.operations.service import tally_of
from dppgraph.operations.sources import Sources
from dppgraph.operations.validate import Result
from dppgraph.operations.write import gate as gates
from dppgraph.operations.write.change import Change, Update
from dppgraph.operations.write.gate import Gate
from dppgraph.operations.write.known import Known
from dppgraph.operations.write.ready import Ready
from dppgraph.operations.write.remembered import read_known, write_known
from dppgraph.store.versions import VersionStore
from dppgraph.store.workers.child import Bounds
from tests.conftest import BASE

pytestmark = pytest.mark.heavy

SAID = (("nl", "één"), ("en", "one"))
RESULT = Result("Warning", "plan-title", "<https://e.example/a>", "", '"x\u2028y"', "component", "shape", SAID)


@pytest.fixture
def store(tmp_path: Path) -> VersionStore:
    (tmp_path / "unfinished").mkdir()
    return VersionStore(tmp_path)


def test_it_is_read_as_it_was_written(store: VersionStore, ready: Ready) -> None:
    known = Known((RESULT,), tally_of((), BASE))
    assert read_known(store, "d", ready) is None
    write_known(store, "d", ready, known)
    assert read_known(store, "d", ready) == known
    assert not list((store.folder / "unfinished").iterdir())


def test_it_is_of_one_version_and_of_some_files(store: VersionStore, ready: Ready) -> None:
    write_known(store, "d", ready, Known((), tally_of((), BASE)))
    assert read_known(store, "other", ready) is None
    assert read_known(store, "d", replace(ready, stamp=())) is None


@pytest.mark.parametrize("keep", [0, 10, 140, -1])
def test_a_file_that_is_cut_counts_for_nothing(store: VersionStore, ready: Ready, keep: int) -> None:
    write_known(store, "d", ready, Known((RESULT,), tally_of((), BASE)))
    path = store.folder / "known.json"
    path.write_bytes(path.read_bytes()[:keep])
    assert read_known(store, "d", ready) is None


@pytest.mark.heavy
def test_a_gate_goes_on_where_another_one_ended(
    sources: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = VersionStore(tmp_path / "store")
    # By another process: one that opened a database has threads, and starts no copies of itself.
    run([sys.executable, "-m", "dppgraph", "build", "--store", store.folder], check=True, capture_output=True)

    def gate() -> Gate:
        return Gate(store, lambda _: sources, Bounds(60, 1 << 30), holds=lambda _: True)

    first = gate()
    first.prepare()
    number = 0
    for number in range(2, 4):
        quad = f'<{BASE}id/concept/level-regional> <{PREFIXES["skos"]}changeNote> "{number}"'
        text = f"INSERT DATA {{ GRAPH <{BASE}id/graph/concepts> {{ {quad} }} }}"
        assert first.write(Change(Update(text), "tests")).version == number
    first.remember()

    def unasked(*_: object) -> None:
        pytest.fail("all was judged once more")

    monkeypatch.setattr(gates, "raw_results", unasked)
    second = gate()
    second.prepare()
    outcome = second.write(Change(Update(f"CLEAR SILENT GRAPH <{BASE}id/graph/none>"), "tests"))
    assert outcome.version == number
