"""The dumps of a version: which files there are, that they say the same, and the same each time."""

import csv
import gzip
import hashlib
import io
import json
import logging
import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis.strategies as st
import pytest
import rdflib
from hypothesis import given
from rdflib.compare import isomorphic

from dppgraph.core import formats
from dppgraph.core.iris import GRAPHS, PREFIXES, graph_iri
from dppgraph.core.quads import Quad, canonical, literal
from dppgraph.errors import Damaged
from dppgraph.operations.build import Built
from dppgraph.operations.describe import Descriptions
from dppgraph.operations.dumps import Dump, link_alike, make_dumps, read_dumps
from dppgraph.operations.dumps.dump import read_licence, read_list, write_list
from dppgraph.operations.dumps.names import Names
from dppgraph.operations.export import export, export_thing, of_graphs
from dppgraph.operations.frames import read_frames
from dppgraph.store.rdf import parse
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE, REPOSITORY

FRAMES = read_frames(REPOSITORY / "ontology")
DCT, DPP, RDF, SKOS, XSD = (PREFIXES[name] for name in ("dct", "dpp", "rdf", "skos", "xsd"))
SOURCE = f"<{graph_iri('source')}>"
PLAN, LINE, APPROVAL, TARGET = (
    f"<{BASE}id/{name}>" for name in ("plan/p-1", "line-of-action/p-1-01", "approval/p-1", "target/p-1")
)
RDFLIB = {"turtle": "turtle", "ntriples": "nt", "rdfxml": "xml", "jsonld": "json-ld", "nquads": "nquads"}
FILE = re.compile(r"[a-z0-9.-]+")


def quad(subject: str, predicate: str, object_: str, graph: str = SOURCE) -> Quad:
    prefix, name = predicate.split(":")
    return Quad(subject, f"<{PREFIXES[prefix]}{name}>", object_, graph)


def date(text: str, kind: str) -> str:
    return literal(text, datatype=f"{XSD}{kind}")


SMALL = [
    quad(PLAN, "rdf:type", f"<{DPP}PolicyPlan>"),
    quad(PLAN, "dct:title", literal('Een "plan", met\nregels', language="nl")),
    quad(PLAN, "dct:title", literal("A plan", language="en")),
    quad(PLAN, "dct:temporal", f"{PLAN[:-1]}#period>"),
    quad(f"{PLAN[:-1]}#period>", "dcat:startDate", date("2009", "gYear")),
    quad(f"{PLAN[:-1]}#period>", "dcat:endDate", date("2011-12", "gYearMonth")),
    quad(PLAN, "dpp:contributesTo", TARGET),
    quad(LINE, "rdf:type", f"<{DPP}LineOfAction>"),
    quad(LINE, "dpp:lineOf", PLAN),
    quad(LINE, "dpp:position", date("01", "integer")),
    quad(LINE, "dpp:theme", "<urn:theme:b>"),
    quad(LINE, "dpp:theme", "<urn:theme:a>"),
    quad(LINE, "skos:prefLabel", literal("eerst", language="nl")),
    quad(APPROVAL, "rdf:type", f"<{DPP}Approval>"),
    quad(APPROVAL, "dpp:decidesOn", PLAN),
    quad(APPROVAL, "dpp:decisionDate", date("2009-06-05", "date")),
    quad(APPROVAL, "dpp:decisionDate", date("2009", "gYear")),
    quad(TARGET, "rdf:type", f"<{DPP}Target>"),
    quad(TARGET, "dpp:targetValue", date("100.0", "decimal")),
    quad(f"<{BASE}id/dataset/policy-plans>", "dct:license", "<urn:licence>", f"<{graph_iri('catalogue')}>"),
]

Made = Callable[..., Path]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Makes dumps of quads in a new folder."""

    def made_(quads: list[Quad]) -> Path:
        folder = tmp_path / f"dumps-{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        assert make_dumps(canonical(quads), folder, BASE, FRAMES) == read_dumps(folder)
        return folder

    return made_


def table(folder: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / f"{name}.csv").read_bytes().decode(), newline="")))


def plain(folder: Path) -> list[Dump]:
    return [dump for dump in read_dumps(folder) if not dump.gzip]


def test_each_file_is_listed_with_its_size_and_checksum_and_gzipped_beside(made: Made) -> None:
    folder = made(SMALL)
    listed = read_dumps(folder)
    assert {path.name for path in folder.iterdir()} == {dump.file for dump in listed} | {"dumps.json", "SHA256SUMS"}
    assert [dump.file for dump in listed] == sorted(dump.file for dump in listed)
    for dump in listed:
        content = (folder / dump.file).read_bytes()
        assert (dump.size, dump.sha256) == (len(content), hashlib.sha256(content).hexdigest())
        assert FILE.fullmatch(dump.file)
        if dump.gzip:
            assert gzip.decompress(content) == (folder / dump.file.removesuffix(".gz")).read_bytes()
            # No flags, so no name, and no time (RFC 1952, section 2.3).
            assert content[3:8] == bytes(5)
    said = "".join(f"{dump.sha256}  {dump.file}\n" for dump in listed)
    assert (folder / "SHA256SUMS").read_text() == said
    assert json.loads((folder / "dumps.json").read_text())["licence"] == "urn:licence"


def test_all_and_each_graph_and_plan_and_table_have_their_files(made: Made) -> None:
    files = {(dump.holds, dump.file) for dump in plain(made(SMALL))}
    assert {file for holds, file in files if holds == "all"} == {
        f"policy-plans.{extension}" for extension in ("ttl", "nt", "nq", "trig", "jsonld", "rdf")
    }
    assert {file for holds, file in files if holds == "source"} == {
        f"policy-plans-source.{extension}" for extension in ("ttl", "nt", "nq", "jsonld", "rdf")
    }
    assert {file for holds, file in files if holds == f"plan:{PLAN[1:-1]}"} == {"plan-p-1.ttl", "plan-p-1.jsonld"}
    assert {file for holds, file in files if holds == "table:plans"} == {"plans.csv", "plans.csv-metadata.json"}
    assert {holds for holds, _ in files} == {
        *("all", "source", "catalogue", f"plan:{PLAN[1:-1]}"),
        *(f"table:{name}" for name in ("plans", "lines-of-action", "approvals", "targets")),
    }


def test_a_file_is_what_an_export_writes(made: Made) -> None:
    _is_what_an_export_writes(made(SMALL), canonical(SMALL))


def _is_what_an_export_writes(folder: Path, lines: list[str]) -> None:
    descriptions = Descriptions(lines, FRAMES)
    for dump in plain(folder):
        format_ = next((known for known in formats.RDF if known.name == dump.format), None)
        if format_ is None:
            assert dump.holds.startswith("table:")
            continue
        if dump.holds.startswith("plan:"):
            expected = export_thing(descriptions.of(dump.holds.removeprefix("plan:")), format_, FRAMES)
        else:
            some = lines if dump.holds == "all" else of_graphs(lines, [dump.holds], BASE)
            expected = export(some, format_, FRAMES)
        assert (folder / dump.file).read_bytes() == expected, dump.file
        assert (dump.media_type, Path(dump.file).suffix) == (format_.media_types[0], f".{format_.extension}")


def test_a_plan_of_which_no_more_is_known_than_a_name_has_no_file(made: Made) -> None:
    quads = [quad(PLAN, "rdf:type", f"<{DPP}PolicyPlan>"), quad(PLAN, "dct:title", literal("x"))]
    assert not [dump for dump in plain(made(quads)) if dump.holds.startswith("plan:")]
    body = [quad(f"<{BASE}id/agent/a>", "dct:temporal", "<urn:period>")]
    assert not [dump for dump in plain(made(quads + body)) if dump.holds.startswith("plan:")]
    for more in ("dpp:hasLineOfAction", "dpp:approvedIn", "dct:temporal"):
        folder = made([*quads, quad(PLAN, more, "<urn:x>")])
        assert len([dump for dump in plain(folder) if dump.holds.startswith("plan:")]) == 2


# --- Tables -----------------------------------------------------------------------------------------------------------


def test_tables_have_a_row_for_each_thing_and_literals_as_they_were_written(made: Made) -> None:
    folder = made(SMALL)
    (plan,), (line,), (approval,), (target,) = (
        table(folder, name) for name in ("plans", "lines-of-action", "approvals", "targets")
    )
    assert (plan["plan"], plan["title_nl"], plan["title_en"]) == (PLAN[1:-1], 'Een "plan", met\nregels', "A plan")
    assert (plan["start"], plan["end"], plan["targets"]) == ("2009", "2011-12", TARGET[1:-1])
    assert (line["plan"], line["position"], line["label_nl"], line["label_en"]) == (PLAN[1:-1], "01", "eerst", "")
    assert line["themes"] == "urn:theme:a urn:theme:b"
    assert (approval["plans"], approval["date"]) == (PLAN[1:-1], "2009 2009-06-05")
    assert (target["plans"], target["value"]) == (PLAN[1:-1], "100.0")
    assert (folder / "plans.csv").read_bytes().count(b"\r\n") == 2


def test_what_a_line_belongs_to_has_a_row_whatever_it_is(made: Made) -> None:
    folder = made([quad(LINE, "rdf:type", f"<{DPP}LineOfAction>"), quad(LINE, "dpp:lineOf", "<urn:unknown>")])
    assert [row["plan"] for row in table(folder, "plans")] == ["urn:unknown"]


def test_what_has_no_iri_is_in_no_table(made: Made) -> None:
    folder = made([quad("_:b", "rdf:type", f"<{DPP}PolicyPlan>"), *SMALL, quad(LINE, "dpp:theme", "_:b")])
    assert [row["plan"] for row in table(folder, "plans")] == [PLAN[1:-1]]
    assert table(folder, "lines-of-action")[0]["themes"] == "urn:theme:a urn:theme:b"


def test_columns_have_titles_in_both_languages_and_properties_that_exist() -> None:
    file = REPOSITORY / "src/dppgraph/operations/dumps/tables/tables.csv-metadata.json"
    ontology = (REPOSITORY / "ontology" / "dpp.ttl").read_text()
    for known in json.loads(file.read_text())["tables"]:
        for column in known["tableSchema"]["columns"]:
            assert set(column["titles"]) == {"nl", "en"}
            name = column.get("propertyUrl", "").removeprefix(DPP)
            if "/" not in name and name:
                assert f"\ndpp:{name} a " in ontology, name


@pytest.mark.heavy
@pytest.mark.parametrize("name", ["plans", "lines-of-action", "approvals", "targets"])
def test_another_reader_of_csv_on_the_web_takes_the_tables(shipped: Path, name: str) -> None:
    with warnings.catch_warnings():
        # Of its own, while it is imported.
        warnings.simplefilter("ignore")
        from csvw import CSVW

        read = CSVW(str(shipped / f"{name}.csv-metadata.json"), validate=True)
        assert read.is_valid, read.warnings
        assert len(list(read.tables[0])) == len(table(shipped, name)) > 0


# --- Data without the gate --------------------------------------------------------------------------------------------


def test_what_a_format_cannot_say_is_left_out_of_that_format_alone(
    made: Made, caplog: pytest.LogCaptureFixture
) -> None:
    control = quad(PLAN, "dct:title", literal("\x01", language="nl"))
    short = Quad("<dct:title>", f"<{DCT}title>", literal("x"), f"<{graph_iri('external')}>")
    with caplog.at_level(logging.WARNING):
        files = {dump.file for dump in plain(made([*SMALL, control, short]))}
    whole = {dump.file for dump in plain(made(SMALL))} | {
        f"policy-plans-external.{extension}" for extension in ("ttl", "nt", "nq", "jsonld", "rdf")
    }
    left_out = {"policy-plans.rdf", "policy-plans-source.rdf", "policy-plans.jsonld", "policy-plans-external.jsonld"}
    assert files == whole - left_out
    assert all(file in caplog.text for file in left_out)


def test_blank_nodes_and_the_default_graph_are_in_the_files_of_all(made: Made) -> None:
    odd = [
        Quad("_:a", f"<{DCT}title>", literal("a")),
        Quad("_:a", f"<{DCT}title>", literal("b"), "_:g"),
        Quad("<urn:x>", f"<{DCT}title>", "_:a", "<https://example.org/Ma Graph>".replace(" ", "_")),
    ]
    folder = made(odd)
    assert (folder / "policy-plans.nq").read_text().splitlines() == canonical(odd)
    (graph,) = {dump.holds for dump in plain(folder) if dump.format == "turtle" and dump.holds != "all"}
    assert graph == "https://example.org/Ma_Graph"
    for dump in plain(folder):
        assert FILE.fullmatch(dump.file)


def test_files_that_are_as_before_are_there_once(made: Made) -> None:
    quads = [quad("<https://e.example/a>", "dct:title", '"one"')]
    before = made(quads)
    after = made([*quads, quad("<https://e.example/a>", "dct:title", '"two"', f"<{graph_iri('external')}>")])
    dumps = read_dumps(after)
    contents = {dump.file: (after / dump.file).read_bytes() for dump in dumps}
    alike = {file for file, content in contents.items() if _is_there_as(before / file, content)}
    damaged = min(alike)
    (before / damaged).write_bytes(b"x" * (before / damaged).stat().st_size)
    assert link_alike(dumps, after, before) == len(alike) - 1
    for file, content in contents.items():
        assert (after / file).read_bytes() == content
        assert _is_there_as(before / file, content) == (file in alike - {damaged})
        assert file in alike - {damaged} or not (before / file).exists() or not (before / file).samefile(after / file)
    assert 1 < len(alike) < len(contents)
    assert link_alike(dumps, after, before / "none") == 0


def _is_there_as(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def test_nothing_makes_files_too(made: Made) -> None:
    folder = made([])
    assert {dump.holds for dump in plain(folder) if not dump.holds.startswith("table:")} == {"all"}
    assert parse((folder / "policy-plans.jsonld").read_bytes(), formats.JSONLD) == []


slugs = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    ["a", "A", "a/b", "../../etc/passwd", ".", "..", "a.ttl", "x" * 500, "x0123456789abcdef", "a-x0123456789abcdef", ""]
)


@given(st.sets(slugs | slugs.map(lambda slug: f"https://elsewhere.example/{slug}"), max_size=8))
def test_names_are_plain_and_no_two_things_share_one(found: set[str]) -> None:
    iris = {slug if slug.startswith("https:") else f"{BASE}id/plan/{slug}" for slug in found}
    names = Names("plan", f"{BASE}id/plan/").of(iris)
    assert set(names) == iris
    assert len(set(names.values())) == len(iris)
    for iri, name in names.items():
        assert FILE.fullmatch(name)
        assert len(name) < 200
        # A name does not depend on what else there is.
        assert Names("plan", f"{BASE}id/plan/").of([iri]) == {iri: name}
        slug = iri.removeprefix(f"{BASE}id/plan/")
        if re.fullmatch(r"[a-z0-9-]{1,14}[a-z0-9]", slug) and "--" not in slug and not slug.startswith("-"):
            assert name == f"plan-{slug}"


def test_a_list_that_is_none_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_dumps(tmp_path)
    for content in ("", "[]", "{}", '{"licence": null, "dumps": [{"file": "a"}]}'):
        (tmp_path / "dumps.json").write_text(content)
        with pytest.raises(Damaged):
            read_dumps(tmp_path)


# --- The shipped data -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped(built: tuple[VersionStore, Built], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dumps")
    make_dumps(built[0].lines(1), folder, BASE)
    return folder


@pytest.mark.heavy
def test_the_files_of_the_shipped_data_are_what_exports_write(shipped: Path, built: tuple[VersionStore, Built]) -> None:
    _is_what_an_export_writes(shipped, built[0].lines(1))
    graphs = {dump.holds for dump in plain(shipped)} & set(GRAPHS)
    assert graphs == set(GRAPHS)


@pytest.mark.heavy
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("_exact_literals")
def test_all_formats_of_a_graph_say_the_same(shipped: Path) -> None:
    for graph in GRAPHS:
        first, *others = [_triples(shipped / dump.file, dump.format) for dump in plain(shipped) if dump.holds == graph]
        assert len(others) == 4
        assert all(isomorphic(first, other) for other in others), graph


@pytest.mark.heavy
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("_exact_literals")
def test_all_formats_of_all_say_the_same(shipped: Path) -> None:
    read = {dump.format: _triples(shipped / dump.file, dump.format) for dump in plain(shipped) if dump.holds == "all"}
    assert set(read) == {format_.name for format_ in formats.RDF}
    assert all(isomorphic(read["turtle"], other) for other in read.values())


@pytest.mark.heavy
def test_two_processes_make_the_same_bytes(built: tuple[VersionStore, Built], tmp_path: Path) -> None:
    (tmp_path / "lines").write_text("".join(f"{line}\n" for line in built[0].lines(1)))
    made = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        program = (
            "import sys; from pathlib import Path; from dppgraph.operations.dumps import make_dumps; "
            f"make_dumps(sorted(set(Path(sys.argv[1]).read_text().splitlines())), Path(sys.argv[2]), {BASE!r})"
        )
        subprocess.run(
            [sys.executable, "-P", "-c", program, str(tmp_path / "lines"), str(folder)],
            check=True,
            env={"PATH": "/usr/bin:/bin", "PYTHONHASHSEED": seed},
        )
        made.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert made[0] == made[1]


@pytest.fixture
def _exact_literals() -> Iterator[None]:
    before, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    yield
    rdflib.NORMALIZE_LITERALS = before


def _triples(path: Path, format_: str) -> rdflib.Graph:
    """The triples of a file, of whichever graph they are."""
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(path, format=RDFLIB.get(format_, format_))
    found = rdflib.Graph()
    for subject, predicate, object_, _ in dataset.quads():
        found.add((subject, predicate, object_))
    return found


def test_the_licence_is_read_without_the_files(tmp_path: Path) -> None:
    for licence in ("https://e.example/licence", None):
        write_list([], tmp_path, licence)
        assert read_licence(tmp_path) == licence == read_list(tmp_path)[1]
    listed = tmp_path / "dumps.json"
    # As another program may have laid it out.
    listed.write_text('{"licence": "a:b", "dumps": []}')
    assert read_licence(tmp_path) == "a:b"
    for damaged in ('{\n "licence": nonsense,\n "dumps": []}', '{\n "licenc'):
        listed.write_text(damaged)
        with pytest.raises(Damaged):
            read_licence(tmp_path)
    listed.unlink()
    with pytest.raises(FileNotFoundError):
        read_licence(tmp_path)
