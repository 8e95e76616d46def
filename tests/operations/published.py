"""Small graphs for tests of what pages show: Turtle in, facts out."""

from pathlib import Path

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES, graph_iri
from dppgraph.operations.facts import Facts
from dppgraph.operations.harvest import Published
from dppgraph.store.rdf import parse
from tests.store.history_of import exact_of

BASE = "https://plans.example/"
_PREFIXES = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
_KINDS = {"plan": "plan", "line": "line-of-action", "concept": "concept", "agent": "agent", "statement": "statement"}
_OURS = "".join(f"@prefix {name}: <{BASE}id/{kind}/> .\n" for name, kind in _KINDS.items())


class Asked(Published):
    """What is published, and how often it was asked."""

    asked = 0

    def about(self, subject: str) -> list[str]:
        self.asked += 1
        return super().about(subject)


def facts_of(folder: Path, language: str = "nl", **graphs: str) -> Facts:
    """The facts that graphs state, by their names; each is Turtle without its prefixes."""
    lines = [
        quad.line()
        for name, text in graphs.items()
        for quad in parse(
            (_PREFIXES + _OURS + text).encode(), formats.TURTLE, graph=f"<{graph_iri(name, BASE)}>", base=BASE
        )
    ]
    exact = exact_of(folder / f"{len(list(folder.iterdir()))}.sqlite", lines, BASE)
    return Facts(Asked(exact, [], BASE, "http://localhost:8000/"), language)


def thing(name: str) -> str:
    """The term of a thing, as ``plan:x``."""
    kind, _, slug = name.partition(":")
    return f"<{BASE}id/{_KINDS[kind]}/{slug}>"
