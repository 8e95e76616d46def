"""What all pages have: a language, an address for each, files that browsers keep, and nothing that runs by itself."""

import re
import socket
from decimal import Decimal
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.web.pages import Links, Reader, Site
from dppgraph.web.rendering import asset, assets
from dppgraph.web.rendering.filters import day, followed, number, short
from tests.conftest import BASE, Server


def page(server: Server, path: str, language: str = "", **headers: str) -> tuple[int, dict[str, str], str]:
    asked = {"Accept": "text/html"} | ({"Accept-Language": language} if language else {})
    status, answered, body = server.ask("GET", path, headers=asked | headers)
    return status, answered, body.decode()


def test_each_reader_gets_the_language_that_is_asked_for_and_keeps_it(server: Server) -> None:
    for _ in range(2):  # the second time from what is kept
        assert '<html lang="nl">' in page(server, "/about")[2]
        assert '<html lang="en">' in page(server, "/about", "en-GB,en;q=0.8")[2]
        assert '<html lang="nl">' in page(server, "/about", "fr, nl;q=0.2")[2]
        assert '<html lang="en">' in page(server, "/about?lang=en", "nl")[2]
    at = f"http://127.0.0.1:{server.port}/"
    negotiated, chosen = page(server, "/about", "en")[2], page(server, "/about?lang=en")[2]
    assert 'href="/things"' in page(server, "/", "en")[2]
    assert 'href="/api?lang=en"' in chosen
    assert 'href="/api"' in negotiated
    for said in (negotiated, chosen):
        assert f'<link rel="canonical" href="{at}about">' in said
        for language in ("nl", "en"):
            assert f'hreflang="{language}" href="{at}about?lang={language}"' in said


def test_what_depends_on_the_language_says_so_and_has_a_tag_for_each(server: Server) -> None:
    dutch, english = page(server, "/about", "nl")[1], page(server, "/about", "en")[1]
    assert dutch["vary"] == "Accept, Accept-Encoding, Accept-Language"
    assert dutch["etag"] != english["etag"]
    assert page(server, "/about", "nl", **{"If-None-Match": dutch["etag"]})[0] == 304
    assert page(server, "/about", "en", **{"If-None-Match": dutch["etag"]})[0] == 200


def test_no_reader_gets_the_page_of_another_by_headers_that_come_twice(server: Server) -> None:
    twice = b"Accept-Language: en;q=0.5\r\nAccept-Language: nl;q=0.1\r\n"
    for path in ("/accessibility?page=7", "/agents"):
        head = f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nConnection: close\r\n".encode()
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
            connection.sendall(head + twice + b"\r\n")
            assert b'<html lang="en">' in b"".join(iter(lambda: connection.recv(1 << 16), b""))
        for language in ("nl;q=0.1", "nl"):
            # Exactly as the other asked, but for the language: what is kept is known by the words of a request.
            asked = {"Accept": "text/html", "Connection": "close", "Accept-Language": language}
            assert b'<html lang="nl">' in server.ask("GET", path, headers=asked)[2]


@pytest.mark.parametrize("language", ["fr", "", "nl-BE", "<script>"])
def test_a_language_that_no_page_is_in_is_refused(server: Server, language: str) -> None:
    status, _, said = page(server, f"/about?lang={language}")
    assert status == 400
    assert "<script>" not in said


def test_nothing_of_a_page_stands_in_the_page_itself(server: Server) -> None:
    _, headers, said = page(server, "/")
    assert headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    assert not re.findall(r"<style|\sstyle=|\son\w+=|<script(?! type=\"module\" src=)", said)


def test_files_are_kept_for_good_under_names_of_what_is_in_them(server: Server) -> None:
    for name, file in assets().items():
        status, headers, body = server.ask("GET", f"/{asset(name)}")
        assert (status, body, headers["content-type"]) == (200, file.content, file.type)
        assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert asset("none.css") == ""
    for path in ("style.css", "../app.py", "..%2Fapp.py", "css/none.css", "style.000000000000.css"):
        assert server.ask("GET", f"/static/{path}")[0] == 404


def test_links_lead_to_readers_pages_documents_and_elsewhere_and_nowhere_else() -> None:
    links = Links("https://plans.example/x/", BASE, Reader("en", chosen=True))
    assert links.link() == "https://plans.example/x/?lang=en"
    assert links.link("plans/a", page=2, on=None) == "https://plans.example/x/plans/a?page=2&lang=en"
    assert links.link("plans/a#b") == "https://plans.example/x/plans/a?lang=en#b"
    assert links.to(f"<{BASE}id/plan/a>") == "https://plans.example/x/plans/a?lang=en"
    assert links.to(f"<{BASE}id/plan/a#period>") == "https://plans.example/x/plans/a?lang=en#period"
    assert links.to(f"<{BASE}id/statement/a>") == "https://plans.example/x/doc/statement/a?lang=en"
    assert links.document(f"<{BASE}id/plan/a>") == "https://plans.example/x/doc/plan/a?lang=en"
    assert Links(BASE, BASE, Reader("nl")).to(f"<{BASE}ns#Plan>") == f"{BASE}ns#Plan"
    assert links.to(f"<{BASE}queries/gaps?x=é&y=1#z>") == "https://plans.example/x/queries/gaps?x=%C3%A9&y=1#z"
    assert links.to("https://elsewhere.example/a") == "https://elsewhere.example/a"
    for iri in ("javascript:alert(1)", "data:text/html,x", "JAVASCRIPT:x", "urn:x", "ftp://x/", "//x", "", '"text"'):
        assert links.to(f"<{iri}>") == ""


@given(st.text())
def test_only_web_and_mail_addresses_are_followed(iri: str) -> None:
    assert followed(iri) in ("", iri)
    assert not followed(iri) or re.match(r"(?i)https?://|mailto:", iri)


@pytest.mark.parametrize(
    ("said", "language", "shown"),
    [
        ("2009-06-05", "nl", "5 juni 2009"),
        ("2009-06-05", "en", "5 June 2009"),
        ('"2009-06-05"^^<http://www.w3.org/2001/XMLSchema#date>', "nl", "5 juni 2009"),
        ("2009-06-05Z", "nl", "5 juni 2009"),
        ("2008-07", "nl", "juli 2008"),
        ("2008-07", "en", "July 2008"),
        ("2020", "nl", "2020"),
        ("2009-02-31", "nl", "2009-02-31"),
        ("2009-13", "nl", "2009-13"),
        ("-0044-03-15", "nl", "-0044-03-15"),
        ("12009-06-05", "nl", "12009-06-05"),
        ("soon", "nl", "soon"),
    ],
)
def test_dates_are_said_in_words(said: str, language: str, shown: str) -> None:
    assert day(said, language) == shown


@given(st.text(max_size=30))
def test_any_text_may_stand_where_a_date_should(text: str) -> None:
    assert isinstance(day(text, "nl"), str)


def test_numbers_and_long_texts() -> None:
    assert (number(11318, "nl"), number(11318, "en"), number(0.5, "nl")) == ("11.318", "11,318", "0,5")
    assert number("many", "nl") == "many"
    # A small number does not become none, a monstrous one ends nothing.
    assert (number(Decimal("0.00012"), "nl"), number(1e-7, "en")) == ("0,00012", "0.0000001")
    for monster in (Decimal("1E+999"), Decimal("1E-999"), Decimal("NaN"), float("inf"), 10**400):
        assert number(monster, "nl") == str(monster)
    assert short("one two three", 8) == "one two…"
    assert short("x" * 20, 8) == "xxxxxxxx…"
    assert short("one", 8) == "one"


@given(st.text(), st.integers(1, 50))
def test_a_cut_text_is_no_longer_than_asked(text: str, length: int) -> None:
    assert len(short(text, length)) <= length + 1


@pytest.mark.parametrize("below", ["/", "/beleid/"])
def test_a_page_asks_by_the_name_that_it_was_opened_by(below: str) -> None:
    site = Site(f"http://127.0.0.1:8000{below}", "https://e.org/")
    links = site.links(Reader("nl"))
    assert links.link("plans/x", a="b") == f"{below}plans/x?a=b"
    assert links.to("<https://e.org/id/plan/x>") == f"{below}plans/x"
    assert site.here(f"{site.url}dumps/1/a.ttl") == f"{below}dumps/1/a.ttl"
    assert site.here("http://127.0.0.1:80001/x") == "http://127.0.0.1:80001/x"
    assert site.here("https://example.org/") == "https://example.org/"


@given(st.text("/\\\t\n.:?#@e%", max_size=8))
def test_no_name_in_the_data_makes_a_link_lead_to_another_server(path: str) -> None:
    site = Site("http://127.0.0.1:8000/", "https://e.org/")
    links = site.links(Reader("nl", chosen=True))
    opened = "http://localhost:8000/plans"
    for href in (
        links.link(path),
        links.to(f"<https://e.org/{path}>"),
        links.to(f"<https://e.org/{path}?a>"),
        links.document(f"<https://e.org/{path}>"),
        site.here(f"{site.url}{path}"),
    ):
        assert not href or urljoin(opened, href).startswith(("http://localhost:8000/", "https://e.org/")), href
        # Browsers leave out tabs and line ends, and take a backslash for a slash (URL Standard, section 4.4).
        assert not re.sub(r"[\t\r\n]", "", href).replace("\\", "/").startswith("//"), href


def test_two_slashes_are_no_server() -> None:
    site = Site("http://127.0.0.1:8000/", "https://e.org/")
    for path in ("/evil.example/x", "\\evil.example", "\t/evil.example", "//evil.example"):
        assert site.here(f"{site.url}{path}") == f"/./{path}"
        assert site.links(Reader("nl")).link(path) == f"/./{path}"
