"""The route /sparql of a running server, asked with raw HTTP."""

import csv
import http.client
import io
import json
import threading
import time
import xml.etree.ElementTree as ET
from urllib.parse import quote, urlencode

import pytest
import rdflib

from tests.conftest import Server

COUNT = "SELECT (COUNT(*) AS ?n) { ?l a dpp:LineOfAction }"
CHAIN = "SELECT * { ?newer dpp:succeeds ?older } ORDER BY ?older"
RUNAWAY = "SELECT (COUNT(*) AS ?c) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
GRAPH = "CONSTRUCT { ?s dct:title ?t } WHERE { ?s a dpp:PolicyPlan ; dct:title ?t }"
PLAN = "https://w3id.org/dppgraph/id/plan/vlaams-plan-overheidsopdrachten"
SOURCE = "https://w3id.org/dppgraph/id/graph/source"


def get(server: Server, query: str, accept: str | None = None, **parameters: str) -> tuple[int, dict[str, str], bytes]:
    target = "/sparql?" + urlencode({"query": query, **parameters})
    return server.ask("GET", target, headers={"Accept": accept} if accept else None)


def problem(answer: tuple[int, dict[str, str], bytes]) -> tuple[int, str]:
    status, headers, body = answer
    assert headers["content-type"] == "application/problem+json"
    said = json.loads(body)
    assert said["status"] == status
    assert said["title"]
    assert said["type"].startswith(("https://w3id.org/dppgraph/problems/", "about:blank"))
    return status, said["detail"]


def number(answer: tuple[int, dict[str, str], bytes]) -> str:
    assert answer[0] == 200, answer
    (row,) = json.loads(answer[2])["results"]["bindings"]
    ((_, value),) = row.items()
    return str(value["value"])


def test_a_query_by_get(server: Server) -> None:
    status, headers, body = get(server, COUNT)
    assert (status, headers["content-type"]) == (200, "application/sparql-results+json")
    assert number((status, headers, body)) == "16"
    assert headers["dppgraph-version"] == "1"
    assert "Accept" in headers["vary"]


def test_a_query_by_form_post(server: Server) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
    assert number(server.ask("POST", "/sparql", urlencode({"query": COUNT}).encode(), headers)) == "16"


def test_a_query_by_direct_post(server: Server) -> None:
    assert number(server.ask("POST", "/sparql", COUNT.encode(), {"Content-Type": "application/sparql-query"})) == "16"


def test_a_percent_sign_in_an_iri_is_decoded_once(server: Server) -> None:
    query = "SELECT (STR(<http://e.org/a%20b>) AS ?iri) {}"
    body = urlencode({"query": query}).encode()
    answer = server.ask("POST", "/sparql", body, {"Content-Type": "application/x-www-form-urlencoded"})
    assert number(answer) == "http://e.org/a%20b"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("application/json", "application/sparql-results+json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("text/csv;q=0.3, application/sparql-results+xml;q=0.7", "application/sparql-results+xml"),
        ("text/turtle, text/csv;q=0.1", "text/csv; charset=utf-8"),
        # What Jena, rdflib and browsers send.
        (
            "application/sparql-results+json, application/sparql-results+xml;q=0.9, text/csv;q=0.8, */*;q=0.1",
            "application/sparql-results+json",
        ),
        ("application/sparql-results+xml,application/rdf+xml", "application/sparql-results+xml"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/sparql-results+xml"),
    ],
)
def test_a_table_comes_in_the_format_that_is_liked_best(server: Server, accept: str | None, media_type: str) -> None:
    status, headers, _ = get(server, COUNT, accept)
    assert (status, headers["content-type"]) == (200, media_type)


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "text/turtle; charset=utf-8"),
        ("application/ld+json", "application/ld+json"),
        ("application/n-triples", "application/n-triples"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/trig", "application/trig; charset=utf-8"),
        ("application/n-quads", "application/n-quads"),
        ("application/sparql-results+json, text/turtle;q=0.5", "text/turtle; charset=utf-8"),
    ],
)
@pytest.mark.parametrize("query", [GRAPH, f"DESCRIBE <{PLAN}>"], ids=["construct", "describe"])
def test_a_graph_comes_in_the_format_that_is_liked_best(
    server: Server, query: str, accept: str | None, media_type: str
) -> None:
    status, headers, _ = get(server, query, accept)
    assert (status, headers["content-type"]) == (200, media_type)


@pytest.mark.parametrize(
    ("format_", "reader"),
    [
        ("turtle", "turtle"),
        ("jsonld", "json-ld"),
        ("ntriples", "nt"),
        ("rdfxml", "xml"),
        ("trig", "trig"),
        ("nquads", "nquads"),
    ],
)
def test_a_graph_says_the_same_in_every_format(server: Server, format_: str, reader: str) -> None:
    read = rdflib.Dataset(default_union=True)
    read.parse(data=get(server, GRAPH, format=format_)[2], format=reader)
    plain = rdflib.Graph().parse(data=get(server, GRAPH, format="nt")[2], format="nt")
    assert len(plain) == 5
    assert {triple[:3] for triple in read.triples((None, None, None))} == set(plain)


def test_turtle_has_prefixes(server: Server) -> None:
    body = get(server, GRAPH)[2].decode()
    assert "@prefix dct:" in body
    assert " dct:title " in body


def test_a_table_says_the_same_in_every_format(server: Server) -> None:
    rows = [
        [row["newer"]["value"], row["older"]["value"]]
        for row in json.loads(get(server, CHAIN)[2])["results"]["bindings"]
    ]
    assert len(rows) == 3
    assert list(csv.reader(io.StringIO(get(server, CHAIN, format="csv")[2].decode()))) == [["newer", "older"], *rows]
    tsv = get(server, CHAIN, format="tsv")[2].decode().splitlines()
    assert tsv == ["?newer\t?older", *("\t".join(f"<{iri}>" for iri in row) for row in rows)]
    namespace = "{http://www.w3.org/2005/sparql-results#}"
    root = ET.fromstring(get(server, CHAIN, format="xml")[2])  # noqa: S314 - our own server's
    found = [[uri.text for uri in result.iter(f"{namespace}uri")] for result in root.iter(f"{namespace}result")]
    assert found == rows


def test_ask_answers_yes_and_no(server: Server) -> None:
    assert json.loads(get(server, "ASK { ?p a dpp:ActionPlan }")[2])["boolean"] is True
    assert json.loads(get(server, "ASK { ?p a dpp:Nothing }")[2])["boolean"] is False
    assert b"<boolean>true</boolean>" in get(server, "ASK {}", format="xml")[2]


def test_columns_of_a_star_come_in_order_of_appearance(server: Server) -> None:
    head = get(server, "SELECT * { ?z a dpp:LineOfAction ; dpp:position ?b ; skos:prefLabel ?a }", format="csv")[2]
    assert head.splitlines()[0] == b"z,b,a"


def test_format_wins_over_accept(server: Server) -> None:
    target = "/sparql?" + urlencode({"query": COUNT, "format": "csv"})
    assert server.ask("GET", target, headers={"Accept": "application/json"})[1]["content-type"].startswith("text/csv")


def test_no_acceptable_format_is_406_with_the_list(server: Server) -> None:
    status, detail = problem(get(server, COUNT, "image/png"))
    assert status == 406
    assert "text/csv" in detail
    assert problem(get(server, COUNT, "text/turtle"))[0] == 406
    assert problem(get(server, GRAPH, "text/csv"))[0] == 406
    assert json.loads(get(server, GRAPH, "text/csv")[2])["offered"][0] == "text/turtle"


def test_an_unknown_format_is_400_with_the_names(server: Server) -> None:
    status, detail = problem(get(server, COUNT, format="excel"))
    assert (status, "take one of json, xml, csv" in detail) == (400, True)


@pytest.mark.parametrize(
    ("query", "line", "column"), [("SELECT * {", 1, 11), ("SELECT ?x\nWHERE { ?x ?y }", 2, 16), ("", None, None)]
)
def test_a_query_that_does_not_parse_is_400_with_its_place(
    server: Server, query: str, line: int | None, column: int | None
) -> None:
    answer = get(server, query)
    status, detail = problem(answer)
    said = json.loads(answer[2])
    assert status == 400
    assert "does not parse" in detail
    if line is not None:
        assert (said["line"], said["column"]) == (line, column)


def test_no_query_and_two_queries_are_400(server: Server) -> None:
    assert problem(server.ask("GET", "/sparql?default-graph-uri=http://e/"))[0] == 400
    assert problem(server.ask("GET", "/sparql?qeury=ASK%7B%7D"))[0] == 400
    assert problem(server.ask("GET", f"/sparql?query={quote('ASK{}')}&query={quote('ASK{}')}"))[0] == 400
    both = server.ask("POST", "/sparql?query=ASK%7B%7D", b"ASK{}", {"Content-Type": "application/sparql-query"})
    assert problem(both)[0] == 400


@pytest.mark.parametrize(
    "parameters", [{"timeout": "soon"}, {"timeout": "-1"}, {"timeout": "nan"}, {"default-graph-uri": "no iri"}]
)
def test_a_parameter_that_cannot_be_used_is_400(server: Server, parameters: dict[str, str]) -> None:
    assert problem(get(server, COUNT, None, **parameters))[0] == 400


def test_bytes_that_are_no_utf_8_are_400(server: Server) -> None:
    assert problem(server.ask("GET", "/sparql?query=ASK%7B%7D%FF"))[0] == 400
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert problem(server.ask("POST", "/sparql", b"query=%FF", form))[0] == 400
    assert problem(server.ask("POST", "/sparql", b"\xff", {"Content-Type": "application/sparql-query"}))[0] == 400


def test_an_unknown_body_is_415(server: Server) -> None:
    status, detail = problem(server.ask("POST", "/sparql", b"{}", {"Content-Type": "application/json"}))
    assert (status, "application/sparql-query" in detail) == (415, True)
    assert problem(server.ask("POST", "/sparql", b"ASK{}"))[0] == 415


def test_a_large_body_is_413(server: Server) -> None:
    body = b"ASK{} #" + b"x" * 100_000
    assert problem(server.ask("POST", "/sparql", body, {"Content-Type": "application/sparql-query"}))[0] == 413


@pytest.mark.parametrize(
    "query",
    [
        "INSERT DATA { <a:a> <a:b> <a:c> }",
        "PREFIX : <a:> DELETE WHERE { ?s ?p ?o }",
        "CLEAR ALL",
        "LOAD <file:///etc/passwd>",
    ],
)
def test_an_update_is_refused(server: Server, query: str) -> None:
    assert problem(get(server, query))[0] == 403
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert problem(server.ask("POST", "/sparql", urlencode({"update": query}).encode(), form))[0] == 403
    assert (
        problem(server.ask("POST", "/sparql", query.encode(), {"Content-Type": "application/sparql-update"}))[0] == 403
    )


def test_service_is_refused_and_its_look_alikes_are_answered(server: Server) -> None:
    assert problem(get(server, "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"))[0] == 403
    assert problem(get(server, "SELECT * { SERV\\u0049CE SILENT ?x { ?s ?p ?o } }"))[0] == 403
    alike = 'PREFIX service: <http://service/#> ASK { BIND("SERVICE <x>" AS ?service) # SERVICE\n }'
    assert get(server, alike)[0] == 200


def test_from_asks_that_graph_and_fetches_nothing(server: Server) -> None:
    union = number(get(server, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"))
    source = number(get(server, f"SELECT (COUNT(*) AS ?n) FROM <{SOURCE}> {{ ?s ?p ?o }}"))
    by_parameter = number(get(server, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", None, **{"default-graph-uri": SOURCE}))
    assert 0 < int(source) < int(union)
    assert by_parameter == source
    assert number(get(server, "SELECT (COUNT(*) AS ?n) FROM <file:///etc/passwd> { ?s ?p ?o }")) == "0"


def test_a_relative_iri_is_one_of_ours(server: Server) -> None:
    query = "SELECT (COUNT(*) AS ?n) { <id/plan/vlaams-plan-overheidsopdrachten> a dpp:PolicyPlan }"
    assert number(get(server, query)) == "1"


def test_head_has_the_headers_and_no_body(server: Server) -> None:
    status, headers, body = server.ask("HEAD", "/sparql?" + urlencode({"query": COUNT}))
    assert (status, headers["content-type"], body) == (200, "application/sparql-results+json", b"")


def test_options_and_cors_are_open_for_reads(server: Server) -> None:
    status, headers, _ = server.ask("OPTIONS", "/sparql", headers={"Origin": "https://example.org"})
    assert (status, headers["access-control-allow-origin"]) == (204, "*")
    assert "authorization" not in headers["access-control-allow-headers"].lower()
    assert "access-control-allow-credentials" not in headers
    assert get(server, COUNT)[1]["access-control-allow-origin"] == "*"
    assert get(server, "nonsense")[1]["access-control-allow-origin"] == "*"


def test_another_method_is_405_and_another_address_404(server: Server) -> None:
    assert problem(server.ask("PUT", "/sparql", b""))[0] == 405
    assert problem(server.ask("GET", "/nothing"))[0] == 404


def test_a_browser_gets_a_page_that_escapes_what_was_asked(server: Server) -> None:
    status, headers, body = get(server, "<script>alert(1)</script>", "text/html,*/*;q=0.1")
    assert (status, headers["content-type"]) == (400, "text/html; charset=utf-8")
    assert b"<script>" not in body
    assert "default-src 'none'" in headers["content-security-policy"]


def test_an_answer_that_grows_too_large_is_never_ended_politely(server: Server) -> None:
    big = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
    with pytest.raises(http.client.IncompleteRead):
        get(server, big)


def test_a_runaway_is_ended_at_its_deadline_while_small_queries_are_answered(server: Server) -> None:
    answers: list[tuple[int, dict[str, str], bytes]] = []
    before = set(server.family())
    runaways = [threading.Thread(target=lambda: answers.append(get(server, RUNAWAY, timeout="1.5"))) for _ in range(3)]
    for thread in runaways:
        thread.start()
    small = 0
    while any(thread.is_alive() for thread in runaways):
        assert number(get(server, COUNT)) == "16"
        small += 1
    assert small > 10, "small queries are answered while others run away"
    assert [problem(answer)[0] for answer in answers] == [504] * 3
    assert "ran for 1.5 seconds" in problem(answers[0])[1]
    for _ in range(100):
        if len(server.family()) <= len(before) + 1:
            break
        time.sleep(0.05)
    assert len(server.family()) <= len(before) + 1


@pytest.mark.heavy
def test_the_servers_deadline_cannot_be_raised(server: Server) -> None:
    assert "ran for 2 seconds" in problem(get(server, RUNAWAY, timeout="1000"))[1]


def test_deep_nesting_is_400(server: Server) -> None:
    deep = "ASK {" + "{" * 20_000 + "}" * 20_000 + "}"
    answer = server.ask("POST", "/sparql", deep.encode(), {"Content-Type": "application/sparql-query"})
    status, detail = problem(answer)
    assert (status, "nests" in detail) == (400, True)
