"""Answers that are kept: never a wrong one, whatever the words of a request, and within a number of bytes."""

import gzip
import json
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urlencode

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core import formats
from dppgraph.store.interface import QueryRequest
from dppgraph.web.cache.answers import AnswerCache, Asked
from dppgraph.web.cache.kept import Kept, coding_of, is_known
from tests.cli.test_supervisor import BARE, publish, until, until_said
from tests.conftest import Serve, Server

PLANS = "SELECT ?plan ?title { ?plan a dpp:PolicyPlan ; dct:title ?title } ORDER BY ?plan ?title"
FORMATS: dict[str, Callable[[bytes], object]] = {
    "application/sparql-results+json": lambda body: json.loads(body)["head"],
    "text/csv": lambda body: body.startswith(b"plan,title\r\n"),
    "text/tab-separated-values": lambda body: body.startswith(b"?plan\t?title\n"),
    "application/sparql-results+xml": lambda body: b"<sparql" in body[:200],
}

Answer = tuple[int, dict[str, str], bytes]


def ask(server: Server, query: str, method: str = "GET", more: str = "", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return server.ask(method, f"/sparql?query={quote(query)}{more}", headers=named)


def uncoded(answer: Answer) -> bytes:
    coding = answer[1].get("content-encoding")
    data = {"gzip": gzip.decompress, "br": brotli.decompress}[coding](answer[2]) if coding else answer[2]
    assert isinstance(data, bytes)
    return data


def test_the_same_question_twice_is_the_same_answer(server: Server) -> None:
    first, second = ask(server, PLANS), ask(server, PLANS)
    assert (first[0], first[2], first[1]["etag"]) == (second[0], second[2], second[1]["etag"])
    assert first[1]["cache-control"] == "public, no-cache"
    assert {"Accept", "Accept-Encoding", "Accept-Datetime"} == set(first[1]["vary"].split(", "))


def talk(server: Server, *requests: bytes) -> bytes:
    """All that comes back over one connection for requests that are sent together, the last of which ends it."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(b"".join(requests))
        said = b""
        while part := connection.recv(1 << 16):
            said += part
    return said


def said_to(target: str, *headers: str, method: str = "GET", version: str = "1.1", body: bytes = b"") -> bytes:
    """The bytes of a request."""
    lines = [f"{method} {target} HTTP/{version}", "Host: a", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def test_requests_that_come_together_get_each_their_own_answer(server: Server) -> None:
    kept, asked = f"/sparql?query={quote(PLANS)}&format=csv", "SELECT (%d AS ?other_%d) {}"
    whole = ask(server, PLANS, more="&format=csv")[2]
    others = [f"/sparql?format=csv&query={quote(asked % (number, number))}" for number in range(8)]
    requests = [said_to(target) for other in others for target in (other, kept)]
    said = talk(server, *requests, said_to(kept, "Connection: close"))
    bodies = [part.partition(b"\r\n\r\n")[2] for part in said.split(b"HTTP/1.1 200 OK\r\n")[1:]]
    for number in range(8):
        assert bodies[2 * number] == f"other_{number}\r\n{number}\r\n".encode()
        assert bodies[2 * number + 1] == whole
    assert bodies[16:] == [whole]


def test_a_kept_answer_comes_to_every_kind_of_request(server: Server) -> None:
    target = f"/sparql?query={quote(PLANS)}&format=csv"
    whole = ask(server, PLANS, more="&format=csv")[2]
    close = "Connection: close"
    for request in (
        said_to(target, close),
        # A body that nobody asked for, ahead of the next request, or larger than it may be.
        said_to(target, "Content-Length: 5", body=b"hello") + said_to("/health", close),
        said_to(target, "Transfer-Encoding: chunked", body=b"5\r\nhello\r\n0\r\n\r\n") + said_to("/health", close),
        said_to(target, "Upgrade: websocket", "Connection: Upgrade") + said_to("/health", close),
    ):
        head, _, rest = talk(server, request).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 "), request
        assert rest.startswith(whole), request
        assert rest.count(b"HTTP/1.1 200 ") == request.count(b"GET /health")
    old = talk(server, said_to(target, version="1.0"))
    assert old.endswith(b"\r\n\r\n" + whole)


def test_each_format_and_each_coding_is_an_answer_of_its_own(server: Server) -> None:
    tags = set()
    many = "SELECT ?plan ?title { ?plan a ?of ; dct:title ?title } ORDER BY ?plan ?title ?of"
    for _ in range(2):
        for accept, fits in FORMATS.items():
            plain = ask(server, many, Accept=accept)
            for coding in ("gzip", "br", "identity"):
                answer = ask(server, many, Accept=accept, Accept_Encoding=coding)
                assert answer[1].get("content-encoding", "identity") == coding
                assert uncoded(answer) == plain[2]
                assert fits(uncoded(answer))
                assert answer[1]["content-type"].startswith(accept)
                assert int(answer[1]["content-length"]) == len(answer[2])
                tags.add(answer[1]["etag"])
    assert len(tags) == len(FORMATS) * 3


def test_a_flood_of_accept_headers_gets_no_wrong_answer(server: Server) -> None:
    right = {accept: ask(server, PLANS, Accept=accept)[2] for accept in FORMATS}
    for number in range(400):
        accept = list(FORMATS)[number % 4]
        words = f"x/y{number};q=0.1, {accept};q=0.{1 + number % 9}, */*;q=0.01"
        coding = f"x{number}, {'gzip' if number % 2 else 'identity'}"
        answer = ask(server, PLANS, Accept=words, Accept_Encoding=coding)
        assert uncoded(answer) == right[accept]


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher", "Forwarded": "host=evil.example"},
        {"X-Forwarded-For": "1.2.3.4", "X-Forwarded-Prefix": "/evil", "X-Original-URL": "/evil"},
        {"Range": "bytes=0-3"},
        {"Cookie": "lang=evil"},
    ],
)
@pytest.mark.parametrize("target", [f"/sparql?query={quote(PLANS)}", "/sparql", "/queries", "/queries/approvals"])
def test_what_a_client_says_of_where_it_is_changes_nothing(
    server: Server, target: str, headers: dict[str, str]
) -> None:
    before = server.ask("GET", target)
    answer = server.ask("GET", target, headers=headers)
    assert (answer[0], answer[2]) == (before[0], before[2])
    after = server.ask("GET", target)
    assert after[2] == before[2]
    assert b"evil" not in after[2]
    assert not any("evil" in value for value in (after[1] | answer[1]).values())


def test_whoever_shows_who_they_are_is_not_answered_from_what_is_kept(server: Server) -> None:
    plain = ask(server, PLANS)
    own = ask(server, PLANS, Authorization="Bearer something")
    assert own[2] == plain[2]
    assert "etag" not in own[1]
    assert "public" not in own[1]["cache-control"]


def test_parameters_in_another_order_are_the_same_question(server: Server) -> None:
    graphs = [f"https://w3id.org/dppgraph/id/graph/{name}" for name in ("source", "inferred")]
    parts = [("query", "SELECT (COUNT(*) AS ?n) { ?a ?b ?c }"), *(("default-graph-uri", graph) for graph in graphs)]
    answers = [
        server.ask("GET", f"/sparql?{urlencode(order)}") for order in (parts, parts[::-1], parts[1:] + parts[:1])
    ]
    assert len({answer[2] for answer in answers}) == 1
    assert len({answer[1]["etag"] for answer in answers}) == 1
    other = server.ask("GET", f"/sparql?{urlencode(parts[:2])}")
    assert other[2] != answers[0][2]
    assert other[1]["etag"] != answers[0][1]["etag"]


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_head_after_get_and_get_after_head(server: Server, coding: str) -> None:
    query = f"{PLANS} # {coding}"
    for _ in range(2):
        head = ask(server, query, "HEAD", Accept_Encoding=coding)
        got = ask(server, query, Accept_Encoding=coding)
        assert (head[0], head[2]) == (200, b"")
        assert got[2]
        passing = ("date", "x-request-id")
        assert [{n: v for n, v in a[1].items() if n not in passing} for a in (head,)] == [
            {n: v for n, v in got[1].items() if n not in passing}
        ]


def test_a_post_is_answered_as_a_get_is(server: Server) -> None:
    posted = server.ask("POST", "/sparql", PLANS.encode(), {"Content-Type": "application/sparql-query"})
    assert posted[2] == ask(server, PLANS)[2]


def test_two_languages_are_two_questions(server: Server) -> None:
    texts = {
        lang: f"SELECT ?l {{ ?s rdfs:label ?l FILTER(lang(?l) = '{lang}') }} ORDER BY ?l LIMIT 5"
        for lang in ("nl", "en")
    }
    for _ in range(2):
        for lang, text in texts.items():
            rows = json.loads(ask(server, text, Accept_Language="fr")[2])["results"]["bindings"]
            assert {row["l"]["xml:lang"] for row in rows} == {lang}


@pytest.mark.parametrize("function", ["NOW()", "RAND()", "UUID()", "STRUUID()", "BNODE()"])
def test_what_is_another_answer_each_time_is_not_kept(server: Server, function: str) -> None:
    answers = [ask(server, f"SELECT ({function} AS ?it) {{}}", Accept="text/csv") for _ in range(3)]
    assert {answer[1]["cache-control"] for answer in answers} == {"no-store"}
    assert not any("etag" in answer[1] for answer in answers)
    if function != "BNODE()":
        assert len({answer[2] for answer in answers}) == 3


def test_an_error_is_not_kept(server: Server) -> None:
    for _ in range(2):
        answer = ask(server, "SELECT * { nonsense")
        assert (answer[0], answer[1]["cache-control"]) == (400, "no-store")
        assert "etag" not in answer[1]


@pytest.mark.parametrize("query", [PLANS, "SELECT * { ?a ?b ?c . ?d dct:title ?f } LIMIT 3000"])
@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_who_has_it_is_told_so(server: Server, query: str, coding: str) -> None:
    tag = ask(server, query, Accept_Encoding=coding)[1]["etag"]
    for said in (tag, f'"other", {tag}', tag.removeprefix("W/"), "*"):
        answer = ask(server, query, Accept_Encoding=coding, If_None_Match=said)
        assert (answer[0], answer[2], answer[1]["etag"]) == (304, b"", tag)
        assert answer[1]["vary"]
    assert ask(server, query, Accept_Encoding=coding, If_None_Match='"other"')[0] == 200


@pytest.mark.heavy
def test_who_has_it_is_told_so_by_a_server_that_has_just_begun(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.nt").write_text('<a:a> <a:b> "1" .')
    arguments = ("--data", tmp_path / "data", "--store", tmp_path / "store", *BARE)
    first = serve(*arguments)
    tag = ask(first, "SELECT * { ?a ?b ?c }")[1]["etag"]
    first.stop()
    second = serve(*arguments)
    assert ask(second, "SELECT * { ?a ?b ?c }", If_None_Match=tag)[0] == 304


def test_a_large_answer_comes_in_a_coding_too(server: Server) -> None:
    query = "SELECT ?a ?c ?f { ?a ?b ?c . ?d dct:title ?f } LIMIT 2500"
    plain = ask(server, query, Accept="text/csv")
    assert len(plain[2]) > 1 << 17
    for coding in ("gzip", "br"):
        # The second time it comes from what was kept.
        for _ in range(2):
            answer = ask(server, query, Accept="text/csv", Accept_Encoding=coding)
            assert answer[1]["content-encoding"] == coding
            assert uncoded(answer) == plain[2]


@pytest.mark.heavy
@pytest.mark.parametrize("mode", ["memory", "disk"])
def test_a_new_version_empties_it(serve: Serve, tmp_path: Path, mode: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.nt").write_text('<a:a> <a:b> "1" .')
    arguments = ("--data", tmp_path / "data", "--store", tmp_path / "store", *BARE)
    server = serve(*arguments, environment={"DPPGRAPH_MODE": mode})
    until_said(server, 1)
    tag = ask(server, "SELECT * { ?a ?b ?c }")[1]["etag"]
    for number in (2, 3):
        publish(tmp_path / "store", number)
        until_said(server, number)
        answer = ask(server, "SELECT * { ?a ?b ?c }", If_None_Match=tag)
        assert answer[0] == 200
        assert f'"{number}"'.encode() in answer[2]


def test_a_post_is_answered_whatever_its_sender_has(server: Server) -> None:
    tag = ask(server, PLANS)[1]["etag"]
    for known in (tag, "*"):
        headers = {"Content-Type": "application/sparql-query", "If-None-Match": known}
        assert server.ask("POST", "/sparql", PLANS.encode(), headers)[0] == 200
        assert ask(server, PLANS, If_None_Match=known)[0] == 304


@pytest.mark.heavy
def test_an_answer_that_a_new_version_overtakes_is_not_the_new_ones(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.nt").write_text('<a:a> <a:b> "1" .')
    server = serve("--data", tmp_path / "data", "--store", tmp_path / "store", *BARE)
    until_said(server, 1)
    ten = "{ 0 1 2 3 4 5 6 7 8 9 }"
    cross = " ".join(f"VALUES ?v{factor} {ten}" for factor in range(7))
    slow = f"SELECT (COUNT(*) AS ?n) (MAX(?o) AS ?version) {{ <a:a> <a:b> ?o {cross} }}"
    with ThreadPoolExecutor() as pool:
        overtaken = pool.submit(ask, server, slow)
        until(lambda: b'state="long"} 1' in server.ask("GET", "/metrics")[2])
        publish(tmp_path / "store", 2)
        until_said(server, 2)
        assert not overtaken.done()
        assert overtaken.result()[1]["dppgraph-version"] == "1"
    status, headers, body = ask(server, slow)
    assert (status, headers["dppgraph-version"]) == (200, "2")
    assert json.loads(body)["results"]["bindings"][0]["version"]["value"] == "2"


# --- The cache by itself -----------------------------------------------------------------------------------------


def asked(text: str, version: int = 1) -> Asked:
    return Asked.of(QueryRequest(text, formats.JSON, None), version)


def kept(size: int = 100) -> Kept:
    return Kept(b"x" * size, "text/plain", 1, "tag")


def test_an_answer_that_was_begun_before_a_new_version_is_not_kept() -> None:
    cache = AnswerCache(1 << 20)
    cache.at(1)
    question, answer = asked("ASK {}"), kept()
    cache.at(2)
    assert not cache.put(question, formats.JSON, answer, tabular=True)
    cache.remember(b"words", question, answer, None)
    assert cache.get(question, formats.JSON, None) is None
    assert cache.again(b"words") is None
    assert cache.bytes == 0


def test_the_words_of_a_request_hold_no_answer_that_was_let_go() -> None:
    cache = AnswerCache(1 << 20)
    cache.at(1)
    question, answer = asked("ASK {}"), kept()
    cache.put(question, formats.JSON, answer, tabular=True)
    cache.remember(b"words", question, answer, None)
    assert cache.again(b"words") == (answer, None)
    for number in range(2000):
        cache.put(asked(f"ASK {{}} #{number}"), formats.JSON, kept(), tabular=True)
    assert cache.again(b"words") is None
    cache.at(2)
    assert len(cache) == 0


def test_the_words_of_a_request_hold_no_coding_that_was_let_go() -> None:
    cache = AnswerCache(1 << 20)
    cache.at(1)
    question, answer = asked("ASK {}"), kept(4096)
    cache.put(question, formats.JSON, answer, tabular=True)
    assert answer.coded_here("br") == "br"
    cache.resized(question)
    cache.remember(b"words", question, answer, "br")
    assert cache.again(b"words") == (answer, "br")
    for number in range(2000):
        cache.put(asked(f"ASK {{}} #{number}"), formats.JSON, kept(), tabular=True)
    # Asked again since, by somebody who takes it as it is.
    cache.put(question, formats.JSON, kept(4096), tabular=True)
    assert cache.again(b"words") is None


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 300_000), st.sampled_from([None, "gzip", "br"])), max_size=60)
)
def test_it_takes_no_more_than_it_may(steps: list[tuple[int, int, str | None]]) -> None:
    cache = AnswerCache(1 << 20)
    cache.at(1)
    for number, size, coding in steps:
        question, answer = asked(f"ASK {{}} #{number}"), kept(size)
        cache.put(question, formats.JSON, answer, tabular=True)
        cache.remember(b"words %d %d" % (number, size), question, answer, coding)
        assert cache.bytes <= 1 << 20
        held = sum(answer.size for entry in cache._entries.values() for answer in entry.answers.values())
        assert held <= cache.bytes


@given(st.lists(st.binary(max_size=2000), max_size=300))
def test_words_alone_do_not_fill_it(words: list[bytes]) -> None:
    cache = AnswerCache(1 << 17)
    cache.at(1)
    question, answer = asked("ASK {}"), kept()
    cache.put(question, formats.JSON, answer, tabular=True)
    for said in words:
        cache.remember(said, question, answer, None)
        assert sum(map(len, cache._words)) <= 1 << 14
    assert cache.get(question, formats.JSON, None) is answer


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("", None),
        ("gzip", "gzip"),
        ("gzip, deflate, br", "br"),
        ("br;q=0.1, gzip", "gzip"),
        ("identity", None),
        ("identity, gzip;q=0.5", None),
        ("*", "br"),
        ("*;q=0", None),
        ("br;q=0, *", "gzip"),
        ("GZIP;Q=1", "gzip"),
        ("gzip;q=nonsense", None),
        ("deflate, compress", None),
    ],
)
def test_which_coding_a_client_gets(header: str, coding: str | None) -> None:
    assert coding_of(header.encode()) == coding


@given(st.binary(max_size=200))
def test_any_words_about_codings_and_tags_are_read(said: bytes) -> None:
    assert coding_of(said) in (None, "gzip", "br")
    assert is_known(said, b'W/"no such tag"') == (said.strip() == b"*" or b'"no such tag"' in said)
