"""What is known of a version is kept, so that a writer that starts need not judge all of it."""

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess, run
from threading import Event, Thread

import pytest

from dppgraph.core.iris import PREFIXES
from dppgraph.operations.build import Built, Known
from dppgraph.operations.service import tally_of
from dppgraph.operations.sources import Sources
from dppgraph.operations.validate import Result
from dppgraph.operations.write import gate as gates
from dppgraph.operations.write.change import Change, Update
from dppgraph.operations.write.gate import Gate
from dppgraph.operations.write.ready import Ready
from dppgraph.operations.write.remembered import keep, read_known, write_known
from dppgraph.store.versions import VersionStore
from dppgraph.store.workers.child import Bounds
from tests.conftest import BASE

pytestmark = pytest.mark.heavy

SAID = (("nl", "één"), ("en", "one"))
RESULT = Result("Warning", "plan-title", "<https://e.example/a>", "", '"x\u2028y"', "component", "shape", SAID)


@pytest.fixture
def store(tmp_path: Path) -> VersionStore:
    (tmp_path / "store").mkdir()
    return VersionStore(tmp_path / "store")


def test_it_is_read_as_it_was_written(store: VersionStore, ready: Ready) -> None:
    known = Known((RESULT,), tally_of((), BASE))
    assert read_known(store, "d", ready) is None
    write_known(store, "d", ready, known)
    assert read_known(store, "d", ready) == known
    assert [path.name for path in store.folder.iterdir()] == ["known.json"]


def test_it_is_kept_while_others_begin_to_write(store: VersionStore, ready: Ready) -> None:
    known, stop, failed = Known((RESULT,), tally_of((), BASE)), Event(), list[Exception]()

    def keep() -> None:
        while not stop.is_set():
            try:
                write_known(store, "d", ready, known)
            except OSError as error:
                failed.append(error)

    keeping = [Thread(target=keep) for _ in range(2)]
    for one in keeping:
        one.start()
    try:
        for _ in range(200):
            with store.writing("a test"):
                pass
    finally:
        stop.set()
        for one in keeping:
            one.join()
    assert not failed
    assert read_known(store, "d", ready) == known


def test_what_was_left_of_it_is_removed_and_nothing_is_left_where_it_cannot_be_written(
    store: VersionStore, ready: Ready
) -> None:
    (store.folder / ".known-left").touch()
    os.utime(store.folder / ".known-left", (0, 0))
    (store.folder / "known.json").mkdir()
    with pytest.raises(OSError, match="directory"):
        write_known(store, "d", ready, Known((), tally_of((), BASE)))
    assert [path.name for path in store.folder.iterdir()] == ["known.json"]


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


_LARGE = """
import sys
from dppgraph.operations.build import prepare
prepare.LARGE = 0
from dppgraph.__main__ import main
main()
"""


# Each in a process of its own, as people do: one that opened a database has threads, and starts no copies of itself.
_UNJUDGED = """
from dppgraph.errors import BadRdf
from dppgraph.operations.write import candidate
def raw_results(*_):
    raise BadRdf("all of it is judged")
candidate.raw_results = raw_results
from dppgraph.__main__ import main
main()
"""


def write(store: VersionStore, update: Path) -> CompletedProcess[str]:
    command = [sys.executable, "-c", _UNJUDGED, "write", "--store", str(store.folder), "--format", "json", str(update)]
    return run(command, check=False, capture_output=True, text=True)


def test_a_change_goes_on_from_the_build_of_a_large_version(sources: Sources, tmp_path: Path) -> None:
    store = VersionStore(tmp_path / "store")
    run([sys.executable, "-c", _LARGE, "build", "--store", store.folder], check=True, capture_output=True)
    (ready,) = filter(None, [Ready.of(sources)])
    digest = store.manifest(1).digest
    kept = read_known(store, digest, ready)
    assert kept
    (store.folder / "known.json").unlink()
    judging = Gate(store, lambda _: sources, Bounds(60, 1 << 30))
    judging.prepare()
    judging.remember()
    # As if all of it had been judged in memory.
    assert read_known(store, digest, ready) == kept

    # Lost once more, it is found out once more by a build, though nothing has changed.
    (store.folder / "known.json").unlink()
    said = run([sys.executable, "-c", _LARGE, "build", "--store", store.folder], check=True, capture_output=True).stdout
    assert b"nothing changed" in said
    assert read_known(store, digest, ready) == kept

    for expected in (2, 3):
        update = tmp_path / f"{expected}.ru"
        quad = f'<{BASE}id/concept/level-regional> <{PREFIXES["skos"]}changeNote> "note {expected}"'
        update.write_text(f"INSERT DATA {{ GRAPH <{BASE}id/graph/concepts> {{ {quad} }} }}", "utf-8")
        done = write(store, update)
        assert done.returncode == 0, done.stderr
        assert store.current() == expected


def test_files_that_changed_since_the_build_are_not_what_judged_it(sources: Sources, tmp_path: Path) -> None:
    store = VersionStore(tmp_path / "store")
    run([sys.executable, "-c", _LARGE, "build", "--store", store.folder], check=True, capture_output=True)
    (store.folder / "known.json").unlink()
    known, inputs = Known((), tally_of((), BASE)), store.manifest(1).inputs
    built = Built(store.manifest(1), new=True, report=None, known=known, inputs=inputs)
    keep(store, replace(built, inputs="others"), sources)
    assert not (store.folder / "known.json").exists()
    keep(store, built, sources)
    assert (store.folder / "known.json").exists()


def test_after_an_edit_that_changes_no_statement_a_build_finds_out_anew_what_is_known(
    sources: Sources, tmp_path: Path
) -> None:
    assert sources.shapes
    shapes, store = tmp_path / "shapes", VersionStore(tmp_path / "store")
    shutil.copytree(sources.shapes, shapes)
    command = [sys.executable, "-c", _LARGE, "build", "--shapes", str(shapes), "--store", str(store.folder)]
    run(command, check=True, capture_output=True)
    edited = shapes / "plan.ttl"
    for said in ("# A remark.\n", ""):
        # The second time only the time of the file is another one.
        edited.write_text(edited.read_text("utf-8") + said, "utf-8")
        assert b"nothing changed" in run(command, check=True, capture_output=True).stdout
        (ready,) = filter(None, [Ready.of(replace(sources, shapes=shapes))])
        assert read_known(store, store.manifest(1).digest, ready)


def test_without_what_is_kept_all_of_it_is_judged(tmp_path: Path) -> None:
    store = VersionStore(tmp_path / "store")
    run([sys.executable, "-m", "dppgraph", "build", "--store", store.folder], check=True, capture_output=True)
    update = tmp_path / "nothing.ru"
    update.write_text(f"CREATE SILENT GRAPH <{BASE}id/graph/concepts>", "utf-8")
    done = write(store, update)
    assert done.returncode != 0
    assert "all of it is judged" in done.stderr


def test_what_is_too_much_for_memory_is_not_judged_by_who_writes(
    built: tuple[VersionStore, Built],
    sources: Sources,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    store, _ = built
    monkeypatch.setattr(gates, "_AT_ONCE", 100)
    monkeypatch.setattr(gates, "read_known", lambda *_: None)
    monkeypatch.setattr(gates, "raw_results", lambda *_: pytest.fail("all is judged"))
    Gate(store, lambda _: sources, Bounds(60, 1 << 30)).prepare()
    assert "`dppgraph build` finds it out" in caplog.text
