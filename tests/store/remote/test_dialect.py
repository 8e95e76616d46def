"""What is peculiar to engines: by which they are told, and where they take updates."""

import pytest

from dppgraph import settings
from dppgraph.errors import BadSetting
from dppgraph.store.remote.dialect import DIALECTS, named, recognised


@pytest.mark.parametrize(
    ("host", "head", "name"),
    [
        ("h", [("Server", "Oxigraph/0.5.13")], "oxigraph"),
        ("h", [("server", "Virtuoso/07.20.3217 (Linux) x86_64-pc-linux-gnu")], "virtuoso"),
        ("h", [("Fuseki-Request-Id", "12")], "fuseki"),
        ("h", [("Server", "GraphDB/10.8.0 RDF4J/4.3.15")], "graphdb"),
        ("h", [("Server", "Stardog/10")], "stardog"),
        ("db.cluster-x.eu-west-1.neptune.amazonaws.com", [("Server", "x")], "neptune"),
        ("h", [("Server", "nginx"), ("X-Said", "server: oxigraph")], "sparql"),
        ("oxigraph", [], "sparql"),
    ],
)
def test_an_engine_is_told_by_its_head(host: str, head: list[tuple[str, str]], name: str) -> None:
    assert recognised(host, head).name == name


@pytest.mark.parametrize(
    ("name", "url", "update"),
    [
        ("oxigraph", "http://h:7878/query", "http://h:7878/update"),
        ("oxigraph", "http://h/behind/a/proxy", "http://h/behind/a/proxy"),
        ("virtuoso", "http://h:8890/sparql", "http://h:8890/sparql"),
        ("fuseki", "http://h:3030/ds/query", "http://h:3030/ds/update"),
        ("graphdb", "http://h:7200/repositories/r", "http://h:7200/repositories/r/statements"),
        ("stardog", "http://h:5820/db/query", "http://h:5820/db/update"),
    ],
)
def test_updates_go_where_the_engine_takes_them(name: str, url: str, update: str) -> None:
    assert named(name).update_url(url) == update


def test_each_dialect_has_its_own_name_and_an_unknown_one_is_refused() -> None:
    assert len({dialect.name for dialect in DIALECTS}) == len(DIALECTS)
    with pytest.raises(BadSetting, match="oxigraph"):
        named("allegro")


def test_the_settings_know_every_dialect_by_its_name() -> None:
    assert set(settings.DIALECTS) == {dialect.name for dialect in DIALECTS}
