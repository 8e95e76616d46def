"""The service description of a large version: its sizes are those that the version says of itself."""

from dataclasses import replace

from dppgraph.operations.service import known_graphs
from tests.store.history_of import manifest

SIZES = {"": 5, "_:b": 1, "urn:x:a": 400_000, "urn:x:b": 200_000, "urn:x:gone": 0}


def test_a_small_version_is_asked() -> None:
    assert known_graphs(replace(manifest(1), quads=499_999, graphs=SIZES), union=True) is None


def test_a_large_version_is_not_counted_anew() -> None:
    large = replace(manifest(1), quads=600_006, graphs=SIZES, sharing=[])
    assert known_graphs(large, union=True) == {"": 600_006, "urn:x:a": 400_000, "urn:x:b": 200_000}
    assert known_graphs(large, union=False) == {"": 5, "urn:x:a": 400_000, "urn:x:b": 200_000}


def test_how_many_triples_graphs_have_together_is_not_known_where_they_share_some() -> None:
    for sharing in (None, ["urn:x:a", "urn:x:b"]):
        large = replace(manifest(1), quads=600_006, graphs=SIZES, sharing=sharing)
        found = known_graphs(large, union=True)
        assert found is not None
        assert found[""] is None
