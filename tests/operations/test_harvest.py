"""What harvesters take of a version: made with it, made again when it is lost, and read as a server says it."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.iris import DEFAULT_BASE, located
from dppgraph.core.quads import Quad
from dppgraph.errors import StoreUnavailable
from dppgraph.operations.build import Built, build
from dppgraph.operations.documents import document
from dppgraph.operations.feed import FeedReader
from dppgraph.operations.frames import read_frames
from dppgraph.operations.harvest import Harvests, Published, harvesting, is_made
from dppgraph.operations.sources import Sources
from dppgraph.store.history import ExactQuads, History
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE, REPOSITORY
from tests.store.history_of import exact_of

FRAMES = read_frames(REPOSITORY / "ontology")


def thing(name: str) -> str:
    return f"<{BASE}id/plan/{name}>"


class Builds:
    """Builds of a folder of data without the gate, one after the other."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.data.mkdir()
        self.store = VersionStore(folder / "store")

    def __call__(self, *lines: str, base: str = DEFAULT_BASE) -> Built:
        (self.data / "data.nt").write_text("".join(f"{line}\n" for line in lines))
        sources = Sources(self.data, self.data, None, base)
        with self.store.writing("tests") as writer:
            return build(self.store, writer, sources, agent="tests", harvesting=harvesting(self.store))

    def exact(self, number: int) -> ExactQuads:
        return History(self.store.history_path).at(number)

    def published(self, number: int) -> Published:
        return Harvests(self.store, BASE).of(self.store.manifest(number)).published


@pytest.fixture
def builds(tmp_path: Path) -> Builds:
    return Builds(tmp_path)


def test_things_know_the_version_that_changed_them_and_what_was_there_is_remembered(builds: Builds) -> None:
    x, y, z = (f'{thing(name)} <a:b> "{name}" .' for name in "xyz")
    builds(x, y)
    builds(x, z)
    builds(x, z, f'{thing("x")} <a:b> "more" .')
    assert builds.exact(3).things() == [(f"{BASE}id/plan/x", 3), (f"{BASE}id/plan/z", 2)]
    assert builds.exact(3).gone() == [f"{BASE}id/plan/y"]
    builds(x, y, z)
    assert builds.exact(4).gone() == []
    # It comes to the same where the version before it has no harvest any more.
    known = builds.exact(4).things(), builds.exact(4).gone()
    shutil.rmtree(builds.store.folder / "harvest")
    builds(x, y, z)
    assert (builds.exact(4).things(), builds.exact(4).gone()) == known


def test_a_harvest_that_is_lost_is_made_again_by_a_build_that_changes_nothing(builds: Builds) -> None:
    first = builds(f"{thing('x')} <a:b> <c:d> .")
    before = {path.name: path.read_bytes() for path in builds.store.harvest_path(1).rglob("*") if path.is_file()}
    shutil.rmtree(builds.store.harvest_path(1))
    assert not is_made(builds.store, first.manifest)
    assert not builds(f"{thing('x')} <a:b> <c:d> .").new
    after = {path.name: path.read_bytes() for path in builds.store.harvest_path(1).rglob("*") if path.is_file()}
    assert after == before


@pytest.mark.parametrize("name", ["history.sqlite", "harvest/000001/search.sqlite"])
@pytest.mark.parametrize("content", [None, b"", b"nonsense" * 4096])
def test_a_harvest_that_cannot_be_read_is_made_again(builds: Builds, name: str, content: bytes | None) -> None:
    builds(f"{thing('x')} <a:b> <c:d> .")
    file = builds.store.folder / name
    before = file.read_bytes()
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)
    assert not builds(f"{thing('x')} <a:b> <c:d> .").new
    assert file.read_bytes() == before


def test_a_version_without_a_harvest_of_its_own_has_its_own_statements(builds: Builds) -> None:
    """As after a small change, whose dumps are made later: all else is of the version before."""
    builds(f'{thing("x")} <a:b> "1" .')
    builds(f'{thing("x")} <a:b> "2" .')
    shutil.rmtree(builds.store.harvest_path(2))
    (builds.store.folder / "feed" / "000002.sqlite").unlink()
    harvest = Harvests(builds.store, BASE).of(builds.store.manifest(2))
    assert harvest.published.about(thing("x")) == [f'{thing("x")} <a:b> "2" .']
    assert (harvest.manifest.version, harvest.packed.version, harvest.feed().count) == (2, 1, 1)
    older = Harvests(builds.store, BASE).of(builds.store.manifest(1))
    assert older.published.about(thing("x")) == [f'{thing("x")} <a:b> "1" .']


def test_what_another_dppgraph_made_is_made_anew(builds: Builds) -> None:
    manifest = builds(f"{thing('x')} <a:b> <c:d> .").manifest
    stamp = builds.store.harvest_path(1) / "harvest.json"
    stamp.write_text(json.dumps(json.loads(stamp.read_text()) | {"software": "0.0.1"}))
    assert not is_made(builds.store, manifest)


def test_a_damaged_old_version_costs_no_harvest(builds: Builds) -> None:
    builds(f'{thing("x")} <a:b> "1" .')
    builds(f'{thing("y")} <a:b> "1" .')
    (builds.store.path(1) / "changes.json").write_text("{}")
    shutil.rmtree(builds.store.folder / "harvest")
    assert builds(f'{thing("z")} <a:b> "1" .').new
    exact = builds.exact(builds.store.current())
    assert exact.things() == [(f"{BASE}id/plan/z", builds.store.current())]
    assert exact.is_gone(f"{BASE}id/plan/y")


def test_another_base_is_another_version_even_where_no_statement_changes(builds: Builds) -> None:
    line = "<https://my.example/id/plan/x> <a:b> <c:d> ."
    builds(line)
    moved = builds(line, base="https://my.example/")
    assert (moved.new, moved.manifest.added, moved.manifest.base) == (True, 0, "https://my.example/")
    harvest = Harvests(builds.store, "https://my.example/").of(moved.manifest)
    assert document(harvest.published, FRAMES, "https://my.example/id/plan/x").description.lines


@pytest.mark.heavy
def test_each_version_has_a_moment_of_its_own(builds: Builds) -> None:
    moments = [datetime.fromisoformat(builds(f'{thing("x")} <a:b> "{n}" .').manifest.created) for n in range(4)]
    assert moments == sorted(set(moments))


def test_a_change_without_a_date_is_remarked_on(builds: Builds) -> None:
    dated = f'{thing("x")} <http://purl.org/dc/terms/modified> "%s"^^<http://www.w3.org/2001/XMLSchema#dateTime> .'
    sources = Sources(builds.data, builds.data, None, DEFAULT_BASE)
    found = []
    for moment, text in (("01", "a"), ("01", "b"), ("02", "c")):
        (builds.data / "catalogue.nt").write_text(
            dated % f"2026-01-{moment}T00:00:00Z" + f'\n{thing("y")} <a:b> "{text}" .\n'
        )
        with builds.store.writing("tests") as writer:
            found.append(build(builds.store, writer, sources, agent="tests").undated)
    assert found == [False, True, False]


@pytest.mark.heavy
def test_what_the_catalogue_said_of_an_earlier_version_is_gone(
    tmp_path: Path, sources: Sources, few_shapes: Path
) -> None:
    data, store = tmp_path / "data", VersionStore(tmp_path / "store")
    shutil.copytree(sources.data, data)
    few = replace(sources, data=data, shapes=few_shapes)
    for number in range(2):
        with (data / "catalogue.ttl").open("a") as file:
            file.write(f'\n<id/plan/new-{number}> <http://e.org/p> "{number}" .\n')
        with store.writing("tests") as writer:
            build(store, writer, few, agent="tests", harvesting=harvesting(store))
    published = Harvests(store, BASE).of(store.manifest(2)).published
    assert published.is_gone(f"{BASE}id/distribution/v1-policy-plans-ttl")
    assert not published.is_gone(f"{BASE}id/distribution/v2-policy-plans-ttl")
    assert not published.is_gone(f"{BASE}id/distribution/policy-plans-ttl")


@pytest.mark.heavy
def test_a_page_of_the_feed_that_closes_has_changed(builds: Builds) -> None:
    """Else who asks by date (If-Modified-Since) would never hear that it is closed."""
    full = [f'{thing(f"x{n}")} <a:b> "1" .' for n in range(250)]
    moments = []
    for lines in (full, [*full, f'{thing("y")} <a:b> "1" .'], [*full, f'{thing("y")} <a:b> "2" .']):
        builds(*lines)
        reader = FeedReader(builds.store, builds.store.current())
        moments.append((reader.is_closed("1"), reader.changed("1")))
    assert [closed for closed, _ in moments] == [False, True, True]
    assert moments[0][1] < moments[1][1] == moments[2][1]


@pytest.mark.heavy
def test_harvests_of_old_versions_hold_no_files(builds: Builds) -> None:
    harvests = Harvests(builds.store, BASE)

    def held() -> int:
        links = (path.resolve() for path in Path("/proc/self/fd").iterdir())
        return sum(link.is_relative_to(builds.store.folder) for link in links)

    found = []
    for number in range(12):
        manifest = builds(f'{thing("x")} <a:b> "{number}" .').manifest
        assert harvests.of(manifest).published.about(thing("x"))
        found.append(held())
    # The index of the words of three, and the one file of all quads with what SQLite has beside it.
    assert max(found[4:]) <= 9


def test_without_a_harvest_it_is_said_what_to_do(builds: Builds) -> None:
    manifest = builds(f"{thing('x')} <a:b> <c:d> .").manifest
    shutil.rmtree(builds.store.harvest_path(1))
    with pytest.raises(StoreUnavailable, match="restart the server"):
        Harvests(builds.store, BASE).of(manifest)


@pytest.mark.heavy
@pytest.mark.parametrize("blocks", [100, 400, 1500])
def test_a_disk_that_is_full_is_one_clear_line(tmp_path: Path, blocks: int) -> None:
    """Instead of a full disk, a cap on the size of a file, in KiB, which writers meet in the same places."""
    command = f"ulimit -f {blocks}; exec {sys.executable} -P -m dppgraph build --store {tmp_path / 'store'}"
    said = subprocess.run(["/bin/bash", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert said.returncode != 0
    (line,) = said.stderr.splitlines()
    assert "cannot be written" in line
    again = subprocess.run(
        [sys.executable, "-P", "-m", "dppgraph", "build", "--store", str(tmp_path / "store")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (again.returncode, again.stdout[:9]) == (0, "version 1")


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://example.org/kg/", "https://example.org/"),
        ("https://example.org/", "https://example.org/kg/"),
        ("https://example.org/", "https://example.org/"),
        (BASE, "http://127.0.0.1:8000/"),
    ],
)
def test_names_stay_and_addresses_move_also_where_one_address_is_below_the_other(
    base: str, url: str, tmp_path: Path
) -> None:
    name, news = f"<{base}id/plan/x>", f"<{base}nieuws/1>"
    quads = [Quad(name, "<a:page>", page) for page in (f"<{base}dumps/x.ttl>", f"<{base}catalogue>", f"<{base}>", news)]
    published = Published(exact_of(tmp_path / "exact", [quad.line() for quad in quads], base), (), base, url)
    said = {line.split(" ")[2] for line in published.about(name)}
    assert said == {f"<{url}dumps/x.ttl>", f"<{url}catalogue>", f"<{url}>", news}
    assert published.subjects("<a:page>", f"<{url}dumps/x.ttl>") == [name]
    assert published.count_pointing(f"<{url}catalogue>") == 1
    assert document(published, FRAMES, f"{base}id/plan/x").description.lines


@given(st.sampled_from(["id/x", "ns#x", "shapes", ".well-known/void#x", "dumpsters", "feeder", "other/feed"]))
def test_a_name_is_never_moved(local: str) -> None:
    assert located(f"<{BASE}{local}>", BASE, "http://h/") == f"<{BASE}{local}>"
