"""The source reader: the list of sources, and one of them, with its data and with its text."""

import csv
import io
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dppgraph.operations.build import Built
from dppgraph.store.versions import VersionStore
from tests.conftest import Server

PATH = "/sources/beleid-2009-2014"
HTML = {"Accept": "text/html"}
QUERY = Path(__file__).parent.parent / "operations" / "quotes-of-a-source.rq"


def page(server: Server, path: str) -> str:
    status, _, body = server.ask("GET", path, headers=HTML)
    assert status == 200
    return body.decode()


def rows(server: Server, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(server.ask("GET", path)[2].decode())))


def asked(server: Server) -> list[dict[str, dict[str, str]]]:
    text = QUERY.read_text().replace("$source", "<https://w3id.org/dppgraph/id/source/beleid-2009-2014>")
    headers = {"Content-Type": "application/sparql-query", "Accept": "application/sparql-results+json"}
    found = json.loads(server.ask("POST", "/sparql", text.encode(), headers)[2])["results"]["bindings"]
    assert isinstance(found, list)
    return found


def test_the_numbers_on_the_page_are_those_of_sparql(server: Server) -> None:
    found = asked(server)
    said = page(server, f"{PATH}?lang=en")
    statements = {row["statement"]["value"] for row in found}
    places = {(int(row["start"]["value"]), int(row["end"]["value"])) for row in found}
    covered = {at for start, end in places for at in range(start, end)}
    assert f"{len(statements)} statements" in said
    assert f"rests on {len(covered):,} of the 3,857 characters" in said
    assert f"{round(100 * len(covered) / 3857, 1):g}%" in said
    assert {f"quote-{start}-{end}" for start, end in places} == set(re.findall(r'id="(quote-\d+-\d+)"', said))
    row = next(row for row in rows(server, "/sources.csv") if row["source"].endswith("beleid-2009-2014"))
    assert (row["statements"], row["covered"], row["length"]) == (str(len(statements)), str(len(covered)), "3857")


def test_its_data_are_the_facts_and_the_gaps(server: Server) -> None:
    status, headers, body = server.ask("GET", f"{PATH}.json")
    assert (status, headers["content-type"]) == (200, "application/json")
    found = json.loads(body)
    gaps = [one for one in found["passages"] if one.get("gap")]
    assert sum(one["end"] - one["start"] for one in gaps) == found["length"] - found["covered"]
    facts = [fact["statement"] for one in found["passages"] if not one.get("gap") for fact in one["facts"]]
    assert sorted(facts) == sorted(row["statement"].strip("<>") for row in rows(server, f"{PATH}.csv"))
    assert set(facts) == {row["statement"]["value"] for row in asked(server)}


def test_without_the_text_there_are_quotes_and_gaps_alone(server: Server) -> None:
    for language, said in (("nl", "steunt nog geen feit"), ("en", "no fact rests on")):
        found = page(server, f"{PATH}?lang={language}")
        assert said in found
        assert "source-text" not in found
        assert 'role="img"' in found


def test_what_is_not_there_is_told(server: Server) -> None:
    assert server.ask("GET", "/sources/none")[0] == 404
    assert server.ask("GET", "/sources/")[0] == 404
    assert server.ask("GET", f"{PATH}?page=99")[0] == 404
    assert server.ask("GET", f"{PATH}?at=x")[0] == 400
    for path in ("/sources/../../etc/passwd", "/sources/..%2f..%2fetc%2fpasswd", "/sources/%00"):
        assert server.ask("GET", path)[0] == 404


@pytest.mark.heavy
def test_with_the_text_its_quotes_are_marked_and_lead_to_their_facts(
    serve: Callable[..., Server], built: tuple[VersionStore, Built], shared: Path, tmp_path: Path
) -> None:
    (tmp_path / "whatever.md").write_bytes((shared / "seed" / "beleid-2009-2014.txt").read_bytes())
    (tmp_path / "other.txt").write_text("<b>another text</b>")
    shutil.copytree(built[0].folder, tmp_path / "store")
    server = serve("--store", tmp_path / "store", environment={"DPPGRAPH_TEXTS": str(tmp_path)})
    said = page(server, PATH)
    text = said.split('<div class="source-text quote"')[1].split("</div>")[0]
    assert "Op 21 december 2012" in text
    for anchor in re.findall(r'href="#(quote-\d+-\d+)"', text):
        assert f'id="{anchor}"' in said
    assert "whatever" not in said
    assert "another text" not in said
    assert any("other.txt is the text of no source" in line for line in server.said)
