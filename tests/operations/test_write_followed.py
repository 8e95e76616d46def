"""A change that is followed comes to what making and judging everything anew comes to: quads, report, and database."""

import random
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest

from dppgraph.core.iris import PREFIXES
from dppgraph.core.made import stated_in
from dppgraph.core.quads import Delta, Quad, applied, parse_line
from dppgraph.errors import DppgraphError
from dppgraph.operations.build import build
from dppgraph.operations.build.known import known_of
from dppgraph.operations.harvest import remember
from dppgraph.operations.sources import Sources, read_shapes
from dppgraph.operations.validate.again.view import Change
from dppgraph.operations.validate.validate import facts_of, raw_results, reasoned
from dppgraph.operations.write import followed as following
from dppgraph.operations.write.candidate import INDEX, Judging, candidate
from dppgraph.operations.write.change import Update
from dppgraph.operations.write.ready import Ready
from dppgraph.operations.write.said import known_of_said
from dppgraph.store.checkpoint import Held
from dppgraph.store.history import History
from dppgraph.store.merge import sharing
from dppgraph.store.versions import Publication, VersionStore
from dppgraph.store.versions.index import build_index
from tests.conftest import BASE
from tests.operations.judging import GRAPHS, a_change

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(600)]

EDITED = [GRAPHS[name] for name in ("source", "interpretation", "external", "concepts")]


@dataclass
class Line:
    """Versions of which each came of a change to the one before."""

    store: VersionStore
    judging: Judging
    folder: Path
    held: Held
    tried: int = 0

    def quads(self) -> list[Quad]:
        return [parse_line(line) for line in self.store.lines(self.store.current())]

    def stated(self) -> list[Quad]:
        is_stated = stated_in(BASE, frozenset(self.store.stated(self.store.current()) or ()))
        return [quad for quad in self.quads() if is_stated(quad)]

    def in_memory(self) -> Held:
        """The current version, read anew."""
        number = self.store.current()
        return Held(self.store.lines(number), number)

    def outcome(self, text: str, *, follow: bool, held: Held | None = None) -> tuple[Judging, dict[str, Any] | str]:
        """What comes of an update, or why nothing does."""
        self.tried += 1
        place = self.folder / str(self.tried)
        place.mkdir()
        judging = replace(self.judging, place=place, parent=self.store.manifest(self.store.current()), held=held)
        judging = judging if follow else replace(judging, known=None)
        try:
            return judging, candidate(Update(text), judging)
        except DppgraphError as error:
            return judging, f"{type(error).__name__}: {error}"

    def publish(self, said: dict[str, Any]) -> None:
        """Makes it the version that the next change follows."""
        parent = self.judging.store.manifest(self.store.current())
        with self.store.writing("tests") as writer, closing(History(self.store.history_path)) as history:
            what = Publication(
                lines=None,
                delta=Delta(said["added"], said["removed"]),
                before=history.at(parent.version),
                stated=said["stated"],
                kind="write",
                agent="tests",
                message="",
                software="",
                base=BASE,
                inputs=parent.inputs,
                findings={},
            )
            manifest = writer.publish(what, parent.version, remember=lambda *of: remember(self.store, *of))
            self.held.advance(manifest.version, self.store.delta(manifest.version), history.at(manifest.version).about)
        anew = self.in_memory()
        assert set(self.held.store) == set(anew.store)
        assert set(self.held.store.named_graphs()) == set(anew.store.named_graphs())
        self.judging = replace(self.judging, known=known_of_said(said["known"], self.judging.known))


@pytest.fixture
def line(sources: Sources, ready: Ready, tmp_path: Path) -> Line:
    store = VersionStore(tmp_path / "store")
    with store.writing("tests") as writer:
        manifest = build(store, writer, sources, agent="tests").manifest
    remember(store, manifest, Delta([], []))
    held = Held(store.lines(manifest.version), manifest.version)
    found = Line(store, Judging(store, manifest, sources, tmp_path, union=True, ready=ready), tmp_path, held)
    assembled = reasoned(found.stated(), sources, read_shapes(sources))
    known = known_of(assembled, raw_results(assembled, facts_of(assembled)))
    found.judging = replace(found.judging, known=known)
    return found


def update_of(added: list[Quad], removed: list[Quad]) -> str:
    """A change in SPARQL; its first part is what goes."""
    parts = [("DELETE DATA", removed), ("INSERT DATA", added)]
    texts = []
    for words, quads in parts:
        said = " ".join(f"GRAPH {quad.graph} {{ {quad.subject} {quad.predicate} {quad.object} }}" for quad in quads)
        texts.append(f"{words} {{ {said} }}")
    return " ;\n".join(texts)


def compared(line: Line, text: str) -> tuple[bool, dict[str, Any] | str]:
    """Whether a change was followed, and what came of it either way."""
    judging, followed = line.outcome(text, follow=True)
    _, full = line.outcome(text, follow=False)
    _, in_memory = line.outcome(text, follow=True, held=line.in_memory())
    if isinstance(followed, str):
        assert in_memory == followed
    else:
        assert isinstance(in_memory, dict)
        assert in_memory | {"index": ""} == followed | {"index": ""}
    if isinstance(followed, str) or isinstance(full, str):
        assert followed == full
        return False, full
    assert sorted(followed["added"]) == sorted(full["added"])
    assert sorted(followed["removed"]) == sorted(full["removed"])
    assert followed["report"] == full["report"]
    assert followed["stated"] == full["stated"]
    assert known_of_said(followed["known"], judging.known) == known_of_said(full["known"])
    lines = applied(line.store.lines(judging.parent.version), Delta(followed["added"], followed["removed"]))
    build_index(judging.place / "again", lines, merge=bool(sharing(lines)))
    # Read-only: two of one process cannot both hold it open to write.
    held, anew = (pyoxigraph.Store.read_only(str(judging.place / name)) for name in (followed["index"], "again"))
    assert set(held) == set(anew)
    # A graph without quads has a name still, which queries find.
    assert set(held.named_graphs()) == set(anew.named_graphs())
    return followed["index"].startswith(INDEX), followed


def test_what_is_inferred_as_before_leaves_nothing_behind(line: Line) -> None:
    plan = f"<{BASE}id/plan/vlaams-actieplan-duurzame-overheidsopdrachten-2012-2014>"
    named = Quad(plan, f"<{PREFIXES['rdf']}type>", f"<{PREFIXES['owl']}NamedIndividual>", GRAPHS["source"])
    was_followed, said = compared(line, update_of([named], []))
    assert was_followed
    assert isinstance(said, dict)
    # What else it is, is found out again.
    assert {quad.subject for quad in line.quads() if quad.graph == GRAPHS["inferred"]} >= {plan}


def test_what_somebody_states_in_another_graph_is_derived_no_more(line: Line) -> None:
    stated = frozenset(line.store.stated(line.store.current()) or ())
    kind = next(
        quad
        for quad in line.quads()
        if quad.subject.startswith(f"<{BASE}id/dataset/plan-")
        and quad.predicate == f"<{PREFIXES['rdf']}type>"
        and quad.graph == GRAPHS["catalogue"]
    )
    assert kind.line() not in stated
    was_followed, said = compared(line, update_of([kind._replace(graph=GRAPHS["concepts"])], []))
    assert was_followed
    assert isinstance(said, dict)
    assert kind.line() in said["removed"]
    line.publish(said)
    note = Quad(f"<{BASE}id/concept/level-regional>", f"<{PREFIXES['skos']}changeNote>", '"a note"', GRAPHS["concepts"])
    assert compared(line, update_of([note], []))[0]


def test_of_a_large_graph_a_change_that_a_shape_forbids_is_told_by_what_it_can_touch(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = f"<{BASE}id/plan/vlaams-actieplan-duurzame-overheidsopdrachten-2012-2014>"
    text = f"DELETE WHERE {{ GRAPH {GRAPHS['source']} {{ {plan} <{PREFIXES['dct']}title> ?title }} }}"
    _, full = line.outcome(text, follow=False)
    monkeypatch.setattr(following, "_LARGE", 1)
    _, found = line.outcome(text, follow=True)
    assert isinstance(full, dict)
    assert isinstance(found, dict)
    assert violated(found)
    first, second = (
        sorted((one["severity"], one["check"], one["focus"]) for one in said["report"]["results"])
        for said in (found, full)
    )
    assert first == second


def reworded(quads: list[Quad], chance: random.Random) -> Change:
    """Some words more for something that has words in a language, or another thing's place, date or kind."""
    quad = chance.choice([quad for quad in quads if quad.object.startswith('"') and '"@' in quad.object])
    text, tag = quad.object.rsplit('"@', 1)
    return Change((quad._replace(object=f'{text} {chance.randrange(100)}"@{tag}'),), (quad,))


def taken_out(quads: list[Quad], chance: random.Random) -> Change:
    """Nothing more of a thing."""
    subject = chance.choice(quads).subject
    return Change((), tuple(quad for quad in quads if subject in quad))


@pytest.mark.parametrize("seed", range(2))
def test_random_changes_one_after_the_other(line: Line, seed: int) -> None:
    chance = random.Random(seed)
    followed = 0
    for _ in range(5):
        quads = [quad for quad in line.stated() if quad.graph in EDITED]
        there = set(line.quads())
        change = chance.choice([a_change, a_change, a_change, reworded, taken_out])(quads, chance)
        removed = sorted(quad for quad in change.removed if quad in there)
        added = sorted(quad for quad in change.added if quad not in there)
        was_followed, said = compared(line, update_of(added, removed))
        followed += was_followed
        if isinstance(said, dict) and said["report"] and not violated(said) and (said["added"] or said["removed"]):
            line.publish(said)
    assert followed


def violated(said: dict[str, Any]) -> bool:
    return any(result["severity"] == "Violation" for result in said["report"]["results"])
