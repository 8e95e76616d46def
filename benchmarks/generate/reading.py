"""A page about a plan while it is read: what it says becomes facts, each with the words that it rests on."""

from typing import Final

from benchmarks.generate.chain import Plan
from benchmarks.generate.page import Page, Quote
from benchmarks.generate.statements import A, Statements, concept, term, text, thing
from benchmarks.generate.words import Phrase, words

_OTHER_LEVELS: Final = 4
"""Which of the groups is the other policy levels."""


class Quoted:
    """A page about a plan while it is read.

    Args:
        plan: the plan.
        said: takes the statements.
    """

    def __init__(self, plan: Plan, said: Statements) -> None:
        self.plan = plan
        self.page = Page()
        self.document = thing("source", plan.slug)
        self.said = said
        self._words = words(plan.language)
        self._number = 0

    def fact(self, subject: str, predicate: str, obj: str, quote: Quote) -> None:
        """States a fact, and the words that it rests on."""
        self._number += 1
        self.said.add("source", subject, predicate, obj)
        statement = thing("statement", f"{self.plan.slug}-{self._number:02d}")
        self.said.quoted(statement, (subject, predicate, obj), self.document, quote)

    def fill(self, name: str, **values: str) -> dict[str, Quote]:
        """Says one of the sentences of a page."""
        return self.page.fill(self._words["page"][name], **values)

    def told(self, name: str, **values: str) -> tuple[Quote, dict[str, Quote]]:
        """Says one of the sentences of a page whose core is a fact of its own; gives the core, and its parts."""
        before, after = self._words["page"][name].split("{fact}")
        self.page.fill(before, **values)
        parts = self.fill(values.pop("core", f"{name}-fact"), **values)
        self.page.say(after + " ")
        return parts["whole"], parts

    def named(self, subject: str, kind: str, phrase: Phrase) -> None:
        """Gives a thing its class and its label."""
        self.said.add("source", subject, A, term(f"dpp:{kind}"))
        self.said.add(
            "source", subject, term("skos:prefLabel"), text(phrase.said(self.plan.language), self.plan.language)
        )

    def labelled(self, subject: str, kind: str, what: str, **values: str) -> None:
        """Gives a thing its class, and a label in the language of the page and in English."""
        self.said.add("source", subject, A, term(f"dpp:{kind}"))
        for language in dict.fromkeys((self.plan.language, "en")):
            label = words(language)[what].format(**values)
            self.said.add("source", subject, term("skos:prefLabel"), text(label, language))

    def level(self, subject: str, phrase: Phrase, quote: Quote) -> None:
        """Says which policy level some words are about, where they are."""
        if phrase.to == _OTHER_LEVELS and "{group}" in words("nl")[phrase.kind][phrase.sentence]:
            self.fact(subject, term("dpp:mentionsLevel"), concept("level-other-unspecified"), quote)
