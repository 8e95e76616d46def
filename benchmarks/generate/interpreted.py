"""What we read into the pages: themes, which line continues which, translations. The graph ``interpretation``."""

from random import Random
from typing import Final

from benchmarks.generate.chain import THEMES, Line, Plan
from benchmarks.generate.statements import A, Statements, concept, term, text, thing
from benchmarks.generate.words import LANGUAGES, phrase, words

KINDS: Final = ("continues", "intensifies", "broadens", "mainstreams", "institutionalises", "partly-realises")
SURE: Final = 0.8
"""From which confidence on a reading is also stated plainly."""


def write_interpreted(random: Random, plan: Plan, said: Statements) -> None:
    """States what is read into the page about a plan."""
    if plan.listing == "silent":
        fact = (plan.term, term("dpp:lineListing"), concept("listing-unknown"))
        said.add("interpretation", *fact)
        reasons = {language: words(language)["listing-reason"] for language in ("nl", "en")}
        said.read(thing("statement", f"{plan.slug}-listing"), fact, "0.9", reasons)
    for line in plan.lines:
        if random.random() < 0.7:
            _theme(random, line, said)
    _translated(plan, said)
    if plan.older and plan.older.lines:
        for line in plan.lines:
            if random.random() < 0.5:
                _continuity(random, line, random.choice(plan.older.lines), said)


def _theme(random: Random, line: Line, said: Statements) -> None:
    theme = concept(f"theme-{random.choice(THEMES)}")
    said.add("interpretation", line.term, term("dpp:theme"), theme)
    said.add("interpretation", line.term, term("dct:subject"), theme)
    confidence = random.choice(("1.0", "1.0", "0.9", "0.8", "0.7"))
    statement = thing("statement", f"{_slug(line)}-theme")
    said.read(statement, (line.term, term("dpp:theme"), theme), confidence, _reasons(random))


def _translated(plan: Plan, said: Statements) -> None:
    # A body that writes in several languages has its labels in each of them, and all have English ones.
    languages = [one for one in LANGUAGES if one in (*plan.body.languages, "en") and one != plan.language]
    things = [(line.term, line.phrase) for line in plan.lines]
    things += [(thing("objective", f"{plan.slug}-{number}"), one) for number, one in enumerate(plan.objectives, 1)]
    for language in languages:
        for one, phrase_ in things:
            said.add("interpretation", one, term("skos:prefLabel"), text(phrase_.said(language), language))
        if plan.target:
            label = text(plan.target.said(language), language)
            said.add("interpretation", thing("target", plan.slug), term("skos:prefLabel"), label)


def _continuity(random: Random, newer: Line, older: Line, said: Statements) -> None:
    continuity = thing("continuity", f"{_slug(newer)}-{_slug(older)}")
    confidence = random.choices(("0.95", "0.85", "0.8", "0.6", "0.5", "0.4"), (30, 25, 15, 10, 10, 10))[0]
    if float(confidence) >= SURE:
        said.add("interpretation", newer.term, term("dpp:continues"), older.term)
    said.add("interpretation", continuity, A, term("dpp:LineContinuity"))
    said.add("interpretation", continuity, term("dpp:newerLine"), newer.term)
    said.add("interpretation", continuity, term("dpp:olderLine"), older.term)
    said.add("interpretation", continuity, term("dpp:continuityKind"), concept(f"kind-{random.choice(KINDS)}"))
    said.signed(continuity, confidence, _reasons(random))


def _reasons(random: Random) -> dict[str, str]:
    reason = phrase(random, "reasons")
    return {language: reason.said(language) for language in ("nl", "en")}


def _slug(line: Line) -> str:
    return line.term.rpartition("/")[2][:-1]
