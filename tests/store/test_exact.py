import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.quads import Quad, parse_line
from dppgraph.errors import Damaged
from dppgraph.operations.build import Built
from dppgraph.store.exact import ExactQuads, Pattern, write_exact
from dppgraph.store.versions import VersionStore

A = "<https://example.org/a>"
TERMS = [A, f"{A[:-1]}#part>", "<https://example.org/a/b>", "<https://example.org/é>", "<https://example.org/p>"]
LITERALS = ['"01"^^<http://www.w3.org/2001/XMLSchema#integer>', '"é\\n"@nl-BE', '"😀"', '"x > y"']
QUADS = st.builds(
    Quad,
    st.sampled_from(TERMS),
    st.sampled_from(TERMS),
    st.sampled_from(TERMS + LITERALS),
    st.sampled_from(["", "<https://example.org/g>", "<https://example.org/h>"]),
)
ANY = st.sampled_from([None, *TERMS, '"nowhere"'])


def written(folder: Path, quads: list[Quad], gone: tuple[str, ...] = ()) -> ExactQuads:
    path = folder / f"{hashlib.sha256(repr(quads).encode()).hexdigest()}.sqlite"
    path.unlink(missing_ok=True)
    write_exact(path, [quad.line() for quad in quads], gone=gone)
    return ExactQuads(path)


@given(quads=st.lists(QUADS, max_size=12), pattern=st.builds(Pattern, ANY, ANY, ANY), offset=st.integers(0, 3))
def test_what_is_found_is_what_is_there(
    quads: list[Quad], pattern: Pattern, offset: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    exact = written(tmp_path_factory.getbasetemp(), quads)
    triples = {quad[:3] for quad in quads}
    fits = {t for t in triples if all(want in (None, has) for want, has in zip(pattern, t, strict=True))}
    assert exact.count(pattern) == len(fits)
    assert set(exact.match(pattern)) == fits
    whole = exact.match(pattern)
    assert exact.match(pattern, offset=offset, limit=2) == whole[offset : offset + 2]
    for subject in TERMS:
        assert exact.about(subject) == sorted({quad.line() for quad in quads if quad.subject == subject})
        for wanted in (frozenset({TERMS[4]}), frozenset(TERMS[:2])):
            said = sorted({q.line() for q in quads if q.subject == subject and q.predicate in wanted})
            assert exact.saying(subject, wanted) == said
    assert exact.subjects(TERMS[4], A) == sorted({q.subject for q in quads if q[1:3] == (TERMS[4], A)})
    exact.close()


def test_parts_come_in_order(tmp_path: Path) -> None:
    subjects = ["https://e.org/b", "https://e.org/a#y", "https://e.org/a", "https://e.org/a#x", "http://e.org/"]
    exact = written(tmp_path, [Quad(f"<{subject}>", TERMS[4], '"1"') for subject in subjects])
    assert exact.parts("<https://e.org/a>") == ["<https://e.org/a#x>", "<https://e.org/a#y>"]


def test_things_come_in_order_with_the_version_that_changed_them(tmp_path: Path) -> None:
    write_exact(tmp_path / "exact", [], {"https://e.org/b": 3, "https://e.org/a": 1})
    exact = ExactQuads(tmp_path / "exact")
    assert exact.things() == [("https://e.org/a", 1), ("https://e.org/b", 3)]
    assert exact.things(offset=1, limit=1) == [("https://e.org/b", 3)]
    assert exact.count_things() == 2


def test_what_is_gone_is_remembered(tmp_path: Path) -> None:
    exact = written(tmp_path, [Quad(A, TERMS[4], A)], ("https://example.org/gone",))
    assert exact.is_gone("https://example.org/gone")
    assert not exact.is_gone("https://example.org/a")


def test_the_same_lines_make_the_same_file(tmp_path: Path, built: tuple[VersionStore, Built]) -> None:
    lines = built[0].lines(1)
    write_exact(tmp_path / "one", lines)
    write_exact(tmp_path / "other", reversed(lines))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    exact = ExactQuads(tmp_path / "one")
    subjects = {parse_line(line).subject for line in lines}
    assert sorted(line for subject in subjects for line in exact.about(subject)) == lines


@pytest.mark.parametrize("content", [None, b"", b"not a database at all" * 100])
def test_a_damaged_file_is_told_of(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "exact.sqlite"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Damaged):
        ExactQuads(path)
