"""What a version changed, thing by thing, read from its file a page at a time."""

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.errors import Damaged
from dppgraph.store.versions import ChangedThings, changed

NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=6)
COUNTS = st.tuples(st.integers(0, 10**6), st.integers(0, 10**6))


def written(folder: Path, said: dict[str, tuple[int, int]]) -> tuple[Path, str]:
    """A file as a version has it, and its checksum."""
    data = changed.said_changed({name: said[name] for name in sorted(said)})
    assert json.loads(data) == {name: list(counts) for name, counts in said.items()}
    (folder / "changes.json").write_bytes(data)
    return folder / "changes.json", hashlib.sha256(data).hexdigest()


@given(said=st.dictionaries(NAMES, COUNTS, max_size=40), apart=st.integers(1, 5), size=st.integers(1, 9))
def test_pages_of_any_size_are_all_of_them_in_order(
    said: dict[str, tuple[int, int]], apart: int, size: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(changed, "_APART", apart)
        things = ChangedThings(*written(tmp_path_factory.mktemp("changed"), said), rank=len)
    assert things.count == len(said)
    found = [one for start in range(0, len(said) + size, size) for one in things.part(start, size)]
    assert [one.entity for one in found] == sorted(said, key=lambda name: (len(name), name))
    assert {one.entity: (one.added, one.removed) for one in found} == said


def test_a_file_that_is_not_what_was_published_is_told_of(tmp_path: Path) -> None:
    path, sha256 = written(tmp_path, {"a": (1, 0), "b": (2, 0)})
    for content in (path.read_bytes().replace(b"2", b"3"), b'{\n"b": [\n1,\n0\n],\n"a": [\n1,\n0\n]\n}', b'"a": [\n'):
        path.write_bytes(content)
        with pytest.raises(Damaged, match="changes"):
            ChangedThings(path, sha256, rank=len)
    path.unlink()
    with pytest.raises(Damaged, match="changes"):
        ChangedThings(path, sha256, rank=len)


def test_a_file_that_is_gone_later_is_told_of(tmp_path: Path) -> None:
    things = ChangedThings(*written(tmp_path, {"a": (1, 0)}), rank=len)
    (tmp_path / "changes.json").unlink()
    with pytest.raises(Damaged, match="cannot be read"):
        things.part(0, 1)


def test_a_file_that_is_another_one_later_is_told_of(tmp_path: Path) -> None:
    things = ChangedThings(*written(tmp_path, {"a": (1, 0)}), rank=len)
    (tmp_path / "changes.json").write_text('{\n"a": [\nmany,\n0\n]\n}')
    with pytest.raises(Damaged, match="cannot be read"):
        things.part(0, 1)
