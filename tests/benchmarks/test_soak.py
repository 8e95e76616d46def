"""The soak: that its bounds are broken by what they are there for, and a short one of it."""

import os
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.measuring import open_files
from benchmarks.peers.result import Bar, Result
from benchmarks.soak.load import Found
from benchmarks.soak.looks import Look
from benchmarks.soak.report import Soaked, result
from tests.measurements import measure

MIB = 1 << 20


def looks(*sizes: int, different: int = 0, again: int = 0) -> list[Look]:
    """Looks at a server that has so much more memory, and so many more files open at each."""
    return [
        Look(
            60.0 * at,
            Counter({"front": size * MIB}),
            size * MIB,
            Counter({"front": 100 + (different + again) * at}),
            Counter({"front": 80 + different * at}),
            Counter({"front": 1}),
        )
        for at, size in enumerate(sizes)
    ]


def soaked(seen: list[Look], *, wrong: str = "", skipped: int = 0, served: str = "6", ended: int = 0) -> Result:
    found, edits = Found(skipped=skipped), Found()
    found.note("page", 0.01, wrong)
    edits.note("a change", 0.1, "")
    return result(Soaked(1, 1, 70, [100], [found], edits, seen, 5, served), 0, ended)


def missed(found: Result) -> list[Bar]:
    return [bar for bar in found.bars if not bar.holds]


def test_a_server_that_stays_as_it_is_keeps_all_bounds() -> None:
    assert missed(soaked(looks(100, 101, 102, 100, 103, 101, 102, 101))) == []


@pytest.mark.parametrize(
    ("found", "what"),
    [
        (soaked(looks(100, 101, 103, 104, 105, 106, 107, 108)), "memory"),
        (soaked(looks(100, 100, 100, 100, different=5)), "different files"),
        (soaked(looks(100, 100, 100, 100, again=20)), "open files"),
        (soaked(looks(*[100] * 40, again=1)), "open files"),
        (soaked(looks(100, 100), wrong="/plans: 503, not 200"), "other than those that were asked for"),
        (soaked(looks(100, 100), skipped=1), "not sent"),
        (soaked(looks(100, 100), served="5"), "do not answer"),
        (soaked(looks(100, 100), ended=1), "started again"),
    ],
    ids=[
        "memory that grows",
        "files that stay open",
        "a file that is opened again and again",
        "over half an hour, now and then",
        "a wrong answer",
        "a server that does not keep up",
        "an old version",
        "a process that ends",
    ],
)
def test_what_grows_or_fails_breaks_a_bound(found: Result, what: str) -> None:
    assert missed(found)
    assert all(what in bar.what for bar in missed(found))


def test_memory_is_drawn_over_the_minutes_by_kind_of_process() -> None:
    found = soaked(looks(100, 101))
    assert found.curves is not None
    assert found.curves.of == {"fronts": ((0, 100), (1, 101))}


def test_a_file_that_is_open_twice_is_one(tmp_path: Path) -> None:
    before = open_files(os.getpid())
    with (tmp_path / "a").open("w"), (tmp_path / "a").open():
        assert len(open_files(os.getpid()) - before) == 1
        with (tmp_path / "b").open("w"):
            assert len(open_files(os.getpid()) - before) == 2


@pytest.mark.heavy
@pytest.mark.timeout(600)
def test_a_minute_of_everything_leaves_a_server_as_it_was() -> None:
    # At a third of what it takes: what else is tested beside it may begin or end any moment.
    small = ["--minutes", "1", "--share", "33", "--untimed", "--processes", "2"]
    measure("soak", *small, timeout=590)
