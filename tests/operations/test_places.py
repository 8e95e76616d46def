"""Where in a file something is said: the scan agrees with the parser about what, and with the reader about where."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from dppgraph.core import formats
from dppgraph.core.quads import Quad
from dppgraph.core.skolem import skolemised
from dppgraph.operations.sources import Sources, read_data, read_vocabulary
from dppgraph.operations.validate.places import Place, Places, files_below, shown
from dppgraph.store.rdf import literal_text, read_file

BASE = "https://w3id.org/dppgraph/"
EX = "https://example.org/ns#"
TEXT = """\
@base <https://w3id.org/dppgraph/> .   # a comment with "quotes" ; and a full stop .
@prefix ex: <https://example.org/ns#> .
PREFIX plan: <id/plan/>
prefix weird: <https://example.org/a.b-c/>
BASE <https://w3id.org/dppgraph/>

plan:a a ex:Plan ;
    ex:title '''a long title ; with
an "end" of line . [ ] and \\u0041'''@nl-BE , "short"^^ex:text ;
    # ex:commented plan:b ;
    ex:number -1.5e3 , 42, true;
    ex:part
        plan:b ,
        <id/plan/c> ;
    ex:list ( plan:d [ ex:deep plan:e ] 1 ) ;
    ex:period [ a ex:Period ;
        ex:start "2012"
    ] .
plan:b ex:next weird:local\\,name.
<https://example.org/\\u00e9> ex:next plan:a. plan:c ex:next plan:b .
"""


def iri(name: str) -> str:
    return f"<{BASE}id/plan/{name}>"


def places(tmp_path: Path, text: str, name: str = "file.ttl") -> tuple[Places, Path, list[Quad]]:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    format_ = formats.of_file(name)
    assert format_
    quads = skolemised(read_file(path, format_, graph="<a:graph>", base=BASE), BASE)
    return Places([path], BASE, quads), path, quads


def lines(found: Places, wanted: Iterable[tuple[str, str, str]]) -> list[int]:
    return [place.line if (place := found.of(*one)) else 0 for one in wanted]


def test_subjects_properties_and_values_are_on_their_lines(tmp_path: Path) -> None:
    found, path, _ = places(tmp_path, TEXT)
    ex = f"<{EX}%s>"
    wanted = {
        (iri("a"), "", ""): 7,
        (iri("a"), ex % "title", ""): 8,
        (iri("a"), ex % "title", f'"short"^^<{EX}text>'): 9,
        (iri("a"), ex % "commented", ""): 7,
        (iri("a"), ex % "number", '"-1.5e3"^^<http://www.w3.org/2001/XMLSchema#double>'): 11,
        (iri("a"), ex % "part", ""): 12,
        (iri("a"), ex % "part", iri("b")): 13,
        (iri("a"), ex % "part", iri("c")): 14,
        (iri("a"), ex % "part", iri("unheard-of")): 12,
        (iri("a"), "", iri("c")): 14,
        (iri("c"), "", iri("a")): 14,
        (iri("e"), "", ""): 15,
        (iri("a"), ex % "period", ""): 16,
        (iri("b"), "", ""): 19,
        (iri("b"), ex % "next", "<https://example.org/a.b-c/local,name>"): 19,
        ("<https://example.org/é>", ex % "next", iri("a")): 20,
        (iri("c"), ex % "next", iri("b")): 20,
        (iri("nowhere"), "", ""): 0,
    }
    assert dict(zip(wanted, lines(found, wanted), strict=True)) == wanted
    assert found.of(iri("a")) == Place(str(path), 7)


def test_a_node_without_a_name_is_found_by_the_name_that_it_got(tmp_path: Path) -> None:
    text = f"""
        @prefix oa: <http://www.w3.org/ns/oa#> .
        @prefix ex: <{EX}> .
        <{BASE}id/statement/x> oa:hasSelector
            [ a oa:TextQuoteSelector ; oa:exact "same words" ] ,
            [ a oa:TextPositionSelector ; oa:start 1 ; oa:end 11 ] .
        [] ex:says 1 ;
            oa:hasSelector [ a oa:TextQuoteSelector ; oa:exact "same words" ] .
        [] ex:says 2 ; oa:hasSelector [
            a oa:TextQuoteSelector ; oa:exact "same words" ] .
    """
    found, _, quads = places(tmp_path, text)
    by_object = {(quad.predicate, quad.object): quad.subject for quad in quads}
    says = {
        number: by_object[f"<{EX}says>", f'"{number}"^^<http://www.w3.org/2001/XMLSchema#integer>'] for number in (1, 2)
    }
    exact = "<http://www.w3.org/ns/oa#exact>"
    wanted = {
        (f"<{BASE}id/statement/x#quote>", exact, ""): 5,
        (f"<{BASE}id/statement/x#position>", "", ""): 6,
        (says[1], "", ""): 7,
        (says[2], "", ""): 9,
        (f"{says[1][:-1]}#quote>", exact, ""): 8,
        (f"{says[2][:-1]}#quote>", exact, ""): 10,
    }
    assert dict(zip(wanted, lines(found, wanted), strict=True)) == wanted


def test_graphs_of_trig_and_nquads_are_no_subjects(tmp_path: Path) -> None:
    trig = "@prefix e: <e:> .\ne:g {\n  e:a e:b e:c .\n  e:d e:b e:e\n}\nGRAPH <e:h> { e:f e:b e:c }\n{ e:i e:b e:c }\n"
    found, _, _ = places(tmp_path, trig, "file.trig")
    assert lines(found, [(f"<e:{name}>", "", "") for name in "gadfhi"]) == [0, 3, 4, 6, 0, 7]
    found, _, _ = places(tmp_path, '<e:a> <e:b> "x" <e:g> .\n<e:c> <e:b> <e:d> <e:g> .\n', "file.nq")
    assert lines(found, [("<e:a>", "", ""), ("<e:c>", "<e:b>", "<e:d>")]) == [1, 2]


def test_the_same_text_in_two_languages_is_said_twice(tmp_path: Path) -> None:
    text = '\n<e:a> <e:b> "same"@nl ,\n "same"@FR ,\n "same"@de-BE ,\n "same" ,\n "same"^^<e:type> , "a \\"@b"@en .'
    said = ['"same"@nl', '"same"@fr', '"same"@de-be', '"same"', '"same"^^<e:type>', '"a \\"@b"@en', '"unheard-of"@nl']
    for name in ("file.ttl", "file.trig"):
        found, _, _ = places(tmp_path, text, name)
        assert lines(found, [("<e:a>", "<e:b>", value) for value in said]) == [2, 3, 4, 5, 5, 6, 2]


def test_of_other_formats_only_the_file_is_known(tmp_path: Path) -> None:
    found, path, _ = places(tmp_path, '{"@id": "e:a", "e:b": "x"}', "file.jsonld")
    assert found.of("<e:a>", "<e:b>", "") == Place(str(path), 0)


def test_what_two_files_say_is_in_the_first(tmp_path: Path) -> None:
    first, second = tmp_path / "b.ttl", tmp_path / "a.ttl"
    first.write_text("\n<e:a> <e:b> <e:c> .")
    second.write_text("<e:a> <e:b> <e:c> ; <e:d> <e:e> .")
    found = Places([first, second, first], BASE, [])
    assert found.of("<e:a>") == Place(str(first), 2)
    assert found.of("<e:a>", "<e:d>") == Place(str(second), 1)


def test_names_of_files_are_short_below_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path)
    assert shown(tmp_path / "below" / "x.ttl") == "below/x.ttl"
    assert shown(Path("below/../x.ttl")) == "below/../x.ttl"
    monkeypatch.chdir(tmp_path / "below")
    assert shown(tmp_path / "x.ttl") == str(tmp_path / "x.ttl")


def test_a_moved_base_is_followed(tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_text("@prefix plan: <https://w3id.org/dppgraph/id/plan/> .\n\nplan:a plan:b <id/plan/c> .")
    found = Places([path], "https://data.example.org/", [])
    assert lines(found, [("<https://data.example.org/id/plan/a>", "", "<https://data.example.org/id/plan/c>")]) == [3]


def test_every_triple_of_the_shipped_files_is_found_on_a_line_that_has_it(sources: Sources) -> None:
    files = [*files_below(sources.data), *files_below(sources.ontology / "concepts")]
    quads = read_data(sources) + read_vocabulary(sources)
    found = Places(files, BASE, quads)
    texts = {shown(path): path.read_text("utf-8").splitlines() for path in files}
    missed = []
    stated = [quad for quad in quads if not quad.graph.endswith("graph/ontology>")]
    for quad in stated:
        place = found.of(quad.subject, quad.predicate, quad.object)
        said = (
            quad.object[1:-1].replace("#", "/").rpartition("/")[2]
            if quad.object[0] == "<"
            else literal_text(quad.object)
        )
        line = texts[place.file][place.line - 1] if place else ""
        # A node without a name stands for itself, and a quotation mark is written with a backslash.
        if said.replace('"', '\\"').partition("\n")[0] not in line and "[" not in line:
            missed.append((quad, place))
    assert len(stated) > 1500
    assert missed == []
