"""What the site says of itself: who keeps it, whom it may shut out, all that it has."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from dppgraph.operations.build import build
from dppgraph.operations.harvest import harvesting
from dppgraph.operations.sources import Sources
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE, MODIFIED, Server, start_server
from tests.web.selecting import parsed, select

HTML = {"Accept": "text/html"}
DATA = f"""
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
<{BASE}id/dataset/c> a dcat:Catalog ; dct:title "<b>Catalogus</b>"@nl ; dct:publisher <{BASE}id/agent/a> ;
  dct:license <javascript:alert(1)> ; dcat:contactPoint <{BASE}id/dataset/c#contact> .
<{BASE}id/agent/a> foaf:name "Gemeente" .
<{BASE}id/dataset/c#contact> vcard:fn "dienst" ; vcard:hasEmail <mailto:a@b.example> , <javascript:alert(2)> .
"""


def page(server: Server, path: str) -> Any:
    status, headers, body = server.ask("GET", path, headers=HTML)
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    return parsed(body)


def facts(found: Any) -> dict[str, str]:
    lists = [[one.text_content().strip() for one in select(found, f"dl.facts {tag}")] for tag in ("dt", "dd")]
    return dict(zip(*lists, strict=True))


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory, sources: Sources) -> Iterator[Server]:
    """A server of another catalogue, published without the gate."""
    folder = tmp_path_factory.mktemp("other")
    (folder / "data").mkdir()
    (folder / "data" / "catalogue.ttl").write_text(DATA)
    store = VersionStore(folder / "store")
    with store.writing("tests") as writer:
        data = folder / "data"
        ungated = replace(sources, data=data, shapes=None, named_data=str(data), named_shapes="none")
        build(store, writer, ungated, agent="tests", harvesting=harvesting(store))
    running = start_server("--store", folder / "store")
    yield running
    assert running.stop() == 0


def test_the_site_says_who_keeps_it(server: Server) -> None:
    dutch, english = (facts(page(server, f"/about?lang={language}")) for language in ("nl", "en"))
    assert dutch["Uitgegeven door"] == "redactie van dppgraph"
    assert english["Published by"] == "dppgraph editors"
    assert dutch["Laatst gewijzigd"].endswith(MODIFIED[:4])
    assert "http" in english["Licence"]


@pytest.mark.heavy
@pytest.mark.parametrize("path", ["/about", "/accessibility"])
def test_what_the_data_say_of_their_keeper_is_only_text(other: Server, path: str) -> None:
    found = page(other, f"{path}?lang=en")
    said = facts(found)
    assert said["Published by"] == "Gemeente"
    assert " ".join(said["Contact"].split()) == "dienst: a@b.example"
    links = [link.get("href") for link in select(found, "a")]
    assert "mailto:a@b.example" in links
    assert not any("javascript" in link for link in links)


def test_the_accessibility_statement_has_the_parts_of_the_model(server: Server) -> None:
    for language in ("nl", "en"):
        found = page(server, f"/accessibility?lang={language}")
        assert [heading.get("id") for heading in select(found, "h2")] == [
            "state",
            "not",
            "made",
            "contact",
            "enforcement",
        ]
        assert "2016/2102" in found.text_content()
    assert "Uitgegeven door" in facts(page(server, "/accessibility?lang=nl"))


@pytest.mark.heavy
def test_quality_says_that_nothing_was_checked_where_nothing_was(other: Server) -> None:
    found = page(other, "/quality?lang=nl")
    assert "zonder controle" in found.text_content()
    assert other.ask("GET", "/ontology", headers=HTML)[0] == 404
