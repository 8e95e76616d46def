"""Lines of action: each once, in page order, whatever stands under what; and what continues what."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dppgraph.errors import Unknown
from dppgraph.operations.lines import line_of, ordered
from tests.operations.published import facts_of, thing


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(-1, 5)), min_size=1, max_size=12))
def test_each_line_is_listed_once_after_the_one_it_stands_under(tmp_path: Path, lines: list[tuple[int, int]]) -> None:
    text = "plan:x a dpp:PolicyInstrument . line:0 dpp:lineOf plan:x ."
    for number, (above, position) in enumerate(lines):
        text += f"plan:x dpp:hasLineOfAction line:{number} . line:{number} dpp:position {position} ."
        if above < 12:
            text += f"line:{number} dpp:partOfLine line:{above} ."
    placed = ordered(facts_of(tmp_path, source=text), thing("plan:x"))
    assert sorted(one.line for one in placed) == sorted(thing(f"line:{number}") for number in range(len(lines)))
    assert len({one.number for one in placed}) == len(placed)
    for one in placed:
        assert one.depth == one.number.count(".")
        stem = one.number.rpartition(".")[0]
        if stem:
            (above_,) = (other for other in placed if other.number == stem)
            assert placed.index(above_) < placed.index(one)
            number = int(one.line.rpartition("/")[2][:-1])
            assert above_.line == thing(f"line:{lines[number][0]}")


def test_lines_come_in_page_order_with_those_under_them(tmp_path: Path) -> None:
    text = """
        plan:x dpp:hasLineOfAction line:a , line:b , line:c , line:b1 , line:b2 , line:none .
        line:a dpp:position 2 . line:b dpp:position 1 . line:c dpp:position 10 . line:none a dpp:LineOfAction .
        line:b2 dpp:position 2 ; dpp:partOfLine line:b . line:b1 dpp:position 1 ; dpp:partOfLine line:b .
    """
    facts = facts_of(tmp_path, source=text)
    found = [(one.line.rpartition("/")[2], one.number, one.depth) for one in ordered(facts, thing("plan:x"))]
    assert found == [
        ("b>", "1", 0),
        ("b1>", "1.1", 1),
        ("b2>", "1.2", 1),
        ("a>", "2", 0),
        ("c>", "3", 0),
        ("none>", "4", 0),
    ]
    line = line_of(facts, thing("line:b"))
    assert (line.place, [one.term for one in line.below]) == ("1", [thing("line:b1"), thing("line:b2")])
    assert line.before is None
    assert line.after is not None
    assert line.after.term == thing("line:a")
    assert [one.term for one in line_of(facts, thing("line:b2")).above] == [thing("line:b")]
    with pytest.raises(Unknown, match="no page 2"):
        line_of(facts, thing("line:b"), 2)


def test_a_deep_chain_and_a_line_of_no_plan_are_told(tmp_path: Path) -> None:
    chain = "".join(f"line:{n + 1:04} dpp:partOfLine line:{n:04} ; dpp:lineOf plan:x ." for n in range(1500))
    facts = facts_of(tmp_path, source=f"line:0000 dpp:lineOf plan:x . {chain} line:alone a dpp:LineOfAction .")
    assert [one.depth for one in ordered(facts, thing("plan:x"))] == list(range(1501))
    alone = line_of(facts, thing("line:alone"))
    assert (alone.place, alone.plans, alone.label.text) == ("", [], thing("line:alone")[1:-1])


@pytest.mark.heavy
def test_many_rings_and_a_line_under_itself_are_ordered_in_the_time_of_a_test(tmp_path: Path) -> None:
    # Looking through all lines again for each ring would take minutes.
    many = 20_000
    rings = "".join(f"line:{n} dpp:partOfLine line:{n ^ 1} ; dpp:lineOf plan:x ." for n in range(many))
    facts = facts_of(tmp_path, source=f"{rings} line:own dpp:partOfLine line:own ; dpp:lineOf plan:x .")
    found = ordered(facts, thing("plan:x"))
    assert len({one.line for one in found}) == len(found) == many + 1
    assert [one.number for one in found[:3]] == ["1", "2", "2.1"]


def test_a_reading_that_is_not_sure_enough_is_not_stated_plainly(tmp_path: Path) -> None:
    text = """
        line:new dpp:continues line:old , line:plain .
        statement:1 a dpp:LineContinuity ; dpp:newerLine line:new ; dpp:olderLine line:old ;
            dpp:continuityKind concept:k ; dpp:confidence 0.9 ; dpp:rationale "omdat"@nl , "because"@en ;
            prov:wasAttributedTo agent:us .
        statement:2 a dpp:LineContinuity ; dpp:newerLine line:new ; dpp:olderLine line:other ; dpp:confidence 0.4 .
        concept:k skos:prefLabel "versterkt"@nl .
    """
    facts = facts_of(tmp_path, interpretation=text)
    older = line_of(facts, thing("line:new")).older
    told = [(one.line.term, float(one.confidence or 0), one.is_plain, one.reading is None) for one in older]
    assert told == [
        (thing("line:old"), 0.9, True, False),
        (thing("line:other"), 0.4, False, False),
        (thing("line:plain"), 0.0, True, True),
    ]
    assert older[0].kind is not None
    assert (older[0].kind.label.text, str(older[0].rationale)) == ("versterkt", "omdat")
    (newer,) = line_of(facts, thing("line:old")).newer
    assert (newer.line.term, newer.is_plain) == (thing("line:new"), True)
