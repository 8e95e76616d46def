"""The timeline as data: all plans, whichever the page shows; of thousands, some at a time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeVar, cast

from dppgraph.errors import Unknown
from dppgraph.operations.facts import Evidence, Facts, Text, text_of
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.said import Name
from dppgraph.operations.timeline import Event, Outline, Plan, Target, Timeline, plan_in_time, target_in_time
from dppgraph.web.pages import csv_of, json_of

COLUMNS: Final = (
    "what",
    "iri",
    "label",
    "plan",
    "kind",
    "date",
    "from",
    "until",
    "openEnded",
    "inForce",
    "by",
    "quote",
)
"""The columns of the table; ``what`` is plan, event, target or gap, and ``plan`` the plan that it is about."""

_PART: Final = 1000
"""Plans on a page of the data; targets and gaps are spread over as many pages."""

_Any = TypeVar("_Any")

_STANDING: Final[Mapping[str, bool | None]] = {"in-force": True, "upcoming": False, "ended": False, "unknown": None}


def has_more(told: Mapping[str, object]) -> bool:
    """Whether there is a page of the data after this one."""
    return cast("int", told["page"]) < _pages(cast("Outline", told["timeline"]))


def timeline_json(told: Mapping[str, object], _: Harvest) -> bytes:
    """The timeline as JSON."""
    timeline, on, page, pages = _asked(told)
    return json_of(
        {
            "on": on or None,
            **({"page": page, "pages": pages} if pages > 1 else {}),
            "plans": [_plan(plan, on) for plan in timeline.plans],
            "targets": [_target(target) for target in timeline.targets],
            "gaps": [
                {
                    "before": _iri(gap.before),
                    "after": _iri(gap.after),
                    "from": gap.days.first.isoformat(),
                    "until": gap.days.last.isoformat(),
                }
                for gap in timeline.gaps
            ],
        }
    )


def timeline_csv(told: Mapping[str, object], _: Harvest) -> bytes:
    """The timeline as a table."""
    asked = _asked(told)
    rows = _rows(asked.timeline, asked.on)
    return csv_of(COLUMNS, ([row.get(column) for column in COLUMNS] for row in rows))


class _Asked(NamedTuple):
    """What is asked for: plans, targets and gaps, the day, which page of them this is, and how many there are."""

    timeline: Timeline
    on: str
    page: int
    pages: int


def _asked(told: Mapping[str, object]) -> _Asked:
    outline, facts = cast("Outline", told["timeline"]), cast("Facts", told["facts"])
    page = cast("int", told["page"])
    pages = _pages(outline)
    if page > pages > 1:
        raise Unknown(f"the data has {pages} pages: there is no page {page}")
    timeline = Timeline(
        tuple(plan_in_time(facts, plan) for plan in _part(outline.plans, page, pages)),
        tuple(target_in_time(facts, target) for target in _part(outline.targets, page, pages)),
        tuple(_part(outline.gaps, page, pages)),
    )
    return _Asked(timeline, cast("str", told["on"]), page, pages)


def _pages(outline: Outline) -> int:
    """Pages of the data: they are longer than those for people, and where there is one, it is all of them."""
    return max(1, -(-len(outline.plans) // _PART))


def _part(found: Sequence[_Any], page: int, pages: int) -> Sequence[_Any]:
    """What is on a page of a list that is parted into so many."""
    size = -(-len(found) // pages)
    return found[(page - 1) * size : page * size] if pages > 1 else found


def _plan(plan: Plan, on: str) -> dict[str, object]:
    return {
        "plan": _iri(plan.term),
        "title": _text(plan.title),
        "level": _named(plan.level) if plan.level else None,
        "periods": [
            {
                "start": _said(period.start),
                "end": _said(period.end),
                "from": period.first or None,
                "until": period.last or None,
                "openEnded": period.is_open,
            }
            for period in plan.periods
        ],
        **({"inForce": _STANDING[plan.standing(on)]} if on else {}),
        "succeeds": list(map(_iri, plan.older)),
        "succeededBy": list(map(_iri, plan.newer)),
        "events": list(map(_event, plan.events)),
    }


def _event(event: Event) -> dict[str, object]:
    return {
        "event": _iri(event.term),
        "kind": event.kind or None,
        "label": _text(event.label),
        "dates": list(map(_said, event.dates)),
        "by": list(map(_named, event.bodies)),
        "quotes": _quotes(event.evidence),
    }


def _target(target: Target) -> dict[str, object]:
    return {
        "target": _iri(target.term),
        "label": _text(target.label),
        "deadlines": list(map(_said, target.deadlines)),
        "plans": list(map(_named, target.plans)),
        "quotes": _quotes(target.evidence),
    }


def _rows(timeline: Timeline, on: str) -> Iterator[dict[str, object]]:
    for plan in timeline.plans:
        for period in plan.periods or (None,):
            yield {
                "what": "plan",
                "iri": _iri(plan.term),
                "label": plan.title.text,
                "from": period.first if period else None,
                "until": period.last if period else None,
                "openEnded": _word(period.is_open if period else None),
                "inForce": _word(_STANDING[period.standing(on)] if period and on else None),
            }
        for event in plan.events:
            about = {"what": "event", "iri": _iri(event.term), "label": event.label.text, "plan": _iri(plan.term)}
            by, quote = "; ".join(body.label.text for body in event.bodies), " ".join(_words(event.evidence))
            for date in event.dates or (None,):
                yield about | {"kind": event.kind, "date": _said(date), "by": by, "quote": quote}
    for target in timeline.targets:
        about = {"what": "target", "iri": _iri(target.term), "label": target.label.text}
        for date in target.deadlines or (None,):
            for promising in target.plans or (None,):
                of = _iri(promising.term) if promising else None
                yield about | {"plan": of, "date": _said(date), "quote": " ".join(_words(target.evidence))}
    for gap in timeline.gaps:
        yield {
            "what": "gap",
            "iri": _iri(gap.after),
            "plan": _iri(gap.before),
            "from": gap.days.first,
            "until": gap.days.last,
        }


def _iri(term: str) -> str:
    return term[1:-1] if term.startswith("<") else term


def _said(literal: str | None) -> str | None:
    return text_of(literal).text if literal else None


def _word(value: bool | None) -> str | None:
    return None if value is None else str(value).lower()


def _text(text: Text) -> dict[str, str | None]:
    return {"text": text.text, "language": text.language or None}


def _named(thing: Name) -> dict[str, object]:
    return {"iri": _iri(thing.term), "label": _text(thing.label)}


def _quotes(evidence: Iterable[Evidence]) -> list[dict[str, object]]:
    return [
        {
            "quote": _text(one.quote),
            "source": _iri(one.source) if one.source else None,
            "page": _iri(one.page) if one.page else None,
            "start": one.start,
            "end": one.end,
        }
        for one in evidence
        if one.quote
    ]


def _words(evidence: Iterable[Evidence]) -> list[str]:
    return [one.quote.text for one in evidence if one.quote]
