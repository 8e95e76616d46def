"""Versions compared, restored, and let go: what is published stays, and an old state comes back as a new version."""

import json
from contextlib import closing
from importlib import import_module
from pathlib import Path

import pytest

from dppgraph.core import formats
from dppgraph.core.quads import Delta, parse_line
from dppgraph.errors import BadCall, Gone, StoreInUse, Unknown
from dppgraph.operations.harvest import remember
from dppgraph.operations.versions import diff, keep_pinned, let_go, letting_go, prune, rollback
from dppgraph.store.history import History, QuadPattern, catch_up
from dppgraph.store.rdf import parse
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE
from tests.store.conftest import publication

pruning = import_module("dppgraph.operations.versions.prune")
"""The module, whose name its package gives to the function."""
CONTENTS = [{1, 2, 3}, {2, 3, 4}, {2, 3, 4, 5}, {5}, {5, 6}]


def lines(numbers: set[int]) -> list[str]:
    return sorted(f'<{BASE}id/plan/{number}> <http://e/p> "0{number}" <http://e/g> .' for number in numbers)


@pytest.fixture
def store(tmp_path: Path) -> VersionStore:
    """Five versions."""
    found = VersionStore(tmp_path / "store")
    with found.writing("a test") as writer:
        for place, numbers in enumerate(CONTENTS):
            what = publication(lines(numbers), base=BASE, shapes="there", findings={"Warning": place}, report=b"[]")
            writer.publish(what, place or None)
    catch_up(found, found.history_path)
    return found


def held(store: VersionStore, number: int) -> list[str]:
    """What the history has of a version."""
    with closing(History(store.history_path)) as history:
        return sorted(quad.line() for quad in history.at(number).quads(QuadPattern()))


# --- diff


def test_a_difference_is_told_for_people_for_programs_and_as_rdf(store: VersionStore) -> None:
    found = diff(store, 1, 3)
    assert found.delta == Delta(lines({4, 5}), lines({1}))
    assert found.entities == {
        f"{BASE}id/plan/1": (0, 1),
        f"{BASE}id/plan/4": (1, 0),
        f"{BASE}id/plan/5": (1, 0),
    }
    text = found.to_text().splitlines()
    assert text[0] == "from version 1 to 3: +2 -1 statements"
    assert text[1] == f"  +0 -1  {BASE}id/plan/1"
    assert text[4:] == [f"- {lines({1})[0]}", *(f"+ {line}" for line in lines({4, 5}))]
    said = json.loads(found.to_json())
    assert (said["before"], said["after"], said["added"], said["removed"]) == (1, 3, lines({4, 5}), lines({1}))
    assert said["entities"][f"{BASE}id/plan/1"] == {"added": 0, "removed": 1}
    quads = parse(found.to_nquads().encode(), formats.NQUADS)
    assert sorted(quad.line() for quad in quads) == lines({4, 5})
    assert f"# - {lines({1})[0]}\n" in found.to_nquads()


# --- rollback


def test_an_earlier_version_comes_back_as_a_new_one_to_the_letter(store: VersionStore) -> None:
    said = rollback(store, 2, agent="Ann", message="Terug")
    assert (said.version, said.parent, said.kind, said.of) == (6, 5, "rollback", 2)
    assert (said.agent, said.message, said.findings) == ("Ann", "Terug", {"Warning": 1})
    assert store.current() == 6
    assert store.lines(6) == lines(CONTENTS[1])
    assert said.digest == store.manifest(2).digest
    assert said.graphs == store.manifest(2).graphs
    assert held(store, 6) == lines(CONTENTS[1])
    assert [store.lines(number) for number in range(1, 6)] == list(map(lines, CONTENTS))
    # The files that it was built from are those of the version before: nothing is due to be built.
    assert store.fingerprint(6) == store.fingerprint(5)


def test_a_rollback_that_changes_nothing_is_refused(store: VersionStore) -> None:
    with pytest.raises(BadCall, match="version 5, which is current, holds just what version 5 held"):
        rollback(store, 5, agent="Ann")
    rollback(store, 2, agent="Ann")
    with pytest.raises(BadCall, match="holds just what version 2 held"):
        rollback(store, 2, agent="Ann")
    assert store.current() == 6


def test_what_no_shape_has_judged_does_not_come_back_behind_the_gate(store: VersionStore) -> None:
    with store.writing("a test") as writer:
        writer.publish(publication(lines({8}), base=BASE, shapes="none"), 5)
        writer.publish(publication(lines({9}), base=BASE, shapes="there"), 6)
    with pytest.raises(BadCall, match="no shape has ever judged it"):
        rollback(store, 6, agent="Ann")
    assert store.current() == 7


def test_one_goes_back_to_what_is_there_and_while_nobody_else_writes(store: VersionStore) -> None:
    with pytest.raises(Unknown, match="no version 9"):
        rollback(store, 9, agent="Ann")
    with store.writing("a test"), pytest.raises(StoreInUse):
        rollback(VersionStore(store.folder), 1, agent="Ann")
    with store.writing("a test") as writer:
        prune(store, writer, 2)
    with pytest.raises(Gone):
        rollback(store, 1, agent="Ann")
    assert store.current() == 5


# --- prune


def test_the_newest_are_kept_and_those_that_are_pinned(store: VersionStore) -> None:
    keep_pinned(store, 2, pinned=True)
    assert let_go(store, 0) == []
    assert let_go(store, 9) == []
    assert let_go(store, 2) == [1, 3]
    with store.writing("a test") as writer:
        assert prune(store, writer, 2) == [1, 3]
        assert prune(store, writer, 2) == []
    assert [store.is_kept(number) for number in store.numbers()] == [False, True, False, True, True]
    keep_pinned(store, 2, pinned=False)
    assert let_go(store, 1) == [2, 4]
    with pytest.raises(BadCall, match="is not pinned"):
        keep_pinned(store, 2, pinned=False)


def test_the_history_forgets_what_no_kept_version_has_and_knows_since_when_the_rest_is_there(
    store: VersionStore,
) -> None:
    keep_pinned(store, 2, pinned=True)
    with store.writing("a test") as writer:
        prune(store, writer, 1)
    assert held(store, 2) == lines(CONTENTS[1])
    assert held(store, 5) == lines(CONTENTS[4])
    with closing(History(store.history_path)) as history:
        (only_in_1,), (since_3,) = (map(parse_line, lines({number})) for number in (1, 5))
        assert history.spans(only_in_1) == []
        assert [span.since for span in history.spans(since_3)] == [3]


def test_a_history_that_is_lost_is_made_anew_from_what_is_kept(store: VersionStore) -> None:
    keep_pinned(store, 2, pinned=True)
    with store.writing("a test") as writer:
        prune(store, writer, 1)
    store.history_path.unlink()
    catch_up(store, store.history_path)
    assert held(store, 2) == lines(CONTENTS[1])
    assert held(store, 5) == lines(CONTENTS[4])


def test_the_next_version_follows_after_pruning(store: VersionStore) -> None:
    with store.writing("a test") as writer:
        prune(store, writer, 1)
        said = writer.publish(
            publication(lines({7}), base=BASE), 5, remember=lambda manifest, delta: remember(store, manifest, delta)
        )
    assert store.lines(said.version) == lines({7})
    assert held(store, said.version) == lines({7})


def test_what_is_written_when_versions_are_let_go_is_made_before_the_lock_is_held(
    store: VersionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_pinned(store, 2, pinned=True)
    going = letting_go(store, 2)
    assert going
    with VersionStore(store.folder).writing("another process") as writer:
        writer.publish(publication(lines({8}), base=BASE), 5)
    catch_up(store, store.history_path)

    def unasked(number: int) -> list[str]:
        pytest.fail(f"version {number} was read while nobody else could write")

    with monkeypatch.context() as locked, store.writing("a test") as writer:
        locked.setattr(store, "lines", unasked)
        assert prune(store, writer, going) == [1, 3]
    assert [number for number in store.numbers() if store.is_kept(number)] == [2, 4, 5, 6]
    assert [store.lines(number) for number in (2, 4, 5)] == [lines(CONTENTS[number - 1]) for number in (2, 4, 5)]
    assert store.newest_whole() == (6, [])


def test_what_was_pinned_meanwhile_is_not_let_go(store: VersionStore) -> None:
    going = letting_go(store, 2)
    assert going
    keep_pinned(store, 2, pinned=True)
    with store.writing("a test") as writer:
        prune(store, writer, going)
    assert store.lines(2) == lines(CONTENTS[1])
    assert store.lines(4) == lines(CONTENTS[3])


@pytest.mark.parametrize(("keep", "more"), [(0, None), (1, 1), (9, 1), (20, 2), (500, 50), (5000, 100)])
def test_old_versions_are_let_go_together_once_a_tenth_more_are_there(
    tmp_path: Path, keep: int, more: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, counts = VersionStore(tmp_path), sorted({1, keep, *(keep + over for over in range(120))} - {0})
    monkeypatch.setattr(pruning, "made_ahead", lambda *_: {})
    monkeypatch.setattr(store, "as_built", lambda _: 0)

    def is_time(count: int) -> bool:
        monkeypatch.setattr(store, "numbers", lambda: list(range(1, count + 1)))
        return letting_go(store, keep) is not None

    assert next((count for count in counts if is_time(count)), None) == (keep + more if more else None)
