"""What the catalogue says: of graphs and plans, files, versions; for any data, and the same wherever it is built."""

import json
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Variable
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.algebra import traverse
from rdflib.plugins.sparql.parserutils import CompValue

from dppgraph.core.iris import DEFAULT_BASE, GRAPHS, NAMESPACE, PREFIXES, graph_iri
from dppgraph.core.quads import Quad, literal, parse_line
from dppgraph.operations.build import Built
from dppgraph.operations.catalogue import (
    VersionNote,
    catalogue_document,
    catalogue_statements,
    dataset_json,
    derived,
    listed_in,
)
from dppgraph.operations.catalogue.derived import rules
from dppgraph.operations.describe import Held
from dppgraph.operations.dumps import Dump
from dppgraph.operations.service import Endpoint, described, statistics, void_document
from dppgraph.operations.sources import Sources
from dppgraph.operations.validate import assemble
from dppgraph.store.rdf import literal_text
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE, REPOSITORY

DCAT, DCT, DQV, SPDX, VOID, XSD = (PREFIXES[name] for name in ("dcat", "dct", "dqv", "spdx", "void", "xsd"))
TYPE = f"{PREFIXES['rdf']}type"
WHOLE = "id/dataset/policy-plans"
ELSEWHERE = "https://plans.example.org/data/"
PLANS = REPOSITORY / "tests" / "fixtures" / "plans"


def published(sources: Sources) -> list[str]:
    """The lines of a version of these files, but for its examples."""
    quads = [parse_line(line) for line in assemble(sources).lines()]
    counted = list(statistics(quads, sources.base))
    return sorted({quad.line() for quad in (*quads, *counted, *derived([*quads, *counted], sources.base))})


def files(base: str, *plans: str) -> list[Dump]:
    """A few files of every kind, as their makers would list them."""
    found = []
    for name, format_, media_type, holds in (
        ("policy-plans.ttl", "turtle", "text/turtle", "all"),
        ("policy-plans.nq", "nquads", "application/n-quads", "all"),
        ("policy-plans-source.nq", "nquads", "application/n-quads", "source"),
        ("plans.csv", "csv", "text/csv", "table:plans"),
        ("plans.csv-metadata.json", "csvw", "application/csvm+json", "table:plans"),
        *((f"plan-{plan}.jsonld", "jsonld", "application/ld+json", f"plan:{base}id/plan/{plan}") for plan in plans),
    ):
        found.append(Dump(name, format_, media_type, False, 5120, "0a" * 32, holds))
        found.append(Dump(f"{name}.gz", format_, media_type, True, 512, "0b" * 32, holds))
    return found


def told_in(document: list[str], language: str) -> str:
    """What search engines are told of a catalogue."""
    return dataset_json(Held(document).about, listed_in(document), language)


class Said:
    """Lines, to ask: subjects are told without the base, and IRIs without brackets."""

    def __init__(self, lines: list[str], base: str = BASE) -> None:
        self.quads = [parse_line(line) for line in lines]
        self.base = base

    def of(self, subject: str, predicate: str) -> set[str]:
        wanted = f"<{subject if ':' in subject else self.base + subject}>", f"<{predicate}>"
        return {self._short(quad.object) for quad in self.quads if quad[:2] == wanted}

    def named(self, class_: str) -> set[str]:
        return {
            self._short(quad.subject)
            for quad in self.quads
            if quad.predicate == f"<{TYPE}>" and quad.object == f"<{class_}>"
        }

    def _short(self, term: str) -> str:
        return term[1:-1].removeprefix(self.base) if term.startswith("<") else term


@pytest.fixture(scope="module")
def lines(built: tuple[VersionStore, Built]) -> list[str]:
    return built[0].lines(1)


@pytest.fixture(scope="module")
def note(built: tuple[VersionStore, Built]) -> VersionNote:
    manifest = built[1].manifest
    return VersionNote(BASE, 3, manifest.digest, (2, 1), manifest.findings or {})


@pytest.fixture(scope="module")
def computed(lines: list[str], note: VersionNote) -> list[str]:
    return catalogue_statements(lines, files(BASE, "vlaams-plan-overheidsopdrachten"), note)


@pytest.fixture(scope="module")
def document(lines: list[str], computed: list[str]) -> list[str]:
    return catalogue_document([*lines, *computed], BASE)


# --- Graphs and plans ------------------------------------------------------------------------------------------------


def test_each_graph_and_each_plan_that_is_more_than_a_name_is_a_data_set(lines: list[str]) -> None:
    said = Said(lines)
    parts = said.of(WHOLE, f"{DCT}hasPart")
    assert {part for part in parts if "/graph-" in part} == {f"id/dataset/graph-{name}" for name in GRAPHS}
    known = {thing for thing in said.named(f"{NAMESPACE}PolicyInstrument") if "/plan/" in thing}
    stubs = {
        quad.subject[1:-1].removeprefix(BASE)
        for quad in said.quads
        if quad.predicate == f"<{NAMESPACE}knownByNameOnly>"
    }
    assert stubs
    assert {part for part in parts if "/plan-" in part} == {
        thing.replace("id/plan/", "id/dataset/plan-") for thing in known - stubs
    }
    assert said.of("id/dataset/catalogue", f"{DCAT}dataset") == {WHOLE} | parts
    assert all(said.of(part, f"{DCT}isPartOf") == {WHOLE} for part in parts)


def test_a_plan_has_its_own_title_period_and_place_and_the_rest_from_the_whole(lines: list[str]) -> None:
    said = Said(lines)
    federal = "id/dataset/plan-federaal-actieplan-duurzame-overheidsopdrachten-2009-2011"
    assert said.of(federal, f"{DCT}title") == {
        '"Gegevens over “Federaal actieplan duurzame overheidsopdrachten 2009-2011”"@nl',
        '"Data on “Federaal actieplan duurzame overheidsopdrachten 2009-2011”"@en',
    }
    assert said.of(federal, f"{DCT}temporal") == {f"{federal}#period"}
    assert said.of(f"{federal}#period", f"{DCAT}startDate") == {f'"2009"^^<{XSD}gYear>'}
    # The issuer's, which is Belgium; the whole is about Flanders first.
    assert "http://data.europa.eu/nuts/code/BE" in said.of(federal, f"{DCT}spatial")
    assert "http://data.europa.eu/nuts/code/BE2" not in said.of(federal, f"{DCT}spatial")
    for inherited in ("publisher", "license", "accessRights", "rights", "modified", "issued", "language"):
        assert said.of(federal, f"{DCT}{inherited}") == said.of(WHOLE, f"{DCT}{inherited}") != set()
    successor = "id/dataset/plan-vlaams-plan-overheidsopdrachten"
    assert '"integrity"@en' in said.of(successor, f"{DCAT}keyword") > said.of(WHOLE, f"{DCAT}keyword")


def test_the_whole_covers_the_time_of_all_plans(lines: list[str]) -> None:
    said = Said(lines)
    assert said.of(f"{WHOLE}#period", f"{DCAT}startDate") == {f'"2008-01-01"^^<{XSD}date>'}
    assert said.of(f"{WHOLE}#period", f"{DCAT}endDate") == {f'"2020-12-31"^^<{XSD}date>'}


def test_there_is_a_record_of_each_data_set_and_service(lines: list[str]) -> None:
    said = Said(lines)
    listed = said.of("id/dataset/catalogue", f"{DCAT}dataset") | said.of("id/dataset/catalogue", f"{DCAT}service")
    records = said.of("id/dataset/catalogue", f"{DCAT}record")
    assert records == {f"{thing}#record" for thing in listed}
    for record in records:
        assert len(said.of(record, f"{DCT}modified")) == len(said.of(record, f"{DCT}identifier")) == 1


# --- Files -----------------------------------------------------------------------------------------------------------


def test_a_file_is_a_distribution_of_what_it_holds(document: list[str]) -> None:
    said = Said(document)
    assert "id/distribution/policy-plans-source-nq" in said.of("id/dataset/graph-source", f"{DCAT}distribution")
    plan = "plan-vlaams-plan-overheidsopdrachten"
    assert f"id/distribution/{plan}-jsonld-gz" in said.of(f"id/dataset/{plan}", f"{DCAT}distribution")
    this = "id/distribution/policy-plans-source-nq-gz"
    assert said.of(this, f"{DCAT}byteSize") == {f'"512"^^<{XSD}nonNegativeInteger>'}
    assert said.of(this, f"{DCAT}downloadURL") == {"dumps/policy-plans-source.nq.gz"}
    assert said.of(this, f"{DCAT}compressFormat") == {"http://www.iana.org/assignments/media-types/application/gzip"}
    assert said.of(this, f"{DCAT}mediaType") == {"http://www.iana.org/assignments/media-types/application/n-quads"}
    assert said.of(this, f"{DCT}format") == {"http://publications.europa.eu/resource/authority/file-type/RDF_N_QUADS"}
    assert said.of(f"{this}#checksum", f"{SPDX}checksumValue") == {f'"{"0b" * 32}"^^<{XSD}hexBinary>'}
    assert len(said.of(this, f"{DCT}title")) == 2


def test_a_table_conforms_to_its_metadata_which_is_no_distribution(document: list[str]) -> None:
    said = Said(document)
    assert said.of("id/distribution/plans-csv", f"{DCT}conformsTo") == {"dumps/plans.csv-metadata.json"}
    assert not {thing for thing in said.named(f"{DCAT}Distribution") if "metadata" in thing}


def test_what_sparql_sees_of_a_file_is_not_said_twice(lines: list[str], computed: list[str]) -> None:
    seen, added = Said(lines), Said(computed)
    both = seen.named(f"{DCAT}Distribution") & added.named(f"{DCAT}Distribution")
    assert not both
    assert added.of("id/distribution/policy-plans-ttl", f"{DCT}title") == set()
    assert len(seen.of("id/distribution/policy-plans-ttl", f"{DCT}title")) == 2


def test_a_file_of_nothing_that_is_described_is_left_out(lines: list[str], note: VersionNote) -> None:
    stray = Dump("plan-unheard-of.ttl", "turtle", "text/turtle", False, 1, "00" * 32, f"plan:{BASE}id/plan/unheard-of")
    assert not [line for line in catalogue_statements(lines, [stray], note) if "unheard-of" in line]


# --- Versions and quality --------------------------------------------------------------------------------------------


def test_versions_are_chained_and_only_the_current_one_is_a_data_set(computed: list[str], note: VersionNote) -> None:
    said = Said(computed)
    assert said.of(WHOLE, f"{DCAT}version") == {'"3"'}
    assert said.of(WHOLE, f"{DCAT}hasVersion") == {f"{WHOLE}-v3"}
    assert said.of(f"{WHOLE}-v3", f"{DCAT}previousVersion") == {f"{WHOLE}-v2"}
    assert said.of(f"{WHOLE}-v2", f"{DCAT}previousVersion") == {f"{WHOLE}-v1"}
    assert said.of(f"{WHOLE}-v1", f"{DCAT}isVersionOf") == {WHOLE}
    assert said.named(f"{DCAT}Dataset") == {f"{WHOLE}-v3"}
    assert said.of(f"{WHOLE}-v3", f"{PREFIXES['owl']}versionInfo") == {f'"sha256:{note.digest}"'}
    own = said.of("id/distribution/v3-policy-plans-ttl", f"{DCAT}downloadURL")
    assert own == {"dumps/3/policy-plans.ttl"}
    assert said.of(f"{WHOLE}-v3", f"{DCAT}distribution") == {
        f"id/distribution/v3-policy-plans-{ending}" for ending in ("ttl", "ttl-gz", "nq", "nq-gz")
    }


def test_the_first_version_has_none_before_it(lines: list[str]) -> None:
    found = catalogue_statements(lines, [], VersionNote(BASE, 1, "00"))
    assert not [line for line in found if "previousVersion" in line]
    assert Said(found).of(WHOLE, f"{DCAT}hasVersion") == {f"{WHOLE}-v1"}


def test_quality_is_measured_by_metrics_that_are_defined(lines: list[str], computed: list[str]) -> None:
    metrics, said = Said(lines), Said(computed)
    values = {}
    for measurement in said.of(WHOLE, f"{DQV}hasQualityMeasurement"):
        (metric,), (value,) = (said.of(measurement, f"{DQV}{name}") for name in ("isMeasurementOf", "value"))
        (datatype,) = metrics.of(metric, f"{DQV}expectedDataType")
        assert metrics.of(metric, f"{DQV}inDimension")
        assert value.endswith(f"^^<{datatype}>")
        values[metric.removeprefix("id/concept/metric-")] = literal_text(value)
    assert values["quoted-facts"] == "72"
    assert (values["quote-coverage"], values["violations"], values["warnings"]) == ("1.0", "0", "2")
    assert 0.8 < float(values["label-coverage-en"]) < float(values["label-coverage-nl"]) <= 1


# --- The document ----------------------------------------------------------------------------------------------------


def test_all_of_ours_that_the_catalogue_points_at_is_told_in_the_graph_or_is_an_address(
    lines: list[str], computed: list[str], document: list[str]
) -> None:
    told = {line.split(" ")[0] for line in (*lines, *computed)}
    addresses = re.compile(
        rf"<{re.escape(BASE)}(|about|sparql|changes/\d+#change|feed|fragments|queries|openapi\.json|shapes|ns#|doc/.*|dumps/.*|id/graph/.*)>"
    )
    pointed = {quad.object for quad in map(parse_line, document) if quad.object.startswith(f"<{BASE}")}
    assert {term for term in pointed - told if not addresses.fullmatch(term)} == set()
    assert {line.split(" ")[0] for line in document if line.startswith(f"<{BASE}id/")} <= told | {
        term for term in pointed if "/id/graph/" in term
    }


def test_statistics_and_examples_have_places_of_their_own(document: list[str]) -> None:
    assert not [
        line for line in document if "/void#" in line or "rdfs.org/ns/void" in line or "SPARQLExecutable" in line
    ]


def test_the_same_version_gives_the_same_lines(lines: list[str], note: VersionNote, computed: list[str]) -> None:
    again = catalogue_statements(lines[::-1], files(BASE, "vlaams-plan-overheidsopdrachten")[::-1], note)
    assert again == computed == sorted(computed)
    assert catalogue_document([*computed, *lines[::-1]], BASE) == catalogue_document([*lines, *computed], BASE)


def test_search_engines_are_told_the_same(document: list[str]) -> None:
    said = json.loads(told_in(document, "nl"))
    assert said["@context"] == {"@vocab": "https://schema.org/"}
    whole = said["dataset"][0]
    assert (said["@type"], whole["@type"], whole["name"]) == (
        "DataCatalog",
        "Dataset",
        "Kennisgraaf van beleidsplannen",
    )
    assert (whole["temporalCoverage"], whole["version"]) == ("2008-01-01/2020-12-31", "3")
    assert "beleidsplan" in whole["keywords"]
    (turtle,) = [file for file in whole["distribution"] if file["contentUrl"] == f"{BASE}dumps/policy-plans.ttl"]
    assert (turtle["@type"], turtle["encodingFormat"], turtle["contentSize"]) == ("DataDownload", "text/turtle", "5120")
    assert turtle["sha256"] == "0a" * 32
    assert json.loads(told_in(document, "en"))["name"] == "Catalogue of dppgraph"
    assert told_in([], "en") == "{}"


# --- VoID ------------------------------------------------------------------------------------------------------------


def test_linksets_count_the_links_that_lead_out(lines: list[str]) -> None:
    said = Said(lines)
    found = {}
    for linkset in said.named(f"{VOID}Linkset"):
        (predicate,), (target,), (triples,) = (
            said.of(linkset, f"{VOID}{name}") for name in ("linkPredicate", "objectsTarget", "triples")
        )
        (space,) = said.of(target, f"{VOID}uriSpace")
        found[predicate, literal_text(space)] = int(literal_text(triples))
        assert said.of(linkset, f"{VOID}subjectsTarget") == {WHOLE}
        assert linkset in said.of(WHOLE, f"{VOID}subset")
    same_as = f"{PREFIXES['owl']}sameAs"
    themis = "http://themis.vlaanderen.be/id/bestuursorgaan/"
    links = {q[:3] for q in said.quads if q.predicate == f"<{same_as}>" and q.object.startswith(f"<{themis}")}
    assert found[same_as, themis] == len(links) > 2
    assert not [predicate for predicate, _ in found if predicate == TYPE]


def test_the_void_document_describes_the_whole_and_its_dumps(lines: list[str], computed: list[str]) -> None:
    catalogue = [line for line in lines if line.endswith(f"<{graph_iri('catalogue', BASE)}> .")]
    said = Said(void_document([*catalogue, *computed], BASE))
    assert said.named(f"{VOID}DatasetDescription") == {".well-known/void"}
    assert said.of(".well-known/void", f"{PREFIXES['foaf']}primaryTopic") == {WHOLE}
    assert "dumps/policy-plans.ttl.gz" in said.of(WHOLE, f"{VOID}dataDump")
    assert said.of(WHOLE, f"{VOID}feature") >= {"http://www.w3.org/ns/formats/Turtle"}
    assert said.of(WHOLE, f"{VOID}rootResource") == {"id/dataset/catalogue"}
    assert said.of("id/dataset/graph-source", f"{VOID}triples") == said.of("id/graph/source", f"{VOID}triples") != set()
    assert len(said.of(WHOLE, f"{VOID}classPartition")) > 20
    assert all(quad.graph == "" for quad in said.quads)
    assert not said.named(f"{DCAT}Dataset")


def test_the_service_description_has_the_same_statistics(lines: list[str]) -> None:
    void = void_document([line for line in lines if line.endswith(f"<{graph_iri('catalogue', BASE)}> .")], BASE)
    service = "id/service/sparql"
    for union, of in ((True, "default-graph"), (False, "dataset")):
        found = described(Endpoint(f"{BASE}sparql", union=union, federated=False), {}, BASE, void)
        assert set(void) <= set(found)
        assert Said(found).of(f"{service}#{of}", f"{VOID}subset") == {WHOLE}
    assert not [line for line in described(Endpoint(BASE, union=True, federated=False), {}, BASE) if "subset" in line]


# --- Other data ------------------------------------------------------------------------------------------------------


@pytest.mark.heavy
def test_another_base_moves_everything_but_the_ontology(sources: Sources) -> None:
    moved = published(Sources(sources.data, sources.ontology, sources.shapes, ELSEWHERE))
    note = VersionNote(ELSEWHERE, 1, "00")
    computed = catalogue_statements(moved, files(ELSEWHERE, "vlaams-plan-overheidsopdrachten"), note)
    told = [
        *catalogue_document([*moved, *computed], ELSEWHERE),
        *void_document(computed, ELSEWHERE),
        told_in(catalogue_document([*moved, *computed], ELSEWHERE), "nl"),
    ]
    left = {match for line in told for match in re.findall(rf"{re.escape(DEFAULT_BASE)}[^\s>\"]*", line)}
    assert {iri for iri in left if not iri.startswith(NAMESPACE)} == set()
    assert f"<{ELSEWHERE}id/distribution/v1-policy-plans-ttl>" in {line.split(" ")[0] for line in computed}


@pytest.mark.heavy
def test_plans_of_every_make_are_data_sets(sources: Sources) -> None:
    paths = sorted(path for path in PLANS.iterdir() if path.suffix in (".ttl", ".trig"))
    quads = [parse_line(line) for line in assemble(sources, paths).lines()]
    counted = list(statistics(quads, BASE))
    found = list(derived([*quads, *counted], BASE))
    sets = {quad.subject for quad in found if quad.predicate == f"<{DCT}subject>"}
    assert len(sets) > 6 + len(paths)
    for thing in sets:
        titles = [quad.object for quad in found if quad.subject == thing and quad.predicate == f"<{DCT}title>"]
        assert sorted(title[-2:] for title in titles) == ["en", "nl"], titles
        assert len([quad for quad in found if quad.subject == thing and quad.predicate == f"<{DCT}temporal>"]) == 1
    periods = {quad.subject for quad in found if quad.object == f"<{DCT}PeriodOfTime>"}
    for period in periods:
        bounds = [quad.predicate for quad in found if quad.subject == period and "Date>" in quad.predicate]
        assert 1 <= len(bounds) == len(set(bounds)), period


def test_data_without_a_catalogue_has_none(sources: Sources, tmp_path: Path) -> None:
    shutil.copytree(sources.data / "source", tmp_path / "source")
    alone = published(Sources(tmp_path, sources.ontology, sources.shapes, sources.base))
    assert not [line for line in alone if line.startswith((f"<{BASE}id/dataset/p", f"<{BASE}id/dataset/graph"))]
    assert catalogue_statements(alone, files(BASE), VersionNote(BASE, 1, "00")) == []
    assert catalogue_document(alone, BASE) == []
    assert Said(void_document(alone, BASE)).of("id/dataset/all", f"{VOID}triples")
    assert list(derived([], BASE)) == []


@pytest.mark.heavy
def test_a_government_that_speaks_neither_language_has_a_catalogue(sources: Sources, tmp_path: Path) -> None:
    (tmp_path / "catalogue.ttl").write_text(
        """
        @prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
        <id/dataset/register> a dcat:Catalog ; dct:title "Registre"@fr ; dcat:dataset <id/dataset/plans> .
        <id/dataset/plans> a dcat:Dataset ; dct:title "Plans"@fr ; dct:description "Tous les plans."@fr ;
            dct:license <http://publications.europa.eu/resource/authority/licence/CC_BY_4_0> ;
            dct:issued "2026-01-01"^^<http://www.w3.org/2001/XMLSchema#date> .
        """,
        encoding="utf-8",
    )
    shutil.copytree(sources.data / "source", tmp_path / "source")
    lines = published(Sources(tmp_path, sources.ontology, sources.shapes, ELSEWHERE))
    computed = catalogue_statements(lines, files(ELSEWHERE), VersionNote(ELSEWHERE, 1, "00"))
    said = Said(catalogue_document([*lines, *computed], ELSEWHERE), ELSEWHERE)
    assert said.of("id/dataset/graph-source", f"{DCT}title") == {'"Plans: geciteerd"@nl', '"Plans: quoted"@en'}
    assert said.of("id/dataset/plans", f"{DCT}modified") == {f'"2026-01-01"^^<{XSD}date>'}
    assert said.of("id/dataset/plans", f"{DCAT}hasVersion") == {"id/dataset/plans-v1"}
    assert "id/distribution/policy-plans-nq" in said.of("id/dataset/plans", f"{DCAT}distribution")


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.sampled_from(["nl", "en", "fr"]))
def test_any_title_is_told_as_it_is(title: str, language: str) -> None:
    graph, whole = f"<{graph_iri('catalogue', BASE)}>", f"<{BASE}id/dataset/plans>"
    quads = [
        Quad(f"<{BASE}id/dataset/register>", f"<{TYPE}>", f"<{DCAT}Catalog>", graph),
        Quad(f"<{BASE}id/dataset/register>", f"<{DCAT}dataset>", whole, graph),
        Quad(whole, f"<{TYPE}>", f"<{DCAT}Dataset>", graph),
        Quad(whole, f"<{DCT}title>", literal(title, language=language), graph),
    ]
    counted = list(statistics(quads, BASE))
    lines = [quad.line() for quad in (*quads, *counted, *derived([*quads, *counted], BASE))]
    computed = catalogue_statements(lines, files(BASE), VersionNote(BASE, 1, "00"))
    called = literal(f"{title}, version 1", language="en")
    assert called in {quad.object for quad in map(parse_line, computed)}
    document = catalogue_document([*lines, *computed], BASE)
    said = told_in(document, language)
    assert "<" not in said
    assert json.loads(said)["dataset"][0]["name"] == title


def test_a_link_counts_once_however_many_graphs_say_it() -> None:
    link = Quad(f"<{BASE}id/plan/x>", "<http://e.org/p>", "<http://e.org/things/1>")
    graphs = [link._replace(graph=f"<{graph_iri(name, BASE)}>") for name in ("source", "external")]
    (size,) = [
        quad.object
        for quad in statistics(graphs, BASE)
        if quad.predicate == f"<{VOID}triples>" and "#links-" in quad.subject
    ]
    assert literal_text(size) == "1"


def test_a_host_with_a_folder_for_each_document_is_one_target() -> None:
    quads = [
        Quad(f"<{BASE}id/plan/x>", "<http://e.org/p>", f"<https://www.e.org/{number}/page>", "<g:g>")
        for number in range(11)
    ]
    spaces = {quad.object for quad in statistics(quads, BASE) if quad.predicate == f"<{VOID}uriSpace>"}
    assert '"https://www.e.org/"' in spaces
    assert len(spaces) == 2


def test_each_rule_names_the_properties_that_it_asks_for() -> None:
    """Else what a large version derives would be asked of too few statements."""
    for text in rules():
        algebra = prepareQuery(text, base=BASE).algebra
        asked = list[object]()

        def visit(node: object, asked: list[object] = asked) -> None:
            if isinstance(node, CompValue) and node.name == "BGP":
                asked.extend(predicate for _, predicate, _ in node.triples)

        traverse(algebra.p, visitPre=visit)
        assert asked
        for predicate in asked:
            assert not isinstance(predicate, Variable) or f"VALUES ?{predicate} {{" in text
