"""What other documents say of a plan, whose text is not at hand: the graph ``external``."""

from random import Random

from benchmarks.generate.bodies import EUROPEAN
from benchmarks.generate.chain import THEMES, Plan
from benchmarks.generate.quoted import APPROVED, CODES, LANGUAGE, RESULT
from benchmarks.generate.statements import A, Statements, concept, dated, term, text, thing
from benchmarks.generate.words import words


class Told:
    """A document that states facts of a plan.

    Args:
        plan: the plan.
        said: takes the statements.
        number: which of the documents about the plan it is, from 1.
    """

    def __init__(self, plan: Plan, said: Statements, number: int) -> None:
        self.plan = plan
        self.said = said
        self._slug = f"{plan.slug}-elsewhere-{number}"
        self.document = thing("source", self._slug)
        self._number = 0
        said.add("external", self.document, A, term("dpp:SourceDocument"))
        title = words(plan.language)["site"].format(name=plan.title)
        said.add("external", self.document, term("dct:title"), text(title, plan.language))
        said.add("external", self.document, term("foaf:page"), f"<https://news-{number}.example/{plan.slug}>")
        said.add("external", self.document, term("dct:language"), f"<{LANGUAGE}{CODES[plan.language]}>")

    def fact(self, subject: str, predicate: str, obj: str) -> None:
        """States a fact, and that the document says so."""
        if self.said.is_new((subject, predicate, obj)):
            self.said.add("external", subject, predicate, obj)
            self.described(subject, predicate, obj)

    def described(self, subject: str, predicate: str, obj: str | None, *, verified: bool = True) -> str:
        """Says that the document states a fact, and no more; gives the statement that says it."""
        self._number += 1
        statement = thing("statement", f"{self._slug}-{self._number:02d}")
        self.said.told(statement, (subject, predicate, obj), self.document, verified=verified)
        return statement


def write_elsewhere(random: Random, plan: Plan, said: Statements) -> None:
    """States what other documents say of a plan: all that is known where no page is quoted, else a few things more."""
    if plan.quoted and random.random() < 0.2:
        return
    told = Told(plan, said, 1)
    if not plan.quoted:
        _whole(told)
        if random.random() < 0.6:
            _again(Told(plan, said, 2))
    elif plan.approved:
        told.fact(plan.term, term("dpp:approvedIn"), thing("approval", plan.slug))
        told.fact(thing("approval", plan.slug), term("dpp:decisionDate"), dated(plan.approved))
    for theme in random.sample(THEMES, random.randint(1, 4)):
        told.fact(plan.term, term("dpp:emphasises"), concept(f"theme-{theme}"))
    if random.random() < 0.4:
        _document(told)
    if random.random() < 0.2 and plan.approved.count("-") == 2:
        _presented(told)
    if random.random() < 0.15:
        statement = told.described(plan.term, term("dpp:emphasises"), None, verified=False)
        said.add(
            "external", statement, term("rdfs:comment"), *(text(words(one)["unknown"], one) for one in ("nl", "en"))
        )


def _again(told: Told) -> None:
    """Describes facts that another document states too."""
    plan = told.plan
    period = thing("plan", f"{plan.slug}#period")
    told.described(plan.term, term("dct:title"), text(plan.title, plan.language))
    told.described(period, term("dcat:startDate"), dated(plan.start))
    told.described(period, term("dcat:endDate"), dated(plan.end))
    if plan.approved:
        told.described(thing("approval", plan.slug), term("dpp:decisionDate"), dated(plan.approved))


def _whole(told: Told) -> None:
    plan, said = told.plan, told.said
    said.add("external", plan.term, A, term(f"dpp:{plan.kind}"))
    told.fact(plan.term, term("dct:title"), text(plan.title, plan.language))
    if plan.body is EUROPEAN:
        told.fact(plan.term, term("dct:type"), concept("type-communication"))
        told.fact(plan.term, term("dct:issued"), dated(plan.start))
    period = thing("plan", f"{plan.slug}#period")
    said.add("external", plan.term, term("dct:temporal"), period)
    said.add("external", period, A, term("dct:PeriodOfTime"))
    told.fact(period, term("dcat:startDate"), dated(plan.start))
    told.fact(period, term("dcat:endDate"), dated(plan.end))
    said.inferred += 2
    if plan.older:
        name = "dct:replaces" if plan.replaces else "dpp:succeeds"
        told.fact(plan.term, term(name), plan.older.term)
    if plan.approved:
        _approval(told)
    else:
        told.fact(plan.term, term("dpp:issuedBy"), plan.body.term)


def _approval(told: Told) -> None:
    plan = told.plan
    approval = thing("approval", plan.slug)
    told.said.add("external", approval, A, term("dpp:Approval"))
    for language in dict.fromkeys((plan.language, "en")):
        label = words(language)["approval"].format(title=plan.title, body=plan.body.names[language])
        told.said.add("external", approval, term("skos:prefLabel"), text(label, language))
    told.fact(plan.term, term("dpp:approvedIn"), approval)
    told.fact(approval, RESULT, APPROVED)
    told.fact(approval, term("prov:wasAssociatedWith"), plan.body.term)
    told.fact(approval, term("dpp:decisionDate"), dated(plan.approved))
    sat = any(first <= int(plan.approved[:4]) <= last for first, last in plan.body.terms)
    told.said.inferred += 3 + (sat and plan.approved.count("-") == 2)


def _document(told: Told) -> None:
    plan, said = told.plan, told.said
    document = thing("document", plan.slug)
    identifier = thing("document", f"{plan.slug}#identifier")
    said.add("external", document, A, term("dossier:Stuk"))
    for language in dict.fromkeys((plan.language, "en")):
        label = words(language)["document"].format(title=plan.title, body=plan.body.names[language])
        said.add("external", document, term("skos:prefLabel"), text(label, language))
    said.add("external", identifier, A, term("adms:Identifier"))
    told.fact(plan.term, term("dpp:hasDocument"), document)
    told.fact(document, term("adms:identifier"), identifier)
    told.fact(identifier, term("skos:notation"), text(f"DOC {plan.start[:4]} {plan.slug.upper()}"))


def _presented(told: Told) -> None:
    plan = told.plan
    event = thing("event", f"{plan.slug}-presented")
    told.said.add("external", event, A, term("dpp:PlanEvent"))
    for language in dict.fromkeys((plan.language, "en")):
        label = words(language)["presentation"].format(title=plan.title)
        told.said.add("external", event, term("skos:prefLabel"), text(label, language))
    told.fact(event, term("dpp:eventOf"), plan.term)
    told.fact(event, term("dpp:eventKind"), concept("event-presented"))
    told.fact(event, term("dpp:eventDate"), dated(plan.approved))
