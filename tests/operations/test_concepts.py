"""Concepts and agents, and what uses them."""

from pathlib import Path

import pytest

from dppgraph.errors import Unknown
from dppgraph.operations.agents import agent_list, agent_of
from dppgraph.operations.concepts import concept_list, concept_of
from dppgraph.operations.uses import uses_of
from tests.operations.published import facts_of, thing

THEMES = """
    concept:s a skos:ConceptScheme ; dct:title "Thema's"@nl ; skos:hasTopConcept concept:a .
    concept:a a skos:Concept ; skos:prefLabel "water"@nl ; skos:definition "Nat."@nl .
    concept:b a skos:Concept ; skos:inScheme concept:s ; skos:broader concept:a ;
        skos:prefLabel "aarde"@nl , "earth"@en .
    concept:c a skos:Concept ; skos:exactMatch <https://e.org/c> .
    line:1 dpp:theme concept:a ; dct:subject concept:a ; dpp:lineOf plan:x . plan:x dpp:emphasises concept:a .
    statement:1 a dpp:InterpretedStatement ; rdf:subject line:1 ; rdf:predicate dpp:theme ; rdf:object concept:a ;
        dpp:confidence 1.0 ; prov:wasAttributedTo agent:us .
"""


def test_concepts_are_listed_by_scheme_and_loose_ones_last(tmp_path: Path) -> None:
    found = concept_list(facts_of(tmp_path, concepts=THEMES))
    told = [
        (scheme.name and scheme.name.label.text, scheme.total, [one.name.label.text for one in scheme.concepts])
        for scheme in found.schemes
    ]
    assert told == [("Thema's", 2, ["aarde", "water"]), (None, 1, ["id/concept/c"])]
    assert [row[-1] for row in found.rows()] == [0, 2, 0]


def test_a_concept_is_told_from_both_sides_of_its_relations(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, concepts=THEMES)
    wide, narrow = (concept_of(facts, thing(f"concept:{name}")) for name in "ab")
    assert [one.term for one in wide.narrower] == [narrow.term]
    assert [one.term for one in narrow.broader] == [wide.term]
    assert [one.label.text for one in wide.schemes] == ["Thema's"]
    assert [one.label.text for one in narrow.labels] == ["aarde", "earth"]
    (match,) = concept_of(facts, thing("concept:c")).matches
    assert match.other.term == "<https://e.org/c>"


def test_uses_are_grouped_with_what_they_hang_on_and_rest_on(tmp_path: Path) -> None:
    uses = concept_of(facts_of(tmp_path, concepts=THEMES), thing("concept:a")).uses
    told = [
        (
            group.property.label.text,
            group.total,
            [(use.name.term, [one.term for one in use.owners], len(use.evidence)) for use in group.shown],
        )
        for group in uses.groups
    ]
    # Neither what describes a statement, nor what says the same in other words, is a use.
    assert told == [
        ("dpp:theme", 1, [(thing("line:1"), [thing("plan:x")], 1)]),
        ("dpp:emphasises", 1, [(thing("plan:x"), [], 0)]),
    ]


def test_many_uses_are_paged_across_properties(tmp_path: Path) -> None:
    text = "".join(f"line:{n:03} dpp:theme concept:a . plan:{n:03} dpp:emphasises concept:a ." for n in range(130))
    facts = facts_of(tmp_path, source=text)
    shown = []
    for page in (1, 2, 3):
        uses = uses_of(facts, thing("concept:a"), page)
        assert (uses.paging.total, uses.paging.pages) == (260, 3)
        shown += [use.name.term for group in uses.groups for use in group.shown]
        assert {group.total for group in uses.groups} == {130}
    assert len(shown) == len(set(shown)) == 260
    with pytest.raises(Unknown, match="no page 4"):
        uses_of(facts, thing("concept:a"), 4)


def test_an_agent_is_told_with_what_it_decided_and_said(tmp_path: Path) -> None:
    text = """
        agent:g a foaf:Agent ; skos:prefLabel "Regering"@nl ; dpp:policyLevel concept:l .
        agent:us a foaf:Agent .
        statement:a a dpp:Approval ; skos:prefLabel "Goedkeuring"@nl ; prov:wasAssociatedWith agent:g ;
            dpp:decisionDate "2012-12-21"^^xsd:date ; dpp:decidesOn plan:x .
        plan:x dpp:issuedBy agent:g ; a dpp:PolicyInstrument .
    """
    facts = facts_of(tmp_path, source=text, interpretation=THEMES)
    uses = agent_of(facts, thing("agent:g")).uses
    decided, issued = uses.groups
    (approval,) = decided.shown
    assert [one.label.text for one in approval.dates] == ["2012-12-21"]
    assert [one.term for one in approval.owners] == [thing("plan:x")]
    assert [use.name.term for use in issued.shown] == [thing("plan:x")]
    ((signed,),) = (group.shown for group in agent_of(facts, thing("agent:us")).uses.groups)
    assert [one.term for one in signed.reading][::2] == [thing("line:1"), thing("concept:a")]
    rows = {row[1]: row[3:] for row in agent_list(facts).rows()}
    assert rows == {"id/agent/us": [0, 0, 0, 1], "Regering": [1, 1, 0, 0]}


def test_where_there_is_nothing_lists_are_empty(tmp_path: Path) -> None:
    facts = facts_of(tmp_path)
    assert concept_list(facts).schemes == []
    assert agent_list(facts).agents == []
    assert concept_of(facts, thing("concept:x")).uses.groups == []
