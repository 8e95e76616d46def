"""The catalogue as a portal finds it on a running server: fetched, judged, and every address in it asked."""

import urllib.error
import urllib.request
from functools import cache
from pathlib import Path

import pytest
import rdflib

from tests.conftest import Server
from tests.harvest.mqa import found_by_shapes, read_lists, score

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(300)]


def at(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}/"


def fetched(server: Server, extension: str, name: str) -> rdflib.Graph:
    before, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    try:
        return rdflib.Graph().parse(data=server.ask("GET", f"/catalogue.{extension}")[2], format=name)
    finally:
        rdflib.NORMALIZE_LITERALS = before


@cache
def answers(address: str) -> bool:
    """Whether an address gives what it promises, asked as portals do it."""
    for method in ("HEAD", "GET"):
        request = urllib.request.Request(address, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                length = int(answer.headers["Content-Length"])
                if answer.status != 200 or (method == "GET" and len(answer.read()) != length):
                    return False
        except urllib.error.HTTPError:
            return False
    return True


@pytest.mark.parametrize(("extension", "name"), [("ttl", "turtle"), ("rdf", "xml"), ("jsonld", "json-ld")])
def test_the_shapes_of_dcat_ap_find_nothing_in_what_is_served(
    server: Server, shared: Path, extension: str, name: str
) -> None:
    shapes = shared / "suites" / "dcat-ap-3.0.0" / "dcat-ap-SHACL.ttl"
    assert found_by_shapes(fetched(server, extension, name), shapes, [shapes.with_name("background.ttl")]) == []


def test_data_europa_eu_would_give_405_points_of_405(server: Server, shared: Path) -> None:
    lists = read_lists(shared / "suites" / "mqa")
    graph = fetched(server, "ttl", "turtle")
    points = score(graph, lists, answers=lambda url: url.startswith(at(server)) and answers(url), compliant=True)
    assert sum(points.values()) == pytest.approx(405), points


def test_sizes_and_checksums_are_those_of_the_files(server: Server) -> None:
    import hashlib

    spdx = rdflib.Namespace("http://spdx.org/rdf/terms#")
    dcat = rdflib.Namespace("http://www.w3.org/ns/dcat#")
    graph = fetched(server, "ttl", "turtle")
    files = list(graph.subject_objects(spdx.checksum))
    assert len(files) > 50
    for file, checksum in files:
        (address,) = graph.objects(file, dcat.downloadURL)
        path = str(address).removeprefix(at(server))
        body = server.ask("GET", f"/{path}")[2]
        assert str(graph.value(file, dcat.byteSize)) == str(len(body))
        assert str(graph.value(checksum, spdx.checksumValue)) == hashlib.sha256(body).hexdigest()
