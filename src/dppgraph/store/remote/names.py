"""What an engine's graphs are called, and which of them make up a version.

A version of the store has its own graphs in the engine, so that several versions can be there at a time. The name of
one is that of the graph with the version's number and the beginning of its digest: another store, or the same one built
anew, never takes it for its own.

Graphs that have triples in common would have an engine find them twice in their union, where an RDF merge has them once
(SPARQL 1.1, section 13.1). So such graphs are there once more in **parts**, each of which has the triples that the same
graphs share; every triple is in one part. The merge of any of them is the union of the parts that they have.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from dppgraph.store.versions import Manifest

VOCABULARY: Final = "https://w3id.org/dppgraph/published#"
_DIGITS: Final = 16


@dataclass(frozen=True, slots=True)
class Naming:
    """The names of one version.

    Attributes:
        base: the base of the data's IRIs.
        version: its number.
        digest: its digest.
    """

    base: str
    version: int
    digest: str

    @classmethod
    def of(cls, manifest: Manifest) -> "Naming":
        """The names of the version of a manifest."""
        return cls(manifest.base, manifest.version, manifest.digest)

    @property
    def control(self) -> str:
        """The graph that says which versions there are."""
        return control_of(self.base)

    @property
    def iri(self) -> str:
        """The version."""
        return self._of(self.control)

    @property
    def nothing(self) -> str:
        """A graph that never is."""
        return f"{self.control}/nothing"

    def graph(self, iri: str) -> str:
        """A graph of the version; ``iri`` is empty for the unnamed one."""
        return self._of(iri or f"{self.control}/unnamed")

    def part(self, graphs: Iterable[str]) -> str:
        """The triples that these graphs, and no others, have in common."""
        named = hashlib.sha256("\n".join(sorted(graphs)).encode()).hexdigest()[:_DIGITS]
        return self._of(f"{self.control}/part/{named}")

    def _of(self, iri: str) -> str:
        # In an IRI that has a query or a fragment already, it is still an IRI, and no other one's.
        return f"{iri}?version={self.version}&digest={self.digest[:_DIGITS]}"


def control_of(base: str) -> str:
    """The graph that says which versions of the data with this base there are."""
    return f"{base}.well-known/published"


@dataclass(frozen=True, slots=True)
class Held:
    """A version as an engine holds it.

    Attributes:
        naming: what its graphs are called.
        graphs: the IRI of each graph (empty: the unnamed one) to its name in the engine.
        parts: the name of each part, to the IRIs of the graphs that share its triples.
        sharing: the IRIs of the graphs that are there in parts too.
    """

    naming: Naming
    graphs: Mapping[str, str]
    parts: Mapping[str, frozenset[str]]
    sharing: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sharing", frozenset().union(*self.parts.values()))

    @property
    def named(self) -> dict[str, str]:
        """The graphs that GRAPH may reach."""
        return {iri: name for iri, name in self.graphs.items() if iri}

    def merge(self, graphs: Iterable[str]) -> tuple[str, ...]:
        """The engine's graphs of which the union is the RDF merge of graphs, given by their IRIs."""
        asked = frozenset(graphs)
        apart = (self.graphs[iri] for iri in sorted(asked & self.graphs.keys() - self.sharing))
        shared = (name for name, owners in sorted(self.parts.items()) if owners & asked)
        return (*apart, *shared)
