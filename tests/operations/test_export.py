"""Exports, read back by parsers that are not the writer."""

import json
import re
import time
from collections.abc import Iterator
from typing import Any

import hypothesis.strategies as st
import pytest
import rdflib
from hypothesis import given
from pyld import jsonld
from rdflib.compare import isomorphic

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.iris import PREFIXES, rebased
from dppgraph.core.quads import Quad, canonical, parse_line
from dppgraph.core.skolem import skolemised
from dppgraph.errors import BadRdf, Unknown
from dppgraph.operations.build import Built
from dppgraph.operations.describe import Description, Descriptions, Held
from dppgraph.operations.export import export, export_thing, of_graphs
from dppgraph.operations.frames import read_frames
from dppgraph.store.rdf import parse
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE, REPOSITORY

FRAMES = read_frames(REPOSITORY / "ontology")
PLAN = f"{BASE}id/plan/vlaams-actieplan-duurzame-overheidsopdrachten-2012-2014"
DCT, DPP, SKOS, XSD = (PREFIXES[name] for name in ("dct", "dpp", "skos", "xsd"))
RDFLIB = {
    formats.TURTLE: "turtle",
    formats.NTRIPLES: "nt",
    formats.RDFXML: "xml",
    formats.TRIG: "trig",
    formats.NQUADS: "nquads",
}


@pytest.fixture(autouse=True)
def _exact_literals() -> Iterator[None]:
    before, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    yield
    rdflib.NORMALIZE_LITERALS = before


@pytest.fixture(scope="module")
def descriptions(built: tuple[VersionStore, Built]) -> Descriptions:
    return Descriptions(built[0].lines(1), FRAMES)


@pytest.fixture(scope="module")
def things(built: tuple[VersionStore, Built]) -> list[str]:
    return Held(built[0].lines(1)).things()


@pytest.fixture(scope="module")
def lines(descriptions: Descriptions, things: list[str]) -> list[str]:
    """Some of all kinds: a plan, and the words that it was read from."""
    things = [PLAN, *(iri for iri in things if "/statement/beleid-2009-2014-0" in iri)]
    found = [line for iri in things for line in descriptions.of(iri).lines]
    return of_graphs(found, ["source", "interpretation", "inferred"], BASE)


@pytest.mark.heavy
@pytest.mark.parametrize("format_", formats.RDF, ids=lambda format_: format_.name)
def test_the_whole_version_read_back_is_the_graph(built: tuple[VersionStore, Built], format_: Format) -> None:
    test_every_format_read_back_is_the_graph(built[0].lines(1), format_)


def read_back(data: bytes, format_: Format) -> set[Quad]:
    if format_ == formats.JSONLD:
        said = jsonld.to_rdf(json.loads(data), {"format": "application/n-quads"})
        return {parse_line(line) for line in said.splitlines()}
    dataset = rdflib.Dataset()
    dataset.parse(data=data, format=RDFLIB[format_])
    found = set()
    for subject, predicate, object_, graph in dataset.quads():
        name = "" if graph is None or str(graph).startswith("urn:x-rdflib") else f"<{graph}>"
        found.add(Quad(_term(subject), _term(predicate), _term(object_), name))
    return found


def _term(term: rdflib.term.Node) -> str:
    graph = rdflib.Graph().add((rdflib.URIRef("a:a"), rdflib.URIRef("a:a"), term))
    return graph.serialize(format="nt").strip().removeprefix("<a:a> <a:a> ").removesuffix(" .")


def same_characters(quads: set[Quad]) -> set[tuple[str, ...]]:
    """Quads by the values of their terms, whatever escapes a writer of N-Triples prefers."""
    dataset = rdflib.Dataset()
    dataset.parse(data="".join(f"{quad.line()}\n" for quad in quads), format="nquads")
    return {tuple(repr(term) for term in quad) for quad in dataset.quads()}


@pytest.mark.parametrize("format_", formats.RDF, ids=lambda format_: format_.name)
def test_every_format_read_back_is_the_graph(lines: list[str], format_: Format) -> None:
    found = read_back(export(lines, format_), format_)
    published = {parse_line(line) for line in lines}
    if not format_.named_graphs:
        published = {quad._replace(graph="") for quad in published}
    assert same_characters(found) == same_characters(published)


@pytest.mark.parametrize("format_", formats.RDF, ids=lambda format_: format_.name)
def test_the_same_lines_give_the_same_bytes_in_any_order(lines: list[str], format_: Format) -> None:
    assert export(lines, format_) == export(reversed(lines), format_)


@pytest.mark.parametrize("format_", formats.RDF, ids=lambda format_: format_.name)
def test_literals_keep_their_form(format_: Format) -> None:
    values = [
        f'"5"^^<{XSD}nonNegativeInteger>',
        f'"1.50"^^<{XSD}decimal>',
        f'"01"^^<{XSD}integer>',
        f'"1"^^<{XSD}boolean>',
        '"x"@nl-be',
        '"a\\"b\\\\c\\nd"',
        f'"2009"^^<{XSD}gYear>',
    ]
    lines = canonical(Quad("<http://e.org/s>", f"<http://e.org/p{n}>", value) for n, value in enumerate(values))
    found = read_back(export(lines, format_), format_)
    assert same_characters(found) == same_characters({parse_line(line) for line in lines})


def test_turtle_is_isomorphic_by_another_librarys_word(lines: list[str]) -> None:
    ours = rdflib.Graph().parse(data=export(lines, formats.TURTLE), format="turtle")
    plain = rdflib.Graph().parse(
        data="".join(f"{parse_line(line)._replace(graph='').line()}\n" for line in lines), format="nt"
    )
    assert isomorphic(ours, plain)


def test_json_ld_has_its_context_inside(lines: list[str]) -> None:
    said = json.loads(export(lines, formats.JSONLD))
    assert set(said) == {"@context", "@graph"}
    assert list(said["@context"])[1:] == sorted(set(said["@context"]) - {"@version"})
    assert {graph["id"].rpartition("/")[2] for graph in said["@graph"]} == {"source", "interpretation", "inferred"}
    (plan,) = [node for node in said["@graph"][2]["@graph"] if node["id"] == PLAN]
    assert plan["title"] == {"nl": "Vlaams actieplan duurzame overheidsopdrachten 2012-2014"}


# --- One thing, nested ---------------------------------------------------------------------------------------------


def document_of(description: Description) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(export_thing(description, formats.JSONLD, FRAMES))
    return document


def union(description: Description) -> set[str]:
    return {parse_line(line)._replace(graph="").line() for line in description.lines}


def expanded(document: dict[str, Any]) -> set[str]:
    """What PyLD reads in a document, with nothing fetched."""

    def refuse(url: str, _: object) -> None:
        raise AssertionError(url)

    options = {"format": "application/n-quads", "documentLoader": refuse}
    return set(jsonld.to_rdf(document, options).splitlines())


def nodes_in(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes_in(inner)


def test_a_plan_reads_as_plain_json(descriptions: Descriptions) -> None:
    plan = document_of(descriptions.of(PLAN))
    first = list(plan)[:4]
    assert first == ["@context", "id", "type", "title"]
    assert (plan["id"], plan["sequenceNumber"]) == (PLAN, 2)
    assert plan["type"] == ["ActionPlan", "PolicyInstrument", "PolicyPlan"]
    assert plan["title"] == {"nl": "Vlaams actieplan duurzame overheidsopdrachten 2012-2014"}
    period = {"startYear": "2012", "endYear": "2014", "from": "2012-01-01", "until": "2014-12-31"}
    assert plan["period"] == {"id": f"{PLAN}#period", "type": ["PeriodOfTime"]} | period
    (approval,) = plan["approvedIn"]
    assert approval["decisionDate"] == "2012-12-21"
    assert approval["body"][0]["label"] == {"nl": "Vlaamse Regering", "en": "Flemish Government"}
    assert [line["position"] for line in plan["hasLineOfAction"]] == list(range(1, 11))
    assert plan["hasLineOfAction"][9]["label"]["nl"].startswith("Centraal aanspreekpunt")
    assert plan["policyLevel"]["label"]["en"].startswith("regional")
    assert plan["succeeds"][0]["title"]["nl"].endswith("2009-2011")
    assert plan["hasPart"][0]["description"] == {"nl": ["uitgebreide evaluatie"]}


def test_the_example_of_the_documentation_is_part_of_the_plan(descriptions: Descriptions) -> None:
    text = (REPOSITORY / "docs" / "json-ld.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    said = json.loads(example)

    def is_part(small: Any, whole: Any) -> bool:
        if isinstance(small, dict):
            return all(key in whole and is_part(value, whole[key]) for key, value in small.items())
        if isinstance(small, list):
            return all(is_part(*pair) for pair in zip(small, whole, strict=False))
        return bool(small == whole)

    assert is_part(said, document_of(descriptions.of(said["id"])))


def test_no_key_of_a_plan_needs_rdf_to_be_read(descriptions: Descriptions) -> None:
    plan = document_of(descriptions.of(PLAN))
    keys = {key for name, value in plan.items() if name != "@context" for node in nodes_in(value) for key in node}
    assert [key for key in keys | (set(plan) - {"@context"}) if ":" in key or key.startswith("@")] == []


def test_one_thing_of_each_class_read_back_is_its_description(descriptions: Descriptions, things: list[str]) -> None:
    """By three readers: PyLD, Oxigraph and rdflib."""
    kinds = {iri.rpartition("/")[0]: iri for iri in things if "/id/" in iri}
    assert len(kinds) > 15
    for iri in (*kinds.values(), PLAN):
        description = descriptions.of(iri)
        written = export_thing(description, formats.JSONLD, FRAMES)
        assert expanded(json.loads(written)) == union(description), iri
        assert {quad.line() for quad in parse(written, formats.JSONLD)} == union(description), iri
        ours = rdflib.Graph().parse(data=written, format="json-ld")
        assert set(ours) == set(rdflib.Graph().parse(data="\n".join(union(description)), format="nt")), iri


@pytest.mark.heavy
def test_everything_read_back_is_its_description(descriptions: Descriptions, things: list[str]) -> None:
    for iri in things:
        description = descriptions.of(iri)
        assert expanded(document_of(description)) == union(description), iri


@pytest.mark.parametrize("format_", formats.RDF, ids=lambda format_: format_.name)
def test_a_thing_is_the_same_in_every_format(descriptions: Descriptions, format_: Format) -> None:
    description = descriptions.of(PLAN)
    said = {parse_line(line) for line in description.lines}
    if not format_.named_graphs or format_ == formats.JSONLD:
        said = {quad._replace(graph="") for quad in said}
    assert same_characters(read_back(export_thing(description, format_, FRAMES), format_)) == same_characters(said)


def test_the_context_inside_holds_what_is_used_and_no_more(descriptions: Descriptions) -> None:
    document = document_of(descriptions.of(PLAN))
    used = document["@context"]
    assert list(used) == ["@version", *sorted(set(used) - {"@version"})]
    assert used.items() <= ({"@version": 1.1} | dict(FRAMES.context.definitions)).items()
    body = {name: said for name, said in document.items() if name != "@context"}
    for name in set(used) - {"@version"}:
        others = [said for other, said in used.items() if other != name]
        assert re.search(f'"{name}[":]', json.dumps([body, others])), name


def test_the_same_thing_gives_the_same_bytes_in_any_order(built: tuple[VersionStore, Built]) -> None:
    lines = list(built[0].lines(1))
    one, other = (Descriptions(said, FRAMES).of(PLAN) for said in (lines, lines[::-1]))
    assert export_thing(one, formats.JSONLD, FRAMES) == export_thing(other, formats.JSONLD, FRAMES)


def test_with_another_base_nothing_speaks_of_ours(built: tuple[VersionStore, Built]) -> None:
    base = "https://data.example.org/"
    moved = [Quad(*(rebased(term, base) for term in parse_line(line))).line() for line in built[0].lines(1)]
    descriptions = Descriptions(moved, FRAMES)
    written = export_thing(descriptions.of(PLAN.replace(BASE, base)), formats.JSONLD, FRAMES).decode()
    assert written.count(BASE) == written.count(f'"dpp": "{PREFIXES["dpp"]}"') == 1


def test_a_plan_is_written_fast(descriptions: Descriptions) -> None:
    document_of(descriptions.of(PLAN))
    before = time.process_time()
    document_of(descriptions.of(PLAN))
    assert time.process_time() - before < 0.5


def described(*said: str, thing: str = "http://e.org/a") -> dict[str, Any]:
    """The document of a thing, from Turtle; what PyLD reads in it is checked on the way."""
    prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    text = f"{prefixes}@prefix : <http://e.org/> .\n{' '.join(said)}".encode()
    description = Descriptions(canonical(parse(text, formats.TURTLE)), FRAMES).of(thing)
    document = document_of(description)
    assert expanded(document) == union(description)
    return document


def test_values_of_another_type_than_the_names_stay_exact() -> None:
    found = described(
        """:a a dpp:Approval ; dpp:decisionDate "2008-07"^^xsd:gYearMonth , "2008"^^xsd:gYear , "2008-07-02"^^xsd:date ,
             "2008-07-16"^^xsd:date , "summer" ;
           dct:title "no language" , "Titel"@nl , "Title"@en , "Titre"@fr-be , "5"^^xsd:token , true ;
           dpp:position "01"^^xsd:integer ; dpp:sequenceNumber 2 , 3.0 ; dpp:openEnded "1"^^xsd:boolean , false ;
           foaf:page <http://e.org/page> , "no address" ; dpp:length 123456789012345678901234567890 ; a "no class" ."""
    )
    assert found["decisionDate"] == ["2008-07-02", "2008-07-16"]
    assert (found["decisionMonth"], found["decisionYear"], found["dpp:decisionDate"]) == ("2008-07", "2008", "summer")
    titles = {"@none": "no language", "nl": "Titel", "en": "Title", "fr-be": "Titre"}
    assert found["title"] == titles
    assert len(found["dct:title"]) == 2
    assert found["position"] == {"@type": "xsd:integer", "@value": "01"}
    assert 2 in found["sequenceNumber"]
    assert False in found["openEnded"]
    assert (found["page"], found["foaf:page"]) == (["http://e.org/page"], "no address")
    assert found["length"]["@value"] == "123456789012345678901234567890"


def test_sub_lines_nest_in_reading_order_and_are_told_once() -> None:
    found = described(
        """:a a dpp:PolicyPlan ; dpp:hasLineOfAction :l10 , :l2 , :l1 , :z1 , :y2 .
           :l1 dpp:position 1 ; dpp:hasSubLine :y2 , :z1 . :l2 dpp:position 2 . :l10 dpp:position 10 .
           :z1 dpp:position 1 ; dpp:partOfLine :l1 ; dpp:lineOf :a ; skos:prefLabel "z"@nl ; dpp:relatesTo :y2 .
           :y2 dpp:position 2 ; dpp:partOfLine :l1 ; dpp:lineOf :a ; skos:prefLabel "y"@nl ."""
    )
    top = {line["id"][-2:]: line for line in found["hasLineOfAction"]}
    assert [sub["position"] for sub in top["l1"]["hasSubLine"]] == [1, 2]
    assert set(top["z1"]) == set(top["y2"]) == {"id", "label"}
    assert [line.get("position") for line in found["hasLineOfAction"]] == [1, 2, 10, None, None]


def test_things_that_point_at_each_other_are_written_in_no_time() -> None:
    lines = " , ".join(f":l{number}" for number in range(12))
    each = " ".join(f":l{number} dpp:relatesTo {lines} ; dpp:position {number + 1} ." for number in range(12))
    before = time.process_time()
    found = described(f":a a dpp:ActionPlan ; dpp:hasLineOfAction {lines} .", each)
    assert time.process_time() - before < 3
    assert len(found["hasLineOfAction"]) == 12


def test_parts_without_a_link_are_included() -> None:
    found = described(':a a skos:Concept . <http://e.org/a#p> dct:title "p"@en ; dct:hasPart <http://e.org/a#q> .')
    assert [part["id"] for part in found["included"]] == ["http://e.org/a#p"]
    only = described('<http://e.org/a#p> dct:title "p"@en . <http://e.org/a#q> dct:title "q"@en .')
    assert [part["title"] for part in only["included"]] == [{"en": "p"}, {"en": "q"}]


def test_blank_nodes_are_nested() -> None:
    text = (
        b"@prefix dct: <http://purl.org/dc/terms/> . <http://e.org/a> dct:temporal [ dct:title 'p' ; dct:hasPart [] ] ."
    )
    description = Descriptions(canonical(parse(text, formats.TURTLE)), FRAMES).of("http://e.org/a")
    document = document_of(description)
    assert document["period"]["title"] == {"@none": "p"}
    ours = rdflib.Graph().parse(data="\n".join(expanded(document)), format="nt")
    assert isomorphic(ours, rdflib.Graph().parse(data=text, format="turtle"))


def test_parts_that_name_each_other_are_each_told_once() -> None:
    parts = [f"<http://e.org/a#{number}>" for number in range(12)]
    ladder = " ".join(
        f"<http://e.org/a#{side}{n}> dct:hasPart <http://e.org/a#x{n + 1}> , <http://e.org/a#y{n + 1}> ."
        for n in range(12)
        for side in "xy"
    )
    before = time.process_time()
    found = described(
        f":a dct:hasPart {', '.join(parts)} , <http://e.org/a#x0> , <http://e.org/a#y0> . {ladder}",
        *(f'{part} dct:relation {", ".join(parts)} ; dct:title "t"@en .' for part in parts),
    )
    assert time.process_time() - before < 2
    assert [list(part["title"]) for part in found["hasPart"][:12]] == [["en"]] * 12


def test_things_beside_a_part_are_only_named() -> None:
    each = [
        f':l{n} dct:relation [ dct:title "part"@en ] , {", ".join(f":l{m}" for m in range(12))} ; dpp:position {n} .'
        for n in range(12)
    ]
    before = time.process_time()
    text = f"@prefix : <http://e.org/> . @prefix dct: <{DCT}> . @prefix dpp: <{DPP}> . {' '.join(each)}"
    text += f" :a a dpp:ActionPlan ; dpp:hasLineOfAction {', '.join(f':l{n}' for n in range(12))} ."
    lines = canonical(skolemised(parse(text.encode(), formats.TURTLE), BASE))
    description = Descriptions(lines, FRAMES).of("http://e.org/a")
    document = document_of(description)
    assert time.process_time() - before < 2
    assert expanded(document) == union(description)
    related = document["hasLineOfAction"][3]["relation"]
    assert [set(other) - {"id"} for other in related if isinstance(other, dict)] == [{"title"}]
    assert len(related) == 13


def test_parts_too_deep_to_nest_are_beside_the_thing() -> None:
    chain = " ".join(f"<http://e.org/a#{n}> dct:hasPart <http://e.org/a#{n + 1}> ." for n in range(300))
    found = described(f":a dct:temporal <http://e.org/a#0> . {chain}")
    assert len(found["included"]) > 10


def test_parts_of_a_line_are_told_with_the_plan() -> None:
    found = described(
        """:a a dpp:ActionPlan ; dpp:hasLineOfAction :l , :m .
           :l dpp:hasSubLine :m . :m dct:spatial <http://e.org/.well-known/genid/1> .
           <http://e.org/.well-known/genid/1> dct:title "there"@en .
           <http://e.org/l#c> dct:title "unled"@en ."""
    )
    (sub,) = found["hasLineOfAction"][0]["hasSubLine"]
    assert [place["title"] for place in sub["spatial"]] == [{"en": "there"}]
    assert [part["title"] for part in found["included"]] == [{"en": "unled"}]


def test_many_values_are_not_each_compared_with_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    compare = jsonld.JsonLdProcessor.compare_values

    def counted(*values: object) -> bool:
        nonlocal compared
        compared += 1
        return bool(compare(*values))

    monkeypatch.setattr(jsonld.JsonLdProcessor, "compare_values", staticmethod(counted))
    each = [f':l{n} dpp:position {n} ; dpp:lineOf :a ; skos:prefLabel "l"@nl .' for n in range(1, 501)]
    lines = ", ".join(f":l{n}" for n in range(1, 501))
    text = f":a a dpp:ActionPlan ; dpp:hasLineOfAction {lines} ; <urn:p> {lines} , 'text' . {' '.join(each)}"
    prefixes = f"@prefix : <http://e.org/> . @prefix dpp: <{DPP}> . @prefix skos: <{SKOS}> . "
    description = Descriptions(canonical(parse((prefixes + text).encode(), formats.TURTLE)), FRAMES).of(
        "http://e.org/a"
    )
    document = document_of(description)
    # PyLD's own way is two properties, twice, times 500 * 499 / 2: half a million.
    assert 1000 < compared < 120_000
    assert [line["position"] for line in document["hasLineOfAction"]] == list(range(1, 501))
    assert len(document["urn:p"]) == 501
    assert not [key for node in nodes_in(document) for key in node if "|" in key]


@pytest.mark.parametrize(
    "line",
    [
        f"<http://e.org/a> <{PREFIXES['rdfs']}seeAlso> <foaf:Agent> .",
        f"<http://e.org/a> <{PREFIXES['rdf']}type> <foaf:Agent> .",
        '<http://e.org/a> <http://e.org/p> "x"^^<foaf:Agent> .',
        '<http://e.org/a> <foaf:Agent> "x" .',
        '<foaf:Agent> <http://e.org/p> "x" .',
    ],
)
def test_an_iri_that_reads_as_a_short_one_is_refused_by_name(line: str) -> None:
    told = "<foaf:Agent>, as foaf: is a prefix there: write <http://xmlns.com/foaf/0.1/Agent>"
    with pytest.raises(BadRdf) as whole:
        export([line], formats.JSONLD)
    with pytest.raises(BadRdf) as one:
        document_of(Descriptions([line], FRAMES).of(line.split(">")[0][1:]))
    assert told in str(whole.value) == str(one.value)
    assert len(str(one.value).splitlines()) == 1


def test_a_text_about_such_an_iri_is_no_such_iri() -> None:
    assert described(':a dct:title "see <foaf:Agent>"@en .')["title"] == {"en": "see <foaf:Agent>"}


def test_pylds_own_words_are_not_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise jsonld.JsonLdError("inner words", "jsonld.SyntaxError", {"context": "a" * 10_000})

    for name in ("frame", "compact"):
        monkeypatch.setattr(jsonld.JsonLdProcessor, name, fail)
    lines = ['<http://e.org/a> <http://e.org/p> "x" .']
    for write in (
        lambda: export(lines, formats.JSONLD),
        lambda: document_of(Descriptions(lines, FRAMES).of("http://e.org/a")),
    ):
        with pytest.raises(BadRdf, match="ask for another format") as found:
            write()
        assert "inner words" not in str(found.value)


def test_what_json_ld_cannot_say_is_refused() -> None:
    lines = ["<http://e.org/a> <http://e.org/p> <<( <http://e.org/a> <http://e.org/p> <http://e.org/b> )>> ."]
    with pytest.raises(BadRdf, match="jsonld"):
        document_of(Descriptions(lines, FRAMES).of("http://e.org/a"))
    with pytest.raises(BadRdf, match="jsonld"):
        export(["<http://e.org/a> <http://e.org/p> <dpp:x> ."], formats.JSONLD)


THINGS = st.sampled_from(
    [f"<http://e.org/{name}>" for name in ("a", "b", "c", "d", "a#p", "a#q", "b#p", ".well-known/genid/1")]
)
TYPED = {"01": "integer", "1": "integer", "true": "boolean", "2009-06-05": "date", "2009": "gYear", "1.50": "decimal"}
LITERALS = st.sampled_from(
    ['"x"', '"y"@nl', '"z"@nl', *(f'"{text}"^^<{XSD}{datatype}>' for text, datatype in TYPED.items())]
)
WORDS = "hasLineOfAction lineOf hasSubLine partOfLine approvedIn eventOf concerns hasFinding evaluates relatesTo"
PROPERTIES = [f"<{DPP}{word}>" for word in (*WORDS.split(), "hasObjective", "position", "decisionDate")]
PROPERTIES += [f"<{DCT}{word}>" for word in ("title", "hasPart", "temporal")] + [f"<{SKOS}prefLabel>", "<urn:p>"]
STATEMENTS = st.builds(Quad, THINGS, st.sampled_from(PROPERTIES), THINGS | LITERALS)
CLASSES = st.sampled_from([f"<{DPP}{name}>" for name in ("PolicyPlan", "LineOfAction", "Evaluation", "Objective")])
TYPES = st.builds(lambda thing, class_: Quad(thing, f"<{PREFIXES['rdf']}type>", class_), THINGS, CLASSES)


@given(st.lists(STATEMENTS, min_size=1, max_size=25), st.lists(TYPES, max_size=5))
def test_whatever_is_said_is_read_back(statements: list[Quad], types: list[Quad]) -> None:
    held = Held(canonical([*statements, *types]))
    descriptions = Descriptions(held, FRAMES)
    for iri in held.things():
        description = descriptions.of(iri)
        assert expanded(document_of(description)) == union(description)


# --- Some graphs -----------------------------------------------------------------------------------------------------


def test_graphs_are_chosen_by_short_name_or_iri(lines: list[str]) -> None:
    by_name = of_graphs(lines, ["source"], BASE)
    assert by_name == of_graphs(lines, [f"{BASE}id/graph/source"], BASE)
    assert {parse_line(line).graph for line in by_name} == {f"<{BASE}id/graph/source>"}
    with pytest.raises(Unknown, match="there are inferred, interpretation, source"):
        of_graphs(lines, ["sauce"], BASE)
