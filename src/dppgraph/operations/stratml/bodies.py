"""The organisations of a document: bodies that the graph knows, by IRI or name, or else new ones."""

from dppgraph.core.quads import literal
from dppgraph.operations.new.declared import token
from dppgraph.operations.new.known import Body as KnownBody
from dppgraph.operations.new.known import Known
from dppgraph.operations.stratml.facts import Facts, literals, one_each
from dppgraph.operations.stratml.names import Names, term_of
from dppgraph.operations.stratml.plan import Body, Plan


class Bodies:
    """The bodies of one plan, each told once.

    Attributes:
        new: those that the graph did not know.
        unknown: the IRIs that the document names and nobody knows.
    """

    def __init__(self, plan: Plan, known: Known, facts: Facts, names: Names) -> None:
        """Begins with none told.

        Args:
            plan: what the document says.
            known: what the graph holds already.
            facts: where a new body is told.
            names: what gives it its IRI.
        """
        self.new: list[KnownBody] = []
        self.unknown: list[str] = []
        self._plan = plan
        self._known = known
        self._facts = facts
        self._names = names
        self._told: dict[Body, str] = {}

    def of(self, body: Body) -> str:
        """An organisation, as Turtle writes it."""
        if body not in self._told:
            names = filter(None, (body.iri, *(text for _, text in body.names)))
            found = next(filter(None, map(self._known.body, names)), None)
            self._told[body] = term_of(found.iri, self._known.base) if found else self._tell(body)
        return self._told[body]

    def named(self, iri: str) -> str:
        """A body that the document names by its IRI; empty if nobody knows it."""
        if iri in self._known.bodies:
            return term_of(iri, self._known.base)
        found = next((body for body in self._plan.bodies if body.iri == iri), None)
        if found:
            return self.of(found)
        self.unknown.append(iri)
        return ""

    def level_of(self, name: str) -> str:
        """The IRI of the level of a body, which is given as Turtle writes it; empty if it has none."""
        base = self._known.base
        return next((body.level or "" for body in self._known.bodies.values() if term_of(body.iri, base) == name), "")

    def _tell(self, body: Body) -> str:
        last = self._names.of("agent", body.iri, body.names)
        name, facts = token("agent", last), self._facts
        self.new.append(KnownBody(f"{self._known.base}id/agent/{last}", [text for _, text in body.names]))
        facts.say(name, "a", "foaf:Agent", "org:Organization")
        facts.say(name, "skos:prefLabel", *literals(one_each(body.names)))
        facts.state(name, "foaf:name", *literals(body.names))
        if body.acronym:
            facts.state(name, "skos:altLabel", literal(body.acronym, language=self._plan.language))
        return name
