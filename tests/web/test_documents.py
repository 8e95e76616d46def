"""Documents over HTTP, on the shipped data."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import rdflib
from rdflib.compare import isomorphic

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.quads import Quad, parse_line
from dppgraph.operations.build import Built, build
from dppgraph.operations.documents import document
from dppgraph.operations.frames import read_frames
from dppgraph.operations.harvest import harvesting
from dppgraph.operations.sources import Sources
from dppgraph.store.rdf import parse
from dppgraph.store.versions import VersionStore
from dppgraph.web.documents.page import page
from dppgraph.web.pages import Reader, Site
from tests.conftest import BASE, REPOSITORY, Server, start_server
from tests.operations.published import facts_of, thing

PLAN = "plan/vlaams-plan-overheidsopdrachten"
ADDRESSES = (
    "doc/",
    "openapi.json",
    ".well-known/void",
    "sparql",
    "queries",
    "dumps/",
    "feed",
    "fragments",
    "catalogue",
    "about",
)
A = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
ITS_IRI = f"{BASE}id/{PLAN}"


def get(server: Server, path: str, accept: str | None = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return server.ask("GET", path, headers=sent | ({"Accept": accept} if accept else {}))


def said(body: bytes, format_: Format) -> set[Quad]:
    return {quad._replace(graph="") for quad in parse(body, format_, base="http://e.org/")}


def url_of(server: Server, path: str = "") -> str:
    return f"http://127.0.0.1:{server.port}/{path}"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, sources: Sources) -> Iterator[Server]:
    """A server of three versions without the gate: one thing was only in the first, and another is hostile."""
    folder = tmp_path_factory.mktemp("small")
    data, store = folder / "data", VersionStore(folder / "store")
    data.mkdir()
    thing, other = (f"<{BASE}id/plan/{name}> <a:b> " for name in ("x", "y"))
    label = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
    hostile = (
        f'<{BASE}id/plan/x> {label} "<script>alert(1)</script>\\" onclick=\\"alert(2)"@en .\n'
        f"{thing}<javascript:alert(3)> .\n<javascript:alert(4)> <a:b> <{BASE}id/plan/x> .\n"
        f'<{BASE}id/source/beleid.html> <a:b> "a page" .\n<{BASE}id/source/caf\u00e9> <a:b> "a place" .\n'
        f"<{BASE}id/source/q?x=1> <a:b> <{BASE}id/org/\u6f22> .\n"
    )
    ungated = replace(sources, data=data, shapes=None, named_data=str(data), named_shapes="none")
    with store.writing("a test") as writer:
        for content in (f'{thing}"1" .\n{other}"1" .\n', f'{thing}"2" .\n', hostile):
            (data / "data.nt").write_text(content)
            build(store, writer, ungated, agent="a test", harvesting=harvesting(store))
    server = start_server("--store", store.folder)
    yield server
    assert server.stop() == 0


def test_a_name_leads_to_the_document_about_it(server: Server) -> None:
    for method in ("GET", "HEAD"):
        status, headers, body = server.ask(method, f"/id/{PLAN}?format=turtle")
        assert (status, body) == (303, b"")
        assert headers["location"] == url_of(server, f"doc/{PLAN}?format=turtle")
    assert get(server, "/.well-known/genid/abc")[1]["location"] == url_of(server, "doc/genid/abc")


def test_a_redirect_does_not_believe_the_host_header(server: Server) -> None:
    assert get(server, f"/id/{PLAN}", Host="evil.example")[1]["location"] == url_of(server, f"doc/{PLAN}")


@pytest.mark.parametrize("path", ["/id//evil.example/x", "/id/%0d%0aset-cookie:%20a=b", "/id/..%2f..%2fetc/passwd"])
def test_a_redirect_leads_nowhere_else(server: Server, path: str) -> None:
    status, headers, _ = get(server, path)
    assert status in (303, 404)
    if status == 303:
        location = urlsplit(headers["location"])
        assert (location.netloc, location.path[:5]) == (f"127.0.0.1:{server.port}", "/doc/")
        assert "set-cookie" not in headers
        assert get(server, headers["location"].partition(str(server.port))[2])[0] == 404


@pytest.mark.parametrize("format_", formats.RDF, ids=lambda format_: format_.name)
def test_a_document_says_the_same_in_every_format(server: Server, format_: Format) -> None:
    by_suffix = get(server, f"/doc/{PLAN}.{format_.extension}")
    assert (by_suffix[0], by_suffix[1]["content-type"]) == (200, format_.content_type)
    assert get(server, f"/doc/{PLAN}?format={format_.name}")[2] == by_suffix[2]
    assert get(server, f"/doc/{PLAN}", format_.media_types[0])[2] == by_suffix[2]
    turtle = get(server, f"/doc/{PLAN}.ttl")[2]
    assert said(by_suffix[2], format_) == said(turtle, formats.TURTLE)


def test_literals_are_as_they_were_published(server: Server, built: tuple[VersionStore, Built]) -> None:
    published = {parse_line(line) for line in built[0].lines(1)}
    about = {quad for quad in published if quad.subject == f"<{ITS_IRI}>"}
    found = set(parse(get(server, f"/doc/{PLAN}.nq")[2], formats.NQUADS))
    assert about < found
    # Here the catalogue's addresses are those of this server, and a page of what points at it has no graph.
    assert {quad for quad in found if quad.graph} < published


def test_what_points_at_a_thing_is_in_its_document(server: Server, built: tuple[VersionStore, Built]) -> None:
    pointing = {quad[:3] for quad in map(parse_line, built[0].lines(1)) if quad.object == f"<{ITS_IRI}>"}
    assert len(pointing) > 20
    assert pointing < {quad[:3] for quad in said(get(server, f"/doc/{PLAN}.nt")[2], formats.NTRIPLES)}


@pytest.mark.heavy
def test_where_much_points_at_a_thing_it_comes_in_pages(server: Server, built: tuple[VersionStore, Built]) -> None:
    terms = {quad.subject for quad in map(parse_line, built[0].lines(1)) if quad.subject.startswith(f"<{BASE}ns")}
    pointing = {quad[:3] for quad in map(parse_line, built[0].lines(1)) if quad.object in terms}
    found: set[Quad] = set()
    path, pages = "/ns.nt", 0
    while path:
        status, headers, body = get(server, path)
        assert status == 200
        found |= said(body, formats.NTRIPLES)
        following = re.search(r'<([^>]*)>; rel="next"', headers["link"])
        path, pages = following[1].partition(str(server.port))[2] if following else "", pages + 1
    assert pages > 2
    assert pointing < {quad[:3] for quad in found}
    assert get(server, f"/ns.nt?page={pages + 1}")[0] == 404
    assert get(server, "/ns.nt?page=0")[0] == 400
    html = get(server, "/ns.html?page=2")[2].decode()
    assert 'rel="prev"' in html
    assert 'rel="next"' in html


def test_ontology_shapes_schemes_and_graphs_have_documents(server: Server) -> None:
    ontology = said(get(server, "/ns", "text/turtle")[2], formats.TURTLE)
    assert any(quad.subject == f"<{BASE}ns#PolicyPlan>" and "definition" in quad.predicate for quad in ontology)
    shapes = said(get(server, "/shapes", "application/rdf+xml")[2], formats.RDFXML)
    assert any(quad.predicate.endswith("shacl#path>") for quad in shapes)
    assert {
        get(server, f"/doc/{path}.ttl")[0] for path in ("graph/source", "scheme/themes", "concept/level-local")
    } == {200}


def test_what_is_not_there_is_404(server: Server) -> None:
    for path in ("/doc/plan/nothing", "/doc/plan/nothing.ttl", "/doc/", f"/doc/{PLAN}/more", "/doc/genid/0", "/ns.exe"):
        assert get(server, path, "text/turtle")[0] == 404, path
    assert get(server, f"/doc/{PLAN}?version=7")[0] == 404
    assert get(server, f"/doc/{PLAN}?version=1")[0] == 200


def test_a_format_that_is_not_there_is_said_to_be_so(server: Server) -> None:
    status, _, body = get(server, f"/doc/{PLAN}", "image/png")
    assert (status, "text/html" in json.loads(body)["offered"]) == (406, True)
    assert get(server, f"/doc/{PLAN}.ttl?format=nt")[0] == 400
    assert get(server, f"/doc/{PLAN}?format=docx")[0] == 400


@pytest.mark.heavy
def test_what_was_there_once_is_410(small: Server) -> None:
    assert get(small, "/doc/plan/x")[0] == 200
    assert get(small, "/doc/plan/y")[0] == 410
    assert get(small, "/doc/plan/z")[0] == 404


def test_a_name_that_looks_like_a_document_is_a_name(small: Server) -> None:
    for path in ("/doc/source/beleid.html", "/doc/source/beleid.html?format=nt", "/doc/source/beleid.html.nt"):
        assert b"a page" in get(small, path, "application/n-triples")[2], path
    assert get(small, "/doc/source/beleid.html.html", "text/html")[0] == 200
    assert get(small, "/doc/plan/x.html")[1]["content-type"].startswith("text/html")


def test_names_of_any_characters_lead_somewhere_and_headers_are_ascii(small: Server) -> None:
    for path, content in (("source/caf%C3%A9", b"a place"), ("source/q%3Fx=1", b"org")):
        location = get(small, f"/id/{path}")[1]["location"]
        assert location == url_of(small, f"doc/{path}")
        status, headers, body = get(small, f"/doc/{path}", "application/n-triples")
        assert (status, content in body) == (200, True)
        assert headers["content-location"] == url_of(small, f"doc/{path}.nt")
        assert all(value.isascii() for value in headers.values())
    # Nothing is said of it, but it is named.
    assert b"q?x=1" in get(small, "/doc/org/%E6%BC%A2", "application/n-triples")[2]
    listed = small.ask("GET", "/sitemap-1.xml")[2].decode()
    assert f"<loc>{url_of(small, 'doc/source/caf%C3%A9')}</loc>" in listed
    assert f"<loc>{url_of(small, 'doc/source/q%3Fx=1')}</loc>" in listed


def test_a_server_without_catalogue_and_vocabulary_leads_to_none(small: Server) -> None:
    for path in ("/", "/things", "/doc/plan/x.html", "/sitemap-1.xml", "/feed"):
        status, headers, body = get(small, path)
        assert status == 200
        told = body.decode() + headers.get("link", "")
        assert not re.search(rf"{url_of(small)}(catalogue|ns|shapes)\b", told), path
    assert get(small, "/catalogue")[0] == 404
    assert get(small, "/about")[0] == 200


def test_a_page_says_where_it_is(server: Server) -> None:
    assert get(server, "/ns.ttl?page=2")[1]["content-location"] == url_of(server, "ns.ttl?page=2")
    assert get(server, "/ns")[1]["content-location"] == url_of(server, "ns.ttl")


def test_who_has_a_document_is_not_sent_it_again(server: Server) -> None:
    _, headers, _ = get(server, f"/doc/{PLAN}.ttl")
    assert headers["vary"] == "Accept, Accept-Encoding, Accept-Datetime"
    tag, moment = headers["etag"], headers["last-modified"]
    assert get(server, f"/doc/{PLAN}.ttl", If_None_Match=tag)[::2] == (304, b"")
    assert get(server, f"/doc/{PLAN}.ttl", If_Modified_Since=moment)[::2] == (304, b"")
    assert get(server, f"/doc/{PLAN}.ttl", If_Modified_Since="Sat, 01 Jan 2000 00:00:00 GMT")[0] == 200
    assert get(server, f"/doc/{PLAN}.ttl", If_Modified_Since="yesterday")[0] == 200
    # The tag is the better word (RFC 9110, section 13.2.2).
    assert get(server, f"/doc/{PLAN}.ttl", If_None_Match='"other"', If_Modified_Since=moment)[0] == 200
    coded = get(server, f"/doc/{PLAN}.ttl", Accept_Encoding="gzip")
    assert (coded[1]["content-encoding"], coded[1]["etag"] != tag) == ("gzip", True)


def links(headers: dict[str, str]) -> list[tuple[str, str, str]]:
    """Relation, target and type of each link."""
    found = re.findall(r'<([^>]*)>; rel="([^"]*)"(?:; type="([^"]*)")?', headers["link"])
    return [(relation, target, type_) for target, relation, type_ in found]


def test_signposts_lead_from_every_document(server: Server) -> None:
    address = url_of(server, f"doc/{PLAN}")
    for accept in ("text/html", "text/turtle"):
        _, headers, _ = server.ask("HEAD", f"/doc/{PLAN}", headers={"Accept": accept})
        found = links(headers)
        assert ("cite-as", ITS_IRI, "") in found
        assert ("describedby", f"{address}.jsonld", "application/ld+json") in found
        assert ("type", "https://schema.org/AboutPage", "") in found
        assert ("collection", url_of(server, "doc/dataset/policy-plans"), "text/html") in found
        assert ("linkset", f"{address}.linkset.json", "application/linkset+json") in found
        assert [target for relation, target, _ in found if relation == "license"]
        # nginx, for one, takes 4 kB as the head of an answer.
        assert sum(len(name) + len(value) + 4 for name, value in headers.items()) < 3500


UNSET = ("linkset", "alternate", "describes", "original timegate", "timemap")
"""Links of the answer itself, which is one of several, and not of the document."""


def test_the_linkset_says_the_same_as_the_header(server: Server) -> None:
    status, headers, body = get(server, f"/doc/{PLAN}.linkset.json")
    assert (status, headers["content-type"]) == (200, "application/linkset+json")
    of_document = json.loads(body)["linkset"][0]
    in_header = {(relation, target) for relation, target, _ in links(headers)}
    assert of_document["anchor"] == url_of(server, f"doc/{PLAN}")
    in_set = {
        (relation, target["href"])
        for relation, targets in of_document.items()
        if relation != "anchor"
        for target in targets
    }
    assert in_set == {(relation, target) for relation, target in in_header if relation not in UNSET}


def test_a_dataset_names_what_can_be_downloaded(server: Server) -> None:
    found = Counter(relation for relation, _, _ in links(get(server, "/doc/dataset/policy-plans")[1]))
    assert found["item"] > 0
    everything = json.loads(get(server, "/doc/dataset/policy-plans.linkset.json")[2])["linkset"][0]
    assert len(everything["item"]) >= found["item"]
    packed = {item["type"] for item in everything["item"] if item["href"].endswith(".gz")}
    assert packed == {"application/gzip"}
    assert "application/n-quads" in {item["type"] for item in everything["item"]}


@pytest.mark.parametrize("path", ["sparql", "queries", "feed", "feed/1", "fragments", ".well-known/void", "catalogue"])
def test_a_browser_that_comes_across_rdf_gets_a_page(server: Server, path: str) -> None:
    for accept in ("text/html", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"):
        status, headers, body = get(server, f"/{path}", accept)
        assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert b"<h1>" in body
    assert get(server, f"/{path}", "*/*")[1]["content-type"] == "text/turtle; charset=utf-8"


def test_the_page_is_for_people(server: Server) -> None:
    status, headers, body = get(
        server, f"/doc/{PLAN}", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    )
    html = body.decode()
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert '<h1><bdi lang="nl">Vlaams plan overheidsopdrachten</bdi></h1>' in html
    for relation in ("alternate", "describedby"):
        assert f'<link rel="{relation}" type="text/turtle" href="{url_of(server, f"doc/{PLAN}.ttl")}">' in html
    assert not re.findall(r"<script(?! type=\"module\" src=)", html)
    assert "unsafe" not in headers["content-security-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize(
    ("language", "words"), [("nl", ("vervangt", "goedgekeurd in")), ("en", ("replaces", "approved in"))]
)
def test_properties_are_called_what_the_reader_calls_them(
    server: Server, language: str, words: tuple[str, ...]
) -> None:
    html = get(server, f"/doc/{PLAN}?lang={language}", "text/html")[2].decode()
    for word in words:
        assert re.search(rf'<th scope="row"><a href="[^"]*"><bdi lang="{language}">{word}</bdi></a></th>', html), word
    assert f'href="/plans/{PLAN.partition("/")[2]}?lang={language}"' in html


@pytest.mark.heavy
def test_a_page_shows_the_first_of_many_and_says_how_many_more(many: Server) -> None:
    html = get(many, "/doc/plan/x?lang=en", "text/html")[2].decode()
    assert html.count('<section id="') == 100
    assert "401 more things belong to this" in html
    assert "And 400 more" in html
    assert "x" * 1000 not in html
    assert len(said(get(many, "/doc/plan/x.nt")[2], formats.NTRIPLES)) > 1500


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory, sources: Sources) -> Iterator[Server]:
    """A server of a plan with 500 lines of action and a title that does not end."""
    folder = tmp_path_factory.mktemp("many")
    (folder / "data").mkdir()
    ns, plan = f"<{BASE}ns#", f"<{BASE}id/plan/x>"
    lines = [f'{plan} <http://purl.org/dc/terms/title> "{"x" * 100_000}"@nl .', f"{plan} {A} {ns}PolicyPlan> ."]
    for number in range(500):
        line = f"<{BASE}id/line-of-action/{number:03}>"
        lines += [
            f"{plan} {ns}hasLineOfAction> {line} .",
            f'{line} {ns}position> "{number}" .',
            f"{line} {ns}lineOf> {plan} .",
        ]
    (folder / "data" / "data.nt").write_text("\n".join(lines) + "\n")
    store = VersionStore(folder / "store")
    with store.writing("tests") as writer:
        ungated = replace(
            sources, data=folder / "data", shapes=None, named_data=str(folder / "data"), named_shapes="none"
        )
        build(store, writer, ungated, agent="tests", harvesting=harvesting(store))
    running = start_server("--store", store.folder)
    yield running
    assert running.stop() == 0


def test_hostile_data_is_only_text_on_a_page(small: Server) -> None:
    html = get(small, "/doc/plan/x.html")[2].decode()
    assert not re.findall(r"<script(?! type=\"module\" src=)", html)
    assert "javascript:alert(3)" in html
    assert not re.findall(r'(?:href|src)="?javascript', html)
    assert "&lt;script&gt;" in html


@pytest.mark.heavy
def test_a_licence_that_means_harm_is_no_link(tmp_path: Path) -> None:
    catalogue = (
        "[] a dcat:Catalog ; dcat:dataset plan:d . plan:d dct:license <javascript:alert(5)> , <https://e.org/> ."
    )
    published = facts_of(tmp_path, catalogue=catalogue).published
    frames = read_frames(REPOSITORY / "ontology")
    found = document(published, frames, thing("plan:d")[1:-1])
    said_so = page(found, published, frames, Site("http://localhost:8000/", published.base), Reader("nl")).decode()
    assert 'rel="license" href="https://e.org/"' in said_so
    assert not re.findall(r'href="?javascript', said_so)


@pytest.mark.heavy
@pytest.mark.timeout(300)
def test_every_name_of_ours_has_a_document_that_says_the_same_in_every_format(
    server: Server, built: tuple[VersionStore, Built]
) -> None:
    quads = [parse_line(line) for line in built[0].lines(1)]
    names = {term[1:-1].partition("#")[0] for quad in quads for term in quad if term.startswith(f"<{BASE}")}
    assert len(names) > 700
    for name in sorted(names):
        path = name.removeprefix(BASE)
        if path.startswith(ADDRESSES) or not path:
            assert get(server, f"/{path}")[0] == 200, name
            continue
        status, headers, _ = get(server, f"/{path}", "text/turtle")
        if path.startswith(("id/", ".well-known/genid/")):
            assert status == 303, name
            path = headers["location"].partition(f"{server.port}/")[2]
        told = {format_: get(server, f"/{path}.{format_.extension}") for format_ in formats.RDF}
        assert {status for status, _, _ in told.values()} == {200}, name
        assert len({frozenset(said(body, format_)) for format_, (_, _, body) in told.items()}) == 1, name
        about = said(told[formats.NTRIPLES][2], formats.NTRIPLES)
        assert any(name in quad.subject or name in quad.object for quad in about), name
        assert get(server, f"/{path}.html")[0] == 200, name


@pytest.mark.heavy
def test_rdflib_reads_each_kind_of_document_alike(server: Server, built: tuple[VersionStore, Built]) -> None:
    names = {
        quad.subject[1:-1] for quad in map(parse_line, built[0].lines(1)) if quad.subject.startswith(f"<{BASE}id/")
    }
    for iri in {iri.rpartition("/")[0]: iri.partition("#")[0] for iri in sorted(names)}.values():
        path = f"/doc/{iri.removeprefix(f'{BASE}id/')}"
        graphs = [
            rdflib.Graph().parse(data=get(server, f"{path}.{extension}")[2], format=name)
            for extension, name in (("ttl", "turtle"), ("nt", "nt"), ("rdf", "xml"), ("jsonld", "json-ld"))
        ]
        assert len(graphs[0]) > 1
        assert all(isomorphic(graphs[0], graph) for graph in graphs[1:]), iri
