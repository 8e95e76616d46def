"""The routes that tell of the server itself."""

import json

from dppgraph.operations.build import Built
from dppgraph.store.versions import VersionStore
from tests.conftest import Server


def test_health_says_which_version_is_served(server: Server, built: tuple[VersionStore, Built]) -> None:
    status, headers, body = server.ask("GET", "/health")
    said = json.loads(body)
    assert (status, said["status"], said["version"]) == (200, "ok", 1)
    assert said["digest"] == f"sha256:{built[1].manifest.digest}"
    assert headers["cache-control"] == "no-store"


def test_the_routes_are_described(server: Server) -> None:
    said = json.loads(server.ask("GET", "/openapi.json")[2])
    assert {
        "/sparql",
        "/health",
        "/queries",
        "/queries/approvals",
        "/context.jsonld",
        "/metrics",
        "/health/ready",
    } <= set(said["paths"])
    names = {parameter["name"] for parameter in said["paths"]["/sparql"]["get"]["parameters"]}
    assert {"query", "default-graph-uri", "named-graph-uri", "format", "timeout"} <= names
    assert set(said["paths"]["/sparql"]["post"]["requestBody"]["content"]) == {
        "application/sparql-query",
        "application/x-www-form-urlencoded",
    }


def test_no_page_loads_anything_from_another_host(server: Server) -> None:
    assert server.ask("GET", "/docs")[0] == 404
    assert server.ask("GET", "/redoc")[0] == 404
