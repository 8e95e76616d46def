"""Who brought a statement: through versions that bring it, take it away, and bring it back."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from dppgraph.core.iris import PREFIXES, graph_iri
from dppgraph.core.quads import Quad, canonical, literal
from dppgraph.errors import Gone, Unknown
from dppgraph.operations.versions import blame, prune
from dppgraph.store.history import Lasting, catch_up
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE
from tests.store.conftest import publication

blaming = import_module("dppgraph.operations.versions.blame")
"""The module, whose name its package gives to the function."""
PLAN = f"{BASE}id/plan/one"
SOURCE = f"<{graph_iri('source', BASE)}>"
TITLE = Quad(f"<{PLAN}>", f"<{PREFIXES['dct']}title>", literal("Plan één", language="nl"), SOURCE)
PERIOD = Quad(f"<{PLAN}>", f"<{PREFIXES['dct']}temporal>", f"<{PLAN}#period>", SOURCE)
START = Quad(f"<{PLAN}#period>", f"<{PREFIXES['dcat']}startDate>", literal("2012"), SOURCE)


def described(quad: Quad) -> list[Quad]:
    """The words that a statement rests on."""
    this, words = f"<{BASE}id/statement/one>", f"<{BASE}id/statement/one#quote>"
    said = {
        (this, "rdf:type"): f"<{PREFIXES['dpp']}QuotedStatement>",
        (this, "rdf:subject"): quad.subject,
        (this, "rdf:predicate"): quad.predicate,
        (this, "rdf:object"): quad.object,
        (this, "oa:hasSelector"): words,
        (words, "oa:exact"): literal("het eerste plan"),
    }
    names = {name: name.partition(":") for _, name in said}
    return [
        Quad(subject, f"<{PREFIXES[names[name][0]]}{names[name][2]}>", value, SOURCE)
        for (subject, name), value in said.items()
    ]


@pytest.fixture
def store(tmp_path: Path) -> VersionStore:
    """The title is there from the first version on, but for the third; the period from the second on."""
    found = VersionStore(tmp_path / "store")
    whole = [TITLE, *described(TITLE), PERIOD, START]
    versions = [[TITLE, *described(TITLE)], whole, [PERIOD, START], whole]
    with found.writing("tests") as writer:
        for number, quads in enumerate(versions, 1):
            writer.publish(publication(canonical(quads), base=BASE, message=f"change {number}"), number - 1 or None)
    catch_up(found, found.history_path)
    return found


def test_each_statement_of_a_thing_and_its_parts_is_told_with_the_version_that_brought_it(store: VersionStore) -> None:
    found = {one.quad: one for one in blame(store, PLAN).statements}
    assert found.keys() == {TITLE, PERIOD, START}
    assert {quad: (one.brought.number, one.first) for quad, one in found.items()} == {
        TITLE: (4, 1),
        PERIOD: (2, 2),
        START: (2, 2),
    }
    assert getattr(found[TITLE].brought.manifest, "message", None) == "change 4"
    assert [str(evidence.quote) for evidence in found[TITLE].quotes] == ["het eerste plan"]
    assert not found[PERIOD].quotes


def test_an_older_version_is_told_as_it_was(store: VersionStore) -> None:
    found = {one.quad: one.brought.number for one in blame(store, PLAN, 2).statements}
    assert found == {TITLE: 1, PERIOD: 2, START: 2}
    assert TITLE not in {one.quad for one in blame(store, PLAN, 3).statements}


def test_what_is_gone_is_told_too_with_the_version_that_took_it_away_and_the_words_that_it_rested_on(
    store: VersionStore,
) -> None:
    found = blame(store, PLAN, gone=True)
    told = [(one.quad, one.brought.number, one.gone and one.gone.number) for one in found.statements]
    assert told == [(PERIOD, 2, None), (TITLE, 1, 3), (TITLE, 4, None), (START, 2, None)]
    assert [[str(said.quote) for said in one.quotes] for one in found.statements if one.quad == TITLE] == [
        ["het eerste plan"],
        ["het eerste plan"],
    ]
    assert "(gone since version 3)" in found.to_text()
    # As it was in the third version, the title had not come back yet.
    then = [(one.quad, one.gone and one.gone.number) for one in blame(store, PLAN, 3, gone=True).statements]
    assert (TITLE, 3) in then
    assert (TITLE, None) not in then


def test_a_version_that_is_damaged_hides_no_other(store: VersionStore) -> None:
    (store.path(1) / "manifest.json").write_text("{}")
    found = {one.gone.number if one.gone else None: one for one in blame(store, PLAN, gone=True).statements}
    assert (found[3].brought.number, found[3].brought.manifest) == (1, None)
    assert "damaged" in blame(store, PLAN, gone=True).to_text()


def test_page_by_page_it_is_all_there(store: VersionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blaming, "PAGE", 2)
    pages = [blame(store, PLAN, gone=True, page=number) for number in (1, 2)]
    assert [(one.count, one.page, one.pages) for one in pages] == [(4, 1, 2), (4, 2, 2)]
    whole = blame(store, PLAN, gone=True)
    assert [one for found in pages for one in found.statements] == whole.statements
    with pytest.raises(Unknown, match="no page 3"):
        blame(store, PLAN, gone=True, page=3)


def test_who_brought_it_is_known_when_that_version_is_pruned(store: VersionStore) -> None:
    with store.writing("tests") as writer:
        prune(store, writer, 1)
    found = {one.quad: one.brought.number for one in blame(store, PLAN).statements}
    assert found == {TITLE: 4, PERIOD: 2, START: 2}
    with pytest.raises(Gone):
        blame(store, PLAN, 2)


def test_a_version_that_is_pruned_meanwhile_is_told_whole(store: VersionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = blame(store, PLAN, 3, gone=True)
    looked_up = blaming.lasting

    def pruning(*asked: Any, **more: Any) -> list[Lasting]:
        found: list[Lasting] = looked_up(*asked, **more)
        with VersionStore(store.folder).writing("tests") as writer:
            prune(store, writer, 1)
        return found

    monkeypatch.setattr(blaming, "lasting", pruning)
    assert blame(store, PLAN, 3, gone=True) == expected


def test_what_nothing_is_said_of_is_refused(store: VersionStore) -> None:
    with pytest.raises(Unknown, match="says nothing of"):
        blame(store, f"{BASE}id/plan/two")


def test_as_text_and_as_json(store: VersionStore) -> None:
    found = blame(store, PLAN)
    assert "  (change 4)  <" in found.to_text()
    assert "“het eerste plan”" in found.to_text()
    said = json.loads(found.to_json())
    title = next(one for one in said["statements"] if one["statement"] == TITLE.line())
    assert (title["version"], title["first"], title["message"]) == (4, 1, "change 4")
    assert title["quotes"][0]["text"] == "het eerste plan"
