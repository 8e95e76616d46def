"""The table from error to status."""

import base64
import hashlib
import inspect
import json
import re
from http import HTTPStatus

import pytest

from dppgraph import errors
from dppgraph.core.languages import LANGUAGES
from dppgraph.web.problems import STATUSES, TITLES, Wanted, problem, problem_of, status_of, wanted_of
from tests.conftest import Server
from tests.web.selecting import parsed, select

ALL = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.DppgraphError)]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.QuerySyntax("x"), 400),
        (errors.BadParameter("x"), 400),
        (errors.ServiceForbidden("x"), 403),
        (errors.UpdatesOff("x"), 403),
        (errors.Unknown("x"), 404),
        (errors.NotAcceptable("x"), 406),
        (errors.StoreInUse("x"), 409),
        (errors.AnswerTooLarge("x"), 413),
        (errors.BodyTooLarge("x"), 413),
        (errors.QueryMemory("x"), 413),
        (errors.UnsupportedMedia("x"), 415),
        (errors.ShapeViolation("x", report=None), 422),
        (errors.QueueFull("x", retry_after=2), 429),
        (errors.EngineDied("x"), 503),
        (errors.NotBuilt("x"), 503),
        (errors.QueryTimeout("x"), 504),
    ],
)
def test_each_error_has_its_status(error: errors.DppgraphError, status: int) -> None:
    assert status_of(error) == status
    assert json.loads(bytes(problem_of(error, None).body))["status"] == status


def test_every_error_class_finds_a_status_and_a_title() -> None:
    for kind in ALL:
        if kind is not errors.DppgraphError:
            assert any(above in STATUSES for above in kind.__mro__), kind
    assert set(TITLES) | set(STATUSES) <= set(ALL)


def test_a_full_queue_says_when_to_come_back() -> None:
    assert problem_of(errors.QueueFull("x", retry_after=7), None).headers["retry-after"] == "7"


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = inspect.getdoc(errors) or ""
    for kind in ALL:
        assert kind.__name__ in drawn


def shown(error: errors.DppgraphError, language: str) -> str:
    return bytes(problem_of(error, Wanted("text/html", language)).body).decode()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [*TITLES, errors.DppgraphError])
def test_each_kind_of_problem_is_explained_in_each_language(kind: type[errors.DppgraphError], language: str) -> None:
    error = kind.__new__(kind)
    Exception.__init__(error, "x <b>y</b>")
    for name, value in (("retry_after", 2), ("line", 1), ("column", 2), ("offered", ()), ("report", None)):
        setattr(error, name, value)
    found = parsed(shown(error, language).encode())
    assert found.get("lang") == language
    (title,) = (heading.text_content() for heading in select(found, "h1"))
    assert not title.startswith("problem.")
    if language == "en":
        # The title of the document is a short one of its own, the page's may say more.
        assert TITLES.get(kind, "Something went wrong") in shown(error, language)
    detail = next(one for one in select(found, "p[lang=en]"))
    assert detail.text_content().endswith("x <b>y</b>")
    assert "problem." not in found.text_content()


@pytest.mark.parametrize("status", [400, 404, 405, 412, 416, 418, 500])
def test_a_problem_without_a_kind_has_a_page_too(status: int) -> None:
    for language in LANGUAGES:
        page = bytes(problem(HTTPStatus(status), "Title", "Detail.", Wanted("text/html", language)).body).decode()
        assert "problem." not in parsed(page.encode()).text_content()


def test_the_page_has_one_style_and_lets_in_no_other() -> None:
    answer = problem_of(errors.Unknown("x"), Wanted("text/html"))
    (style,) = re.findall(r"<style>(.*?)</style>", bytes(answer.body).decode(), re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = answer.headers["content-security-policy"]
    assert f"style-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert not re.findall(rb"(?:src|href)=\"(?!\./)", bytes(answer.body))


@pytest.mark.parametrize(
    ("path", "query", "accepted", "language", "home"),
    [
        ("/nothing", b"", b"", "nl", "./"),
        ("/nothing", b"", b"en-GB,en;q=0.8", "en", "./"),
        ("/doc/plan/x", b"a=1&lang=nl", b"en", "nl", "../../"),
        ("/x/", b"lang=en", b"nl", "en", "../"),
        ("/", b"lang=fr", b"fr", "nl", "./"),
        ("*", b"", b"", "nl", "./"),
    ],
)
def test_it_is_told_in_the_language_that_is_asked_for(
    path: str, query: bytes, accepted: bytes, language: str, home: str
) -> None:
    headers = [(b"accept", b"text/html"), (b"accept-language", accepted)]
    wanted = wanted_of({"type": "http", "path": path, "query_string": query, "headers": headers})
    assert wanted == Wanted("text/html", language, home)


def test_a_reader_of_a_page_that_is_not_there_is_told_so(server: Server) -> None:
    for language, title in (("nl", "Dit staat hier niet"), ("en", "There is no such thing")):
        headers = {"Accept": "text/html", "Accept-Language": language}
        for path in ("/nothing", "/doc/plan/nothing"):
            status, said, body = server.ask("GET", path, headers=headers)
            assert (status, said["cache-control"], said["vary"]) == (404, "no-store", "Accept")
            assert [heading.text_content() for heading in select(parsed(body), "h1")] == [title]
    # Programs are told as before.
    status, said, body = server.ask("GET", "/nothing", headers={"Accept-Language": "nl"})
    assert (status, said["content-type"]) == (404, "application/problem+json")
    assert json.loads(body)["title"] == "Not Found"
