"""A writer that is killed, at whatever moment, leaves whole versions and nothing that stops the next writer."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dppgraph.store.versions import VersionStore
from tests.store.conftest import publication

WRITERS = """
import os, sys
from pathlib import Path
from dppgraph.store.versions import Publication, VersionStore

store = VersionStore(Path(sys.argv[1]))

def lines(number):
    found = range(number % 5, 200, 1 + number % 3)
    return sorted(f"<http://e/{line}> <http://e/p> <http://e/{number}> ." for line in found)

def write():
    with store.writing("a writer") as writer:
        while True:
            parent = max(store.numbers(), default=None)
            number = (parent or 0) + 1
            writer.publish(Publication(lines(number), "a", "m", "s", "http://e/", "i", None), parent)

for _ in sys.stdin:
    process = os.fork()
    if process == 0:
        write()
    print(process, flush=True)
    os.waitpid(process, 0)
    print("ended", flush=True)
"""
"""Starts a writer for every line that it reads, and tells its process number and then its end."""


def lines(number: int) -> list[str]:
    """What the writers publish as the version of that number."""
    found = range(number % 5, 200, 1 + number % 3)
    return sorted(f"<http://e/{line}> <http://e/p> <http://e/{number}> ." for line in found)


@pytest.mark.parametrize("kills", [6, pytest.param(50, marks=[pytest.mark.heavy, pytest.mark.timeout(300)])])
def test_a_killed_writer_leaves_whole_versions_and_the_next_one_goes_on(folder: Path, kills: int) -> None:
    store, chance, newest = VersionStore(folder / "store"), random.Random(kills), 0
    with subprocess.Popen(
        [sys.executable, "-P", "-c", WRITERS, str(store.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writers:
        assert writers.stdin is not None
        assert writers.stdout is not None
        for _ in range(kills):
            writers.stdin.write(b"go\n")
            writers.stdin.flush()
            writer = int(writers.stdout.readline())
            time.sleep(chance.uniform(0, 0.25))
            os.kill(writer, signal.SIGKILL)
            assert writers.stdout.readline() == b"ended\n"
            whole, damage = store.newest_whole()
            assert damage == []
            assert (whole or 0) >= newest, "a version that was published is gone"
            newest = whole or 0
            assert newest == 0 or store.lines(newest) == lines(newest)
    assert newest > 0, "no writer lived long enough to publish: the test tests nothing"
    assert [number for number in store.numbers() if store.lines(number) != lines(number)] == []

    with store.writing("the next one") as writer_:
        assert list((store.folder / "unfinished").iterdir()) == []
        assert {int(path.name) for path in (store.folder / "versions").iterdir()} == set(store.numbers())
        assert {int(path.name) for path in (store.folder / "indexes").iterdir()} <= set(store.numbers())
        said = writer_.publish(publication(lines(newest + 1)), newest)
    assert store.newest_whole() == (said.version, [])
    assert store.lines(said.version) == lines(newest + 1)
