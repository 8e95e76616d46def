"""What a pool parent holds in memory, from one version to the next."""

from pathlib import Path

import pytest

from dppgraph.core.quads import parse_line
from dppgraph.store.history import catch_up
from dppgraph.store.rdf import engine_quads
from dppgraph.store.versions import VersionStore
from dppgraph.store.workers import holding as holdings
from dppgraph.store.workers.holding import advanced, held
from tests.store.conftest import BASE, publication

pytestmark = pytest.mark.heavy

VERSIONS = 20


@pytest.fixture
def store(folder: Path) -> VersionStore:
    """A thing among fifty, of which each version says another number."""
    found = VersionStore(folder / "store")
    others = [f'<http://e/{number}> <http://e/p> "{number}" <http://e/g> .' for number in range(49)]
    with found.writing("a test") as writer:
        for number in range(1, VERSIONS + 1):
            lines = sorted([*others, f'<http://e/counter> <http://e/p> "{number}" <http://e/g> .'])
            writer.publish(publication(lines), number - 1 or None)
    catch_up(found, found.history_path)
    return found


def test_memory_is_filled_anew_where_much_in_it_is_gone(store: VersionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holdings, "_FEW", 5)
    options = {"folder": str(store.folder), "version": 1, "base": BASE, "union": True, "index": None}
    holding, filled = held(options), []
    for number in range(2, VERSIONS + 1):
        before, holding = holding, advanced(holding, options | {"version": number})
        assert holding.memory is not None
        assert set(holding.memory) == set(engine_quads(map(parse_line, store.lines(number))))
        if holding.memory is not before.memory:
            filled.append(number)
    # More than a fourth of fifty are gone with the thirteenth that was removed.
    assert filled == [14]


def test_little_that_is_gone_is_left(store: VersionStore) -> None:
    options = {"folder": str(store.folder), "version": 1, "base": BASE, "union": True, "index": None}
    holding = held(options)
    following = advanced(holding, options | {"version": VERSIONS})
    assert following.memory is holding.memory
    assert following.gone == VERSIONS - 1
