"""What the graph knows already: bodies, plans, concepts and pages, by the names that people use for them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from dppgraph.core.quads import Quad
from dppgraph.operations.new.values import key, rows_of
from dppgraph.operations.sources import Sources, files_named, read_data, read_vocabulary
from dppgraph.store.memory import MemoryStore
from dppgraph.store.rdf import literal_text

_HERE = Path(__file__).parent


@dataclass(slots=True)
class Body:
    """A body: its IRI, its names, and the IRI of its level, if it has one."""

    iri: str
    names: list[str] = field(default_factory=list)
    level: str | None = None


@dataclass(slots=True)
class KnownPlan:
    """A plan: its IRI and its titles."""

    iri: str
    titles: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Concept:
    """A concept: its IRI, its names, and the IRI of the class that it stands for, if it does."""

    iri: str
    names: list[str] = field(default_factory=list)
    stands_for: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What the graph knows, by IRI; concepts by the last part of their list's IRI first.

    Attributes:
        base: the base of the data.
        bodies: the bodies.
        plans: the plans and other instruments.
        concepts: the concepts of each list.
        pages: the source documents with their addresses.
        told: the documents that tell about each thing.
        lined: the documents that give lines to each plan.
    """

    base: str
    bodies: dict[str, Body]
    plans: dict[str, KnownPlan]
    concepts: dict[str, dict[str, Concept]]
    pages: dict[str, str]
    told: dict[str, set[str]]
    lined: dict[str, set[str]]

    def body(self, name: str) -> Body | None:
        """The body of that name or IRI."""
        return next((body for body in self.bodies.values() if _called(name, body.iri, body.names)), None)

    def plan(self, name: str) -> KnownPlan | None:
        """The plan of that title or IRI, or of that last part of an IRI."""
        return next((plan for plan in self.plans.values() if _called(name, plan.iri, plan.titles)), None)

    def concept(self, scheme: str, name: str) -> Concept | None:
        """The concept of that name in a list, or of one that people use for it."""
        return next(
            (
                known
                for known in self.concepts[scheme].values()
                if _called(name, known.iri, [*known.names, *also(known.iri)])
            ),
            None,
        )


def read_beside(sources: Sources, drafts: Sequence[Path]) -> tuple[Known, list[Path]]:
    """What the graph knows without the files that a draft replaces, and these files.

    Args:
        sources: where the data and the vocabulary are.
        drafts: the files that the draft may become; they need not be there.

    Raises:
        BadRdf: a file of the data does not parse.
        BadCall: there is no such folder.
    """
    replaced = files_named(sources, {draft.name for draft in drafts})
    quads = read_data(sources, without=replaced)
    return read_known(quads + read_vocabulary(sources), sources.base), replaced


def read_known(quads: Iterable[Quad], base: str) -> Known:
    """What the data and the vocabulary hold.

    Args:
        quads: their statements.
        base: the base of the data.
    """
    store = MemoryStore(quads)
    known = Known(base, {}, {}, {}, {}, {}, {})
    for row in _rows(store, "bodies", base):
        body = known.bodies.setdefault(row["body"], Body(row["body"]))
        body.names.append(row["name"])
        body.level = row.get("level", body.level)
    for row in _rows(store, "plans", base):
        plan = known.plans.setdefault(row["plan"], KnownPlan(row["plan"]))
        plan.titles.append(row["title"])
    for row in _rows(store, "concepts", base):
        scheme = known.concepts.setdefault(row["scheme"].rpartition("/")[2], {})
        concept = scheme.setdefault(row["concept"], Concept(row["concept"]))
        concept.names.append(row["name"])
        concept.stands_for = row.get("class", concept.stands_for)
    known.pages.update((row["page"], row.get("address", "")) for row in _rows(store, "pages", base))
    for row in _rows(store, "told", base):
        known.told.setdefault(row["thing"], set()).add(row["document"])
        if row["lined"] == "true":
            known.lined.setdefault(row["thing"], set()).add(row["document"])
    return known


def also(concept: str) -> list[str]:
    """The names that people use for a concept beside its own, the one to offer first."""
    return _also().get(concept.rpartition("/")[2], [])


@cache
def _also() -> dict[str, list[str]]:
    return {row["concept"]: row["names"].split("|") for row in rows_of("also.csv")}


def _rows(store: MemoryStore, query: str, base: str) -> list[dict[str, str]]:
    text = (_HERE / f"{query}.rq").read_text(encoding="utf-8")
    return [{name: _plain(term) for name, term in row.items()} for row in store.select(text, base=base)]


def _plain(term: str) -> str:
    return term[1:-1] if term.startswith("<") else literal_text(term)


def _called(name: str, iri: str, names: list[str]) -> bool:
    return name == iri or key(name) in {key(iri.rpartition("/")[2]), *(key(known) for known in names)}
