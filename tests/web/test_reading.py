"""Pages about things: found by name, in each format, with how to cite them; whatever the data says."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import unquote

import pytest
from starlette.requests import Request

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES
from dppgraph.operations.build import Built, build
from dppgraph.operations.harvest import harvesting
from dppgraph.operations.sources import Sources
from dppgraph.store.rdf import parse
from dppgraph.store.versions import VersionStore
from dppgraph.web.cache.answers import AnswerCache, Asked
from dppgraph.web.cache.kept import Kept
from dppgraph.web.reading import Place, Things
from dppgraph.web.reading.words import anchor
from tests.conftest import BASE, Server, start_server
from tests.operations.published import facts_of

PLAN = "vlaams-actieplan-duurzame-overheidsopdrachten-2009-2011"
THINGS = {
    f"plans/{PLAN}": f"plan/{PLAN}",
    "lines/duurzame-overheidsopdrachten-2012-2014-10": "line-of-action/duurzame-overheidsopdrachten-2012-2014-10",
    "concepts/theme-social": "concept/theme-social",
    "agents/vlaamse-regering": "agent/vlaamse-regering",
}
LISTS = ("plans", "concepts", "agents")
HOSTILE = """
plan:x a dpp:PolicyInstrument ; dct:title "<script>alert(1)</script>\\u202eabc"@en ; dct:alternative ""@nl ;
    dct:description '" onmouseover="alert(2)'@nl ; rdfs:seeAlso <javascript:alert(3)> ;
    dpp:issuedBy <javascript:alert(4)> ;
    dct:temporal <id/plan/x#period> ; dpp:hasLineOfAction line:1 , <javascript:alert(5)> ; dpp:theme concept:c ;
    dpp:approvedIn <id/approval/a> ; dpp:policyLevel "<b>level</b>" ; dpp:succeeds plan:x , <urn:x> ;
    dpp:contributesTo <id/target/t> ; dpp:hasResult "no thing" ; dpp:knownByNameOnly true .
<id/plan/x#period> dcat:startDate "<i>soon</i>" , "2009"^^xsd:gYear ; dpp:from "2009" ; dpp:until "never" .
<id/approval/a> a dpp:Approval ; dpp:decisionDate "<u>now</u>" ; prov:wasAssociatedWith <javascript:alert(6)> .
<id/target/t> a dpp:Target ; dpp:targetValue "<s>1</s>" ; dpp:unit <javascript:alert(7)> .
line:1 dpp:partOfLine line:1 ; skos:prefLabel "LONG"@nl ; dpp:continues line:1 ; dpp:relatesTo <javascript:alert(8)> .
concept:c a skos:Concept ; skos:prefLabel "a\\"b<c>"@nl ; skos:broader concept:c ;
    skos:exactMatch <javascript:alert(9)> .
agent:a a foaf:Agent ; foaf:name "A&B"@nl ; owl:sameAs <javascript:alert(10)> , <https://e.org/?a=1&b=%22> .
statement:1 a dpp:SourceStatement ; rdf:subject plan:x ; rdf:predicate dpp:theme ; rdf:object concept:c ;
    oa:hasSelector <id/statement/1#quote> ; dpp:inDocument <javascript:alert(11)> ; dpp:rationale "<p>" .
<id/statement/1#quote> oa:exact "</q><script>alert(12)</script>" ; oa:start "x" ; oa:end -1 .
<id/plan/name.json> dct:title "named like a file"@en .
<id/plan/caf\u00e9> a dpp:PolicyInstrument ; dct:title "caf\u00e9"@fr .
"""


def page(server: Server, path: str, language: str = "nl") -> str:
    status, headers, body = server.ask("GET", f"/{path}", headers={"Accept": "text/html", "Accept-Language": language})
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8"), body
    return body.decode()


def served(folder: Path, sources: Sources, turtle: str, *arguments: str, base: str = BASE) -> Iterator[Server]:
    """A server of some Turtle, without the gate."""
    data = folder / "data"
    (data / "source").mkdir(parents=True)
    prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    kinds = {"plan": "plan", "line": "line-of-action", "concept": "concept", "agent": "agent", "statement": "statement"}
    ours = "".join(f"@prefix {name}: <{base}id/{kind}/> .\n" for name, kind in kinds.items())
    (data / "source" / "data.ttl").write_text(f"@base <{base}> .\n{prefixes}{ours}{turtle}", encoding="utf-8")
    store = VersionStore(folder / "store")
    ungated = replace(sources, data=data, shapes=None, base=base, named_data=str(data), named_shapes="none")
    with store.writing("a test") as writer:
        build(store, writer, ungated, agent="a test", harvesting=harvesting(store))
    server = start_server("--store", store.folder, "--base", base, *arguments)
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, sources: Sources) -> Iterator[Server]:
    yield from served(tmp_path_factory.mktemp("hostile"), sources, HOSTILE.replace("LONG", "long " * 20000))


@pytest.mark.parametrize("path", [*THINGS, *LISTS])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_page_has_one_heading_its_data_and_no_unknown_words(server: Server, path: str, language: str) -> None:
    said = page(server, path, language)
    assert len(re.findall("<h1", said)) == 1
    levels = [int(level) for level in re.findall(r"<h([1-6])", said)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    # A message without words would stand there by its key.
    assert not re.findall(r">\s*(?:plans|lines|concepts|agents|reading|status)\.[a-z-]+", said)
    ids = re.findall(r'\sid="([^"]*)"', said)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]*)"', said)) <= {*ids, "main"}
    for extension in ("json", "csv") if path in LISTS else ("json", "ttl", "jsonld"):
        link = rf'<link rel="alternate" type="[^"]*" href="[^"]*/({path}\.{extension}(?:\?[^"]*)?)"'
        (address,) = re.findall(link, said)
        assert server.ask("GET", f"/{address.replace('&amp;', '&')}")[0] == 200


@pytest.mark.parametrize(("path", "thing"), THINGS.items())
def test_a_thing_comes_in_each_format_and_is_the_same_as_its_document(server: Server, path: str, thing: str) -> None:
    _, _, model = server.ask("GET", f"/{path}.json")
    (name,) = json.loads(model).keys() - {"citation"}
    assert json.loads(model)[name]["iri"] == f"{BASE}id/{thing}"
    graphs = []
    for address in (f"{path}.ttl", f"{path}?format=turtle", f"doc/{thing}.ttl"):
        status, headers, body = server.ask("GET", f"/{address}")
        assert (status, headers["content-type"]) == (200, "text/turtle; charset=utf-8")
        graphs.append(set(parse(body, formats.TURTLE, base="http://e.org/")))
    # The document has what points at the thing besides.
    assert graphs[0] == graphs[1] <= graphs[2]
    assert server.ask("GET", f"/{path}.jsonld")[1]["content-type"] == "application/ld+json"
    assert server.ask("GET", f"/{path}.html")[1]["content-type"] == "text/html; charset=utf-8"
    assert server.ask("GET", f"/{path}.ttl?format=jsonld")[0] == 400
    assert server.ask("OPTIONS", f"/{path}")[0] == 204
    assert server.ask("HEAD", f"/{path}")[0] == 200


@pytest.mark.parametrize("path", THINGS)
def test_a_citation_names_all_that_finds_the_same_words_again(
    server: Server, built: tuple[VersionStore, Built], path: str
) -> None:
    manifest = built[0].manifest(1)
    cited = json.loads(server.ask("GET", f"/{path}.json?lang=en")[2])["citation"]
    assert (cited["version"], cited["digest"]) == (1, manifest.digest)
    assert cited["date"] == manifest.created[:10]
    assert cited["licence"] == "http://publications.europa.eu/resource/authority/licence/CC0"
    assert [one["label"]["text"] for one in cited["publishers"]] == ["dppgraph editors"]
    assert cited["address"] == f"{BASE}id/{THINGS[path]}"
    said = page(server, path, "en")
    assert f'<link rel="cite-as" href="{cited["address"]}">' in said
    assert manifest.digest in said
    assert cited["licence"] in said


def test_questions_that_take_such_a_thing_are_offered(server: Server) -> None:
    asked = re.findall(r'href="/questions/([a-z-]+)\?([a-z]+)=', page(server, f"plans/{PLAN}"))
    assert {("successors", "plan"), ("objectives", "plan"), ("facts", "plan")} <= set(asked)
    # It needs a second plan.
    assert "new-and-dropped-lines" not in {name for name, _ in asked}
    assert re.findall(r'href="/questions/([a-z-]+)\?', page(server, "concepts/theme-social")) == ["theme-over-time"]


@pytest.mark.parametrize("kind", ["plans", "lines", "concepts", "agents"])
def test_what_is_not_there_is_said_not_to_be(server: Server, kind: str) -> None:
    for name in ("none", "none.json", "", "a/b", "%3Cscript%3E", "..%2f..%2fetc"):
        status, _, body = server.ask("GET", f"/{kind}/{name}", headers={"Accept": "text/html"})
        assert status == 404
        assert b"<script>" not in body
    assert server.ask("GET", f"/{kind}/{PLAN}.csv")[0] == 404


PATHS = ("plans", "plans/x", "lines/1", "concepts", "concepts/c", "agents", "agents/a", "plans/caf%C3%A9")


@pytest.mark.heavy
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_hostile_data_stays_text(hostile: Server, path: str, language: str) -> None:
    said = page(hostile, path, language)
    assert not re.findall(r"<script(?! type=\"module\" src=\"/static/)", said)
    assert not re.findall(r"<(?:b|i|u|s)>|<p>\"", said)
    assert not re.findall(r"\son\w+=(?!&)", re.sub(r'"[^"]*"', '""', said))
    for target in re.findall(r'(?:href|src|action)="([^"]*)"', said):
        assert target.startswith(("/", "http://", "https://", "mailto:", "#")), target
        assert not target.startswith("//"), target
    # 100 kB of a label are cut; a link leads to the whole.
    assert len(said) < 60000
    assert hostile.ask("GET", f"/{path}.json")[0] == 200


@pytest.mark.heavy
def test_a_thing_may_be_called_like_a_file_or_have_another_alphabet(hostile: Server) -> None:
    assert "named like a file" in page(hostile, "plans/name.json")
    assert json.loads(hostile.ask("GET", "/plans/name.json.json")[2])["plan"]["iri"].endswith("/name.json")
    said = page(hostile, "plans/caf%C3%A9")
    assert f'<link rel="canonical" href="http://127.0.0.1:{hostile.port}/plans/caf%C3%A9">' in said
    assert "plans/caf%C3%A9" in page(hostile, "plans")


@pytest.mark.heavy
def test_other_bases_and_a_server_below_a_path_are_the_same(tmp_path: Path, sources: Sources) -> None:
    text = "plan:x a dpp:PolicyPlan ; dct:title 'Plan'@nl ; dpp:hasLineOfAction line:1 . line:1 dpp:position 1 ."
    base = "https://data.example.org/"
    for server in served(tmp_path, sources, text, "--public-url", "https://public.example/beleid/", base=base):
        said = page(server, "plans/x")
        assert "https://data.example.org/id/plan/x" in said
        assert 'href="/beleid/lines/1"' in said
        assert 'href="/beleid/plans/x"' in page(server, "plans")
        assert json.loads(server.ask("GET", "/plans/x.json")[2])["plan"]["iri"] == f"{base}id/plan/x"


@pytest.mark.heavy
def test_an_empty_store_has_empty_lists(tmp_path: Path, sources: Sources) -> None:
    empty = replace(sources, ontology=tmp_path)
    for server in served(tmp_path / "empty", empty, ""):
        for path in LISTS:
            assert "<table" not in page(server, path)
            assert server.ask("GET", f"/{path}.csv")[2].count(b"\r\n") == 1


def test_what_is_true_for_a_day_is_not_given_again_after_it() -> None:
    cache, asked = AnswerCache(1 << 20), Asked(1, "GET page", (), (), ())
    cache.at(1)
    for until, is_given in ((0.0, False), (float("inf"), True)):
        kept = Kept(b"page", "text/html", 1, "tag", until=until)
        assert cache.put(asked, formats.HTML, kept, tabular=False)
        cache.remember(b"words", asked, kept, None)
        assert (cache.again(b"words") is not None) == is_given


@pytest.mark.parametrize(
    ("term", "name"),
    [("<https://e.org/a/b-c>", "b-c"), ("<https://e.org/a#b c>", "a-b-c"), ("<urn:\u6f22>", "urn"), ("<>", "thing")],
)
def test_an_anchor_needs_no_escapes(term: str, name: str) -> None:
    assert anchor(term) == name


@pytest.mark.parametrize("path", [f"plans/{PLAN}", "sources/beleid-2009-2014", "concepts/theme-social"])
def test_links_to_statements_can_be_told_apart_by_their_names(server: Server, path: str) -> None:
    page = server.ask("GET", f"/{path}", headers={"Accept": "text/html"})[2].decode()
    found = re.findall(r'<a class="statement" href="([^"]*)">(.*?)</a>', page, re.DOTALL)
    names = {address: re.sub(r"<[^>]*>", "", name).strip() for address, name in found}
    assert names
    assert len(set(names.values())) == len(names)


def test_a_property_of_another_vocabulary_is_called_by_a_name_on_the_page_of_a_concept(server: Server) -> None:
    for language, name in (("nl", "zie ook"), ("en", "see also")):
        page = server.ask("GET", f"/concepts/theme-social?lang={language}", headers={"Accept": "text/html"})[2].decode()
        assert f">{name}<" in page
        assert "rdfs:seeAlso" not in page


@pytest.mark.parametrize("before", ["", "/plans", "/a/b"])
@pytest.mark.parametrize(
    ("sent", "name"), [("a%20b", "a%20b"), ("caf%C3%A9", "café"), ("x.json", "x"), ("o'hare", "o'hare")]
)
def test_a_name_is_found_behind_the_path_of_the_public_address(
    tmp_path: Path, before: str, sent: str, name: str
) -> None:
    found = facts_of(
        tmp_path, source="".join(f"<id/plan/{one}> a dpp:PolicyPlan ." for one in ("a%20b", "café", "x", "o'hare"))
    )
    making = SimpleNamespace(
        harvest=lambda _: SimpleNamespace(published=found.published),
        sending=SimpleNamespace(store=SimpleNamespace(manifest=None)),
    )
    raw = f"{before}/plans/{sent}".encode()
    scope = {"type": "http", "path": f"/plans/{unquote(sent)}", "raw_path": raw, "query_string": b""}
    things = Things(cast("Any", SimpleNamespace(making=making)), {})
    place = Place("plans", "plan", "plan", "plan.html")
    assert things._named(Request(scope), place)[0] == name
