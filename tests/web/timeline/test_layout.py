"""The drawing of the timeline, whatever plans there are: all in it, nothing over anything else."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.operations.facts import Text
from dppgraph.operations.said import Name
from dppgraph.operations.timeline import Event, Gap, Period, Plan, Span, Target, Timeline, day_of, span_of
from dppgraph.operations.timeline.chains import chains_of
from dppgraph.operations.timeline.gaps import gaps_between
from dppgraph.web.fitting import fitted, widths
from dppgraph.web.timeline.drawing import Drawing, Label
from dppgraph.web.timeline.layout import BAR, LINE, SHEETS, SIZE, Sheet, draw
from dppgraph.web.timeline.scale import scale_of

LEVELS = [Name(f"<level:{name}>", Text(name)) for name in ("one", "two")]
TITLES = st.text(max_size=80) | st.sampled_from(["x" * 500, "Plan 2009-2011", "\u202eמתכנן", "計画" * 40, "<b>&", ""])
DATES = st.dates(date(1, 1, 1), date(9999, 12, 31)) | st.dates(date(1990, 1, 1), date(2030, 12, 31))


@st.composite
def literals(draw: st.DrawFn) -> str:
    text = draw(DATES).isoformat()[: draw(st.sampled_from([4, 7, 10]))]
    return f'"{draw(st.sampled_from([text, text, text, "soon"]))}"'


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    plans = []
    terms = [f"<plan:{number}>" for number in range(draw(st.integers(0, 12)))]
    links = [(older, newer) for older in terms for newer in terms if older < newer and not draw(st.integers(0, 5))]
    for term in terms:
        periods = []
        for _ in range(draw(st.sampled_from([0, 1, 1, 1, 1, 2]))):
            first, last = sorted((draw(DATES).isoformat(), draw(DATES).isoformat()))
            known = draw(
                st.sampled_from([(first, last), (first, last), (first, ""), ("", last), ("", ""), (last, first)])
            )
            periods.append(Period(None, None, *known, draw(st.booleans())))
        dates = draw(st.lists(literals(), max_size=2))
        happened = (Event("<event:x>", "approved", None, Text("x"), tuple(dates), (), ()),)
        level = draw(st.sampled_from([None, *LEVELS]))
        older = tuple(one for one, other in links if other == term)
        newer = tuple(other for one, other in links if one == term)
        plans.append(Plan(term, Text(draw(TITLES)), level, tuple(periods), happened, older, newer))
    plans.sort(key=lambda plan: (plan.level is None, plan.level or LEVELS[0]))
    chains = chains_of(terms, links)
    numbered = [
        Plan(plan.term, plan.title, plan.level, plan.periods, plan.events, plan.older, plan.newer, chains[plan.term])
        for plan in sorted(plans, key=lambda plan: (plan.level is None, plan.level or LEVELS[0], chains[plan.term]))
    ]
    targets = tuple(
        Target(f"<target:{number}>", Text(draw(TITLES)), (draw(literals()),), (), ())
        for number in range(draw(st.integers(0, 3)))
    )
    periods_of = {plan.term: plan.periods for plan in numbered}
    gaps = gaps_between({plan.term: plan.newer for plan in numbered}, periods_of)
    return Timeline(tuple(numbered), targets, gaps)


def drawn(timeline: Timeline, sheet: Sheet, on: date | None = None) -> Drawing | None:
    return draw(timeline, timeline.plans, timeline.targets, on, sheet)


def box(label: Label) -> tuple[float, float, float, float]:
    """Left, right, top and bottom of a label."""
    wide = max((widths(line) * SIZE for line in label.lines), default=0)
    left = label.x - wide if label.is_before else label.x
    return left, left + wide, label.y - SIZE, label.y + LINE * (max(len(label.lines), 1) - 1) + SIZE / 4


@given(timelines(), st.sampled_from(SHEETS), st.none() | DATES)
def test_all_that_is_drawn_is_within_the_drawing(timeline: Timeline, sheet: Sheet, on: date | None) -> None:
    drawing = drawn(timeline, sheet, on)
    if drawing is None:
        return
    edges: list[tuple[float, float, float, float]] = []
    for row in (row for band in drawing.bands for row in band.rows):
        edges.append(box(row.label))
        edges += [(bar.x, bar.x + bar.width, bar.y, bar.y + BAR) for bar in row.bars]
        edges += [(space.x, space.x + space.width, space.y, space.y + BAR) for space in row.spaces]
        edges += [(mark.point.first, mark.point.last, mark.point.y - 5, mark.point.y + 5) for mark in row.marks]
        assert all(bar.width > 0 for bar in row.bars)
        assert all(mark.point.first <= mark.point.x <= mark.point.last for mark in row.marks)
    for promise in drawing.promises:
        edges.append(box(promise.label))
        edges.append((promise.point.first, promise.point.last, promise.point.y - 5, promise.point.y + 5))
    edges += [(tick.x, tick.x, drawing.top, drawing.height) for tick in drawing.ticks]
    for left, right, top, bottom in edges:
        assert -0.5 <= left <= right <= drawing.width + 0.5
        assert drawing.top - 0.5 <= top <= bottom <= drawing.height + 0.5
    assert drawing.on is None or 0 <= drawing.on <= drawing.width


@given(timelines(), st.sampled_from(SHEETS))
def test_no_plan_lies_over_another_of_its_lane(timeline: Timeline, sheet: Sheet) -> None:
    drawing = drawn(timeline, sheet)
    for band in drawing.bands if drawing else ():
        for lane in {row.lane for row in band.rows}:
            rows = sorted((row for row in band.rows if row.lane == lane), key=lambda row: row.label.x)
            assert len({row.plan.chain for row in rows}) == 1
            for one, other in pairwise(rows):
                ends = [bar.x + bar.width for bar in one.bars] + [space.x + space.width for space in one.spaces]
                ends += [mark.point.last for mark in one.marks]
                starts = [bar.x for bar in other.bars] + [mark.point.first for mark in other.marks]
                assert max(ends) < min(starts)
                assert box(one.label)[1] < box(other.label)[0]


@given(timelines(), st.sampled_from(SHEETS))
def test_lanes_come_below_each_other(timeline: Timeline, sheet: Sheet) -> None:
    drawing = drawn(timeline, sheet)
    bottom = 0.0
    for band in drawing.bands if drawing else ():
        assert band.y > bottom
        bottom = band.y
        for lane in sorted({row.lane for row in band.rows}):
            rows = [row for row in band.rows if row.lane == lane]
            assert min(box(row.label)[2] for row in rows) >= bottom
            heights = {bar.y for row in rows for bar in row.bars} | {space.y for row in rows for space in row.spaces}
            assert len(heights) <= 1
            bottom = max([*(box(row.label)[3] for row in rows), *(height + BAR for height in heights)])


@given(timelines(), st.sampled_from(SHEETS))
def test_every_plan_with_a_date_is_drawn_once(timeline: Timeline, sheet: Sheet) -> None:
    drawing = drawn(timeline, sheet)
    shown = [row.plan.term for band in drawing.bands for row in band.rows] if drawing else []
    assert sorted(shown) == sorted(
        plan.term
        for plan in timeline.plans
        if any(day_of(period.first) or day_of(period.last) for period in plan.periods)
        or any(span_of(literal) for event in plan.events for literal in event.dates)
    )
    if drawing:
        levels = [band.level for band in drawing.bands]
        assert len(levels) == len(set(levels))
        targets = [promise.target.term for promise in drawing.promises]
        assert targets == [one.term for one in timeline.targets if any(map(span_of, one.deadlines))]


@given(st.dates(), st.dates(), st.dates(), st.integers(20, 80))
def test_days_come_in_their_order(one: date, other: date, third: date, apart: int) -> None:
    first, middle, last = sorted((one, other, third))
    scale = scale_of([Span("", day, day) for day in (first, middle, last)], 8, 1000)
    assert scale is not None
    assert 8 <= scale.start(first) <= scale.start(middle) <= scale.end(last) <= 1000
    assert scale.start(middle) <= scale.end(middle)
    ticks = scale.ticks(apart)
    assert all(after.x - before.x >= apart - 0.2 for before, after in pairwise(ticks))


def plan(term: str, first: str, last: str, **said: object) -> Plan:
    period = Period(None, None, first, last, bool(said.pop("is_open", False)))
    older, newer = (tuple(str(one) for one in said.get(name, ())) for name in ("older", "newer"))  # type: ignore[attr-defined]
    return Plan(term, Text(term), LEVELS[0], (period,), (), older, newer)


def test_a_plan_and_its_successor_share_a_lane_with_the_gap_between_them() -> None:
    before = plan("<a:a>", "2009-01-01", "2011-12-31", newer=["<a:b>"])
    after = plan("<a:b>", "2014-01-01", "2016-12-31", older=["<a:a>"])
    gap = Gap("<a:a>", "<a:b>", Span("", date(2012, 1, 1), date(2013, 12, 31)))
    drawing = drawn(Timeline((before, after), (), (gap,)), SHEETS[0])
    assert drawing is not None
    one, other = drawing.bands[0].rows
    (bar,), (space,), (next_,) = one.bars, one.spaces, other.bars
    assert one.lane == other.lane
    assert bar.x + bar.width < space.x < next_.x
    assert space.width == pytest.approx(bar.width * 731 / 1095, abs=2)
    assert next_.x - space.x - space.width < 2
    assert len(drawing.links) == 1


def test_ends_that_are_open_unknown_or_far_away_are_told_apart() -> None:
    plans = (
        plan("<a:a>", "2009-01-01", "", is_open=True),
        plan("<a:b>", "2009-01-01", ""),
        plan("<a:c>", "", "2011-12-31"),
        plan("<a:d>", "2009-01-01", "9999-12-31"),
        plan("<a:e>", "2009-01-01", "2011-12-31"),
    )
    drawing = drawn(Timeline(plans, (), ()), SHEETS[0])
    assert drawing is not None
    bars = {row.plan.term: row.bars[0] for band in drawing.bands for row in band.rows}
    assert [(bars[one.term].starts, bars[one.term].ends) for one in plans] == [
        ("known", "open"),
        ("known", "unknown"),
        ("unknown", "known"),
        ("known", "open"),
        ("known", "known"),
    ]
    assert bars["<a:b>"].width < bars["<a:e>"].width < bars["<a:a>"].width == bars["<a:d>"].width


def test_three_hundred_plans_take_little_time_and_no_more_height_than_they_need() -> None:
    start = date(1900, 1, 1)
    plans = []
    for number in range(300):
        first = start + timedelta(days=150 * number)
        older = [f"<a:{number - 1:03}>"] if number else []
        newer = [f"<a:{number + 1:03}>"]
        last = first + timedelta(days=149)
        plans.append(plan(f"<a:{number:03}>", str(first), str(last), older=older, newer=newer))
    drawing = drawn(Timeline(tuple(plans), (), ()), SHEETS[0])
    assert drawing is not None
    assert drawing.height < 300 * (LINE + BAR + 20)
    assert len(drawing.ticks) < 30


def test_nothing_is_drawn_where_no_date_is_known() -> None:
    unknown = Plan("<a:a>", Text("a"), None, (Period(None, None, "", "", True),), (), (), ())
    assert drawn(Timeline((unknown,), (), ()), SHEETS[0]) is None
    assert drawn(Timeline((), (), ()), SHEETS[0]) is None


@given(st.text(max_size=200), st.floats(20, 400), st.integers(1, 3))
def test_a_text_fits_in_its_lines(text: str, width: float, lines: int) -> None:
    found = fitted(text, width, lines, SIZE)
    assert len(found) <= lines
    assert all(widths(line) * SIZE <= width + 0.01 for line in found)
    assert not any(character in line for line in found for character in "\n\u202e\u202d\u2066\x00")


def test_what_does_not_fit_is_left_out_visibly() -> None:
    assert fitted("Plan for a greener town", 90, 1, 13) == ("Plan for a…",)
    assert fitted("Plan", 90, 1, 13) == ("Plan",)
    assert fitted("x" * 30, 90, 2, 13)[0] == "x" * 10
    assert fitted(" \u202e ", 90, 2, 13) == ()
