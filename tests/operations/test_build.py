"""Builds: what is published, what is refused, and that nothing else happens."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dppgraph.core.iris import DEFAULT_BASE, NAMESPACE
from dppgraph.core.quads import parse_line
from dppgraph.errors import BadCall, BadRdf, LaterChanges, ShapeViolation
from dppgraph.operations.build import Built, build, is_due
from dppgraph.operations.sources import Sources
from dppgraph.operations.validate import assemble
from dppgraph.store.versions import Publication, VersionStore
from tests.conftest import Run

XSD = "http://www.w3.org/2001/XMLSchema#"
OTHER_BASE = "https://data.example.org/plans/"


def built_from(sources: Sources, folder: Path) -> tuple[VersionStore, Built]:
    store = VersionStore(folder)
    with store.writing("tests") as writer:
        return store, build(store, writer, sources, agent="tests")


def plain(data: Path, base: str = DEFAULT_BASE) -> Sources:
    """The data alone, without gate, ontology and rules: fast."""
    return Sources(data, data, None, base)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "source").mkdir(parents=True)
    (folder / "source" / "a.ttl").write_text(
        '<id/plan/x> <http://e.org/p> "01"^^<http://www.w3.org/2001/XMLSchema#integer>, 1.50 .'
    )
    return folder


def elsewhere(sources: Sources, folder: Path) -> Sources:
    for name in ("data", "ontology", "queries"):
        shutil.copytree(getattr(sources, name), folder / name)
    ontology = folder / "ontology"
    return Sources(folder / "data", ontology, ontology / "shapes", sources.base, queries=folder / "queries")


def test_the_same_data_elsewhere_is_the_same_lines(
    built: tuple[VersionStore, Built], sources: Sources, tmp_path: Path
) -> None:
    stated = set(assemble(elsewhere(sources, tmp_path)).lines())
    about = set(built[0].lines(1)) - stated
    assert stated < set(built[0].lines(1))
    # What a version says of itself, and nothing else, comes to what the files say.
    assert {parse_line(line).graph for line in about} == {f"<{DEFAULT_BASE}id/graph/catalogue>"}


@pytest.mark.heavy
def test_the_same_data_built_elsewhere_has_the_same_digest(
    built: tuple[VersionStore, Built], sources: Sources, tmp_path: Path
) -> None:
    moved = elsewhere(sources, tmp_path / "elsewhere")
    assert built_from(moved, tmp_path / "store")[1].manifest.digest == built[1].manifest.digest


def test_literals_survive_a_build(data: Path, tmp_path: Path) -> None:
    store, _ = built_from(plain(data), tmp_path / "store")
    objects = {parse_line(line).object for line in store.lines(1)}
    assert objects == {f'"01"^^<{XSD}integer>', f'"1.50"^^<{XSD}decimal>'}


def test_nothing_changed_makes_no_version(data: Path, tmp_path: Path) -> None:
    assert built_from(plain(data), tmp_path / "store")[1].new
    store, again = built_from(plain(data), tmp_path / "store")
    assert (again.new, store.numbers()) == (False, [1])


def test_a_changed_comment_makes_no_version_and_is_not_looked_at_twice(data: Path, tmp_path: Path) -> None:
    store, _ = built_from(plain(data), tmp_path / "store")
    with (data / "source" / "a.ttl").open("a") as file:
        file.write("# a comment\n")
    assert is_due(store, plain(data))
    assert not built_from(plain(data), tmp_path / "store")[1].new
    assert not is_due(store, plain(data))


def test_a_changed_statement_makes_a_version_that_says_what_changed(data: Path, tmp_path: Path) -> None:
    built_from(plain(data), tmp_path / "store")
    (data / "source" / "b.ttl").write_text("<id/plan/y> <http://e.org/p> <id/plan/x> .")
    store, second = built_from(plain(data), tmp_path / "store")
    assert (second.manifest.version, second.manifest.parent, second.manifest.added) == (2, 1, 1)
    assert store.changes(2) == {f"{DEFAULT_BASE}id/plan/y": (1, 0)}


def test_another_base_moves_every_iri_but_the_ontologys(sources: Sources) -> None:
    moved = Sources(sources.data, sources.ontology, sources.shapes, OTHER_BASE)
    terms = {term for line in assemble(moved).lines() for term in parse_line(line)}
    left = {term for term in terms if term.startswith(f"<{DEFAULT_BASE}")}
    assert {term for term in left if not term.startswith((f"<{NAMESPACE}", f"<{DEFAULT_BASE}ns/"))} == set()
    assert any(term.startswith(f"<{OTHER_BASE}id/plan/") for term in terms)


@pytest.mark.heavy
def test_on_another_base_the_data_conforms_as_well(
    built: tuple[VersionStore, Built], sources: Sources, tmp_path: Path
) -> None:
    moved = Sources(sources.data, sources.ontology, sources.shapes, OTHER_BASE)
    _, new = built_from(moved, tmp_path / "store")
    assert new.report is not None
    assert built[1].report is not None
    assert new.report.counts == built[1].report.counts


def test_a_syntax_error_is_told_by_file_line_and_column(data: Path, tmp_path: Path) -> None:
    (data / "source" / "bad.ttl").write_text("<a:a> <a:b> <a:c> .\n<a:a> <a:b> oops .\n")
    with pytest.raises(BadRdf, match=r"bad\.ttl:2:13: ") as raised:
        built_from(plain(data), tmp_path / "store")
    assert (raised.value.line, raised.value.column) == (2, 13)
    assert VersionStore(tmp_path / "store").numbers() == []


def test_a_violation_publishes_nothing_and_carries_the_report(
    sources: Sources, few_shapes: Path, tmp_path: Path
) -> None:
    data = shutil.copytree(sources.data, tmp_path / "data")
    (data / "source" / "x.ttl").write_text(f"<id/plan/x> a <{NAMESPACE}PolicyPlan> .")
    broken = Sources(data, sources.ontology, few_shapes, sources.base)
    with pytest.raises(ShapeViolation, match="nothing is published") as raised:
        built_from(broken, tmp_path / "store")
    assert "plan-title" in {result.check for result in raised.value.report.results}
    assert VersionStore(tmp_path / "store").numbers() == []
    assert list((tmp_path / "store" / "unfinished").iterdir()) == []


def test_a_file_that_lies_in_no_graph_is_refused_with_the_places_there_are(sources: Sources, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "stray.ttl").write_text("<a:a> <a:b> <a:c> .")
    with pytest.raises(BadRdf, match=r"stray\.ttl: no graph is meant by this place: put it in source/"):
        built_from(Sources(data, sources.ontology, sources.shapes, sources.base), tmp_path / "store")


def test_a_file_of_an_unknown_format_is_refused(data: Path, tmp_path: Path) -> None:
    (data / "source" / "b.xlsx").write_text("")
    with pytest.raises(BadRdf, match=r"b\.xlsx: its name ends in no format"):
        built_from(plain(data), tmp_path / "store")


def test_notes_and_hidden_files_are_no_data(data: Path, tmp_path: Path) -> None:
    for name in ("README.md", ".a.ttl.swp", "a.ttl~"):
        (data / "source" / name).write_text("no Turtle")
    assert built_from(plain(data), tmp_path / "store")[1].manifest.quads == 2


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadCall, match="there is no folder"):
        built_from(plain(tmp_path / "absent"), tmp_path / "store")


def test_without_the_gate_blank_nodes_stay_and_the_digest_does_not_depend_on_their_labels(tmp_path: Path) -> None:
    digests = set()
    for label in ("one", "other"):
        data = tmp_path / label
        data.mkdir()
        (data / "a.ttl").write_text(f'_:{label} <http://e.org/p> [ <http://e.org/q> "x" ] .')
        store, new = built_from(plain(data), tmp_path / f"store-{label}")
        digests.add(new.manifest.digest)
        assert all(line.startswith("_:") for line in store.lines(1))
    assert len(digests) == 1


FILES = {
    "source/a.ttl": '<urn:a> <urn:p> 01, 1.50, "Ééñ 🙂"@nl, "\\u0001" ; <urn:q> [ <urn:r> [ <urn:s> <urn:a> ] ] .\n',
    "source/İ.ttl": "<urn:b> <urn:p> <urn:a>, <http://e.org/é> .\n",
    "external/A.trig": "<urn:g> { <urn:c> <urn:p> <urn:a> . _:x <urn:p> _:y . _:y <urn:p> _:x . }\n",
}
DIGEST = "sha256:3971244db9ada90365cd288b06db25fd296989b7051cebea13887b04e7d1e638"


@pytest.mark.parametrize(
    ("seed", "locale", "zone", "order"), [("1", "C", "UTC", 1), ("2", "C.UTF-8", "Pacific/Apia", -1)]
)
def test_the_digest_of_data_is_the_same_on_any_machine(
    run: Run, tmp_path: Path, seed: str, locale: str, zone: str, order: int
) -> None:
    # Known here, so that it has to be the same in later versions of everything too: published digests are cited.
    data = tmp_path / f"data {seed}"
    for name in list(FILES)[::order]:
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_bytes(FILES[name].encode())
    environment = {"PYTHONHASHSEED": seed, "LC_ALL": locale, "TZ": zone}
    arguments = ("--data", data, "--shapes", "none", "--store", tmp_path / "store", "--message", seed)
    answer = run("build", *arguments, environment=environment, cwd=tmp_path)
    assert answer.returncode == 0, answer
    assert answer.stdout == f"version 1 {DIGEST} (12 statements)\n"


def test_damage_in_the_current_version_leads_to_a_new_one_after_the_last_whole_one(data: Path, tmp_path: Path) -> None:
    built_from(plain(data), tmp_path / "store")
    (data / "source" / "b.ttl").write_text("<a:a> <a:b> <a:c> .")
    store, _ = built_from(plain(data), tmp_path / "store")
    (store.path(2) / "added.nq.gz").write_bytes(b"garbage")
    _, third = built_from(plain(data), tmp_path / "store")
    assert (third.new, third.manifest.version, third.manifest.parent) == (True, 3, 1)
    assert len(store.lines(3)) == 3


def publish_change(store: VersionStore, line: str) -> None:
    """Publishes a version as a change does that adds a line."""
    parent = store.manifest(store.current())
    lines = sorted({*store.lines(parent.version), line})
    with store.writing("tests") as writer:
        what = Publication(
            lines, "somebody", "a change", "tests", parent.base, parent.inputs, None, parent.data, parent.shapes,
            kind="write",
        )  # fmt: skip
        writer.publish(what, parent.version)


def test_a_build_does_not_lose_what_was_written(tmp_path: Path) -> None:
    data, store = tmp_path / "data", VersionStore(tmp_path / "store")
    data.mkdir()
    (data / "a.nt").write_text("<a:a> <a:b> <a:c> .\n")
    sources = Sources(data, data, None, DEFAULT_BASE)

    def built(*, drops_writes: bool = False) -> Built:
        with store.writing("tests", drops_writes=drops_writes) as writer:
            return build(store, writer, sources, agent="tests")

    built()
    publish_change(store, "<a:a> <a:b> <a:d> .")
    publish_change(store, "<a:a> <a:b> <a:e> .")
    assert not is_due(store, sources)
    with pytest.raises(LaterChanges, match="versions 2 to 3"):
        built()
    (data / "a.nt").write_text("".join(f"<a:a> <a:b> <a:{name}> .\n" for name in "cf"))
    assert is_due(store, sources)
    with pytest.raises(LaterChanges, match="--drop-writes"):
        built()
    assert store.current() == 3
    # Once the files have all of it, there is nothing to lose.
    (data / "a.nt").write_text("".join(f"<a:a> <a:b> <a:{name}> .\n" for name in "cde"))
    assert (built().new, store.current()) == (False, 3)
    assert (built().new, store.current()) == (False, 3)
    (data / "a.nt").write_text("<a:a> <a:b> <a:c> .\n")
    assert (built(drops_writes=True).new, store.current()) == (True, 4)
    assert store.lines(4) == ["<a:a> <a:b> <a:c> ."]


HARM: dict[str, Callable[[Path], object]] = {
    "its quads": lambda folder: (folder / "added.nq.gz").write_bytes((folder / "added.nq.gz").read_bytes() + b"x"),
    "its manifest": lambda folder: (folder / "manifest.json").write_text("{}"),
    "all of it": shutil.rmtree,
}


@pytest.mark.heavy
@pytest.mark.parametrize("harm", HARM.values(), ids=HARM)
@pytest.mark.parametrize("harmed", [1, 2])
def test_a_build_does_not_lose_what_was_written_and_cannot_be_read(
    data: Path, tmp_path: Path, harmed: int, harm: Callable[[Path], object]
) -> None:
    store, _ = built_from(plain(data), tmp_path / "store")
    publish_change(store, "<a:a> <a:b> <a:d> .")
    copy = shutil.copytree(store.folder, tmp_path / "copy")
    harm(store.path(harmed))
    for text in ("", "<a:a> <a:b> <a:c> ."):
        # Whether or not the files are those that were built from.
        (data / "source" / "b.ttl").write_text(text)
        with pytest.raises(LaterChanges, match=rf"(?s)00000{harmed}.*from a backup, or say --drop-writes"):
            built_from(plain(data), store.folder)
    assert store.current() == 2
    with VersionStore(copy).writing("tests", drops_writes=True) as writer:
        assert build(VersionStore(copy), writer, plain(data), agent="tests").new
    with store.writing("tests", drops_writes=True) as writer:
        third = build(store, writer, plain(data), agent="tests").manifest
    assert (third.version, third.parent) == (3, 1 if harmed == 2 else None)
    # Nothing that was written has come since.
    (data / "source" / "b.ttl").write_text("<a:a> <a:b> <a:e> .")
    assert built_from(plain(data), store.folder)[1].new


def test_what_was_written_before_a_build_that_is_damaged_was_not_lost_by_it(data: Path, tmp_path: Path) -> None:
    store, _ = built_from(plain(data), tmp_path / "store")
    publish_change(store, "<a:a> <a:b> <a:d> .")
    (data / "source" / "b.ttl").write_text("<a:a> <a:b> <a:d>, <a:e> .")
    with store.writing("tests", drops_writes=True) as writer:
        build(store, writer, plain(data), agent="tests")
    for number in (2, 3):
        (store.path(number) / "added.nq.gz").write_bytes(b"garbage")
    assert built_from(plain(data), store.folder)[1].manifest.parent == 1
