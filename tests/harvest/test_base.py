"""With another base every IRI of ours moves, and none is left behind; the ontology's stay."""

import re
import socket
from collections.abc import Iterator

import pytest

from tests.conftest import BASE, Server, start_server

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(120)]

PLAN = "doc/plan/vlaams-plan-overheidsopdrachten"
PATHS = [
    *(f"dumps/policy-plans.{extension}" for extension in ("nq", "ttl", "trig", "nt", "rdf", "jsonld")),
    *(f"dumps/{name}" for name in ("plans.csv", "plans.csv-metadata.json", "lines-of-action.csv", "targets.csv")),
    *(f"catalogue.{extension}" for extension in ("ttl", "jsonld", "rdf", "html")),
    *("", "about", "things", "feed", "feed/1", "feed/2", "fragments", "ns.ttl", "ns.html", "shapes.ttl", "shapes.nt"),
    *(".well-known/void", "sparql", "queries", "sitemap.xml", "sitemap-1.xml", "robots.txt", "dumps"),
    *(
        f"doc/plan/vlaams-plan-overheidsopdrachten.{extension}"
        for extension in ("ttl", "jsonld", "html", "linkset.json")
    ),
    *("doc/dataset/policy-plans.ttl", "doc/dataset/policy-plans.html"),
]


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose data has its own address as base."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    store = tmp_path_factory.mktemp("moved") / "store"
    server = start_server("--store", store, "--base", f"http://127.0.0.1:{port}/", "--port", port)
    yield server
    assert server.stop() == 0


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_left_behind(moved: Server, path: str) -> None:
    status, headers, body = moved.ask("GET", f"/{path}")
    assert status == 200
    told = body.decode() + headers.get("link", "")
    left = set(re.findall(rf"{re.escape(BASE)}[^\s\"<>,;)]*", told))
    assert {iri for iri in left if not re.match(rf"{re.escape(BASE)}ns(?:[#/]|$)", iri)} == set()


def test_a_name_is_an_address(moved: Server) -> None:
    at = f"http://127.0.0.1:{moved.port}"
    body = moved.ask("GET", "/dumps/policy-plans-source.nt")[2].decode()
    names = sorted({name.partition("#")[0] for name in re.findall(rf"<{re.escape(at)}/([^>]*)>", body)})
    assert len(names) > 100
    for name in names[::10]:
        status, headers, _ = moved.ask("GET", f"/{name}")
        assert status == 303
        assert moved.ask("GET", headers["location"].removeprefix(at))[0] == 200
