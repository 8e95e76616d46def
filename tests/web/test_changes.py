"""The versions and what each changed, as pages and as data."""

import csv
import io
import json

from dppgraph.core.iris import PREFIXES
from tests.conftest import BASE, Server

HTML = {"Accept": "text/html"}


def test_the_list_says_what_each_version_says_of_itself(server: Server) -> None:
    found = json.loads(server.ask("GET", "/changes.json")[2])["versions"]
    for language in ("nl", "en"):
        said = server.ask("GET", f"/changes?lang={language}", headers=HTML)[2].decode()
        for version in found:
            assert version["digest"] in said
            assert f"/changes/{version['version']}?lang={language}" in said
        assert f"/feed?lang={language}" in said
    rows = list(csv.DictReader(io.StringIO(server.ask("GET", "/changes.csv")[2].decode())))
    assert [row["version"] for row in rows] == [str(version["version"]) for version in found]


def test_the_statements_counted_are_those_of_the_graph(server: Server) -> None:
    version = json.loads(server.ask("GET", "/changes/1.json")[2])
    counted = b"SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"
    headers = {"Content-Type": "application/sparql-query", "Accept": "text/csv"}
    number = int(server.ask("POST", "/sparql", counted, headers)[2].split()[1])
    assert version["added"] - version["removed"] == version["quads"] == number
    said = server.ask("GET", "/changes/1?lang=en", headers=HTML)[2].decode()
    assert f"{number:,} statements added" in said
    pages = [json.loads(server.ask("GET", f"/changes/1.json?page={page}")[2]) for page in (1, version["pages"])]
    lines = [line for page in pages for one in page["changes"] for line in one["addedLines"]]
    rows = list(csv.reader(io.StringIO(server.ask("GET", "/changes/1.csv")[2].decode())))[1:]
    assert len(rows) == sum(one["added"] + one["removed"] for one in pages[0]["changes"])
    assert len(lines) == len(set(lines))


def test_what_is_no_version_is_unknown(server: Server) -> None:
    for path in ("/changes/0", "/changes/99", "/changes/x", "/changes/1?page=9999", "/changes/01", "/changes?page=2"):
        assert server.ask("GET", path)[0] == 404


def test_the_catalogue_leads_to_who_made_a_version_and_why(server: Server) -> None:
    asked = {"Accept": "application/n-triples"}
    catalogue, change = (server.ask("GET", path, headers=asked)[2].decode() for path in ("/catalogue", "/changes/1"))
    here = f"http://127.0.0.1:{server.port}/changes"
    this = f"<{BASE}id/dataset/policy-plans-v1>"
    generated = f"{this} <{PREFIXES['prov']}wasGeneratedBy> <{here}/1#change> ."
    assert generated in catalogue.splitlines()
    assert generated in change.splitlines()
    assert f'<{here}/1#change> <{PREFIXES["dct"]}description> "for the tests" .' in change.splitlines()
    agent = f"<{here}/1#change> <{PREFIXES['prov']}wasAssociatedWith> <{here}#agent-tests> ."
    assert agent in change.splitlines()
    assert "for the tests" not in catalogue
