"""A database that is derived from its parent's is the one that would be made anew."""

from pathlib import Path

import pyoxigraph
import pytest

from dppgraph.core.quads import Delta, applied, difference
from dppgraph.store.versions.index import build_index, derive_index, prune_indexes

ONE = '<a:a> <a:b> "1" <a:one> .'
TWO = '<a:a> <a:b> "2" <a:two> .'
DEFAULT = '<a:a> <a:b> "3" .'


@pytest.mark.parametrize("after", [[ONE], [TWO], [DEFAULT], [], [ONE, '<a:a> <a:c> "4" <a:two> .']], ids=str)
def test_a_graph_that_lost_its_last_quad_is_no_graph_any_more(tmp_path: Path, after: list[str]) -> None:
    before = sorted([ONE, TWO, DEFAULT])
    delta: Delta = difference(before, sorted(after))
    assert applied(before, delta) == sorted(after)
    build_index(tmp_path / "parent", before, merge=False)
    derive_index(tmp_path / "derived", tmp_path / "parent", delta, lambda: after)
    build_index(tmp_path / "anew", after, merge=False)
    derived, anew = (pyoxigraph.Store.read_only(str(tmp_path / name)) for name in ("derived", "anew"))
    assert set(derived) == set(anew)
    assert set(derived.named_graphs()) == set(anew.named_graphs())


def test_the_newest_are_kept_however_long_their_numbers_are(tmp_path: Path) -> None:
    for name in ("999998", "999999", "1000000", "1000001", "999998-unfinished", "1000002-unfinished"):
        (tmp_path / name).mkdir()
    prune_indexes(tmp_path, keep=3)
    assert {path.name for path in tmp_path.iterdir()} == {"999999", "1000000", "1000001", "1000002-unfinished"}
