"""A file of tables: asked by several threads, and let go under their hands."""

import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.measuring import open_files
from dppgraph.errors import Damaged
from dppgraph.store.tables import Tables

THREADS = 4
TIMES = 60
SORTED = "SELECT number FROM numbers ORDER BY -number LIMIT 50"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "numbers"
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("CREATE TABLE numbers (number)")
        file.executemany("INSERT INTO numbers VALUES (?)", ((number,) for number in range(5_000)))
    return path


def test_whoever_asks_while_it_is_let_go_gets_the_answer(path: Path) -> None:
    wanted = [(number,) for number in range(4_999, 4_949, -1)]
    tables, wrong, ended = Tables(path), list[object](), threading.Event()
    asked = threading.Semaphore(0)

    def ask() -> None:
        while not ended.is_set():
            try:
                found = tables.ask(SORTED)
            except Damaged as error:
                wrong.append(error)
            else:
                wrong.extend(row for row in found if row not in wanted)
            asked.release()

    threads = [threading.Thread(target=ask) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for _ in range(TIMES):
        asked.acquire()
        tables.close()
    ended.set()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_what_is_let_go_is_closed_and_can_be_asked_again(path: Path) -> None:
    tables, stat = Tables(path), path.stat()
    file = stat.st_dev, stat.st_ino
    for _ in range(2):
        assert tables.ask("SELECT COUNT(*) FROM numbers") == [(5_000,)]
        assert file in open_files(os.getpid())
        tables.close()
        assert file not in open_files(os.getpid())


def test_a_file_that_is_not_there_or_is_something_else_is_told(tmp_path: Path) -> None:
    with pytest.raises(Damaged, match="cannot be read"):
        Tables(tmp_path / "none").ask("SELECT 1")
    (tmp_path / "text").write_text("no tables" * 1_000)
    with pytest.raises(Damaged, match="cannot be read"):
        Tables(tmp_path / "text").ask("SELECT * FROM numbers")
