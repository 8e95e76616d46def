"""Lines on disk: sorted, each once, zipped beside, and loaded by the engine."""

import gzip
import hashlib
import tempfile
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.quads import Quad, parse_line
from dppgraph.errors import Damaged
from dppgraph.store.filling import Filling
from dppgraph.store.memory import MemoryStore
from dppgraph.store.merge import MERGED
from dppgraph.store.runs import LinesFile, Runs, Triples, WritingLines, holding, looked_up, merged, regrouped

# A canonical line holds no control characters but as escapes.
WORDS = st.text(st.characters(codec="utf-8", min_codepoint=0x20), min_size=1, max_size=12)
COUNTING = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


def line(number: int, graph: str = "g") -> str:
    return Quad(f"<a:{number:03}>", "<a:p>", f'"é{number}"', f"<a:{graph}>").line()


def written(path: Path, lines: list[str], *, zipped: bool = False) -> LinesFile:
    with WritingLines(path, zipped=zipped) as writing:
        writing.take(lines)
    return writing.lines()


@given(pieces=st.lists(st.lists(WORDS)), most=st.integers(1, 40))
def test_lines_in_any_order_are_read_sorted_each_once(
    pieces: list[list[str]], most: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    runs = Runs(tmp_path_factory.mktemp("runs"), "run", most)
    for piece in pieces:
        runs.take("".join(f"{word}\n" for word in piece).encode())
    # What memory still holds is among them, and is gone then.
    assert list(runs.lines()) == sorted({word for piece in pieces for word in piece})
    for piece in pieces:
        runs.take("".join(f"{word}\n" for word in piece).encode())
    runs.end()
    # By the bytes of UTF-8 as by code points; a line end comes before all that a canonical line may hold.
    assert list(merged(runs.paths)) == sorted(
        {word for piece in pieces for word in piece}, key=lambda word: f"{word}\n"
    )


def test_a_run_is_told_of_when_it_is_complete(tmp_path: Path) -> None:
    runs = Runs(tmp_path, "run", most=10)
    assert runs.take(b"a\n") is None
    assert runs.take(b"much more of it\n") == tmp_path / "run-0000.nq"
    assert runs.end() is None
    assert runs.paths == [tmp_path / "run-0000.nq"]


def test_lines_that_hold_something_are_found_in_all_files(tmp_path: Path) -> None:
    for name, text in (("a", "one\ntwo\n"), ("b", "three\n")):
        (tmp_path / name).write_text(text)
    assert list(holding([tmp_path / "a", tmp_path / "b"], "o")) == ["one", "two"]


def test_a_file_of_lines_reads_like_a_list(tmp_path: Path) -> None:
    lines = [line(number) for number in range(3)]
    found = written(tmp_path / "lines", lines)
    assert (list(found), len(found), found.zipped) == (lines, 3, None)
    assert lines[1] in found
    assert line(7) not in found


def test_a_literal_may_hold_what_python_takes_for_a_line_end(tmp_path: Path) -> None:
    lines = ['<a:a> <a:p> "one\u2028two\x85three" <a:g> .']
    assert list(written(tmp_path / "lines", lines)) == lines


def test_the_zipped_file_is_the_same_each_time_and_has_its_hash(tmp_path: Path) -> None:
    lines = [line(number) for number in range(50_000)]
    files = [written(tmp_path / name, lines, zipped=True) for name in ("one", "two")]
    zipped = [file.zipped for file in files if file.zipped]
    data = [one.path.read_bytes() for one in zipped]
    assert data[0] == data[1]
    assert [one.sha256 for one in zipped] == [hashlib.sha256(data[0]).hexdigest()] * 2
    assert gzip.decompress(data[0]) == (tmp_path / "one").read_bytes()


def test_a_zipped_file_that_cannot_be_written_stops_the_writing(tmp_path: Path) -> None:
    (tmp_path / "lines.gz").touch()
    with pytest.raises(FileExistsError):
        written(tmp_path / "lines", [line(number) for number in range(400_000)], zipped=True)


def test_what_is_loaded_by_several_threads_is_all_there(tmp_path: Path) -> None:
    runs = Runs(tmp_path, "run", most=2_000)
    with Filling(tmp_path / "index") as filling:
        for number in range(200):
            filling.take(runs.take(f"{line(number)}\n".encode()))
        filling.take(runs.end())
        filling.wait()
        assert len(runs.paths) > 2
        (row,) = filling.asked().select(COUNTING, base="a:")
        assert parse_line(f"<a:a> <a:b> {row['n']} .").object.startswith('"200"')


def test_the_merge_of_graphs_holds_a_shared_triple_once(tmp_path: Path) -> None:
    triples = Triples(tmp_path, "merge")
    assert triples.take([line(1, "g"), line(1, "h"), line(2, "h")]) is None
    with Filling(tmp_path / "index") as filling:
        filling.merge(triples.end())
        filling.wait()
        filling.flush()
    store = pyoxigraph.Store.read_only(str(tmp_path / "index"))
    assert len(list(store.quads_for_pattern(None, None, None, MERGED))) == 2


def test_a_checkpoint_stays_as_it_was(tmp_path: Path) -> None:
    with Filling(tmp_path / "index") as filling:
        filling.asked().add([parse_line(line(1))])
        filling.checkpoint(tmp_path / "then")
        filling.asked().add([parse_line(line(2))])
    for folder, count in (("then", 1), ("index", 2)):
        assert len(list(MemoryStore.at(tmp_path / folder).select("SELECT * { ?s ?p ?o }", base="a:"))) == count


def test_a_checkpoint_of_many_lots_is_sorted_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dppgraph.store.filling._LOT", 0)
    with Filling(tmp_path / "index") as filling:
        for number in range(9):
            # What each lot has lies between what others have.
            (tmp_path / f"{number}").write_text("".join(f"{line(place)}\n" for place in range(number, 90, 9)))
            filling.take(tmp_path / f"{number}")
        filling.wait()
        filling.checkpoint(tmp_path / "then")
    # One file, at most, of each of the engine's tables; before that there are twice as many.
    assert len(list((tmp_path / "then").glob("*.sst"))) <= 11
    assert len(list(MemoryStore.at(tmp_path / "then").select("SELECT * { ?s ?p ?o }", base="a:"))) == 90


@pytest.mark.parametrize("much", [1, 1 << 30])
@pytest.mark.parametrize("count", [3, 6_000])
def test_few_and_many_quads_are_added_alike(count: int, much: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dppgraph.store.memory._MUCH", much)
    store = MemoryStore()
    quads = [parse_line(line(number)) for number in range(count)]
    store.add_many(quads)
    store.add_many(quads)
    assert store.said([*quads, parse_line(line(count))]) == set(quads)


ANYTHING = st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=5)


@given(lines=st.lists(ANYTHING), mark=ANYTHING | st.sampled_from("ab"), size=st.integers(1, 9))
def test_lines_are_the_same_wherever_pieces_are_cut(lines: list[str], mark: str, size: int) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("dppgraph.store.runs.lines_file._PIECE", size)
        path = Path(folder, "lines")
        path.write_bytes("".join(f"{one}\n" for one in lines).encode())
        assert list(LinesFile(path, len(lines))) == lines
        assert list(holding([path], mark)) == [one for one in lines if mark in one]


TERMS = st.sampled_from(("<a:a>", "<a:b>", "<a:c>"))
TRIPLES = st.builds(Quad, TERMS, TERMS, TERMS | st.sampled_from(('"1"', "<<( <a:a> <a:b> <a:c> )>>")), st.just(""))


@given(there=st.lists(TRIPLES), asked=st.lists(TRIPLES), many=st.integers(0, 60), others=st.integers(0, 400))
def test_what_is_said_is_told_alike_of_few_and_many(
    there: list[Quad], asked: list[Quad], many: int, others: int
) -> None:
    """Those that share a property and an object are looked for together, where the store has not too many of them."""
    alike = [Quad(f"<a:{number}>", "<a:is>", "<a:one>") for number in range(max(many, others))]
    store = MemoryStore([*there, *(quad._replace(graph="<a:g>") for quad in alike[:others])])
    said = {quad[:3] for quad in (*there, *alike[:others])}
    all_ = [*asked, *alike[:many], Quad("<a:none>", "<a:is>", "<a:one>")]
    assert store.said(all_) == {quad for quad in all_ if quad[:3] in said}


NAMES = st.sampled_from(("a", "a#part", "a-b", "a/b#1", "a/b#2", "ab", "b"))


@given(quads=st.frozensets(st.builds(lambda name, n: Quad(f"<x:{name}>", "<a:p>", f'"{n}"'), NAMES, st.integers(0, 3))))
def test_lines_are_put_together_by_another_name_in_memory_as_from_a_file(
    quads: frozenset[Quad], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("regrouped")
    lines = sorted(quad.line() for quad in quads)

    def owner(line: str) -> str:
        subject = line[1 : line.index(">")]
        return "" if subject == "x:b" else subject.partition("#")[0]

    found = list(regrouped(lines, owner))
    assert [name for name, _ in found] == sorted({owner(line) for line in lines} - {""})
    assert all(group == [line for line in lines if owner(line) == name] for name, group in found)
    assert list(regrouped(written(folder / "lines", lines), owner)) == found
    assert [path.name for path in folder.iterdir()] == ["lines"]


@given(said=st.dictionaries(st.sampled_from(["a", "a#b", "ab", "é", "z", "\U0001f600"]), st.lists(WORDS, min_size=1)))
def test_a_file_of_sorted_lines_finds_what_is_said_of_each_subject(
    said: dict[str, list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    lines = sorted({f"<{subject}> {word}" for subject, words in {**said, "m": ["it"]}.items() for word in words})
    file = written(tmp_path_factory.mktemp("found") / "lines", lines)
    with looked_up(file.path) as found:
        for subject in ("", "a", "a#b", "ab", "m", "é", "z", "\U0001f600", "\U0010ffff"):
            assert found.about(f"<{subject}>") == [line for line in lines if line.startswith(f"<{subject}> ")]


def test_a_file_in_which_nothing_can_be_looked_up_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    for name in ("empty", "missing"):
        with pytest.raises(Damaged, match=name), looked_up(tmp_path / name):
            pass
