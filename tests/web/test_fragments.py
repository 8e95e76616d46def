"""Fragments over HTTP, on the shipped data."""

from urllib.parse import quote, urlencode

import pytest

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.quads import parse_line
from dppgraph.operations.build import Built
from dppgraph.store.rdf import parse
from dppgraph.store.versions import VersionStore
from tests.conftest import Server

DATE = "https://w3id.org/dppgraph/ns#decisionDate"


def get(server: Server, accept: str | None = None, **given: str) -> tuple[int, dict[str, str], bytes]:
    target = f"/fragments?{urlencode(given)}".rstrip("?")
    return server.ask("GET", target, headers={"Accept": accept} if accept else {})


@pytest.mark.parametrize("format_", formats.RDF, ids=lambda format_: format_.name)
def test_a_fragment_comes_in_every_format(server: Server, format_: Format, built: tuple[VersionStore, Built]) -> None:
    status, headers, body = get(server, format_.media_types[0], predicate=DATE)
    assert (status, headers["content-type"]) == (200, format_.content_type)
    assert headers["access-control-allow-origin"] == "*"
    dates = {quad[:3] for quad in map(parse_line, built[0].lines(1)) if quad.predicate == f"<{DATE}>"}
    quads = parse(body, format_, base="http://e.org/")
    assert {quad[:3] for quad in quads if quad.predicate == f"<{DATE}>"} == dates
    assert {quad.graph for quad in quads if quad.predicate == f"<{DATE}>"} == {""}
    counted = [quad for quad in quads if quad.predicate.endswith("hydra/core#totalItems>")]
    assert {quad.object.split('"')[1] for quad in counted} == {str(len(dates))}
    # Where a format has graphs, what is said of the fragment is not among the data.
    assert all(quad.graph for quad in counted) is format_.named_graphs


def test_a_fragment_is_not_sent_again_to_who_has_it(server: Server) -> None:
    target = f"/fragments?predicate={quote(DATE)}"
    tag = server.ask("GET", target)[1]["etag"]
    assert server.ask("GET", target, headers={"If-None-Match": tag})[0] == 304


def test_no_fragment_is_taken_for_another(server: Server) -> None:
    everything = get(server, predicate='?p object="aX', object='?b"')[2]
    assert get(server, object='"aX object=?b"')[2] != everything


def test_what_is_said_is_said_of_the_address_that_was_asked(server: Server) -> None:
    """As a client finds it (the specification, section 4.3): as it wrote it."""
    readable = DATE.replace("#", "%23")
    for target in (f"/fragments?predicate={readable}", f"/fragments?subject=&predicate={quote(DATE)}&page=1"):
        asked = f"<http://127.0.0.1:{server.port}{target}>"
        quads = parse(server.ask("GET", target)[2], formats.TURTLE)
        about = {quad.predicate for quad in quads if quad.subject == asked}
        assert {"<http://rdfs.org/ns/void#triples>", "<http://www.w3.org/ns/hydra/core#totalItems>"} <= about
        assert any(quad.object == asked and quad.predicate.endswith("void#subset>") for quad in quads)


def test_one_variable_in_two_places_is_refused(server: Server) -> None:
    assert get(server, subject="?x", object="?x")[0] == 400
    assert get(server, subject="?x", object="?y")[0] == 200
    assert get(server, subject="?", object="?")[0] == 200


def test_a_browser_gets_a_form(server: Server) -> None:
    status, headers, body = get(server, "text/html", predicate=DATE)
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert b'<form method="get"' in body
    assert f'value="{DATE}"'.encode() in body


def test_bad_parameters_are_refused(server: Server) -> None:
    assert get(server, object='"a')[0] == 400
    assert get(server, page="0")[0] == 400
    assert get(server, page="99999")[0] == 404
    assert server.ask("GET", "/fragments?subject=a&subject=b")[0] == 400
    assert get(server, accept="text/csv")[0] == 406
