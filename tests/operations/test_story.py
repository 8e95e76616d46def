"""The feed, the list of changes and the differences of versions tell the same story, whatever was written."""

from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dppgraph.core.quads import Delta, Quad
from dppgraph.errors import BadCall
from dppgraph.operations.changes import Ordered, change
from dppgraph.operations.facts import Facts
from dppgraph.operations.feed import FeedReader
from dppgraph.operations.harvest import Harvests, harvesting, pack, remember
from dppgraph.operations.versions import diff, rollback
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE
from tests.operations.story import Members, Told, check, members
from tests.store.conftest import publication

pytestmark = pytest.mark.heavy

THINGS = [f"<{BASE}id/plan/{name}>" for name in "ab"] + [f"<{BASE}id/plan/a#part>", "<http://e.org/x>"]
GRAPHS = ["", "<http://e.org/g>", "<http://e.org/h>"]
QUADS = st.builds(
    Quad,
    st.sampled_from(THINGS),
    st.just("<http://e.org/p>"),
    st.sampled_from(['"1"', '"01"@nl']),
    st.sampled_from(GRAPHS),
)
STATES = st.lists(st.one_of(st.frozensets(QUADS, max_size=8), st.integers(1, 5)), min_size=1, max_size=6)


def write(store: VersionStore, lines: list[str], message: str = "") -> None:
    """Publishes a version as a change does: at once, with the files left for later; the first one as a build does."""
    with store.writing("tests") as writer:
        numbers = store.numbers()
        made = publication(sorted(lines), base=BASE, message=message)
        if numbers:
            writer.publish(made, numbers[-1], remember=partial(remember, store))
        else:
            writer.publish(made, None, harvesting(store))


def told(store: VersionStore, number: int) -> dict[str, Told]:
    """What ``/changes/N`` says, as seen from the current version; its pages put together."""
    current = store.current()
    facts = Facts(Harvests(store, BASE).of(store.manifest(current)).published, "en")
    ordered = Ordered(store)
    first = change(ordered, facts, current, number)
    pages = [first, *(change(ordered, facts, current, number, page) for page in range(2, first.pages + 1))]
    return {
        one.term.strip("<>"): Told(
            one.how,
            *(
                frozenset(said.quad.line() for said in one.statements if said.is_added is wanted)
                for wanted in (True, False)
            ),
        )
        for page in pages
        for one in page.things
    }


def in_feed(store: VersionStore) -> list[Members]:
    """The members of each version."""
    reader = FeedReader(store, store.current())
    found = members(reader.node(str(page), named_graphs=True) for page in range(1, reader.pages + 1))
    return [*found, *({} for _ in range(store.current() - len(found)))]


def hold(store: VersionStore) -> None:
    """Holds all versions of a store against their stories."""
    before: set[str] = set()
    feed = in_feed(store)
    for number in store.numbers():
        delta = diff(store, number - 1, number).delta if number > 1 else Delta(store.lines(1), [])
        before = check(number, before, told(store, number), feed[number - 1], delta)
        assert sorted(before) == store.lines(number)


@settings(max_examples=12)
@given(states=STATES)
def test_whatever_is_written_is_told_the_same_by_all(
    states: list[frozenset[Quad] | int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = VersionStore(tmp_path_factory.mktemp("story") / "store")
    lines: list[str] = []
    for state in states:
        if isinstance(state, int):
            if state in store.numbers():
                try:
                    rollback(store, state, agent="tests")
                except BadCall:
                    continue
        elif not store.numbers() or sorted(quad.line() for quad in state) != store.lines(store.current()):
            lines = sorted(quad.line() for quad in state)
            write(store, lines)
    if store.numbers():
        # Whichever version the files are made of, those before it are told of too.
        pack(store, store.current())
        hold(store)


@pytest.mark.heavy
def test_of_twenty_versions_in_a_row_none_is_left_out(tmp_path: Path) -> None:
    store = VersionStore(tmp_path / "store")
    for number in range(21):
        write(store, [f'<{BASE}id/plan/{name}> <http://e.org/p> "{number}" .' for name in ("x", number)], f"{number}")
    pack(store, store.current())
    hold(store)
    feed = in_feed(store)
    assert [len(one) for one in feed] == [2, *[3] * 20]
    assert all(not one[f"{BASE}id/plan/{number}"] for number, one in enumerate(feed[1:]))
