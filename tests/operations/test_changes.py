"""What changed when: the list of versions and the diffs, equal to what the store says."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dppgraph.core.quads import difference, entity_of
from dppgraph.errors import Unknown
from dppgraph.operations.build import Built, build
from dppgraph.operations.changes import Ordered, change, changes, list_versions
from dppgraph.operations.facts import Facts
from dppgraph.operations.harvest import Harvests, harvesting
from dppgraph.operations.sources import Sources
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE

LABEL = "<http://www.w3.org/2004/02/skos/core#prefLabel>"


def thing(name: str) -> str:
    return f"<{BASE}id/plan/{name}>"


class Builds:
    """Builds without the gate, one after the other."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.data.mkdir()
        self.store = VersionStore(folder / "store")

    def __call__(self, *lines: str) -> Built:
        (self.data / "data.nt").write_text("".join(f"{line}\n" for line in lines))
        sources = Sources(self.data, self.data, None, BASE)
        with self.store.writing("tests") as writer:
            return build(self.store, writer, sources, agent="tests", harvesting=harvesting(self.store))

    def facts(self, number: int) -> Facts:
        return Facts(Harvests(self.store, BASE).of(self.store.manifest(number)).published, "en")


@pytest.fixture
def builds(tmp_path: Path) -> Builds:
    return Builds(tmp_path)


def test_a_change_says_what_was_removed_and_what_came_in_its_place(builds: Builds) -> None:
    builds(f'{thing("x")} {LABEL} "Old"@en .', f'{thing("y")} {LABEL} "Gone plan"@en .')
    builds(f'{thing("x")} {LABEL} "New"@en .')
    found = change(Ordered(builds.store), builds.facts(2), 2, 2)
    told = {one.label.text: one for one in found.things if one.term in (thing("x"), thing("y"))}
    assert [(one.is_added, one.quad.object) for one in told["New"].statements] == [
        (False, '"Old"@en'),
        (True, '"New"@en'),
    ]
    assert told["Gone plan"].is_gone
    assert (told["Gone plan"].added, told["Gone plan"].removed) == (0, 1)
    assert [one.number for one in list_versions(builds.store, 2).versions] == [2, 1]


def test_a_version_before_the_one_that_is_served_knows_no_later_one(builds: Builds) -> None:
    builds(f'{thing("x")} {LABEL} "a" .')
    builds(f'{thing("x")} {LABEL} "b" .')
    assert [one.number for one in list_versions(builds.store, 1).versions] == [1]
    assert change(Ordered(builds.store), builds.facts(1), 1, 1).following is None
    assert change(Ordered(builds.store), builds.facts(2), 2, 1).following == 2
    for number in (0, 3):
        with pytest.raises(Unknown, match="/changes"):
            change(Ordered(builds.store), builds.facts(2), 2, number)
    with pytest.raises(Unknown, match="no page 2"):
        list_versions(builds.store, 2, 2)


def test_a_damaged_version_is_told_of_and_hides_no_other(builds: Builds) -> None:
    builds(f'{thing("x")} {LABEL} "a" .')
    builds(f'{thing("x")} {LABEL} "b" .')
    (builds.store.path(1) / "manifest.json").write_text("{}")
    newest, oldest = list_versions(builds.store, 2).versions
    assert newest.manifest is not None
    assert oldest.manifest is None
    assert "damaged" in oldest.damage


@pytest.mark.heavy
def test_of_a_pruned_version_it_is_told_that_its_statements_are_gone(builds: Builds) -> None:
    builds(f'{thing("x")} {LABEL} "Old"@en .')
    builds(f'{thing("x")} {LABEL} "New"@en .')
    with builds.store.writing("tests") as writer:
        writer.prune([1])
    found = change(Ordered(builds.store), builds.facts(2), 2, 1)
    assert (found.is_kept, found.is_whole, found.count) == (False, False, 1)
    assert not any(one.statements for one in found.things)
    assert change(Ordered(builds.store), builds.facts(2), 2, 2).is_kept


def test_all_pages_together_are_the_whole_change(built: tuple[VersionStore, Built]) -> None:
    store, made = built
    facts = Facts(Harvests(store, BASE).of(made.manifest).published, "nl")
    first = change(Ordered(store), facts, 1, 1)
    assert first.pages > 1
    pages = [first, *(change(Ordered(store), facts, 1, 1, page) for page in range(2, first.pages + 1))]
    things = [one for page in pages for one in page.things]
    lines = [one.quad.line() for one_thing in things for one in one_thing.statements]
    assert sorted(lines) == store.lines(1)
    assert first.count == len(things) == len({entity_of(line) for line in lines})
    assert sum(one.added for one in things) == made.manifest.added
    assert things[0].term.startswith(f"<{BASE}id/plan/")
    assert things[-1].term.startswith(f"<{BASE}id/statement/")


def test_a_very_large_change_has_counts_alone(builds: Builds, monkeypatch: pytest.MonkeyPatch) -> None:
    builds(f'{thing("x")} {LABEL} "a" .')
    monkeypatch.setattr(changes, "_MOST", 0)
    found = change(Ordered(builds.store), builds.facts(1), 1, 1)
    assert not found.is_whole
    assert {one.term: one.added for one in found.things}[thing("x")] == 1
    assert not any(one.statements for one in found.things)


@pytest.mark.heavy
@settings(max_examples=5)
@given(old=st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), min_size=1, max_size=6), data=st.data())
def test_a_diff_is_the_difference(
    old: list[tuple[str, str]], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    builds = Builds(tmp_path_factory.mktemp("diff"))
    new = data.draw(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), min_size=1, max_size=6))
    for some in (old, new):
        builds(*sorted({f'{thing(name)} {LABEL} "{text}" .' for name, text in some}))
    number = builds.store.current()
    if number == 1:
        return
    delta = difference(builds.store.lines(1), builds.store.lines(2))
    found = [one for each in change(Ordered(builds.store), builds.facts(2), 2, 2).things for one in each.statements]
    assert sorted(one.quad.line() for one in found if one.is_added) == delta.added
    assert sorted(one.quad.line() for one in found if not one.is_added) == delta.removed


def test_of_two_long_texts_the_beginning_that_they_share_is_left_out(builds: Builds) -> None:
    start = "the same beginning \\n" * 20
    for end in ("old", "new"):
        builds(f'{thing("x")} {LABEL} "{start}{end}" .')
    found = change(Ordered(builds.store), builds.facts(2), 2, 2).things
    same = next(one for one in found if one.term == thing("x")).statements[0].same
    assert same == 20 * len("the same beginning \n") - 60
