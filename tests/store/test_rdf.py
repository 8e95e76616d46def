"""RDF in and out, to the letter: what is read by others is what was written, and literals stay as they are."""

import json
import random
from pathlib import Path

import pytest
import rdflib
from hypothesis import example, given
from hypothesis import strategies as st
from pyld import jsonld
from rdflib.compare import isomorphic

from dppgraph.core import formats
from dppgraph.core.formats import RDF, Format
from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, canonical, literal, parse_line
from dppgraph.errors import BadRdf
from dppgraph.store import rdf
from dppgraph.store.rdf import (
    canonical_triples,
    engine_quads,
    literal_text,
    parse,
    read_file,
    with_canonical_blank_nodes,
)
from dppgraph.store.writing import serialised, used_prefixes, write
from tests.store.conftest import xml

XSD = PREFIXES["xsd"]
EVERY_FORMAT = pytest.mark.parametrize("format_", RDF, ids=lambda format_: format_.name)
S, P, G = "<http://e/s>", "<http://e/p>", "<http://e/g>"

LITERALS = [
    f'"01"^^<{XSD}integer>',
    f'"1.50"^^<{XSD}decimal>',
    f'"5"^^<{XSD}nonNegativeInteger>',
    f'"1"^^<{XSD}boolean>',
    f'"2009-02-30"^^<{XSD}date>',
    f'"2009"^^<{XSD}gYear>',
    f'"no number"^^<{XSD}integer>',
    '"plain"',
    '"Actieplan"@nl-be',
    '""',
    r'"\"quotes\" and \\ and <&>]]> and {@}"',
    r'"a line\n\tand another"',
    '" é ☃ 𝄞 \u2028 \x85 "',
]
LINES = canonical(
    [
        *(Quad(S, f"<http://e/p{number}>", object_) for number, object_ in enumerate(LITERALS)),
        Quad(S, f"<{PREFIXES['rdf']}type>", f"<{PREFIXES['dpp']}PolicyPlan>", G),
        Quad(S, f"<{PREFIXES['dct']}title>", '"Actieplan"@nl', G),
        Quad(S, f"<{PREFIXES['dct']}title>", '"Actieplan"@nl', "<http://e/other>"),
        Quad("<urn:isbn:1>", P, "_:b0", G),
        Quad("_:b0", P, "_:b1", G),
        Quad("_:b1", P, '"deep"', G),
    ]
)
"""What no reader may change, in the default graph and two others."""


@pytest.fixture
def _exact_literals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)


# --- In


@pytest.mark.parametrize(
    ("format_", "text"),
    [
        (formats.TURTLE, '{S} {P} 01, 1.50, "5"^^<{X}nonNegativeInteger>, "1"^^<{X}boolean>, true, "a"@nl .'),
        (formats.TRIG, '{{ {S} {P} 01, 1.50, "5"^^<{X}nonNegativeInteger>, "1"^^<{X}boolean>, true, "a"@nl . }}'),
        (
            formats.NTRIPLES,
            '{S} {P} "01"^^<{X}integer> .\n{S} {P} "1.50"^^<{X}decimal> .\n{S} {P} "5"^^<{X}nonNegativeInteger> .\n'
            '{S} {P} "1"^^<{X}boolean> .\n{S} {P} "true"^^<{X}boolean> .\n{S} {P} "a"@nl .',
        ),
        (
            formats.RDFXML,
            '<rdf:RDF xmlns:rdf="{R}" xmlns="http://e/"><rdf:Description rdf:about="http://e/s">'
            '<p rdf:datatype="{X}integer">01</p><p rdf:datatype="{X}decimal">1.50</p>'
            '<p rdf:datatype="{X}nonNegativeInteger">5</p><p rdf:datatype="{X}boolean">1</p>'
            '<p rdf:datatype="{X}boolean">true</p><p xml:lang="nl">a</p></rdf:Description></rdf:RDF>',
        ),
        (
            formats.JSONLD,
            '{{"@id": "http://e/s", "http://e/p": [{{"@value": "01", "@type": "{X}integer"}},'
            '{{"@value": "1.50", "@type": "{X}decimal"}}, {{"@value": "5", "@type": "{X}nonNegativeInteger"}},'
            '{{"@value": "1", "@type": "{X}boolean"}}, true, {{"@value": "a", "@language": "nl"}}]}}',
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Format) else "",
)
def test_literals_are_read_as_they_are_written(format_: Format, text: str) -> None:
    data = text.format(S=S, P=P, R=PREFIXES["rdf"], X=XSD)
    assert {quad.object for quad in parse(data.encode(), format_)} == {
        f'"01"^^<{XSD}integer>',
        f'"1.50"^^<{XSD}decimal>',
        f'"5"^^<{XSD}nonNegativeInteger>',
        f'"1"^^<{XSD}boolean>',
        f'"true"^^<{XSD}boolean>',
        '"a"@nl',
    }


def test_the_default_graph_goes_where_it_is_told_and_named_graphs_stay() -> None:
    data = b"<http://e/a> <http://e/p> 1 . <http://e/named> { <http://e/b> <http://e/p> 2 }"
    assert {(quad.subject, quad.graph) for quad in parse(data, formats.TRIG, graph=G)} == {
        ("<http://e/a>", G),
        ("<http://e/b>", "<http://e/named>"),
    }
    assert {quad.graph for quad in parse(data, formats.TRIG)} == {"", "<http://e/named>"}


def test_relative_iris_are_relative_to_the_base() -> None:
    assert parse(b"<a> <#b> <> .", formats.TURTLE, base="http://e/x/y") == [
        Quad("<http://e/x/a>", "<http://e/x/y#b>", "<http://e/x/y>")
    ]


def test_two_documents_share_no_blank_node() -> None:
    data = b"_:same <http://e/p> _:other ."
    one, other = (parse(data, formats.TURTLE)[0] for _ in range(2))
    assert not {one.subject, one.object} & {other.subject, other.object}
    assert one.subject != one.object


def test_a_triple_term_is_read_as_canonical_n_quads_writes_it() -> None:
    data = b'<http://e/s> <http://e/p> <<( <http://e/a> <http://e/b> <<( <http://e/c> <http://e/d> "x"@nl )>> )>> .'
    (quad,) = parse(data, formats.TURTLE)
    assert quad.line() == data.decode()
    assert parse_line(quad.line()) == quad


@pytest.mark.parametrize(
    ("format_", "text", "line", "column"),
    [
        (formats.TURTLE, "<http://e/s> <http://e/p> 1 .\n<http://e/s> <http://e/p> .", 2, 27),
        (formats.TURTLE, '<http://e/s> <http://e/p> "é☃𝄞" é .', 1, 33),
        (formats.NTRIPLES, "<http://e/s> <http://e/p> <o> .", 1, 27),
        (formats.NQUADS, "<http://e/s> <http://e/p> <http://e/o> .\nrubbish", 2, 1),
        (formats.TRIG, "<http://e/g> {", 1, 14),
        (formats.JSONLD, '{\n "@id": ]', 2, 9),
    ],
)
def test_what_does_not_parse_is_told_with_file_line_and_column(
    format_: Format, text: str, line: int, column: int
) -> None:
    with pytest.raises(BadRdf) as refusal:
        parse(text.encode(), format_, name="plans/2009.x")
    assert (refusal.value.line, refusal.value.column) == (line, column)
    assert str(refusal.value).startswith(f"plans/2009.x:{line}:{column}: ")


@pytest.mark.parametrize(
    ("format_", "data"),
    [
        (formats.RDFXML, b"<a>"),
        (formats.RDFXML, b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
        (formats.JSONLD, b'{"@id": 3}'),
        (formats.JSONLD, b'{"@context": "http://e/context.jsonld"}'),
        (formats.JSONLD, b""),
        (formats.TURTLE, b"\xff\xfe"),
        (formats.TURTLE, b"<relative> <http://e/p> 1 ."),
        (formats.NQUADS, b"<< <http://e/s> <http://e/p> <http://e/o> >> <http://e/p> <http://e/o> ."),
    ],
)
def test_whatever_is_wrong_the_file_is_named(format_: Format, data: bytes) -> None:
    with pytest.raises(BadRdf, match=r"^plans/2009\.x:"):
        parse(data, format_, name="plans/2009.x")


@pytest.mark.parametrize("format_", [formats.RDFXML, formats.JSONLD], ids=lambda format_: format_.name)
def test_a_document_that_was_cut_short_is_refused(format_: Format) -> None:
    # Else half a file is taken for a whole one, and what it lacks is removed from the graph.
    whole = serialised(LINES, format_).rstrip()
    for length in [*range(0, len(whole), 50), len(whole) - 1]:
        with pytest.raises(BadRdf):
            parse(whole[:length], format_)


def test_a_base_that_is_no_iri_is_unusable_input() -> None:
    with pytest.raises(BadRdf, match="base"):
        parse(b"", formats.TURTLE, base="not an iri")


def test_a_file_is_named_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "plan.ttl"
    path.write_text("<s> <http://e/p> 1 .\n!", encoding="utf-8")
    with pytest.raises(BadRdf, match=r"plan\.ttl:2:1: "):
        read_file(path, formats.TURTLE, graph=G, base="http://e/")
    path.write_text("<s> <http://e/p> 01 .", encoding="utf-8")
    assert read_file(path, formats.TURTLE, graph=G, base="http://e/") == [Quad(S, P, f'"01"^^<{XSD}integer>', G)]
    with pytest.raises(FileNotFoundError):
        read_file(tmp_path / "missing.ttl", formats.TURTLE, graph=G, base="http://e/")


# --- Out, read by others


@pytest.mark.usefixtures("_exact_literals")
@pytest.mark.parametrize(
    "format_", [formats.TURTLE, formats.NTRIPLES, formats.RDFXML], ids=lambda format_: format_.name
)
def test_rdflib_reads_the_same_triples(format_: Format) -> None:
    triples = sorted({parse_line(line)._replace(graph="").line() for line in LINES})
    expected = rdflib.Graph().parse(data="".join(f"{line}\n" for line in triples), format="nt")
    name = {"turtle": "turtle", "ntriples": "nt", "rdfxml": "xml"}[format_.name]
    found = rdflib.Graph().parse(data=serialised(LINES, format_), format=name)
    assert len(found) == len(triples)
    assert isomorphic(found, expected)


@pytest.mark.usefixtures("_exact_literals")
@pytest.mark.parametrize("format_", [formats.TRIG, formats.NQUADS], ids=lambda format_: format_.name)
def test_rdflib_reads_the_same_graphs(format_: Format) -> None:
    found = rdflib.Dataset().parse(data=serialised(LINES, format_), format=format_.name)
    for term in {parse_line(line).graph for line in LINES}:
        triples = [parse_line(line)._replace(graph="") for line in LINES if parse_line(line).graph == term]
        expected = rdflib.Graph().parse(data="".join(f"{quad.line()}\n" for quad in triples), format="nt")
        graph = found.graph(rdflib.URIRef(term[1:-1])) if term else found.default_graph
        assert len(graph) == len(triples)
        assert isomorphic(graph, expected)


def test_pyld_reads_the_same_graphs() -> None:
    document = json.loads(serialised(LINES, formats.JSONLD))
    read = jsonld.to_rdf(document, {"format": "application/n-quads"})
    assert canonical(with_canonical_blank_nodes(parse(read.encode(), formats.NQUADS))) == canonical(
        with_canonical_blank_nodes(map(parse_line, LINES))
    )


XML_TEXTS = st.text(
    alphabet=st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff") | st.sampled_from("\n\t")
)


@EVERY_FORMAT
@given(text=XML_TEXTS)
@example(text="01")
@example(text="<a>&amp;]]></a>")
@example(text="\"'\\ \u2028 {@}")
def test_what_is_written_is_read_to_the_letter(format_: Format, text: str) -> None:
    quads = {Quad(S, P, literal(text)), Quad(S, P, literal(text, language="nl"))}
    quads |= {Quad(S, P, literal(text, datatype=f"{XSD}{name}")) for name in ("integer", "decimal", "boolean", "date")}
    assert set(parse(serialised(canonical(quads), format_), format_)) == quads


@EVERY_FORMAT
def test_the_same_lines_in_any_order_are_the_same_bytes(format_: Format) -> None:
    expected = serialised(LINES, format_)
    chance = random.Random(7)
    for _ in range(5):
        assert serialised(chance.sample(LINES, len(LINES)), format_) == expected


@EVERY_FORMAT
def test_nothing_can_be_written_too(format_: Format) -> None:
    assert parse(serialised([], format_), format_) == []


def test_a_statement_of_two_graphs_is_written_once_where_graphs_cannot_be_said() -> None:
    assert serialised([f"{S} {P} {S} {G} .", f"{S} {P} {S} ."], formats.NTRIPLES) == f"{S} {P} {S} .\n".encode()


def test_turtle_is_written_subject_by_subject_with_types_first_and_known_prefixes() -> None:
    text = serialised(LINES, formats.TURTLE).decode()
    assert text.count("<http://e/s>\n") + text.count("<http://e/s> ") == 1
    assert "<http://e/s> a dpp:PolicyPlan ;" in text
    assert 'dct:title "Actieplan"@nl' in text
    assert "@prefix skos:" not in text, "a prefix that nothing is written with"


def test_prefixes_are_those_that_terms_begin_with() -> None:
    quads = [
        Quad(S, f"<{PREFIXES['dct']}title>", '"http://www.w3.org/2004/02/skos/core#"'),
        Quad(S, P, f'"1"^^<{XSD}integer>'),
        Quad(S, P, f"<{PREFIXES['vann']}>"),
    ]
    assert used_prefixes(quads) == {name: PREFIXES[name] for name in ("dct", "vann", "xsd")}


# --- What a format cannot say


@pytest.mark.parametrize("escaped", [r"\u0000", r"\u0001", r"\b", r"\f", r"\u001F", r"\uFFFE", r"\uFFFF"])
def test_rdf_xml_refuses_what_xml_cannot_say(escaped: str) -> None:
    line = f'{S} {P} "a{escaped}b" .'
    with pytest.raises(BadRdf, match="RDF/XML"):
        serialised([line], formats.RDFXML)
    for format_ in (formats.TURTLE, formats.JSONLD, formats.NTRIPLES, formats.TRIG, formats.NQUADS):
        assert [quad.line() for quad in parse(serialised([line], format_), format_)] == [line]


def test_rdf_xml_says_what_only_looks_like_a_control_character() -> None:
    line = f'{S} {P} "C:\\\\u0001\\\\b \\u007F" .'
    assert [quad.line() for quad in parse(serialised([line], formats.RDFXML), formats.RDFXML)] == [line]


def test_rdf_xml_keeps_a_carriage_return_or_refuses_it() -> None:
    # XML 1.0, section 2.11: a parser reads a bare carriage return as a line feed.
    try:
        written = serialised([f'{S} {P} "a\\rb\\r\\nc" .'], formats.RDFXML)
    except BadRdf:
        return
    assert "".join(xml(written).itertext()).strip() == "a\rb\r\nc"


@pytest.mark.parametrize("predicate", ["<http://e/p/>", "<http://e/1>", "<http://e/p#>", "<http://e/²>", "<urn:1>"])
def test_rdf_xml_refuses_a_predicate_that_ends_in_no_name(predicate: str) -> None:
    # RDF/XML, section 5.1: a property is an element, and an element needs a local name.
    with pytest.raises(BadRdf, match="RDF/XML"):
        serialised([f"{S} {predicate} {S} ."], formats.RDFXML)


def test_json_ld_refuses_a_triple_term() -> None:
    with pytest.raises(BadRdf, match="JSON-LD"):
        serialised([f"{S} {P} <<( {S} {P} {S} )>> ."], formats.JSONLD)


# --- Terms


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
@example("\ufffe\uffff")
@example("\x00\x07\x08\x0b\x0c\x1f\x7f\x80\u2028")
def test_a_literal_is_written_as_the_engine_writes_it(text: str) -> None:
    # Else the same statement would be two, depending on who made it: a rule of ours or a file that was read.
    (quad,) = parse(f"{S} {P} {literal(text)} .\n".encode(), formats.NTRIPLES)
    assert quad.object == literal(text)
    assert literal_text(quad.object) == text


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (r'"a \"b\"\n\u0001"', 'a "b"\n\x01'),
        ('"Actieplan"@nl', "Actieplan"),
        (f'"01"^^<{XSD}integer>', "01"),
        (S, S),
        ("_:b0", "_:b0"),
    ],
)
def test_the_text_of_a_literal_has_neither_quotes_nor_language_nor_datatype(term: str, expected: str) -> None:
    assert literal_text(term) == expected


def test_quads_reach_the_engine_as_they_are() -> None:
    quads = [parse_line(line) for line in LINES]
    assert [str(quad) for quad in engine_quads(quads)] == [line.removesuffix(" .") for line in LINES]


# --- Blank nodes


def test_canonical_labels_depend_neither_on_the_order_nor_on_the_labels() -> None:
    quads = [parse_line(line) for line in LINES]
    expected = canonical(with_canonical_blank_nodes(quads))
    chance = random.Random(7)
    for other in ("x", "y"):
        relabelled = [Quad(*(term.replace("_:b", f"_:{other}") for term in quad)) for quad in quads]
        assert canonical(with_canonical_blank_nodes(chance.sample(relabelled, len(quads)))) == expected


def test_canonical_labels_leave_all_else_to_the_letter() -> None:
    with_literals = [Quad("_:b", P, object_, G) for object_ in LITERALS]
    found = with_canonical_blank_nodes(with_literals)
    assert {quad.object for quad in found} == set(LITERALS)
    assert {quad.subject for quad in found} == {"_:c14n0"}


def test_without_blank_nodes_nothing_is_relabelled() -> None:
    quads = [Quad(S, P, '"b"'), Quad(S, P, '"a"')]
    assert with_canonical_blank_nodes(quads) == quads


def test_a_number_is_written_in_full_wherever_the_pieces_end_that_the_engine_hands_over() -> None:
    lines = sorted(f'<a:{number}> <a:p> "0{number}"^^<{XSD}integer> .' for number in range(2_000))
    written = serialised(lines, formats.TURTLE).decode()
    assert written.count(f"^^<{XSD}integer>") + written.count("^^xsd:integer") == len(lines)
    assert "urn:dppgraph" not in written
    assert canonical(parse(written.encode(), formats.TURTLE)) == lines


@EVERY_FORMAT
def test_a_full_disk_is_not_told_as_a_fault_of_the_data(format_: Format) -> None:
    lines = sorted(f'<a:{number}> <a:p> "{number}" .' for number in range(5_000))
    with pytest.raises(OSError, match="space"), Path("/dev/full").open("wb") as full:
        write(lines, format_, full)


@EVERY_FORMAT
def test_a_stream_is_the_same_whatever_goes_to_the_engine_at_a_time(
    format_: Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    graphs = ("", " <a:g>", " <a:h>")
    lines = sorted(f'<a:{n % 7}> <a:p{n % 3}> "{n}"{graphs[n % 3]} .' for n in range(60))
    whole = serialised(lines, format_)
    monkeypatch.setattr(rdf, "_BATCH", 1)
    assert serialised(lines, format_) == whole


@pytest.mark.parametrize("format_", [one for one in RDF if not one.named_graphs], ids=lambda format_: format_.name)
@given(st.lists(st.builds(Quad, st.sampled_from([S, "_:b0"]), st.just(P), st.sampled_from([S, "_:b1", *LITERALS]))))
def test_triples_are_written_as_lines_as_they_are_read_one_by_one(format_: Format, quads: list[Quad]) -> None:
    try:
        data = serialised(canonical(quads), format_)
    except BadRdf:
        # RDF/XML cannot say everything.
        return
    found = [parse_line(line) for line in canonical_triples(data, format_).decode().split("\n")[:-1]]
    assert canonical(with_canonical_blank_nodes(found)) == canonical(with_canonical_blank_nodes(parse(data, format_)))


def test_what_does_not_parse_is_told_with_its_place_by_both() -> None:
    for read in (parse, canonical_triples):
        with pytest.raises(BadRdf, match=r"^here:1:\d+: ") as raised:
            read(b"<a:b> <a:c> .", formats.TURTLE, name="here")
        assert raised.value.line == 1
