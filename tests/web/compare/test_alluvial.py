"""The drawing of a comparison, whatever was compared: all in it, nothing over anything else."""

import re
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.operations.compare import Comparison, Line, Reading
from dppgraph.operations.facts import Evidence, Text
from dppgraph.web.compare.alluvial import BLOCK, HIGH, LINE, MOST, SHEETS, SIZE, Sheet, flowing
from dppgraph.web.fitting import widths

WORDS = st.text(max_size=90) | st.sampled_from(["x" * 300, "\u202eקו", "een krachtlijn met veel woorden " * 5])


def reading(number: int, older: str, newer: str, confidence: str) -> Reading:
    evidence = Evidence(f"<r:{number}>", "interpretation", confidence=Decimal(confidence))
    return Reading(f"<r:{number}>", newer, older, None, None, bool(number % 2), evidence)


@st.composite
def comparisons(draw: st.DrawFn, most: int = 12) -> Comparison:
    older = [f"<o:{number}>" for number in range(draw(st.integers(0, most)))]
    newer = [f"<n:{number}>" for number in range(draw(st.integers(0, most)))]
    # Some are about lines below others, which are not in the lists.
    pairs = draw(
        st.lists(st.tuples(st.sampled_from([*older, "<o:sub>"]), st.sampled_from([*newer, "<n:sub>"])), max_size=9)
    )
    readings = [reading(number, *pair, draw(st.sampled_from(["0.5", "0.9"]))) for number, pair in enumerate(pairs)]
    sure = [one for one in readings if one.confidence == Decimal("0.9")]
    touched = {term for one in sure for term in (one.older, one.newer)}
    return Comparison(
        bool(readings),
        tuple(one for one in sure if one.is_same),
        tuple(one for one in sure if not one.is_same),
        tuple(one for one in readings if one not in sure),
        tuple(term for term in newer if term not in touched),
        tuple(term for term in older if term not in touched),
        tuple(older),
        tuple(newer),
    )


@given(comparisons(), st.sampled_from(SHEETS), WORDS)
def test_all_is_within_the_drawing_and_nothing_lies_over_anything_else(
    found: Comparison, sheet: Sheet, words: str
) -> None:
    drawing = flowing(found, lambda term: Line(term, Text(words), 1, ()), sheet)
    for nodes in (drawing.older, drawing.newer):
        assert all(one.y + HIGH < other.y for one, other in pairwise(nodes))
        for node in nodes:
            assert 0 <= node.x <= node.x + BLOCK <= drawing.width
            assert 0 <= node.y <= node.y + HIGH <= drawing.height
            wide = max((widths(line) * SIZE for line in node.label), default=0)
            # The labels of the older plan end where they are put, before their blocks.
            left = node.label_x - wide if node in drawing.older else node.label_x
            if node.label:
                assert 0 <= left <= left + wide <= drawing.width
                assert left + wide <= node.x or left >= node.x + BLOCK
            assert node.y <= node.label_y - SIZE + LINE / 2
            assert node.label_y + LINE * (max(len(node.label), 1) - 1) <= node.y + HIGH
    assert all(one.x + BLOCK < other.x for one in drawing.older for other in drawing.newer)


@given(comparisons(), st.sampled_from(SHEETS))
def test_bands_share_their_blocks(found: Comparison, sheet: Sheet) -> None:
    drawing = flowing(found, lambda term: Line(term, Text(term), None, ()), sheet)
    readings = (*found.kept, *found.changed, *found.unsure)
    assert sorted(flow.reading.term for flow in drawing.flows) == sorted(one.term for one in readings)
    blocks = {node.line.term: node for node in (*drawing.older, *drawing.newer)}
    for term, node in blocks.items():
        ends = [flow.start for flow in drawing.flows if flow.reading.older == term]
        ends += [flow.end for flow in drawing.flows if flow.reading.newer == term]
        assert all(one[1] <= other[0] + 0.01 for one, other in pairwise(sorted(ends)))
        assert all(node.y - 0.01 <= top < bottom <= node.y + HIGH + 0.01 for top, bottom in ends)
    assert {node.line.term for node in blocks.values() if node.is_alone} >= {*found.new, *found.dropped}
    for flow in drawing.flows:
        assert all(0 <= float(part) <= 2000 for part in re.findall(r"-?\d+\.\d", flow.path))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_of_ten_thousand_lines_those_are_drawn_that_somebody_read(sheet: Sheet) -> None:
    older = tuple(f"<o:{number}>" for number in range(10_000))
    newer = tuple(f"<n:{number}>" for number in range(3))
    kept = tuple(reading(number, older[number * 7], newer[0], "0.9") for number in range(5))
    found = Comparison(True, kept, (), (), newer[1:], (), older, newer)
    drawing = flowing(found, lambda term: Line(term, Text(term), None, ()), sheet)
    assert [node.line.term for node in drawing.older] == [one.older for one in kept]
    assert (drawing.older_left, drawing.newer_left) == (10_000 - 5, 0)
    assert drawing.height < MOST * 50
