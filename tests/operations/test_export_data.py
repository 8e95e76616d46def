"""What a version states comes back into the files of data/, and what did not change stays as it is written."""

import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.iris import graph_iri
from dppgraph.core.quads import Quad, literal
from dppgraph.errors import BadCall
from dppgraph.operations.export.data import bring, bring_version
from dppgraph.operations.export.data.cut import cut
from dppgraph.operations.sources import Sources, read_data
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE
from tests.store.conftest import publication

SOURCE = f"<{graph_iri('source')}>"
STRANGE = """# A comment, with a full stop. And <signs> ; , [ in it
@prefix dpp: <https://w3id.org/dppgraph/ns#> .
@base <https://w3id.org/dppgraph/> .
PREFIX plan: <id/plan/>

plan:a a dpp:PolicyPlan ; # of 2009; "really"
    dpp:position 1 , 1.5 , -2e3 , true ;;
    dpp:text "a . b ; c"@nl-BE , '''long
; "text" .'''^^dpp:odd ;
    .

plan:b dpp:period [ a dpp:Period ; dpp:from "2009" ] , [ dpp:from "2010", "2011" ] ; dpp:list ( 1 plan:a ) .
<id/plan/c> dpp:is plan:a . plan:d dpp:is plan:a.
plan:e dpp:is <id/plan/\\u0061b> . # the last one
"""


def folder(tmp_path: Path, text: str = STRANGE) -> Path:
    data = tmp_path / "data"
    (data / "source").mkdir(parents=True)
    (data / "source" / "a.ttl").write_text(text)
    return data


@pytest.fixture
def strange(tmp_path: Path, sources: Sources) -> Sources:
    return replace(sources, data=folder(tmp_path))


def quad(subject: str, predicate: str, object_: str) -> Quad:
    return Quad(f"<{BASE}id/plan/{subject}>", f"<https://w3id.org/dppgraph/ns#{predicate}>", object_, SOURCE)


def brought(sources: Sources, stated: set[Quad]) -> str:
    found = bring(sources, sources.data, stated)
    assert set(read_data(sources)) == stated
    assert not found.elsewhere
    return (sources.data / "source" / "a.ttl").read_text()


def test_every_statement_is_cut_out() -> None:
    found = cut(STRANGE)
    assert [STRANGE[slice(*one.subject)] for one in found.statements] == [
        "plan:a", "plan:b", "<id/plan/c>", "plan:d", "plan:e",
    ]  # fmt: skip
    assert [len(one.parts) for one in found.statements] == [7, 3, 1, 1, 1]
    assert all(STRANGE[one.stop] == "." and one.end == one.stop + 1 for one in found.statements)


def test_nothing_changes_where_nothing_changed(strange: Sources) -> None:
    assert brought(strange, set(read_data(strange))) == STRANGE


def test_a_value_that_goes_takes_only_itself_along(strange: Sources) -> None:
    stated = set(read_data(strange))
    gone = quad("a", "position", literal("1.5", datatype="http://www.w3.org/2001/XMLSchema#decimal"))
    assert brought(strange, stated - {gone}) == STRANGE.replace("1 , 1.5 , -2e3", "1 , -2e3")


def test_a_property_that_goes_takes_its_mark_along(strange: Sources) -> None:
    stated = {one for one in read_data(strange) if one.subject != f"<{BASE}id/plan/a>" or "ns#text" in one.predicate}
    text = brought(strange, stated)
    assert "plan:a dpp:text" in text
    assert "really" not in text
    assert text.partition("\nplan:b")[2] == STRANGE.partition("\nplan:b")[2]


def test_a_statement_that_goes_leaves_no_gap(strange: Sources) -> None:
    stated = {one for one in read_data(strange) if one.subject != f"<{BASE}id/plan/a>"}
    text = brought(strange, stated)
    assert "PREFIX plan: <id/plan/>\n\nplan:b dpp:period" in text


def test_a_value_that_comes_stands_beside_those_of_its_property(strange: Sources) -> None:
    stated = set(read_data(strange)) | {quad("a", "position", literal("7")), quad("a", "new", f"<{BASE}id/plan/e>")}
    text = brought(strange, stated)
    assert 'true , "7" ;;' in text
    assert "^^dpp:odd ;\n    dpp:new plan:e ;" in text


def test_a_thing_that_comes_stands_at_the_end_of_the_file_that_knows_it(strange: Sources) -> None:
    text = brought(strange, set(read_data(strange)) | {quad("f", "is", f"<{BASE}id/plan/a>")})
    assert text == f"{STRANGE}\nplan:f\n    dpp:is plan:a .\n"


def test_a_node_without_a_name_gets_its_name_once_it_is_spoken_of(strange: Sources) -> None:
    stated = set(read_data(strange))
    node = next(one.object for one in sorted(stated) if one.predicate.endswith("period>"))
    text = brought(strange, stated | {quad("e", "is", node)})
    assert f"dpp:is <id/plan/\\u0061b> , {node} ." in text


def test_what_no_file_of_the_data_can_say_is_told(strange: Sources) -> None:
    stated = set(read_data(strange))
    inferred = Quad(f"<{BASE}id/concept/x>", "<http://a/b>", '"c"', f"<{graph_iri('inferred')}>")
    assert bring(strange, strange.data, stated | {inferred}).elsewhere == [inferred]


def test_what_lies_in_graphs_without_a_folder_gets_a_file_that_names_them(strange: Sources) -> None:
    stated = set(read_data(strange))
    own = [
        Quad("<http://a/s>", "<http://a/p>", '"01"^^<http://www.w3.org/2001/XMLSchema#integer>', "<http://a/g>"),
        Quad("<http://a/s>", "<http://a/p>", "<http://a/o>", "<http://a/g>"),
        Quad(f"<{BASE}id/concept/x>", "<http://a/p>", '"a"@nl', f"<{graph_iri('concepts')}>"),
    ]
    assert brought(strange, stated | set(own)) == STRANGE
    more = own[0]._replace(object='"more"')
    assert brought(strange, stated | {*own[1:], more}) == STRANGE
    assert brought(strange, stated) == STRANGE


def test_a_value_stands_where_the_one_stood_that_it_replaces(strange: Sources) -> None:
    other = strange.data / "source" / "z.ttl"
    other.write_text(f'<{BASE}id/plan/a> <https://w3id.org/dppgraph/ns#label> "old" .\n')
    stated = set(read_data(strange))
    was, is_ = (quad("a", "label", literal(said)) for said in ("old", "new"))
    assert brought(strange, (stated - {was}) | {is_}) == STRANGE
    assert other.read_text() == f'<{BASE}id/plan/a> <https://w3id.org/dppgraph/ns#label> "new" .\n'


def test_files_in_other_formats_and_with_labels_are_left_alone(strange: Sources) -> None:
    (strange.data / "source" / "b.nt").write_text(f'<{BASE}id/plan/n> <http://a/b> "1" .\n')
    labelled = "_:a <http://a/b> _:b . <http://a/c> <http://a/b> _:a , _:b . _:b <http://a/b> 1 ."
    (strange.data / "source" / "c.ttl").write_text(labelled)
    stated = set(read_data(strange))
    assert bring(strange, strange.data, stated).changed == []
    gone = {one for one in stated if one.subject.endswith("plan/n>")}
    found = bring(strange, strange.data, stated - gone)
    assert (found.changed, set(found.elsewhere)) == ([], gone)


def test_a_folder_that_is_not_there_is_begun_with_the_data(strange: Sources, tmp_path: Path) -> None:
    bring(strange, tmp_path / "new", read_data(strange))
    assert (tmp_path / "new" / "source" / "a.ttl").read_text() == STRANGE


def test_a_folder_that_cannot_be_written_is_said(strange: Sources, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadCall, match="file"):
        bring(strange, tmp_path / "file" / "below", read_data(strange))


def test_what_was_written_into_the_files_since_they_were_built_stays(sources: Sources, tmp_path: Path) -> None:
    data = folder(tmp_path, f"<{BASE}id/plan/a> <http://a/b> <{BASE}id/plan/e> .\n")
    ungated = replace(sources, data=data, shapes=None)
    labels = data / "source" / "labels.ttl"
    store = VersionStore(tmp_path / "store")
    was, is_ = (quad("a", "label", literal(said)) for said in ("old", "new"))
    own = Quad("<http://a/s>", "<http://a/p>", '"o"', "<http://a/g>")
    labels.write_text(f'<{BASE}id/plan/a> <https://w3id.org/dppgraph/ns#label> "old", "edited later" .\n')
    with store.writing("a test") as writer:
        built = set(read_data(ungated))
        writer.publish(publication(sorted(one.line() for one in built)), None)
        written = (built - {was}) | {is_, own}
        writer.publish(publication(sorted(one.line() for one in written), kind="write"), 1)
    labels.write_text(f'<{BASE}id/plan/a> <https://w3id.org/dppgraph/ns#label> "old", "edited" .\n')
    (data / "source" / "new.ttl").write_text(f'<{BASE}id/plan/n> <http://a/b> "1" .\n')
    edited = set(read_data(ungated))
    for _ in range(2):
        assert bring_version(store, 2, ungated, data).elsewhere == []
        assert set(read_data(ungated)) == (edited - {was}) | {is_, own}
    assert labels.read_text().endswith('"edited" , "new" .\n')


@pytest.mark.heavy
@given(seed=st.integers(0, 2**32))
def test_any_change_of_the_shipped_data_comes_back(
    seed: int, sources: Sources, tmp_path_factory: pytest.TempPathFactory
) -> None:
    chance = random.Random(seed)
    shipped = set(read_data(sources))
    data = tmp_path_factory.mktemp("brought") / "data"
    stated = set(shipped)
    for _ in range(2):
        some = chance.sample(sorted(stated), 8)
        more = [
            one._replace(object=literal(f"new {chance.random()}", language="en")) for one in some[: chance.randrange(5)]
        ]
        moved = [one._replace(subject=f"<{BASE}id/plan/new-{chance.randrange(3)}>") for one in some[5:7]]
        stated = (stated - set(some[: chance.randrange(9)])) | set(more) | set(moved)
        bring(sources, data, stated)
        assert set(read_data(replace(sources, data=data))) == stated
    bring(sources, data, shipped)
    assert set(read_data(replace(sources, data=data))) == shipped
    shutil.rmtree(data)
