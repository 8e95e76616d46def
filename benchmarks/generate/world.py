"""All plans, in the order in which they are written: without end, and the same for the same seed."""

from collections.abc import Iterator
from random import Random
from typing import Final

from benchmarks.generate.bodies import EUROPEAN, FEDERAL, FLEMISH, Body, councils, describe
from benchmarks.generate.chain import Plan, chain, slug_of
from benchmarks.generate.elsewhere import write_elsewhere
from benchmarks.generate.interpreted import write_interpreted
from benchmarks.generate.quoted import write_quoted
from benchmarks.generate.statements import DESCRIBED, Statements
from benchmarks.generate.words import words

CATALOGUED: Final = 48
"""Statements that the catalogue of a version has for each plan, on average."""

_CENTRAL: Final = ((FLEMISH, "Vlaanderen", 0.3), (FEDERAL, "België", 0.2), (EUROPEAN, "Europe", 0.1))
"""Bodies of which a plan comes between those of two councils with some likelihood."""


def plans(seed: int, *, confirming: bool = False) -> Iterator[tuple[Statements, int]]:
    """The statements of one body after the other on one matter after the other, and for how many of a version.

    Args:
        seed: decides what is in them.
        confirming: whether other documents state facts that are quoted from a page, too.
    """
    random = Random(seed)
    topics = len(words("nl")["topics"])
    for number, (council, name) in enumerate(councils(random)):
        said = Statements()
        describe(council, name, said)
        yield said, _built(said, 0)
        for topic in sorted(random.sample(range(topics), random.randint(2, 6))):
            slug = f"{_topic(council, topic)}-{slug_of(name)}"
            yield _written(Statements(confirming=confirming), random, council, name, topic, slug)
        for body, place, likely in _CENTRAL:
            if random.random() < likely:
                topic = random.randrange(topics)
                slug = f"{_topic(body, topic)}-{body.slug}-{number}"
                yield _written(Statements(confirming=confirming), random, body, place, topic, slug)


def _topic(body: Body, topic: int) -> str:
    return slug_of(words(body.languages[0])["topics"][topic])


def _written(said: Statements, random: Random, body: Body, place: str, topic: int, name: str) -> tuple[Statements, int]:
    count = 0
    for plan in chain(random, body, place, topic, name):
        _write(random, plan, said)
        count += 1
    return said, _built(said, count)


def _write(random: Random, plan: Plan, said: Statements) -> None:
    if plan.quoted:
        write_quoted(random, plan, said)
        write_interpreted(random, plan, said)
    write_elsewhere(random, plan, said)
    # Its wider classes, its level, and that it succeeds all that came before.
    said.inferred += {"ActionPlan": 2, "PolicyPlan": 1}.get(plan.kind, 0) + 1 + plan.number
    if plan.older:
        said.inferred += 3 if plan.replaces else 1


def _built(said: Statements, plans_: int) -> int:
    return said.count + DESCRIBED * said.inferred + CATALOGUED * plans_
