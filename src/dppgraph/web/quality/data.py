"""How good the data are, for programs; what is not known is null."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from dppgraph.operations.findings import Findings
from dppgraph.operations.quality import Quality, Rows
from dppgraph.web.pages import plain

_Item = TypeVar("_Item")


def quality_data(found: Quality, most: int) -> dict[str, object]:
    """The quality of a version; of each answer to a question the number of its rows, and so many of them."""
    return {
        "findings": None if found.counts is None else dict(found.counts),
        "checks": _each(found.findings, lambda one: _check(one, most)),
        "quotes": _each(
            found.quotes,
            lambda one: {
                "source": plain(one.source),
                "statements": one.statements,
                "quotes": one.quotes,
                "share": one.share,
            },
        ),
        "labels": _each(
            found.labels,
            lambda one: {"language": one.language, "named": one.named, "things": one.things, "share": one.share},
        ),
        "measurements": [
            {"metric": plain(one.metric), "of": plain(one.of), "value": one.value} for one in found.measured
        ],
        "questions": {
            name: {"count": told.count, "rows": _rows(told.rows, most)} for name, told in found.questions.items()
        },
    }


def _each(items: Iterable[_Item] | None, said: Callable[[_Item], object]) -> list[object] | None:
    return None if items is None else [said(item) for item in items]


def _check(one: Findings, most: int) -> dict[str, object]:
    return {
        "check": one.check,
        "shape": one.shape,
        "severity": one.severity,
        "count": one.count,
        "results": [
            {
                "focus": plain(seen.focus),
                "path": plain(seen.path) or None,
                "value": plain(seen.value) or None,
                "messages": dict(seen.messages),
            }
            for seen in one.seen[:most]
        ],
    }


def _rows(rows: Rows | None, most: int) -> list[object] | None:
    return _each(None if rows is None else rows[:most], lambda row: {name: plain(term) for name, term in row.items()})
