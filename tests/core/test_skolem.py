import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, canonical
from dppgraph.core.skolem import skolemised, skolemised_lines
from dppgraph.errors import BadRdf

BASE = "https://data.example.org/"
SHORT = {
    "a": f"<{PREFIXES['rdf']}type>",
    "first": f"<{PREFIXES['rdf']}first>",
    "rest": f"<{PREFIXES['rdf']}rest>",
    "nil": f"<{PREFIXES['rdf']}nil>",
    "Period": f"<{PREFIXES['dct']}PeriodOfTime>",
    "Quote": f"<{PREFIXES['oa']}TextQuoteSelector>",
    "Position": f"<{PREFIXES['oa']}TextPositionSelector>",
    "Identifier": f"<{PREFIXES['adms']}Identifier>",
}
GENID = re.compile(rf"<{re.escape(BASE)}\.well-known/genid/[0-9a-f]{{32}}>")


def read(text: str) -> list[Quad]:
    """Quads of four or three words each, parted by semicolons: ``plan temporal _:p; _:p a Period``."""
    return [Quad(*(_term(word) for word in quad.split())) for quad in text.split(";")]


def _term(word: str) -> str:
    return word if word.startswith(("_:", '"')) else SHORT.get(word, f"<http://e/{word}>")


def names(text: str) -> dict[str, str]:
    """Blank node of the text to the name that it gets: read off the quads, which keep their order."""
    quads = read(text)
    found: dict[str, str] = {}
    for before, after in zip(quads, skolemised(quads, BASE), strict=True):
        found |= {old: new for old, new in zip(before, after, strict=True) if old.startswith("_:")}
    return found


@pytest.mark.parametrize(
    ("kind", "fragment"),
    [("Period", "period"), ("Quote", "quote"), ("Position", "position"), ("Identifier", "identifier")],
)
def test_a_node_without_a_life_of_its_own_is_a_fragment_of_its_owner(kind: str, fragment: str) -> None:
    assert names(f"plan has _:x; _:x a {kind}; _:x value _:y")["_:x"] == f"<http://e/plan#{fragment}>"


def test_any_other_node_gets_a_name_under_the_base() -> None:
    assert GENID.fullmatch(names("plan has _:x; _:x a Contact")["_:x"])


def test_a_node_that_two_things_share_is_no_fragment_of_either() -> None:
    assert GENID.fullmatch(names("plan has _:x; line has _:x; _:x a Period")["_:x"])


def test_a_fragment_has_no_fragments() -> None:
    found = names("plan has _:period; _:period a Period; _:period has _:quote; _:quote a Quote")
    assert found["_:period"] == "<http://e/plan#period>"
    assert GENID.fullmatch(found["_:quote"])


def test_a_name_never_changes_from_one_release_to_the_next() -> None:
    # Names are published and linked to. This one was given by the first release.
    assert (
        names('plan has _:x; _:x a Contact; _:x mail "info@example.org"')["_:x"]
        == "<https://data.example.org/.well-known/genid/c2ffb815c1b9ff074fd78d45f1277bde>"
    )


def test_all_else_stays_as_it_was() -> None:
    quads = read('plan title "_:x"; plan has _:x graph; _:x value "1" graph; graph a Graph graph')
    before, after = set(quads), set(skolemised(quads, BASE))
    assert {quad for quad in before if not any(term.startswith("_:") for term in quad)} <= after
    assert skolemised(quads[:1], BASE) == quads[:1]


def test_names_stay_when_another_part_of_the_file_changes() -> None:
    part = 'plan has _:x; _:x a Contact; _:x mail "info@example.org"'
    other = 'line has _:z; _:z a Contact; _:z mail "somebody@example.org"; plan title "Actieplan"'
    assert names(f"{other}; {part}")["_:x"] == names(part)["_:x"]


def test_nodes_that_say_the_same_on_different_owners_are_two() -> None:
    found = names('plan has _:x; line has _:y; _:x value "1"; _:y value "1"')
    assert found["_:x"] != found["_:y"]


def test_nodes_that_say_the_same_through_different_properties_are_two() -> None:
    found = names('plan has _:x; plan had _:y; _:x value "1"; _:y value "1"')
    assert found["_:x"] != found["_:y"]


def test_nodes_that_say_different_things_on_one_owner_are_two() -> None:
    found = names('plan has _:x; plan has _:y; _:x value "1"; _:y value "2"')
    assert found["_:x"] != found["_:y"]


def test_nodes_that_differ_only_far_below_are_two() -> None:
    found = names('plan has _:a; plan has _:b; _:a has _:c; _:b has _:d; _:c value "1"; _:d value "2"')
    assert len(set(found.values())) == 4


def test_nodes_that_differ_only_far_above_are_two() -> None:
    found = names('plan has _:a; line has _:b; _:a has _:c; _:b has _:d; _:c value "1"; _:d value "1"')
    assert len(set(found.values())) == 4


def test_nodes_that_say_the_same_on_one_owner_are_one() -> None:
    found = names('plan has _:x; plan has _:y; _:x value "1"; _:y value "1"')
    assert found["_:x"] == found["_:y"]


def test_a_list_of_five_thousand_items_does_not_overflow() -> None:
    cells = [f"_:c{number} first item; _:c{number} rest _:c{number + 1}" for number in range(5_000)]
    found = names("; ".join(["plan has _:c0", *cells, "_:c5000 first item; _:c5000 rest nil"]))
    assert len(set(found.values())) == 5_001


@pytest.mark.parametrize(
    "ring", ["_:a next _:a", "_:a next _:b; _:b next _:a", "plan has _:a; _:a p _:b; _:b p _:c; _:c p _:a"]
)
def test_nodes_that_name_each_other_in_a_ring_are_refused(ring: str) -> None:
    with pytest.raises(BadRdf, match="ring"):
        skolemised(read(ring), BASE)


def test_a_graph_that_is_named_by_a_blank_node_is_refused() -> None:
    with pytest.raises(BadRdf, match="named graph"):
        skolemised(read("plan has line _:g"), BASE)


def test_two_different_nodes_with_one_name_are_refused() -> None:
    clash = 'plan has _:x; plan has _:y; _:x a Period; _:y a Period; _:x from "2009"; _:y from "2012"'
    with pytest.raises(BadRdf, match="<http://e/plan#period>"):
        skolemised(read(clash), BASE)


def test_a_node_that_would_get_the_name_of_something_else_is_refused() -> None:
    # The file names a period itself, and has another without a name: they are two, and would become one.
    clash = 'plan has plan#period; plan#period from "2009"; plan has _:x; _:x a Period; _:x from "2012"'
    with pytest.raises(BadRdf, match="<http://e/plan#period>"):
        skolemised(read(clash), BASE)


def test_no_blank_node_is_left_within_a_triple_term() -> None:
    quads = [Quad("<http://e/s>", "<http://e/p>", '<<( _:x <http://e/p> "1" )>>'), *read('_:x value "1"')]
    try:
        found = skolemised(quads, BASE)
    except BadRdf:
        return
    assert not any("_:" in term for quad in found for term in quad)


@st.composite
def trees(draw: st.DrawFn) -> list[Quad]:
    """Quads in which every blank node says a number of its own and hangs on something that comes before it."""
    quads = []
    for number in range(draw(st.integers(1, 12))):
        node = f"_:n{number}"
        quads.append(Quad(node, "<http://e/number>", f'"{number}"'))
        for owner in draw(st.sets(st.integers(-2, number - 1), max_size=2)):
            subject = f"_:n{owner}" if owner >= 0 else f"<http://e/{-owner}>"
            quads.append(Quad(subject, "<http://e/has>", node))
    return quads


@given(trees(), st.randoms(use_true_random=False))
def test_names_depend_neither_on_the_order_nor_on_the_labels(quads: list[Quad], random: Random) -> None:
    labels = {term for quad in quads for term in quad if term.startswith("_:")}
    others = dict(
        zip(sorted(labels), random.sample([f"_:x{number}" for number in range(99)], len(labels)), strict=True)
    )
    shuffled = random.sample(quads, len(quads))
    relabelled = [Quad(*(others.get(term, term) for term in quad)) for quad in shuffled]
    assert canonical(skolemised(relabelled, BASE)) == canonical(skolemised(quads, BASE))


@given(trees())
def test_names_are_one_to_one_where_every_node_says_something_of_its_own(quads: list[Quad]) -> None:
    found = skolemised(quads, BASE)
    said = {quad.object: quad.subject for quad in quads if quad.predicate == "<http://e/number>"}
    named = {quad.object: quad.subject for quad in found if quad.predicate == "<http://e/number>"}
    naming = {said[number]: name for number, name in named.items()}
    assert len(set(naming.values())) == len(naming) == len(said)
    assert found == [Quad(*(naming.get(term, term) for term in quad)) for quad in quads]


def lines_of(quads: list[Quad]) -> bytes:
    return "".join(f"{quad.line()}\n" for quad in quads).encode()


@given(trees())
def test_lines_get_the_names_that_quads_get(quads: list[Quad]) -> None:
    others = [*read("plan a Plan g"), Quad("<http://e/plan>", "<http://e/title>", '"_:x is no node"', "<http://e/g>")]
    found = skolemised_lines(lines_of([*others, *quads]), BASE).decode().split("\n")[:-1]
    assert sorted(set(found)) == canonical(skolemised([*others, *quads], BASE))


def test_a_name_that_lines_use_already_is_refused_as_it_is_of_quads() -> None:
    quads = read("plan has _:x g; _:x a Period g; other has plan#period g")
    for name in (skolemised, lambda quads, base: skolemised_lines(lines_of(quads), base)):
        with pytest.raises(BadRdf, match=r"plan#period>, which is in use"):
            name(quads, BASE)
