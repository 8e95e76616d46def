"""What a candidate states, arranged for looking up: by subject, by kind, and statement by statement."""

from collections import defaultdict
from collections.abc import Iterable, Set
from typing import Final, NamedTuple

from dppgraph.core.iris import NAMESPACE, PREFIXES
from dppgraph.core.quads import Quad

TYPE: Final = f"<{PREFIXES['rdf']}type>"
SUBJECT: Final = f"<{PREFIXES['rdf']}subject>"
PREDICATE: Final = f"<{PREFIXES['rdf']}predicate>"
OBJECT: Final = f"<{PREFIXES['rdf']}object>"
_INVERSE: Final = f"<{PREFIXES['owl']}inverseOf>"


class Fact(NamedTuple):
    """A triple, as terms."""

    subject: str
    predicate: str
    object: str


class Facts:
    """The stated triples.

    Args:
        quads: what the files say, inferences left out.
    """

    def __init__(self, quads: Iterable[Quad]) -> None:
        self.all = sorted({Fact(*quad[:3]) for quad in quads})
        self._by_subject: dict[str, list[Fact]] = defaultdict(list)
        self.described: dict[str, list[str]] = defaultdict(list)
        self._inverses: dict[str, str] = {}
        for fact in self.all:
            self._by_subject[fact.subject].append(fact)
            if fact.predicate == TYPE:
                self.described[fact.subject].append(fact.object)
            elif fact.predicate == _INVERSE:
                self._inverses |= {fact.subject: fact.object, fact.object: fact.subject}

    def about(self, subject: str) -> list[Fact]:
        """The triples with a subject."""
        return self._by_subject.get(subject, [])

    def is_described(self, term: str) -> bool:
        """Whether a thing has a type."""
        return term in self.described

    def is_subject(self, term: str) -> bool:
        """Whether anything is stated of it."""
        return term in self._by_subject

    def objects(self, subject: str, predicate: str) -> list[str]:
        """The values of a property."""
        return [fact.object for fact in self.about(subject) if fact.predicate == predicate]

    def inverse(self, predicate: str) -> str:
        """The property in the other direction, or an empty string."""
        return self._inverses.get(predicate, "")

    def fact_of(self, statement: str) -> Fact:
        """What a statement describes; an empty string for a part that it does not have."""
        parts = {fact.predicate: fact.object for fact in self.about(statement)}
        return Fact(*(parts.get(name, "") for name in (SUBJECT, PREDICATE, OBJECT)))

    def terms(self, kinds: Set[str]) -> list[str]:
        """Our ontology's terms that are of one of these kinds."""
        return [
            term for term, types in self.described.items() if term.startswith(f"<{NAMESPACE}") and kinds & set(types)
        ]
