"""A version that is asked from its database on disk, and one that holds nothing."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dppgraph.store.versions.copies import IndexCopies
from dppgraph.store.workers.process import PoolOptions
from tests.store.conftest import Pool, published, until

SERVING = "serving"


@pytest.fixture
def disk_pool(options: PoolOptions, tmp_path: Path) -> Iterator[Pool]:
    running = Pool(replace(options, index=tmp_path / "index"), tmp_path / "address")
    yield running
    running.stop()


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o",
        "SELECT * { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g ?s ?p ?o",
        "SELECT * FROM <http://e/one> { ?s ?p ?o } ORDER BY ?o",
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
        "CONSTRUCT { ?o ?p ?s } { ?s ?p ?o . FILTER(ISIRI(?o)) }",
        "ASK { GRAPH <http://e/two> { ?s ?p 'two' } }",
    ],
)
def test_disk_and_memory_answer_the_same(pool: Pool, disk_pool: Pool, text: str) -> None:
    assert disk_pool.ask(text) == pool.ask(text)


@pytest.mark.heavy
def test_a_database_that_is_there_is_used_and_one_that_is_not_is_made(options: PoolOptions, tmp_path: Path) -> None:
    index = tmp_path / "index"
    for number in range(2):
        running = Pool(replace(options, index=index), tmp_path / str(number))
        try:
            assert b"true" in running.ask("ASK { ?s ?p 'two' }")[1]
        finally:
            running.stop()
        assert index.is_dir()


@pytest.mark.heavy
def test_a_database_that_is_damaged_is_a_clear_error(
    options: PoolOptions, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    index = tmp_path / "index"
    index.mkdir()
    (index / "CURRENT").write_text("nonsense")
    running = Pool(replace(options, index=index), tmp_path / "address")
    try:
        assert running.process.wait() == 1
    finally:
        running.stop()
    assert f"the database {index} cannot be opened: remove it, and it is made anew" in capfd.readouterr().err


@pytest.mark.heavy
@pytest.mark.parametrize("disk", [False, True])
def test_a_version_that_holds_nothing_answers(tmp_path: Path, options: PoolOptions, disk: bool) -> None:
    published(tmp_path / "store", [])
    index = tmp_path / "index" if disk else None
    running = Pool(replace(options, folder=tmp_path / "store", index=index), tmp_path / "address")
    try:
        assert json.loads(running.ask("SELECT * { ?s ?p ?o }")[1])["results"]["bindings"] == []
        assert b"true" in running.ask("ASK {}")[1]
    finally:
        running.stop()


def test_a_copy_stays_whole_when_the_versions_own_database_goes(tmp_path: Path) -> None:
    store, manifest = published(tmp_path / "store", ["<a:a> <a:b> <a:c> ."])
    with IndexCopies(store) as copies:
        copy = copies.of(manifest.version)
        assert copy != store.index_path(1)
        shutil.rmtree(store.index_path(1))
        assert any(copy.iterdir())
        copies.remove(manifest.version)
        assert not copy.exists()
    assert list((store.folder / SERVING).iterdir()) == []


@pytest.mark.heavy
def test_what_a_killed_server_left_goes_and_what_another_one_uses_stays(tmp_path: Path) -> None:
    store, manifest = published(tmp_path / "store", ["<a:a> <a:b> <a:c> ."])
    process = os.fork()
    if process == 0:
        IndexCopies(store).__enter__().of(manifest.version)
        os._exit(0)
    os.waitpid(process, 0)
    (left,) = (store.folder / SERVING).iterdir()
    with IndexCopies(store) as one:
        used = one.of(manifest.version)
        assert not left.exists()
        with IndexCopies(store) as other:
            assert other.of(manifest.version) != used
            assert used.exists()


def test_where_a_store_cannot_be_written_the_database_itself_is_asked(tmp_path: Path) -> None:
    store, manifest = published(tmp_path / "store", ["<a:a> <a:b> <a:c> ."])
    (store.folder / SERVING).write_text("in the way")
    with IndexCopies(store) as copies:
        assert copies.of(manifest.version) == store.index_path(manifest.version)


@pytest.mark.heavy
def test_workers_on_disk_end_as_others_do(disk_pool: Pool) -> None:
    disk_pool.ask("ASK {}")
    until(lambda: not disk_pool.workers())
