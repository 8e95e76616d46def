"""The catalogue as those who harvest it judge it: DCAT-AP's own shapes, and the score of data.europa.eu."""

import hashlib
from pathlib import Path

import pytest
import rdflib
from rdflib import RDF, URIRef
from rdflib.namespace import DCTERMS

from tests.harvest.conftest import Catalogue
from tests.harvest.mqa import DCAT, EU, Lists, found_by_shapes, read_lists, score

pytestmark = pytest.mark.heavy

FOAF_NAME = URIRef("http://xmlns.com/foaf/0.1/name")
VALUE = URIRef("http://spdx.org/rdf/terms#checksumValue")


@pytest.fixture(scope="module")
def shapes(shared: Path) -> Path:
    return shared / "suites" / "dcat-ap-3.0.0" / "dcat-ap-SHACL.ttl"


@pytest.fixture(scope="module")
def lists(shared: Path) -> Lists:
    return read_lists(shared / "suites" / "mqa")


@pytest.fixture
def graph(catalogue: Catalogue) -> rdflib.Graph:
    """To be changed by a test."""
    return catalogue.graph()


def points(graph: rdflib.Graph, lists: Lists, catalogue: Catalogue, *, compliant: bool = True) -> dict[str, float]:
    there = {f"https://w3id.org/dppgraph/dumps/{name}" for name in catalogue.files}
    there |= {f"https://w3id.org/dppgraph/dumps/3/{name}" for name in catalogue.files}
    return score(graph, lists, answers=there.__contains__, compliant=compliant)


def test_the_shapes_of_dcat_ap_find_nothing(catalogue: Catalogue, shapes: Path) -> None:
    assert found_by_shapes(catalogue.graph(), shapes, [shapes.with_name("background.ttl")]) == []


def test_it_needs_no_other_file_to_be_valid(catalogue: Catalogue, shapes: Path) -> None:
    assert found_by_shapes(catalogue.graph(), shapes) == []


@pytest.mark.parametrize(
    ("class_", "property_"),
    [
        (DCAT.Catalog, DCTERMS.publisher),
        (DCAT.Dataset, DCTERMS.description),
        (DCAT.Distribution, DCAT.accessURL),
        (DCAT.DataService, DCAT.endpointURL),
        (DCAT.CatalogRecord, DCTERMS.modified),
        (URIRef("http://spdx.org/rdf/terms#Checksum"), VALUE),
        (URIRef("http://xmlns.com/foaf/0.1/Agent"), FOAF_NAME),
    ],
    ids=lambda term: str(term).replace("#", "/").rpartition("/")[2],
)
def test_the_shapes_miss_what_is_mandatory(
    graph: rdflib.Graph, shapes: Path, class_: URIRef, property_: URIRef
) -> None:
    thing = min(graph.subjects(RDF.type, class_), key=str)
    graph.remove((thing, property_, None))
    assert found_by_shapes(graph, shapes)


def test_the_shapes_see_a_size_that_was_rewritten(graph: rdflib.Graph, shapes: Path) -> None:
    thing, size = min(graph.subject_objects(DCAT.byteSize), key=str)
    graph.set((thing, DCAT.byteSize, rdflib.Literal(str(size), datatype=rdflib.XSD.integer)))
    assert len(found_by_shapes(graph, shapes)) == 1


def test_it_has_all_points_of_the_european_portal(
    catalogue: Catalogue, graph: rdflib.Graph, lists: Lists, shapes: Path
) -> None:
    found = points(graph, lists, catalogue, compliant=found_by_shapes(graph, shapes) == [])
    assert sum(found.values()) == pytest.approx(405), found
    assert len(list(graph.subjects(RDF.type, DCAT.Dataset))) > 10
    assert len(list(graph.subjects(RDF.type, DCAT.Distribution))) > 50


@pytest.mark.parametrize(
    ("property_", "metrics"),
    [
        (DCAT.keyword, {"keyword"}),
        (DCAT.theme, {"theme"}),
        (DCTERMS.spatial, {"spatial"}),
        (DCTERMS.temporal, {"temporal"}),
        (DCAT.accessURL, {"accessURL answers"}),
        (DCAT.downloadURL, {"downloadURL", "downloadURL answers"}),
        (DCTERMS["format"], {"format", "format of the list", "non-proprietary", "machine-readable"}),
        (DCAT.mediaType, {"mediaType", "mediaType of the list"}),
        (DCTERMS.license, {"licence", "licence of the list"}),
        (DCTERMS.accessRights, {"accessRights", "accessRights of the list"}),
        (DCAT.contactPoint, {"contactPoint"}),
        (DCTERMS.publisher, {"publisher"}),
        (DCTERMS.rights, {"rights"}),
        (DCAT.byteSize, {"byteSize"}),
        (DCTERMS.issued, {"issued"}),
        (DCTERMS.modified, {"modified"}),
    ],
    ids=lambda value: str(value).replace("#", "/").rpartition("/")[2] if isinstance(value, URIRef) else "",
)
def test_without_a_property_its_points_are_gone(
    catalogue: Catalogue, graph: rdflib.Graph, lists: Lists, property_: URIRef, metrics: set[str]
) -> None:
    whole = points(graph, lists, catalogue)
    graph.remove((None, property_, None))
    left = points(graph, lists, catalogue)
    assert {metric for metric in whole if left[metric] < whole[metric]} == metrics
    assert all(left[metric] == 0 for metric in metrics)


def test_one_file_that_is_not_there_or_of_another_licence_costs_points(
    catalogue: Catalogue, graph: rdflib.Graph, lists: Lists
) -> None:
    thing = URIRef("https://w3id.org/dppgraph/id/distribution/plans-csv")
    graph.set((thing, DCAT.downloadURL, URIRef("https://w3id.org/dppgraph/dumps/gone.csv")))
    graph.set((thing, DCTERMS.license, URIRef("https://creativecommons.org/publicdomain/zero/1.0/")))
    graph.set((thing, DCTERMS["format"], URIRef(f"{EU}file-type/HTML")))
    found = points(graph, lists, catalogue, compliant=False)
    assert found["downloadURL answers"] < 30
    assert found["licence of the list"] < 10 == pytest.approx(found["licence"] / 2)
    assert found["machine-readable"] < 20 == pytest.approx(found["non-proprietary"])
    assert found["DCAT-AP"] == 0


def test_each_file_has_the_size_and_checksum_that_is_said_of_it(catalogue: Catalogue, graph: rdflib.Graph) -> None:
    seen = set()
    for thing, address in graph.subject_objects(DCAT.downloadURL):
        name = str(address).rpartition("/")[2]
        _, content = catalogue.files[name]
        checksum = graph.value(graph.value(thing, URIRef("http://spdx.org/rdf/terms#checksum")), VALUE)
        assert str(checksum) == hashlib.sha256(content).hexdigest()
        assert str(graph.value(thing, DCAT.byteSize)) == str(len(content))
        seen.add(name)
    assert {name for name, (file, _) in catalogue.files.items() if file.format != "csvw"} == seen
