"""Reading the W3C's manifests: which tests there are, and what each is made of."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyoxigraph
from pyoxigraph import BlankNode, Literal, NamedNode

Node = NamedNode | BlankNode | Literal
"""What a manifest says of a test; triple terms are in none."""

MF: Final = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT: Final = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UT: Final = "http://www.w3.org/2009/sparql/tests/test-update#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"

HOME: Final = "https://w3c.github.io/rdf-tests/sparql/"
"""Where the suites are published: what their relative IRIs are relative to."""


@dataclass(frozen=True)
class Case:
    """One test.

    Attributes:
        name: folder and name, such as ``sparql11/aggregates/agg01``.
        kind: the local name of its class, such as ``QueryEvaluationTest``.
        folder: the folder of its files.
        query: the file of its query, or None.
        data: the files of its default graph.
        graphs: the files of its named graphs, each with the graph's IRI.
        result: the file of the expected result, or None; of an update, the default graph after it.
        after: of an update, the files of the named graphs after it, each with the graph's IRI.
        regimes: whether it asks for an entailment regime.
        services: whether it needs endpoints of others.
        lax: whether it leaves open how often a row comes (REDUCED).
    """

    name: str
    kind: str
    folder: Path
    query: Path | None = None
    data: tuple[Path, ...] = ()
    graphs: tuple[tuple[str, Path], ...] = ()
    result: Path | None = None
    regimes: bool = False
    services: bool = False
    lax: bool = False
    after: tuple[tuple[str, Path], ...] = ()

    @property
    def base(self) -> str:
        """What the relative IRIs of its files are relative to, but for the file's own name."""
        return f"{HOME}{self.name.rpartition('/')[0]}/"


@dataclass
class Manifest:
    """A manifest's triples, and ways to follow them."""

    path: Path
    iri: str
    _said: dict[tuple[Node, str], list[Node]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        data = self.path.read_bytes()
        for triple in pyoxigraph.parse(data, pyoxigraph.RdfFormat.TURTLE, base_iri=self.iri):
            if isinstance(triple.object, Node) and isinstance(triple.subject, Node):
                self._said.setdefault((triple.subject, triple.predicate.value), []).append(triple.object)

    @property
    def root(self) -> Node:
        """The manifest itself."""
        return next(
            subject
            for (subject, predicate), objects in self._said.items()
            if predicate == f"{RDF}type" and any(node.value == f"{MF}Manifest" for node in objects)
        )

    def all(self, subject: Node, predicate: str) -> list[Node]:
        """The objects of a subject and a predicate."""
        return self._said.get((subject, predicate), [])

    def one(self, subject: Node, predicate: str) -> Node | None:
        """The only object, or None."""
        return next(iter(self.all(subject, predicate)), None)

    def text(self, subject: Node, predicate: str) -> str | None:
        """The only object's characters, or None."""
        found = self.one(subject, predicate)
        return None if found is None else found.value

    def items(self, head: Node | None) -> Iterator[Node]:
        """The items of a list."""
        while head is not None and head.value != f"{RDF}nil":
            first = self.one(head, f"{RDF}first")
            if first is not None:
                yield first
            head = self.one(head, f"{RDF}rest")

    def entries(self) -> list[Node]:
        """Its tests; one that is listed twice counts once."""
        listed = self.items(self.one(self.root, f"{MF}entries"))
        return list(dict.fromkeys(listed))

    def kind(self, entry: Node) -> str:
        """The local name of a test's class."""
        return (self.text(entry, f"{RDF}type") or "").rpartition("#")[2]

    def file(self, node: Node | None) -> Path | None:
        """The file that an IRI of a manifest names."""
        return None if node is None else self.path.parent / node.value.rpartition("/")[2]


def manifests(suites: Path, name: str, top: str) -> Iterator[tuple[str, Manifest]]:
    """The manifests that one includes, and itself, each with its folder such as ``sparql11/aggregates``."""
    home = suites / "rdf-tests"
    path = home / name / top
    manifest = Manifest(path, f"{HOME}{name}/{top}")
    yield name, manifest
    for included in manifest.items(manifest.one(manifest.root, f"{MF}include")):
        inner = included.value.removeprefix(f"{HOME}{name}/")
        folder, _, file = f"{name}/{inner}".rpartition("/")
        yield from manifests(suites, folder, file)


def cases(suites: Path, name: str, top: str) -> list[Case]:
    """All tests of a suite that have files, in their order."""
    return [
        _case(folder, manifest, entry)
        for folder, manifest in manifests(suites, name, top)
        for entry in manifest.entries()
    ]


def _case(folder: str, manifest: Manifest, entry: Node) -> Case:
    name = f"{folder}/{entry.value.rpartition('#')[2].rpartition('/')[2]}"
    kind = manifest.kind(entry)
    action = manifest.one(entry, f"{MF}action")
    if kind == "UpdateEvaluationTest" and action is not None:
        return _update(name, manifest, entry, action)
    if not kind.startswith(("Query", "PositiveSyntax", "NegativeSyntax", "CSV")) or action is None:
        return Case(name, kind, manifest.path.parent, query=manifest.file(action) if "Syntax" in kind else None)
    query = manifest.one(action, f"{QT}query")
    if query is None:
        return Case(name, kind, manifest.path.parent, manifest.file(action))
    graphs = [
        (manifest.one(node, f"{QT}graph") or node, manifest.text(node, f"{RDFS}label"))
        for node in manifest.all(action, f"{QT}graphData")
    ]
    return Case(
        name,
        kind,
        manifest.path.parent,
        manifest.file(query),
        tuple(path for node in manifest.all(action, f"{QT}data") if (path := manifest.file(node))),
        tuple((label or node.value, path) for node, label in graphs if (path := manifest.file(node))),
        manifest.file(manifest.one(entry, f"{MF}result")),
        bool(manifest.all(action, "http://www.w3.org/ns/sparql-service-description#entailmentRegime")),
        bool(manifest.all(action, f"{QT}serviceData")) or folder.endswith(("/service", "/syntax-fed")),
        (manifest.text(entry, f"{MF}resultCardinality") or "").endswith("LaxCardinality"),
    )


def _update(name: str, manifest: Manifest, entry: Node, action: Node) -> Case:
    """A test of an update."""
    request, before = (manifest.file(manifest.one(action, f"{UT}{what}")) for what in ("request", "data"))
    result = manifest.one(entry, f"{MF}result")
    after = manifest.file(manifest.one(result, f"{UT}data")) if result is not None else None
    return Case(
        name,
        "UpdateEvaluationTest",
        manifest.path.parent,
        request,
        (before,) if before else (),
        _update_graphs(manifest, action),
        after,
        after=_update_graphs(manifest, result) if result is not None else (),
    )


def _update_graphs(manifest: Manifest, state: Node) -> tuple[tuple[str, Path], ...]:
    """The named graphs of a state, each with its IRI."""
    found = [
        (manifest.text(node, f"{RDFS}label"), manifest.file(manifest.one(node, f"{UT}graph")))
        for node in manifest.all(state, f"{UT}graphData")
    ]
    return tuple((label, path) for label, path in found if label and path)
