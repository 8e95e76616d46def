"""What the shapes found of a version, as it is kept with it: by check, with the first things that each found.

A server reads it without all that it takes to judge.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from dppgraph.errors import Damaged

SHOWN: Final = 100
"""How many results of one check are kept; the number of all of them is, too."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing that a check found.

    Attributes:
        focus: what it is about, as a term.
        path: the property, as a term, or empty.
        value: the value that is wrong, as a term, or empty.
        messages: what to do about it, by language.
    """

    focus: str
    path: str
    value: str
    messages: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Findings:
    """What one check found.

    Attributes:
        severity: ``Violation``, ``Warning`` or ``Info``.
        check: the shape's local name, such as ``plan-title``.
        shape: the shape's IRI.
        count: how many things it found.
        seen: the first :data:`SHOWN` of them, in the order of their names.
    """

    severity: str
    check: str
    shape: str
    count: int
    seen: tuple[Seen, ...]


def written(findings: list[Findings]) -> bytes:
    """The findings as they are kept; the same bytes for the same findings."""
    return json.dumps([asdict(one) for one in findings], ensure_ascii=False, indent=0).encode()


def read(content: bytes) -> list[Findings]:
    """The findings that :func:`written` wrote.

    Raises:
        Damaged: it is something else.
    """
    try:
        said: list[dict[str, Any]] = json.loads(content)
        return [Findings(**one | {"seen": tuple(Seen(**seen) for seen in one["seen"])}) for one in said]
    except (ValueError, TypeError, KeyError) as error:
        raise Damaged("what the shapes found of this version cannot be read: build it again") from error
