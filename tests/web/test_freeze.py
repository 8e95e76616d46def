"""How links are read, what pages become, what servers are told."""

import asyncio
import re

import pytest

from dppgraph.operations.freeze import Address
from dppgraph.web.freeze.reading import Reading
from dppgraph.web.freeze.rewriting import Rewriting
from dppgraph.web.freeze.rules import Rules, common_headers, headers_of, moved_of
from dppgraph.web.rendering import TEMPLATES, frozen_assets

URL = "https://data.example.org/open/"
BASE = "https://w3id.org/dppgraph/"
READING = Reading(URL, BASE, "2026-11-29", 7)
PAGE = Address("plans", "html", "nl")
ENGLISH = PAGE._replace(language="en")


@pytest.mark.parametrize(
    ("href", "address"),
    [
        (f"{URL}", Address("", "html", "nl")),
        (f"{URL}plans?lang=en", Address("plans", "html", "en")),
        (f"{URL}plans?page=2&lang=nl", Address("plans", "html", "nl", (("page", "2"),))),
        (f"{URL}plans.csv?lang=en", Address("plans", "csv", "en")),
        (f"{URL}doc/plan/x.ttl", Address("doc/plan/x", "ttl")),
        (f"{URL}doc/plan/x.html", Address("doc/plan/x", "html", "nl")),
        ("?format=turtle", Address("plans", "ttl")),
        (f"{URL}queries/gaps.csv?lang=nl", Address("queries/gaps", "csv", "", (("lang", "nl"),))),
        (f"{URL}queries/gaps", Address("questions/gaps", "html", "nl")),
        (f"{URL}questions/x?plan={BASE}id/plan/y", Address("questions/x", "html", "nl", (("plan", "id/plan/y"),))),
        (f"{URL}plans?on=2026-11-29", PAGE),
        (f"{URL}dumps/all.nt.gz", Address("dumps/7/all.nt.gz")),
        (f"{URL}dumps/6/all.nt.gz", Address("dumps/6/all.nt.gz")),
        (f"{URL}dumps/7?page=2", Address("dumps", "html", "nl", (("page", "2"),))),
        (f"{URL}static/style.0123.css", Address("static/style.0123.css")),
        (f"{URL}fragments", Address("fragments", "trig")),
    ],
)
def test_a_link_of_a_server_is_read(href: str, address: Address) -> None:
    assert READING.address(href, PAGE) == address


@pytest.mark.parametrize(
    "href",
    [
        f"{URL}search?q=x",
        f"{URL}plans?version=1",
        f"{URL}plans?on=2013-05-01",
        f"{URL}sparql?query=ASK%7B%7D",
        f"{URL}blame?thing=x",
        f"{URL}openapi.json",
        f"{URL}graphs",
        "https://data.example.org/elsewhere",
        "https://example.org/",
        "https://data.example.org/open/../secret",
    ],
)
def test_what_only_a_server_has_is_no_address(href: str) -> None:
    assert READING.address(href, PAGE) is None


def test_a_link_without_a_language_is_in_that_of_the_page() -> None:
    assert READING.address(f"{URL}plans", ENGLISH) == ENGLISH


@pytest.mark.parametrize(
    ("address", "path", "parameters"),
    [
        (Address("plans", "html", "nl"), "plans", (("on", "2026-11-29"),)),
        (Address("about", "html", "en"), "about", (("lang", "en"),)),
        (Address("doc/plan/x", "ttl"), "doc/plan/x", (("format", "turtle"),)),
        (Address("fragments/3", "trig"), "fragments", (("page", "3"), ("format", "trig"))),
        (Address("queries/x", "csv", "", (("lang", "en"),)), "queries/x", (("lang", "en"), ("format", "csv"))),
    ],
)
def test_an_address_is_asked_for_as_a_client_does(
    address: Address, path: str, parameters: tuple[tuple[str, str], ...]
) -> None:
    request = READING.request(address)
    assert (request.path, request.parameters) == (path, parameters)


def rewritten(text: str, at: Address = PAGE, missing: str = "nowhere") -> str:
    async def is_there(address: Address) -> bool:
        return missing not in address.path

    return asyncio.run(Rewriting(READING).page(text, at, is_there)).text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f'<a href="{URL}plans?lang=en">x</a>', f'<a href="{URL}en/plans/">x</a>'),
        (f'<a class="b" href="{URL}plans#top" lang="en">x</a>', f'<a class="b" href="{URL}plans/#top" lang="en">x</a>'),
        (f'<a class="b" href="{URL}search?q=1">words <b>in</b></a>', '<span class="b">words <b>in</b></span>'),
        (f'<a href="{URL}doc/nowhere">x</a> <a href="{URL}plans">y</a>', f'<span>x</span> <a href="{URL}plans/">y</a>'),
        (f'<a href="{URL}doc/nowhere"><rect/><text>x</text></a>', "<g><rect/><text>x</text></g>"),
        (f'  <form action="{URL}search" method="get">\n<input>\n</form>\n<p>', "<p>"),
        (f'<link rel="canonical" href="{URL}plans?on=2026-11-29">', f'<link rel="canonical" href="{URL}plans/">'),
        (f'<link rel="alternate" type="text/csv" href="{URL}plans.csv?lang=nl">',
         f'<link rel="alternate" type="text/csv" href="{URL}plans.csv">'),
        (f'  <link rel="service-desc" href="{URL}openapi.json">\n<p>', "<p>"),
        (f'<link rel="cite-as" href="{URL}id/plan/x">', f'<link rel="cite-as" href="{URL}id/plan/x">'),
        ('<a href="https://example.org/?a=1&amp;b">x</a>', '<a href="https://example.org/?a=1&amp;b">x</a>'),
        ('<a href="#main">x</a>', '<a href="#main">x</a>'),
        (f"<code>curl '{URL}queries/gaps.csv?lang=nl'</code>", f"<code>curl '{URL}queries/gaps~lang-nl.csv'</code>"),
        (f'<script type="module" src="{URL}static/x.0.js"></script>',
         f'<script type="module" src="{URL}static/x.0.js"></script>'),
    ],
)  # fmt: skip
def test_each_link_of_a_page_leads_to_a_file_or_is_text(before: str, after: str) -> None:
    assert rewritten(before) == after


def test_what_the_data_say_is_no_element() -> None:
    said = "<p>&lt;a href=&#34;https://data.example.org/open/search&#34;&gt;</p>"
    assert rewritten(said) == said


def test_only_the_worker_may_compile() -> None:
    worker = next(asset.name for name, asset in frozen_assets().items() if name == "freeze/worker.js")
    page = next(asset.name for name, asset in frozen_assets().items() if name == "freeze/page.js")
    policies = [headers_of(Address(f"static/{name}"), "text/javascript") for name in (worker, page)]
    assert ["wasm-unsafe-eval" in policy["Content-Security-Policy"] for policy in policies] == [True, False]
    assert "unsafe-eval" not in common_headers(of_worker=False)["Content-Security-Policy"]
    text = Rules(URL, 7).nginx().decode()
    assert text.count("wasm-unsafe-eval") == 1
    assert not re.search(r"@[A-Z_]+@", text)


def test_programs_find_rdf_at_the_address_without_a_suffix() -> None:
    assert moved_of("feed/1.trig") == ("feed/1",)
    assert moved_of(".well-known/void.ttl") == (".well-known/void",)
    assert moved_of("plans/index.html") == ("plans/", "plans")
    assert moved_of("feed/index.html") == ("feed/",)
    assert moved_of("index.html") == ("",)
    assert moved_of("plans.csv") == ()


@pytest.mark.parametrize("name", ["freeze.html", "missing.html", "name.html"])
def test_no_text_of_a_template_is_left_untranslated(name: str) -> None:
    """Templates that only a frozen site has: the tests in Chromium that look for such text are a server's."""
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", text, flags=re.DOTALL)
    text = re.sub(r"<[^>]*>", " ", text)
    # How a prefix is written.
    assert not re.findall(r"\w+", re.sub(r"&lt;|&gt;", " ", text))
