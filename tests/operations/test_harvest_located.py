"""What a server says of a long catalogue: written as a stream, it is what is written of one in memory."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core import formats
from dppgraph.core.quads import Quad
from dppgraph.operations.build import Built
from dppgraph.operations.catalogue import dataset_json, listed_in
from dppgraph.operations.describe import Held
from dppgraph.operations.export import export
from dppgraph.operations.frames import read_frames
from dppgraph.operations.harvest import Harvests
from dppgraph.operations.harvest.frozen import needs_server
from dppgraph.operations.harvest.located import Located
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE, REPOSITORY

pytestmark = pytest.mark.heavy

FRAMES = read_frames(REPOSITORY / "ontology")
NAMES = ["id/x", "id/x#y", "dumps/x.ttl", "dumps/1/x.ttl", "sparql", "doc/x", "feed#stream", "ns#x", ""]
TERMS = st.one_of(
    st.sampled_from([f"<{BASE}{name}>" for name in NAMES]),
    st.sampled_from(["<http://localhost:8000/sparql>", "<a:b>", "<zz:z>", f'"<{BASE}sparql>"', '"x"']),
)
SUBJECTS = TERMS.filter(lambda term: term.startswith("<"))


@given(
    quads=st.sets(st.builds(Quad, SUBJECTS, st.just("<a:p>"), TERMS)),
    url=st.sampled_from(["http://localhost:8000/", BASE, "a:"]),
)
def test_lines_are_said_as_a_stream_as_they_are_in_memory(quads: set[Quad], url: str) -> None:
    lines = sorted(quad.line() for quad in quads)
    for leaves_out in (None, needs_server(BASE)):
        located = Located(BASE, url, leaves_out)
        assert list(located.stream(lines)) == sorted(set(located.lines(lines)))


@pytest.mark.parametrize("format_", [*formats.RDF], ids=lambda format_: format_.name)
@pytest.mark.parametrize("frozen", [False, True], ids=["served", "frozen"])
def test_a_long_catalogue_is_written_as_a_short_one_is(
    built: tuple[VersionStore, Built], tmp_path: Path, frozen: bool, format_: formats.Format
) -> None:
    harvest = Harvests(built[0], "http://localhost:8000/", frozen=frozen).of(built[1].manifest)
    with (tmp_path / "catalogue").open("w+b") as out:
        harvest.write_catalogue(format_, FRAMES.context, out)
    assert (tmp_path / "catalogue").read_bytes() == export(harvest.catalogue(), format_, FRAMES)


def test_a_page_of_the_catalogue_is_told_by_looking_up_what_is_on_it(built: tuple[VersionStore, Built]) -> None:
    harvest = Harvests(built[0], "http://localhost:8000/").of(built[1].manifest)
    lines = harvest.catalogue()
    listed = harvest.listed()
    assert listed == listed_in(lines)
    with harvest.in_catalogue() as about:
        whole = json.loads(dataset_json(about, listed, "nl"))
        assert whole == json.loads(dataset_json(Held(lines).about, listed, "nl"))
        sets = whole.pop("dataset")
        told = []
        for place in range(0, len(sets), 3):
            page = json.loads(dataset_json(about, listed, "nl", slice(place, place + 3)))
            told += page.pop("dataset")
            assert page == whole
    parts = {part["@id"] for one in told for part in one.pop("hasPart", ())}
    assert parts < {part["@id"] for one in sets for part in one.pop("hasPart", ())}
    assert told == sets


def test_where_there_is_no_catalogue_nothing_is_listed() -> None:
    assert listed_in([Quad(f"<{BASE}id/x>", "<http://www.w3.org/ns/dcat#dataset>", f"<{BASE}id/y>").line()]) == []
    assert dataset_json(Held([]).about, [], "nl") == "{}"
