"""What a page says of a plan: the graph ``source``."""

from random import Random
from typing import Final

from benchmarks.generate.aims import write_aims, write_lines
from benchmarks.generate.chain import THEMES, Plan
from benchmarks.generate.page import Quote
from benchmarks.generate.past import write_past
from benchmarks.generate.reading import Quoted
from benchmarks.generate.statements import A, Statements, concept, dated, term, text, thing, typed
from benchmarks.generate.words import day_said, phrase, words

APPROVED: Final = (
    "<http://themis.vlaanderen.be/id/concept/beslissing-resultaatcodes/56312c4b-9d2a-4735-b0b1-2ff14bb524fd>"
)
RESULT: Final = "<https://data.vlaanderen.be/ns/besluitvorming#resultaat>"
LANGUAGE: Final = "http://publications.europa.eu/resource/authority/language/"
CODES: Final = {"nl": "NLD", "fr": "FRA", "de": "DEU", "en": "ENG"}


def write_quoted(random: Random, plan: Plan, said: Statements) -> None:
    """States what a page says of a plan."""
    source = Quoted(plan, said)
    title = source.page.say(plan.title)
    source.page.say("\n\n")
    _head(source, title)
    _approval(source)
    _succession(source)
    _period(source)
    write_aims(source)
    write_lines(source)
    if plan.older:
        write_past(random, source, plan.older)
    if random.random() < 0.3:
        group = words(plan.language)["groups"][phrase(random, "lines").to]
        emphasis, _ = source.told("emphasis", group=group)
        source.fact(plan.term, term("dpp:emphasises"), concept(f"theme-{random.choice(THEMES)}"), emphasis)
    _document(source, title)


def _head(source: Quoted, title: Quote) -> None:
    plan = source.plan
    source.fact(plan.term, A, term(f"dpp:{plan.kind}"), title)
    source.fact(plan.term, term("dct:title"), text(plan.title, plan.language), title)
    source.fact(source.document, term("foaf:topic"), plan.term, title)


def _document(source: Quoted, title: Quote) -> None:
    plan, document, said = source.plan, source.document, source.said
    source.fact(document, term("dct:title"), text(plan.title, plan.language), title)
    said.add("source", document, A, term("dpp:SourceDocument"))
    said.add("source", document, term("foaf:page"), f"<https://www.{plan.body.publisher}.example/{plan.slug}>")
    said.add("source", document, term("dct:publisher"), thing("agent", plan.body.publisher))
    said.add("source", document, term("dct:language"), f"<{LANGUAGE}{CODES[plan.language]}>")
    said.add("source", document, term("dpp:sha256"), text(source.page.sha256))
    said.add("source", document, term("dpp:length"), typed(source.page.length, "integer"))


def _approval(source: Quoted) -> None:
    plan = source.plan
    body = plan.body.names[plan.language]
    if not plan.approved:
        core, _ = source.told("issued", title=plan.title, body=body)
        source.fact(plan.term, term("dpp:issuedBy"), plan.body.term, core)
        return
    approval = thing("approval", plan.slug)
    date = day_said(plan.approved, plan.language)
    before, after = words(plan.language)["page"]["approved"].split("{fact}")
    when = source.page.fill(before, date=date)["date"]
    parts = source.fill("approved-fact", body=body, title=plan.title)
    source.page.say(f"{after} ")
    source.fact(plan.term, term("dpp:approvedIn"), approval, parts["whole"])
    source.fact(approval, RESULT, APPROVED, parts["whole"])
    source.fact(approval, term("prov:wasAssociatedWith"), plan.body.term, parts["body"])
    source.fact(approval, term("dpp:decisionDate"), dated(plan.approved), when)
    source.labelled(approval, "Approval", "approval", title=plan.title, body=body)
    sat = any(first <= int(plan.approved[:4]) <= last for first, last in plan.body.terms)
    source.said.inferred += 3 + (sat and plan.approved.count("-") == 2)


def _succession(source: Quoted) -> None:
    plan, older = source.plan, source.plan.older
    if not older:
        return
    ordinal = words(plan.language)["ordinals"][older.number]
    if plan.replaces:
        core, _ = source.told("succeeds", core="replaces-fact", older=older.title)
        source.fact(plan.term, term("dct:replaces"), older.term, core)
    else:
        core, parts = source.told("succeeds", number=ordinal, older=older.title)
        source.fact(plan.term, term("dpp:succeeds"), older.term, core)
        source.fact(older.term, term("dpp:sequenceNumber"), typed(older.number + 1, "integer"), parts["number"])


def _period(source: Quoted) -> None:
    plan = source.plan
    period = thing("plan", f"{plan.slug}#period")
    start, end = (day_said(day, plan.language) for day in (plan.start, plan.end))
    parts = source.fill("period", start=start, end=end)
    source.page.say("\n\n")
    said = source.said
    said.add("source", plan.term, term("dct:temporal"), period)
    said.add("source", period, A, term("dct:PeriodOfTime"))
    source.fact(period, term("dcat:startDate"), dated(plan.start), parts["start"])
    source.fact(period, term("dcat:endDate"), dated(plan.end), parts["end"])
    source.said.inferred += 2
