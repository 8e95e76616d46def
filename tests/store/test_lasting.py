"""Since when something was there, and until when: as a look at every version tells it."""

from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given

from dppgraph.core.quads import Delta, Quad, entity_of
from dppgraph.store.history import Fate, Lasting, add_version, count_lasting, fate, forget_all_but, lasting
from tests.conftest import BASE
from tests.store.history_of import manifest
from tests.store.test_history import FIRST, SECOND, THINGS, VERSIONS, history_of

THING = f"{BASE}id/plan/a"


def spans_of(versions: list[frozenset[Quad]], last: int) -> set[Lasting]:
    """What was said of the thing in the versions up to one, found by going through them."""
    found: dict[Quad, int] = {}
    told = set[Lasting]()
    for number, quads in enumerate(versions[:last], 1):
        about = {quad for quad in quads if entity_of(quad.line()) == THING}
        told |= {Lasting(quad, found.pop(quad), number) for quad in found.keys() - about}
        found |= dict.fromkeys(about - found.keys(), number)
    return told | {Lasting(quad, since, None) for quad, since in found.items()}


@given(versions=VERSIONS)
def test_all_that_was_ever_said_is_told_with_its_time(
    versions: list[frozenset[Quad]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("history") / "history.sqlite"
    with closing(history_of(versions, path)) as history:
        for last in range(1, len(versions) + 1):
            found = lasting(history, THING, last, gone=True)
            assert set(found) == spans_of(versions, last)
            assert len(found) == count_lasting(history, THING, last, gone=True)
            assert found == sorted(found, key=lambda one: (one.quad.subject != f"<{THING}>", one[:2]))
            assert found == [
                one
                for at in range(0, len(found), 2)
                for one in lasting(history, THING, last, gone=True, offset=at, limit=2)
            ]
            now = lasting(history, THING, last)
            assert now == [one for one in found if one.until is None]
            assert len(now) == count_lasting(history, THING, last)


@given(versions=VERSIONS)
def test_the_fate_of_each_thing_that_a_version_changed_is_known(
    versions: list[frozenset[Quad]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("history") / "history.sqlite"
    with closing(history_of(versions, path)) as history:
        before = frozenset[Quad]()
        for number, quads in enumerate(versions, 1):
            for iri in {entity_of(quad.line()) for quad in before ^ quads}:
                there = [any(entity_of(quad.line()) == iri for quad in some) for some in (before, quads)]
                assert fate(history, iri, number) == Fate(*there)
            before = quads


def test_what_was_before_the_first_version_that_is_there_nobody_knows(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    add_version(path, manifest(3), Delta([FIRST.line()], []))
    add_version(path, manifest(4), Delta([SECOND.line()], []))
    with closing(history_of([], path)) as history:
        assert fate(history, THING, 3) == Fate(None, after=True)
        assert fate(history, THINGS[1][1:-1], 4) == Fate(before=False, after=True)
        assert fate(history, THING, 4) == Fate(before=True, after=None)


def test_the_fate_of_a_thing_is_known_when_its_versions_are_let_go(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    history_of([frozenset({FIRST}), frozenset({SECOND}), frozenset({FIRST, SECOND})], path).close()
    forget_all_but(path, [3])
    with closing(history_of([], path)) as history:
        assert fate(history, THING, 2) == Fate(before=True, after=False)
        assert fate(history, THING, 3) == Fate(before=False, after=True)
        assert lasting(history, THING, 3, gone=True) == [Lasting(FIRST, 3, None)]


def test_a_thing_of_many_lines_is_told_a_page_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    lines = [f'<{THING}#{number:05}> <http://e.org/p> "{number}" <http://e.org/g> .' for number in range(20_000)]
    add_version(path, manifest(1), Delta(lines, []))
    with closing(history_of([], path)) as history:
        found = lasting(history, THING, 1, gone=True, offset=19_950, limit=100)
        assert [one.quad.line() for one in found] == lines[19_950:]
        assert count_lasting(history, THING, 1, gone=True) == 20_000
