"""All lines of a version as they pass by are those of the version."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dppgraph.errors import Damaged, Unknown
from dppgraph.store.versions import VersionStore
from dppgraph.store.versions.names import KEYFRAME
from dppgraph.store.versions.streamed import streamed
from tests.store.conftest import publication

lines = st.sets(st.integers(0, 12))


def line(number: int) -> str:
    return f"<http://s/{number:02}> <http://p> <http://o> <http://g> ."


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(st.lists(lines, min_size=1, max_size=6))
def test_each_version_is_streamed_as_it_is(tmp_path_factory: pytest.TempPathFactory, states: list[set[int]]) -> None:
    versions = VersionStore(tmp_path_factory.mktemp("streamed") / "store")
    for state in states:
        # Padding: where all changes, all is kept as a whole, and no difference is told.
        said = sorted(
            [*map(line, state), *(f"<http://t/{n:03}> <http://p> <http://o> <http://g> ." for n in range(300))]
        )
        with versions.writing("a test") as writer:
            writer.publish(publication(said), None)
    for number in versions.numbers():
        assert list(streamed(versions, number)) == versions.lines(number)


def test_what_is_damaged_is_told(folder: Path) -> None:
    versions = VersionStore(folder)
    with versions.writing("a test") as writer:
        writer.publish(publication([line(1), line(2)]), None)
    path = versions.keyframe(1)
    assert path is not None
    assert path.name == KEYFRAME
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(Damaged, match="checksum"):
        list(streamed(versions, 1))
    path.unlink()
    with pytest.raises(Damaged):
        list(streamed(versions, 1))
    with pytest.raises(Unknown):
        list(streamed(versions, 2))
