"""Who brought what, and what is said of changes, as pages and as data: of a store with several versions."""

import csv
import io
import json
import re
from collections.abc import Iterator
from urllib.parse import quote

import lxml.html
import pyoxigraph
import pytest

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import literal
from dppgraph.operations.build import build
from dppgraph.operations.harvest import harvesting
from dppgraph.operations.sources import Sources
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE, Server, start_server

HTML = {"Accept": "text/html"}
PLAN = f"{BASE}id/plan/x"
GONE = f"{BASE}id/plan/gone"
ASKED = f"/blame?thing={quote(PLAN, safe='')}"
TITLE = f"<{PREFIXES['dct']}title>"
NOTE = "<http://www.w3.org/2004/02/skos/core#note>"
PROV = PREFIXES["prov"]
HOSTILE = "</q><script>alert(1)</script>\u202etxet desrever\u202c \x08\x1b[31m &amp; \"'\n" + "long " * 2000
AGENT = 'an <i>editor</i> of "x"\u202e'


def line(subject: str, predicate: str, object_: str) -> str:
    return f"<{subject}> {predicate} {object_} <{BASE}id/graph/source> ."


def description() -> Iterator[str]:
    """The words that the first title rests on."""
    this, words = f"{BASE}id/statement/x", f"{BASE}id/statement/x#quote"
    rdf, oa = PREFIXES["rdf"], PREFIXES["oa"]
    yield line(this, f"<{rdf}type>", f"<{PREFIXES['dpp']}SourceStatement>")
    yield line(this, f"<{rdf}subject>", f"<{PLAN}>")
    yield line(this, f"<{rdf}predicate>", TITLE)
    yield line(this, f"<{rdf}object>", '"Plan één"@nl')
    yield line(this, f"<{oa}hasSelector>", f"<{words}>")
    yield line(words, f"<{oa}exact>", '"het <b>eerste</b> plan"@nl')


NOTES = [line(f"{PLAN}#period", NOTE, literal(f"note {number:03}")) for number in range(60)]
VERSIONS = {
    "the first": [line(PLAN, TITLE, '"Plan één"@nl'), *description(), line(GONE, TITLE, '"Short-lived"@en'), *NOTES],
    HOSTILE: [line(PLAN, TITLE, '"Plan twee"@nl'), *NOTES],
    "back again": [line(PLAN, TITLE, '"Plan één"@nl'), *description(), *NOTES],
}


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("several")
    (data := folder / "data").mkdir()
    store = VersionStore(folder / "store")
    for message, lines in VERSIONS.items():
        (data / "data.nq").write_text("".join(f"{one}\n" for one in lines))
        sources = Sources(data, data, None, BASE, named_data=str(data), named_shapes="none")
        with store.writing("tests") as writer:
            agent = AGENT if message == HOSTILE else "tests"
            build(store, writer, sources, agent=agent, message=message, harvesting=harvesting(store))
    running = start_server("--data", data, "--store", store.folder, "--shapes", "none")
    yield running
    running.stop()


def data(server: Server, target: str) -> dict[str, object]:
    status, _, body = server.ask("GET", target, headers={"Accept": "application/json"})
    assert status == 200, body
    found: dict[str, object] = json.loads(body)
    return found


def page(server: Server, target: str) -> str:
    status, headers, body = server.ask("GET", target, headers=HTML)
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8"), target
    return body.decode()


def statements(server: Server, target: str) -> list[dict[str, object]]:
    found = data(server, target)["statements"]
    assert isinstance(found, list)
    return found


def test_each_statement_has_the_version_that_brought_it_and_the_one_that_took_it_away(several: Server) -> None:
    titles = [one for one in statements(several, ASKED) if TITLE in str(one["statement"])]
    assert [(one["version"], one["first"], (one["gone"] or {}).get("version")) for one in titles] == [  # type: ignore[attr-defined]
        (2, 2, 3),
        (1, 1, 2),
        (3, 1, None),
    ]
    assert [one["message"] for one in titles] == [HOSTILE, "the first", "back again"]
    assert [[said["text"] for said in one["quotes"]] for one in titles] == [  # type: ignore[attr-defined]
        [],
        ["het <b>eerste</b> plan"],
        ["het <b>eerste</b> plan"],
    ]


def test_a_thing_of_many_lines_is_told_page_by_page(several: Server) -> None:
    found = data(several, ASKED)
    assert (found["count"], found["page"], found["pages"]) == (63, 1, 2)
    lines = [one["statement"] for number in (1, 2) for one in statements(several, f"{ASKED}&page={number}")]
    assert [one for one in lines if NOTE in str(one)] == NOTES
    assert len(lines) == 63
    assert several.ask("GET", f"{ASKED}&page=3")[0] == 404
    said = page(several, f"{ASKED}&version=2&lang=nl")
    following = re.search(r'rel="next" href="([^"]*)"', said)
    assert following
    assert "note 059" in page(several, following[1].replace("&amp;", "&"))


def test_an_older_version_is_told_as_it_was(several: Server) -> None:
    found = statements(several, f"{ASKED}&version=1")
    assert {one["version"] for one in found} == {1}
    assert not any(one["gone"] for one in found)
    assert several.ask("GET", f"{ASKED}&version=4")[0] == 404
    assert several.ask("GET", f"{ASKED}&version=x")[0] == 400


def test_of_a_thing_that_is_gone_it_is_told_who_took_it_away(several: Server) -> None:
    (one,) = statements(several, "/blame?thing=plan/gone")
    assert isinstance(one["gone"], dict)
    assert (one["gone"]["version"], one["gone"]["agent"]) == (2, AGENT)
    said = page(several, "/blame?thing=plan/gone&lang=nl")
    assert "/changes/2?lang=nl" in said
    assert "Versie 3 van de gegevens" in said


@pytest.mark.parametrize(
    "thing", ["plan/none", "http://e.org/x", "javascript:alert(1)", "%00", "%3Cb%3E%20", "x" * 3000]
)
def test_what_nothing_was_said_of_is_not_found(several: Server, thing: str) -> None:
    status, headers, body = several.ask("GET", f"/blame?thing={thing}", headers=HTML)
    assert (status, headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert b"<b> " not in body


def test_without_a_thing_there_is_a_form_and_no_data(several: Server) -> None:
    assert '<input id="thing" name="thing" value=""' in page(several, "/blame")
    assert "/blame." not in page(several, "/blame")
    for target in ("/blame.json", "/blame.csv", "/blame.ttl", "/blame?format=json"):
        assert several.ask("GET", target)[0] == 400


def test_as_a_table_it_has_the_same(several: Server) -> None:
    said = several.ask("GET", f"/blame.csv{ASKED.removeprefix('/blame')}")[2].decode()
    rows = list(csv.DictReader(io.StringIO(said)))
    assert len(rows) == 50
    assert [(row["version"], row["gone"], row["quote"]) for row in rows[:3]] == [
        ("2", "3", ""),
        ("1", "2", "het <b>eerste</b> plan"),
        ("3", "", "het <b>eerste</b> plan"),
    ]
    assert rows[0]["agent"] == AGENT


def test_as_rdf_each_statement_has_the_changes_that_brought_it_and_took_it_away(several: Server) -> None:
    found = {}
    for format_ in ("turtle", "ntriples", "jsonld"):
        status, headers, body = several.ask("GET", f"{ASKED}&format={format_}")
        assert status == 200
        kind = pyoxigraph.RdfFormat.from_media_type(headers["content-type"])
        assert kind is not None
        found[format_] = {quad.triple for quad in pyoxigraph.parse(body, kind)}
    assert found["turtle"] == found["ntriples"] == found["jsonld"]
    here = f"http://127.0.0.1:{several.port}/changes"
    query = f"""
        PREFIX prov: <{PROV}> PREFIX rdf: <{PREFIXES["rdf"]}> PREFIX rdfs: <{PREFIXES["rdfs"]}>
        SELECT ?change ?gone ?agent ?name {{
            ?this rdf:object "Plan één"@nl ; rdf:predicate {TITLE} ; prov:wasGeneratedBy ?change .
            ?change prov:wasAssociatedWith ?agent . ?agent rdfs:label ?name .
            OPTIONAL {{ ?this prov:wasInvalidatedBy ?gone }}
        }} ORDER BY ?change
    """
    store = pyoxigraph.Store()
    store.extend(pyoxigraph.Quad(*triple) for triple in found["turtle"])
    rows = [[str(value.value) if value else None for value in row] for row in store.query(query)]  # type: ignore[union-attr]
    assert rows == [
        [f"{here}/1#change", f"{here}/2#change", f"{here}#agent-tests", "tests"],
        [f"{here}/3#change", None, f"{here}#agent-tests", "tests"],
    ]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_hostile_message_is_shown_as_it_is_and_does_nothing(several: Server, language: str) -> None:
    for target in (f"/changes?lang={language}", f"/changes/2?lang={language}", f"{ASKED}&lang={language}"):
        said = page(several, target)
        document = lxml.html.document_fromstring(said)
        assert not document.xpath("//script[not(@src)] | //i | //b")
        # In an element of its own, what turns the direction of text ends with it.
        shown = [one.text_content() for one in document.xpath("//bdi") if "</script>" in one.text_content()]
        assert shown
        assert all(text.startswith("</q><script>alert(1)</script>") and len(text) < 1100 for text in shown)
        assert [one for one in document.xpath("//bdi") if one.text_content() == AGENT], target
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", said), target
    assert data(several, "/changes/2")["message"] == HOSTILE


def test_versions_and_their_changes_are_told_as_prov(several: Server) -> None:
    here = f"http://127.0.0.1:{several.port}/changes"
    for target, versions in (("/changes", (1, 2, 3)), ("/changes/2", (2,))):
        status, _, body = several.ask("GET", target, headers={"Accept": "application/n-triples"})
        assert status == 200
        said = {
            (str(quad.subject).strip("<>"), quad.predicate.value, quad.object.value)
            for quad in pyoxigraph.parse(body, pyoxigraph.RdfFormat.N_TRIPLES)
        }
        changes = {subject for subject, predicate, value in said if value == f"{PROV}Activity"}
        assert changes == {f"{here}/{number}#change" for number in versions}
        assert (f"{here}/2#change", f"{PREFIXES['dct']}description", HOSTILE) in said
        assert (f"{here}/2#version", f"{PROV}wasRevisionOf", f"{here}/1#version") in said
        assert (f"{here}/2#version", f"{PROV}wasGeneratedBy", f"{here}/2#change") in said
        agent = next(value for s, p, value in said if (s, p) == (f"{here}/2#change", f"{PROV}wasAssociatedWith"))
        assert (agent, f"{PREFIXES['rdfs']}label", AGENT) in said
        assert agent.startswith(f"{here}#agent-")
    # XML has no way to say a control character.
    assert several.ask("GET", "/changes/2?format=rdfxml")[0] == 406
    assert several.ask("GET", "/changes/1.rdf")[0] == 200


def test_of_each_thing_a_change_says_what_it_did_to_it(several: Server) -> None:
    for number, expected in ((1, "added"), (2, "gone")):
        found = data(several, f"/changes/{number}")["changes"]
        assert isinstance(found, list)
        told = {one["iri"]: (one["change"], one["gone"]) for one in found}
        assert told[GONE] == (expected, True)
        assert told[PLAN] == ("added" if number == 1 else "changed", False)
    assert data(several, "/changes/2")["kind"] == "build"


def test_pages_of_things_lead_there_and_crawlers_are_asked_not_to(several: Server) -> None:
    asked = f"/blame?thing={quote(PLAN, safe='')}"
    for target in ("/doc/plan/x.html", "/plans/x"):
        assert asked in page(several, target), target
    assert "Disallow: /blame\n" in several.ask("GET", "/robots.txt")[2].decode()
    assert "/blame<" not in several.ask("GET", "/sitemap-1.xml")[2].decode()
    described = json.loads(several.ask("GET", "/openapi.json")[2])["paths"]["/blame"]["get"]
    assert {"thing", "version", "page", "lang", "format"} == {one["name"] for one in described["parameters"]}
