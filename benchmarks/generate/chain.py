"""Plans of one body on one matter, each the successor of the one before: what there is to be said of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from benchmarks.generate.bodies import EUROPEAN, Body
from benchmarks.generate.statements import thing
from benchmarks.generate.words import Phrase, phrase, phrases, words

THEMES: Final = (
    "environment", "materials", "social", "economy", "life-cycle-cost", "innovation", "public-private-partnership",
    "support", "organisation", "cooperation", "guidance", "monitoring", "framework-contracts", "product-groups",
    "professionalisation", "e-procurement", "sme-access", "integrity",
)  # fmt: skip
"""Local names of themes."""

LAST_START: Final = 2023
"""No plan begins later, so that none is approved in the future."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of action.

    Attributes:
        term: its term.
        phrase: how it is called.
        position: its place among its siblings, from 1.
        parent: the line that it is part of.
    """

    term: str
    phrase: Phrase
    position: int
    parent: "Line | None" = None


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be reached: how much of what, and by when; an empty deadline where nobody says."""

    phrase: Phrase
    unit: str
    value: int
    deadline: str

    def said(self, language: str) -> str:
        """It, in a language."""
        known = words(language)
        text: str = known["target"]
        return text.format(value=self.value, unit=known["units"][self.unit], of=self.phrase.said(language))


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan.

    Attributes:
        slug: the end of its name.
        kind: the local name of its class.
        body: whose it is.
        title: what it is called.
        start: the beginning of its period, as precisely as a source tells.
        end: its end.
        approved: when it was approved; empty where nobody says.
        older: the one before it.
        number: its place in the chain, from 0.
        replaces: whether it is said to replace the older one, and not only to follow it.
        quoted: whether there is a page about it whose words can be quoted.
        listing: whether the page says that its lines are ``some`` or ``all``, or is ``silent``.
        lines: its lines of action, parents before their parts.
        objectives: its objectives.
        target: its target.
    """

    slug: str
    kind: str
    body: Body
    title: str
    start: str
    end: str
    approved: str
    older: "Plan | None"
    number: int
    replaces: bool
    quoted: bool
    listing: str
    lines: tuple[Line, ...]
    objectives: tuple[Phrase, ...]
    target: Target | None

    @property
    def term(self) -> str:
        """Its term."""
        return thing("plan", self.slug)

    @property
    def language(self) -> str:
        """The language that it is written in."""
        return self.body.languages[0]


def chain(random: Random, body: Body, place: str, topic: int, name: str) -> Iterator[Plan]:
    """Some plans, each the successor of the one before.

    Args:
        random: decides.
        body: whose they are.
        place: what they are for.
        topic: which of the topics they are about.
        name: tells their names from those of others.
    """
    older = None
    year = random.randint(2001, 2010)
    for number in range(random.choices((1, 2, 3, 4), (15, 35, 35, 15))[0]):
        last = year + random.randint(3, 6) - 1
        older = _plan(random, body, (year, last), f"{words(body.languages[0])['topics'][topic]} {place}", name, older)
        yield older
        # A year without a plan, or one with two, is what some infos are about.
        year = last + random.choices((1, 2, 0), (67, 25, 8))[0]
        if year > LAST_START or number == 3:
            break


def _plan(random: Random, body: Body, years: tuple[int, int], called: str, name: str, older: Plan | None) -> Plan:
    first, last = years
    slug = f"{name}-{first}-{last}"
    said = random.random()
    start, end = (
        (str(first), str(last))
        if said < 0.85
        else (f"{first}-01", f"{last}-12")
        if said < 0.93
        else (f"{first}-01-01", f"{last}-12-31")
    )
    quoted = body is not EUROPEAN and random.random() < 0.6
    return Plan(
        slug=slug,
        kind="PolicyInstrument" if body is EUROPEAN else random.choices(("ActionPlan", "PolicyPlan"), (70, 30))[0],
        body=body,
        title=f"{called} {first}-{last}"
        if random.random() < 0.7
        else f"{called} ({'I' * (older.number + 2 if older else 1)})",
        start=start,
        end=end,
        approved="" if body is EUROPEAN or random.random() < 0.12 else _approved(random, first),
        older=older,
        number=older.number + 1 if older else 0,
        replaces=random.random() < 0.2,
        quoted=quoted,
        listing=random.choices(("some", "all", "silent"), (40, 10, 50))[0],
        lines=_lines(random, slug) if quoted else (),
        objectives=tuple(phrases(random, "objectives", random.randint(1, 3))) if quoted else (),
        target=_target(random, last) if quoted and random.random() < 0.6 else None,
    )


def _approved(random: Random, first: int) -> str:
    # Most plans are approved when their period has begun.
    late = random.random() < 0.75
    month = random.randint(2, 10) if late else random.randint(6, 12)
    day = f"{first if late else first - 1}-{month:02d}"
    return day if random.random() < 0.06 else f"{day}-{random.randint(1, 28):02d}"


def _lines(random: Random, slug: str) -> tuple[Line, ...]:
    found: list[Line] = []
    wanted = phrases(random, "lines", random.randint(4, 12))
    top = 0
    for number, one in enumerate(wanted, 1):
        term = thing("line-of-action", f"{slug}-{number:02d}")
        before = found[-1] if found else None
        if before and random.random() < 0.08:
            parent, position = (before.parent, before.position + 1) if before.parent else (before, 1)
            found.append(Line(term, one, position, parent))
        else:
            top += 1
            found.append(Line(term, one, top))
    return tuple(found)


def _target(random: Random, last: int) -> Target:
    unit = random.choices(("percent", "euro", "number"), (70, 15, 15))[0]
    value = 5 * random.randint(1, 20) if unit == "percent" else random.randint(2, 500) * (1000 if unit == "euro" else 1)
    deadline = "" if random.random() < 0.25 else str(last + random.choice((0, 0, 1, 5)))
    return Target(phrase(random, "targets"), unit, value, deadline)


def slug_of(title: str) -> str:
    """A title as the end of a name."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
