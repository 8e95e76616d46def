"""Agents: who they are, and what they decided, issued and said."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dppgraph.operations.facts import Facts, Text
from dppgraph.operations.others import Property, others_of
from dppgraph.operations.paging import Paging
from dppgraph.operations.plans.periods import Period, period_of
from dppgraph.operations.said import Name, Said, in_language, instances, names_of, prefixed, said, values
from dppgraph.operations.uses import Uses, uses_of

COLUMNS: Final = ("agent", "label", "level", "decided", "issued", "applies", "said")
"""The columns of the list of agents as a table."""

_CLASSES: Final = ("foaf:Agent", "org:Organization", "prov:Agent")
_COMPOSITION: Final = "https://data.vlaanderen.be/ns/generiek#isTijdspecialisatieVan"
_DECIDED: Final = prefixed("prov:wasAssociatedWith")
_ISSUED: Final = prefixed("dpp:issuedBy")
_APPLIES: Final = prefixed("dpp:appliesTo")
_SAID: Final = prefixed("prov:wasAttributedTo")
_ASIDE: Final = frozenset(map(prefixed, (_COMPOSITION, "owl:sameAs")))
_NAMES: Final = """
    rdf:type skos:prefLabel foaf:name skos:definition skos:scopeNote dpp:policyLevel dct:temporal dct:spatial
    besluit:bestuurt besluit:werkingsgebied owl:sameAs
"""
_TOLD: Final = frozenset(map(prefixed, (*_NAMES.split(), _COMPOSITION)))
"""What has a place of its own on the page of an agent."""

_FIRST: Final = (
    _DECIDED,
    prefixed("dpp:governmentInOffice"),
    _ISSUED,
    _APPLIES,
    prefixed("dct:publisher"),
    _SAID,
)


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent.

    Attributes:
        term: the agent.
        labels: its names, the best language first.
        definitions: who it is, likewise.
        notes: who it is not, likewise.
        levels: its policy level.
        governs: what it governs.
        composition: the body of which this is the composition of some years.
        compositions: the other way round.
        period: when it was in office; None where no such period is known.
        places: its territory.
        sames: the same agent elsewhere.
        uses: what it decided, issued and said, and what else names it.
        remaining: what else is said of it.
    """

    term: str
    labels: list[Said]
    definitions: list[Said]
    notes: list[Said]
    levels: list[Said]
    governs: list[Said]
    composition: list[Said]
    compositions: list[Said]
    period: Period | None
    places: list[Said]
    sames: list[Said]
    uses: Uses
    remaining: list[Property]

    @property
    def label(self) -> Text:
        """Its name in the best language; its IRI where it has none."""
        return self.labels[0].label if self.labels else Text(self.term[1:-1])


@dataclass(frozen=True, slots=True)
class ListedAgent:
    """An agent in the list.

    Attributes:
        name: the agent.
        definition: who it is.
        levels: its policy level.
        decided: how many decisions and other events it took part in.
        issued: how many plans it issued.
        applies: how many plans apply to it.
        said: how many claims and readings are its.
    """

    name: Name
    definition: Text | None
    levels: list[Name]
    decided: int
    issued: int
    applies: int
    said: int

    def row(self) -> list[object]:
        """Itself as a row of the table."""
        levels = "; ".join(level.label.text for level in self.levels)
        return [
            self.name.term[1:-1], self.name.label.text, levels, self.decided, self.issued, self.applies, self.said,
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class AgentList:
    """A page of the agents, by name.

    Attributes:
        paging: which page this is.
        agents: the agents of it.
    """

    paging: Paging
    agents: list[ListedAgent]

    def rows(self) -> Iterator[list[object]]:
        """The agents of the page as rows of the table."""
        return (agent.row() for agent in self.agents)


def agent_of(facts: Facts, agent: str, page: int = 1) -> Agent:
    """All about an agent.

    Args:
        facts: where to look.
        agent: the agent, as a term.
        page: which page of what names it.

    Raises:
        Unknown: there is no such page.
    """
    return Agent(
        term=agent,
        labels=in_language(facts, agent, "skos:prefLabel", "foaf:name", "rdfs:label"),
        definitions=in_language(facts, agent, "skos:definition"),
        notes=in_language(facts, agent, "skos:scopeNote"),
        levels=said(facts, agent, "dpp:policyLevel"),
        governs=said(facts, agent, "besluit:bestuurt"),
        composition=said(facts, agent, _COMPOSITION),
        compositions=said(facts, agent, "", _COMPOSITION),
        period=period_of(facts, agent),
        places=[*said(facts, agent, "besluit:werkingsgebied"), *said(facts, agent, "dct:spatial")],
        sames=said(facts, agent, "owl:sameAs", "owl:sameAs"),
        uses=uses_of(facts, agent, page, without=_ASIDE, first=_FIRST),
        remaining=others_of(facts, agent, _TOLD),
    )


def agent_list(facts: Facts, page: int = 1) -> AgentList:
    """A page of all agents.

    Raises:
        Unknown: there is no such page.
    """
    found = names_of(facts, instances(facts, *_CLASSES))
    paging = Paging.of(len(found), page)
    return AgentList(paging, [_listed(facts, name) for name in paging.cut(found)])


def _listed(facts: Facts, name: Name) -> ListedAgent:
    counted = facts.published.count_by_predicate(name.term)
    return ListedAgent(
        name=name,
        definition=facts.text(name.term, prefixed("skos:definition")),
        levels=names_of(facts, values(facts, name.term, "dpp:policyLevel")),
        decided=counted.get(_DECIDED, 0),
        issued=counted.get(_ISSUED, 0),
        applies=counted.get(_APPLIES, 0),
        said=counted.get(_SAID, 0),
    )
