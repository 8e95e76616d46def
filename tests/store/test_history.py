"""All versions in one file: at each of them everything is found as in a plain set of its lines."""

import multiprocessing
import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.digest import bucket_of
from dppgraph.core.quads import Delta, Quad, canonical, difference, entity_of, parse_line
from dppgraph.errors import BadRdf, Damaged, StoreUnavailable
from dppgraph.store.history import (
    ExactQuads,
    History,
    Pattern,
    QuadPattern,
    Span,
    add_version,
    catch_up,
    forget_after,
    forget_all_but,
)
from dppgraph.store.runs import WritingLines
from dppgraph.store.versions import Manifest
from tests.conftest import BASE, REPOSITORY
from tests.store.history_of import manifest

THINGS = [f"<{BASE}id/plan/{name}>" for name in "abc"] + [f"<{BASE}id/plan/a#part>", "<http://e.org/x>", "_:b"]
PREDICATES = ["<http://e.org/p>", "<http://e.org/q>"]
OBJECTS = [*THINGS, '"01"^^<http://www.w3.org/2001/XMLSchema#integer>', '"1"', '"text"@nl']
GRAPHS = ["", "<http://e.org/g>", "<http://e.org/h>"]
QUADS = st.builds(Quad, *map(st.sampled_from, (THINGS, PREDICATES, OBJECTS, GRAPHS)))
VERSIONS = st.lists(st.frozensets(QUADS, max_size=12), min_size=1, max_size=6)


class Store:
    """Versions in memory."""

    def __init__(self, versions: list[frozenset[Quad]]) -> None:
        self.versions = [sorted(quad.line() for quad in quads) for quads in versions]
        self.broken: set[int] = set()

    def numbers(self) -> list[int]:
        return list(range(1, len(self.versions) + 1))

    def manifest(self, number: int) -> Manifest:
        return replace(manifest(number), parent=number - 1 or None)

    def lines(self, number: int) -> list[str]:
        return self.versions[number - 1]

    def stream(self, number: int) -> Iterator[str]:
        return iter(self.versions[number - 1])

    def delta(self, number: int) -> Delta:
        if number in self.broken:
            raise Damaged("it is damaged")
        return difference(self.versions[number - 2] if number > 1 else [], self.versions[number - 1])


def history_of(versions: list[frozenset[Quad]], path: Path) -> History:
    catch_up(Store(versions), path)
    return History(path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite"


def same(exact: ExactQuads, quads: frozenset[Quad]) -> None:
    """Holds all that can be looked up against the set itself."""
    triples = {quad[:3] for quad in quads}
    for thing in THINGS:
        assert exact.about(thing) == sorted(quad.line() for quad in quads if quad.subject == thing)
        wanted = sorted(q.line() for q in quads if q.subject == thing and q.predicate == PREDICATES[0])
        assert exact.saying(thing, frozenset(PREDICATES[:1])) == wanted
        pointing = {predicate for _, predicate, object_ in triples if object_ == thing}
        counts = {predicate: sum(t[1:] == (predicate, thing) for t in triples) for predicate in sorted(pointing)}
        assert exact.count_by_predicate(thing) == counts
    assert sorted(exact.pairs(PREDICATES[0])) == sorted({(s, o) for s, p, o in triples if p == PREDICATES[0]})
    for s in (None, THINGS[0]):
        for p in (None, PREDICATES[0]):
            for o in (None, OBJECTS[6]):
                fits = {t for t in triples if all(w in (None, g) for w, g in zip((s, p, o), t, strict=True))}
                found = exact.match(Pattern(s, p, o))
                assert (set(found), len(found), exact.count(Pattern(s, p, o))) == (fits, len(fits), len(fits))
                pages = [exact.match(Pattern(s, p, o), offset=at, limit=2) for at in range(0, len(fits), 2)]
                assert [triple for page in pages for triple in page] == found
                for g in (None, *GRAPHS):
                    some = {q for q in quads if q[:3] in fits and g in (None, q.graph)}
                    assert set(exact.quads(QuadPattern(s, p, o, g))) == some
    assert exact.parts(THINGS[0]) == ([THINGS[3]] if any(quad.subject == THINGS[3] for quad in quads) else [])
    assert exact.beginning("<", 3) == sorted({quad.subject for quad in quads if quad.subject.startswith("<")})[:3]
    for bucket in {bucket_of(f"{thing} ") for thing in THINGS}:
        lines = {quad.line() for quad in quads if bucket_of(quad.line()) == bucket}
        assert set(exact.in_bucket(bucket)) == lines


def told_of(versions: list[frozenset[Quad]]) -> Iterator[tuple[dict[str, int], set[str]]]:
    """For each version: the things that are there, with the version that changed each last; and those that are gone."""
    changed: dict[str, int] = {}
    before: set[str] = set()
    for number, quads in enumerate(versions, 1):
        lines = {quad.line() for quad in quads}
        changed |= {entity_of(line): number for line in lines ^ before}
        before = lines
        present = {entity_of(line) for line in lines}
        ours = {iri: changed[iri] for iri in present if iri.startswith(f"{BASE}id/")}
        yield ours, changed.keys() - present


@given(versions=VERSIONS)
def test_each_version_is_as_it_was(versions: list[frozenset[Quad]], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("history") / "history.sqlite"
    with closing(history_of(versions, path)) as history:
        for number, (quads, (things, gone)) in enumerate(zip(versions, told_of(versions), strict=True), 1):
            exact = history.at(number)
            same(exact, quads)
            assert exact.things() == sorted(things.items())
            assert exact.things(offset=1, limit=1) == sorted(things.items())[1:2]
            assert exact.count_things() == len(things)
            assert exact.gone() == sorted(gone)
            assert {iri for iri in gone | things.keys() if exact.is_gone(iri)} == gone


@given(versions=VERSIONS, quad=QUADS)
def test_it_knows_when_a_quad_was_there(
    versions: list[frozenset[Quad]], quad: Quad, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("history") / "history.sqlite"
    with closing(history_of(versions, path)) as history:
        spans = history.spans(quad)
    there = {number for number, quads in enumerate(versions, 1) if quad in quads}
    last = len(versions) + 1
    assert {number for since, until in spans for number in range(since, until or last)} == there
    assert all(since < (until or last) for since, until in spans)


FIRST = Quad(THINGS[0], PREDICATES[0], '"1"', GRAPHS[1])
SECOND = Quad(THINGS[1], PREDICATES[0], '"2"', GRAPHS[1])


@given(quads=st.frozensets(QUADS, min_size=1, max_size=20), part=st.sampled_from((1, 3, 200_000)))
def test_the_same_lines_make_the_same_file_from_memory_or_from_disk(
    quads: frozenset[Quad], part: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, lines = tmp_path_factory.mktemp("history"), canonical(quads)
    with WritingLines(folder / "lines") as writing:
        writing.take(lines)
    add_version(folder / "one", manifest(1), Delta(lines, []))
    with pytest.MonkeyPatch.context() as patched:
        # However few objects memory may hold at a time.
        patched.setattr("dppgraph.store.history.beginning._PART", part)
        add_version(folder / "other", manifest(1), Delta(writing.lines(), []))
    assert {path.name for path in folder.iterdir()} == {"lines", "one", "other"}
    assert (folder / "one").read_bytes() == (folder / "other").read_bytes()
    with closing(History(folder / "other")) as history:
        same(history.at(1), quads)


def test_lines_that_are_not_sorted_begin_nothing(path: Path) -> None:
    with pytest.raises(BadRdf, match="not sorted"):
        add_version(path, manifest(1), Delta([SECOND.line(), FIRST.line()], []))
    assert not path.exists()


def test_what_the_shapes_found_is_there_for_each_version(path: Path) -> None:
    add_version(path, manifest(1), Delta([FIRST.line()], []), Delta(["a", "b"], []))
    add_version(path, manifest(2), Delta([SECOND.line()], []), Delta(["c"], ["a"]))
    add_version(path, manifest(3), Delta([], [SECOND.line()]), Delta(["a"], []))
    add_version(path, manifest(4), Delta([SECOND.line()], []), None)
    with closing(History(path)) as history:
        assert [history.results(number) for number in range(1, 5)] == [["a", "b"], ["b", "c"], ["a", "b", "c"], None]
    # All that they find, where nobody knows what they found before.
    add_version(path, manifest(5), Delta([], [SECOND.line()]), Delta(["d"], []))
    with closing(History(path)) as history:
        assert history.results(5) == ["d"]


def test_what_was_never_published_is_forgotten(path: Path) -> None:
    versions = [frozenset({FIRST}), frozenset({FIRST, SECOND}), frozenset({SECOND})]
    history_of(versions, path).close()
    forget_after(path, 1)
    with closing(History(path)) as history:
        assert (history.state().version, history.spans(FIRST), history.spans(SECOND)) == (1, [Span(1, None)], [])
        same(history.at(1), versions[0])


def test_a_store_that_went_on_otherwise_has_its_own_history(path: Path) -> None:
    history_of([frozenset({FIRST}), frozenset({SECOND})], path).close()
    other = [frozenset({FIRST}), frozenset({FIRST, SECOND}), frozenset({SECOND})]
    store = Store(other)
    forget_after(path, 1)
    catch_up(store, path)
    with closing(History(path)) as history:
        for number, quads in enumerate(other, 1):
            same(history.at(number), quads)


def test_what_was_forgotten_is_not_made_anew(path: Path) -> None:
    versions = [frozenset({FIRST}), frozenset({FIRST, SECOND})]
    history_of(versions, path).close()
    file = path.stat().st_ino
    # A writer was killed that had told the history, and not the store.
    add_version(path, manifest(3), Delta([], [FIRST.line()]))
    for _ in range(2):
        history_of(versions, path).close()
        assert path.stat().st_ino == file
    with closing(History(path)) as history:
        same(history.at(2), versions[1])
        with pytest.raises(Damaged, match="does not have version 3"):
            history.at(3)


def test_a_version_that_it_does_not_have_is_not_answered_by_another(path: Path) -> None:
    class Pruned(Store):
        def manifest(self, number: int) -> Manifest:
            if number == 2:
                raise Damaged("it is damaged")
            return super().manifest(number)

    versions = [frozenset({FIRST}), frozenset({SECOND}), frozenset({FIRST, SECOND})]
    catch_up(Pruned(versions), path)
    with closing(History(path)) as history:
        same(history.at(3), versions[2])
        with pytest.raises(Damaged, match="does not have version 2"):
            history.at(2)


def test_damage_within_the_file_is_made_anew(path: Path) -> None:
    some = frozenset(FIRST._replace(object=f'"{number}"') for number in range(3000))
    history_of([some], path).close()
    data = bytearray(path.read_bytes())
    data[32_768:-8_192] = random.Random(0).randbytes(len(data) - 40_960)
    path.write_bytes(data)
    after = [some, some | {SECOND}]
    with closing(history_of(after, path)) as history:
        assert set(history.at(2).quads(QuadPattern())) == after[1]


@pytest.mark.heavy
def test_threads_ask_on_while_it_is_let_go(path: Path) -> None:
    history = history_of([frozenset(FIRST._replace(object=f'"{number}"') for number in range(2000))], path)
    stop, counts = threading.Event(), list[int]()

    def ask() -> None:
        while not stop.is_set():
            counts.append(len(history.at(1).quads(QuadPattern())))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(200):
        history.close()
        time.sleep(0.005)
    stop.set()
    for thread in threads:
        thread.join()
    assert set(counts) == {2000}


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"\1" * 5000])
def test_a_damaged_file_is_told_and_made_anew(content: bytes, path: Path) -> None:
    path.write_bytes(content)
    with closing(History(path)) as history, pytest.raises(Damaged, match=r"history\.sqlite"):
        history.at(1)
    with closing(history_of([frozenset({FIRST})], path)) as history:
        same(history.at(1), frozenset({FIRST}))


def test_a_file_of_another_layout_is_made_anew(path: Path) -> None:
    history_of([frozenset({FIRST})], path).close()
    with closing(sqlite3.connect(path)) as file:
        file.execute("UPDATE state SET format = 99")
        file.commit()
    with closing(History(path)) as history, pytest.raises(Damaged, match="another dppgraph"):
        history.state()
    history_of([frozenset({SECOND})], path).close()
    with closing(History(path)) as history:
        same(history.at(1), frozenset({SECOND}))


def test_a_version_that_cannot_be_read_costs_no_other(path: Path) -> None:
    versions = [frozenset({FIRST}), frozenset({SECOND}), frozenset({FIRST, SECOND})]
    store = Store(versions)
    store.broken = {1, 2}
    catch_up(store, path)
    with closing(History(path)) as history:
        for number, quads in enumerate(versions, 1):
            same(history.at(number), quads)


def test_a_reader_that_had_it_open_finds_a_file_that_took_its_place(path: Path) -> None:
    with closing(history_of([frozenset({FIRST})], path)) as history:
        history.at(1)
        path.unlink()
        history_of([frozenset({FIRST}), frozenset({SECOND})], path).close()
        same(history.at(2), frozenset({SECOND}))
        with pytest.raises(Damaged, match="does not have version 3"):
            history.at(3)


def test_what_is_asked_still_is_of_one_moment_whatever_comes_and_goes(path: Path) -> None:
    versions = [frozenset({FIRST}), frozenset({SECOND})]
    with closing(history_of(versions, path)) as history:
        with history.still(), history.still():
            exact = history.at(1)
            assert exact.has(FIRST)
            forget_all_but(path, [2])
            add_version(path, manifest(3), Delta([], [SECOND.line()]))
            # Another thread finds that there is more than there was.
            other = threading.Thread(target=history.at, args=(3,))
            other.start()
            other.join()
            same(exact, versions[0])
            assert history.spans(FIRST) == [Span(1, 2)]
            with pytest.raises(Damaged, match="does not have version 3"):
                history.at(3)
            same(history.at(1), versions[0])
        assert history.spans(FIRST) == []
        same(history.at(3), frozenset())


def test_who_asks_still_finds_a_file_that_took_its_place_before(path: Path) -> None:
    with closing(history_of([frozenset({FIRST})], path)) as history:
        history.at(1)
        path.unlink()
        history_of([frozenset({FIRST}), frozenset({SECOND}), frozenset()], path).close()
        with history.still():
            exact = history.at(2)
            forget_all_but(path, [3])
            same(exact, frozenset({SECOND}))


def test_a_file_that_nobody_can_write_beside_is_read(path: Path) -> None:
    history_of([frozenset({FIRST}), frozenset({SECOND})], path).close()
    alone = path.with_name("alone")
    alone.mkdir()
    path.rename(alone / "history.sqlite")
    for left in path.parent.glob("history.sqlite-*"):
        left.unlink()
    # Its log cannot be made where a folder has its name, whoever asks.
    (alone / "history.sqlite-shm").mkdir()
    (alone / "history.sqlite-wal").mkdir()
    with closing(History(alone / "history.sqlite")) as history:
        same(history.at(2), frozenset({SECOND}))


def test_a_disk_that_takes_nothing_is_one_error(path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        add_version(path.parent / "nowhere" / "history.sqlite", manifest(1), Delta([FIRST.line()], []))


def _read(path: Path, stop: "multiprocessing.synchronize.Event", failed: "multiprocessing.Queue[str]") -> None:
    with closing(History(path)) as history:
        while not stop.is_set():
            number = history.state().version
            found = {quad.object for quad in history.at(number).quads(QuadPattern())}
            if found != {f'"{number}"'}:
                failed.put(f"version {number} says {found}")


@pytest.mark.heavy
def test_readers_beside_a_writer_find_whole_versions(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    stop, failed = context.Event(), context.Queue()

    def said(number: int) -> list[str]:
        return canonical(FIRST._replace(object=f'"{number}"', subject=f"<http://e.org/{n}>") for n in range(20))

    add_version(path, manifest(1), Delta(said(1), []))
    readers = [context.Process(target=_read, args=(path, stop, failed)) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(2, 202):
        add_version(path, manifest(number), Delta(said(number), said(number - 1)))
    stop.set()
    for reader in readers:
        reader.join()
    assert failed.empty(), failed.get()


WRITING = """
import sys
from pathlib import Path
from dppgraph.core.quads import Delta
from dppgraph.store.history import History, add_version
from tests.store.history_of import manifest
from tests.store.test_history import FIRST
path = Path(sys.argv[1])
number = History(path).state().version
while True:
    number += 1
    lines = [FIRST._replace(object=f'"{number} {n}"').line() for n in range(50)]
    add_version(path, manifest(number), Delta(lines, []))
    print(number, flush=True)
"""


@pytest.mark.heavy
def test_a_writer_killed_at_any_moment_leaves_whole_versions(path: Path) -> None:
    add_version(path, manifest(1), Delta([FIRST.line()], []))
    seed = random.randrange(1 << 32)
    moments = random.Random(seed)
    for _ in range(12):
        command = [sys.executable, "-c", WRITING, str(path)]
        with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            written = [writer.stdout.readline() for _ in range(2)]
            time.sleep(moments.uniform(0, 0.2))
            writer.kill()
        assert all(written), f"seed {seed}"
        with closing(History(path)) as history:
            number = history.state().version
            assert history.at(number).count(Pattern()) == 1 + 50 * (number - 1), f"seed {seed}"
            assert {parse_line(line).subject for line in history.at(number).about(FIRST.subject)} == {FIRST.subject}
        # What was said to be written is there.
        assert number >= int(written[-1]), f"seed {seed}"
