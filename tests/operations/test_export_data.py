"""What a version states comes back into the files of data/, and what did not change stays as it is written."""

import importlib
import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dppgraph.core.iris import graph_iri
from dppgraph.core.quads import Quad, literal
from dppgraph.errors import BadCall, BadRdf
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


def test_a_full_stop_does_not_end_up_in_a_comment(strange: Sources) -> None:
    before = "@prefix e: <http://e.org/> .\ne:x a e:Y # note; with <signs>\n  ; e:p 1 # one\n  , 2 .\n"
    (strange.data / "source" / "a.ttl").write_text(before)
    stated = {one for one in read_data(strange) if not one.predicate.endswith("org/p>")}
    text = brought(strange, stated)
    assert text.startswith("@prefix e: <http://e.org/> .\ne:x a e:Y # note; with <signs>\n")


def test_what_looks_like_a_datatype_within_a_literal_stays_as_it_is(strange: Sources) -> None:
    (strange.data / "source" / "a.ttl").write_text("@prefix e: <http://e.org/> .\ne:x e:p 1 .\n")
    come = [
        r'"see \"^^<http://e.org/abc"',
        r'"see \"^^<http://e.org/abc>"@en',
        r'"\"^^<http://e.org/a"^^<http://e.org/b>',
    ]
    more = {Quad("<http://e.org/x>", "<http://e.org/q>", term, SOURCE) for term in come}
    assert "^^e:b" in brought(strange, set(read_data(strange)) | more)


def test_prefixes_are_those_that_hold_where_something_is_added(strange: Sources) -> None:
    twice = "@prefix e: <http://a/> . e:x e:p 1 .\n@prefix e: <http://b/> . e:x e:p 1 .\n"
    (strange.data / "source" / "a.ttl").write_text(twice)
    more = {Quad(f"<http://{name}/x>", f"<http://{name}/q>", f"<http://{name}/y>", SOURCE) for name in "ab"}
    new = Quad("<http://a/x#new>", "<http://a/q>", "<http://a/x>", SOURCE)
    assert brought(strange, {*read_data(strange), *more, new}).count("e:q e:y") == 2


def test_numbers_and_names_are_told_from_full_stops(strange: Sources) -> None:
    odd = '@prefix e: <http://e.org/> .\ne:x e:p .5 , -.5e+3 , 1.e5 , +1E-2 , 7, e:a\\. , "c" @en ; e:q 1.\n'
    (strange.data / "source" / "a.ttl").write_text(odd)
    stated = set(read_data(strange))
    assert len(stated) == 8
    assert brought(strange, stated) == odd
    assert brought(strange, {one for one in stated if one.object[:2] != '"7'}) == odd.replace(" , 7", "")


def test_line_ends_stay_as_they_are(strange: Sources) -> None:
    path = strange.data / "source" / "a.ttl"
    path.write_bytes(b'@prefix e: <http://e.org/> .\r\ne:x e:p 1 ;\r\n  e:q """two\r\nlines""" .\r\n')
    gone = {one for one in read_data(strange) if one.predicate.endswith("q>")}
    bring(strange, strange.data, gone)
    assert path.read_bytes() == b'@prefix e: <http://e.org/> .\r\ne:x e:q """two\r\nlines""" .\r\n'


def test_a_file_that_is_no_utf_8_or_does_not_parse_is_told(strange: Sources) -> None:
    for broken in (b'<a:a> <a:a> "\xff" .', b"<a:a> <a:a> .", b"@prefix"):
        (strange.data / "source" / "b.ttl").write_bytes(broken)
        with pytest.raises(BadRdf, match=r"b\.ttl"):
            bring(strange, strange.data, set())
        assert (strange.data / "source" / "a.ttl").read_text() == STRANGE


@pytest.mark.parametrize(
    "text",
    [
        'e:a e:b "c" {| e:d 1 |} .',
        '<< e:a e:b e:c ~ e:r >> e:d "c" , 1 .',
        '<< e:a e:b "c" ~ e:r >> .',
        'e:a e:b << e:a e:b ">>" ~ e:r >> , "c" .',
        'VERSION "1.2" e:a e:b "c" , 1 .',
    ],
)
def test_what_cannot_be_cut_is_left_alone(strange: Sources, text: str) -> None:
    path = strange.data / "source" / "a.ttl"
    path.write_text(f"PREFIX e: <http://a/> {text}")
    stated = set(read_data(strange))
    assert bring(strange, strange.data, stated).changed == []
    gone = {one for one in stated if '"c"' in one.object}
    assert set(bring(strange, strange.data, stated - gone).elsewhere) == gone


def test_what_comes_is_said_in_its_own_graph(strange: Sources) -> None:
    other = f"<{graph_iri('interpretation')}>"
    (strange.data / "source" / "b.trig").write_text(f"{other} {{ <http://a/a> <http://a/b> <http://a/c> }}")
    come = {Quad(f"<http://a/{name}>", "<http://a/b>", '"d"', other) for name in "ac"}
    stated = set(read_data(strange)) | come
    found = bring(strange, strange.data, stated)
    assert (set(read_data(strange)), found.elsewhere) == (stated, [])
    assert [path.name for path in found.changed] == ["written.ttl", "b.trig"]


def test_a_file_that_cannot_be_edited_is_not_written_over(strange: Sources) -> None:
    kept = "_:a <http://a/b> _:b ."
    (strange.data / "source" / "written.ttl").write_text(kept)
    stated = {*read_data(strange), Quad("<http://a/a>", "<http://a/b>", "<http://a/c>", SOURCE)}
    assert [path.name for path in bring(strange, strange.data, stated).changed] == ["written-2.ttl"]
    assert (strange.data / "source" / "written.ttl").read_text() == kept
    assert set(read_data(strange)) == stated


@pytest.mark.parametrize("said", ["#", '"'])
def test_what_would_say_something_else_is_not_written(
    strange: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    bringing = importlib.import_module("dppgraph.operations.export.data.bring")
    monkeypatch.setattr(bringing, "edited", lambda text, edits: text + said * bool(edits))
    stated = set(read_data(strange))
    (strange.data / "source" / "b.ttl").write_text("<http://a/a> <http://a/b> 1 .\n")
    for data in (strange.data, tmp_path / "new"):
        with pytest.raises(BadCall, match=r"a\.ttl"):
            bring(strange, data, {one for one in stated if "ns#text" not in one.predicate})
    assert (strange.data / "source" / "a.ttl").read_text() == STRANGE
    assert sorted(path.name for path in (strange.data / "source").iterdir()) == ["a.ttl", "b.ttl"]
    assert not (tmp_path / "new").exists()


# --- Any text ---------------------------------------------------------------------------------------------------------

GAPS = st.sampled_from([" ", "\n  ", " # note\n", "\n#\n\n", "\t", " # e:x a e:Y . \"'<\n ", "\r\n"])
NAMES = st.sampled_from(
    [
        "e:a",
        "e:b",
        "e:c-d",
        r"e:f\.",
        "<http://e.org/a>",
        "<http://e.org/b#c>",
        r"<http://e.org/\u0061>",
        "o:a",
        "o:e.f",
    ]
)
TEXTS = st.text(st.sampled_from("ab .;,#<>@^\"'\\\n\r\t[](){}\u00e9\u2028\U0001f600"), max_size=12)
INSIDE = TEXTS.map(lambda text: literal(text)[1:-1])
LITERALS: st.SearchStrategy[str] = st.one_of(
    INSIDE.map(lambda text: f'"{text}"'),
    INSIDE.map(lambda text: f'"{text}"@nl-BE'),
    INSIDE.map(lambda text: f'"{text}"^^e:type'),
    INSIDE.map(lambda text: '"' + text + r'\"^^<http://e.org/a"'),
    INSIDE.map(lambda text: f"'''\n{text.replace(chr(39), '')} # . ;\n'''"),
    INSIDE.map(lambda text: f'"""\r\n{text}"""@en'),
    st.sampled_from(
        ["1", "-1.5", "+.5", "1e+3", ".5E-1", "1.e5", "true", "false", "''", '""', '"01"^^<http://e.org/a>']
    ),
)


@st.composite
def objects(draw: st.DrawFn, depth: int = 2) -> str:
    kind = draw(st.integers(0, 9))
    if kind < 4:
        return draw(NAMES)
    if kind < 8 or not depth:
        return draw(LITERALS)
    if kind == 8:
        return f"[{draw(GAPS)}{draw(properties(depth - 1))}{draw(GAPS)}]"
    listed = draw(st.lists(objects(depth - 1), max_size=2))
    return f"({''.join(draw(GAPS) + one for one in listed)}{draw(GAPS)})"


@st.composite
def properties(draw: st.DrawFn, depth: int = 2) -> str:
    found = []
    for _ in range(draw(st.integers(1, 3))):
        values = draw(st.lists(objects(depth), min_size=1, max_size=3))
        listed = "".join(draw(GAPS) + "," + draw(GAPS) + one for one in values[1:])
        found.append(draw(st.sampled_from(["a", "e:p", "e:q", "o:p"])) + draw(GAPS) + values[0] + listed)
    marks = st.sampled_from([";", ";;", "; ;", "; # and\n;"])
    return "".join((draw(GAPS) + draw(marks) + draw(GAPS)) * bool(at) + one for at, one in enumerate(found))


@st.composite
def texts(draw: st.DrawFn) -> str:
    pieces = ["@prefix", draw(GAPS), "e:", draw(GAPS), "<http://e.org/> .", "PREFIX o: <http://o.org/#>", draw(GAPS)]
    for _ in range(draw(st.integers(1, 4))):
        if not draw(st.integers(0, 5)):
            pieces += [f"@prefix o: <http://o{draw(st.integers(1, 2))}.org/> .", draw(GAPS)]
        end = draw(st.sampled_from(["", ";"]))
        pieces += [draw(NAMES), draw(GAPS), draw(properties()), draw(GAPS), end, draw(GAPS), ".", draw(GAPS)]
    return "".join(pieces)


@given(text=texts(), chance=st.randoms(use_true_random=False), come=st.lists(TEXTS, max_size=3))
def test_any_change_of_any_text_comes_back(
    text: str, chance: random.Random, come: list[str], sources: Sources, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ours = replace(sources, data=folder(tmp_path_factory.mktemp("any"), ""))
    path = ours.data / "source" / "a.ttl"
    path.write_bytes(text.encode())
    try:
        there = sorted(read_data(ours))
    except BadRdf:
        # Two nodes in it would have one name.
        assume(False)
    stated = {one for one in there if chance.random() < 0.7}
    for new in come:
        like = chance.choice(there)
        datatype = chance.choice([None, "http://e.org/a", "http://o1.org/b"])
        stated.add(like._replace(object=literal(new, datatype=datatype)))
        stated.add(Quad(f"<http://o.org/#{chance.randrange(3)}>", like.predicate, like.subject, SOURCE))
    found = bring(ours, ours.data, stated)
    assert (set(read_data(ours)), found.elsewhere) == (stated, [])
    shutil.rmtree(ours.data.parent)


@pytest.mark.heavy
@settings(max_examples=8)
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
