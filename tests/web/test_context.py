"""The context that is served is the file, byte for byte."""

import json

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from dppgraph.web.context import add_context_routes
from tests.conftest import REPOSITORY

CONTENT = (REPOSITORY / "ontology" / "context.jsonld").read_bytes()


@pytest.fixture(scope="module")
def client() -> TestClient:
    app = FastAPI()
    add_context_routes(app, CONTENT)
    return TestClient(app)


def test_it_is_the_file_and_open_to_every_page(client: TestClient) -> None:
    answer = client.get("/context.jsonld")
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["content-type"] == "application/ld+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert json.loads(answer.content)["@context"]["id"] == "@id"


def test_head_has_the_headers_of_get_and_no_body(client: TestClient) -> None:
    asked, headed = client.get("/context.jsonld"), client.head("/context.jsonld")
    assert (headed.status_code, headed.content, dict(headed.headers)) == (200, b"", dict(asked.headers))


@pytest.mark.parametrize("sent", ["{}", "W/{}", '"other", {}', "*"])
def test_who_has_it_is_not_sent_it_again(client: TestClient, sent: str) -> None:
    tag = client.get("/context.jsonld").headers["etag"]
    answer = client.get("/context.jsonld", headers={"if-none-match": sent.format(tag)})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    assert client.get("/context.jsonld", headers={"if-none-match": '"other"'}).status_code == 200


def test_a_page_may_ask_first(client: TestClient) -> None:
    answer = client.options("/context.jsonld")
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (204, "*")
    assert "GET" in answer.headers["access-control-allow-methods"]


def test_it_is_described(client: TestClient) -> None:
    said = client.get("/openapi.json").json()["paths"]["/context.jsonld"]
    assert set(said) == {"get"}
    assert set(said["get"]["responses"]["200"]["content"]) == {"application/ld+json"}
