"""A plan out of the lines of a version, as far as StratML can say it."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from dppgraph.core.iris import PREFIXES, graph_iri
from dppgraph.core.quads import Quad, parse_line
from dppgraph.errors import BadCall, Unknown
from dppgraph.operations.stratml.plan import Aim, Body, Line, Plan, Target, Texts
from dppgraph.store.rdf import literal_text

_KINDS: Final = ("ActionPlan", "PolicyPlan", "PolicyInstrument")
_NO_PLACE: Final = 1 << 32
_PLACE = re.compile(r"\d{1,9}")


def plan_of(lines: Iterable[str], iri: str, base: str, language: str | None = None) -> Plan:
    """A plan as StratML can say it.

    Args:
        lines: the lines of a version.
        iri: the plan.
        base: the base of the version.
        language: the language to say it in; None for the one that most of its sources' words are in.

    Raises:
        Unknown: nothing is said of it.
        BadCall: it is no plan, has no lines of action, or no text in that language.
    """
    said = _Said(lines, f"<{iri}>", base)
    kind = said.kind()
    listed = _lines(said)
    if not listed:
        raise BadCall(f"<{iri}> has no lines of action, and StratML has no plan without goals: take turtle or jsonld")
    aims = tuple(
        Aim(_bare(aim), said.texts(aim, "skos:prefLabel"), said.texts(aim, "dct:description"))
        for aim in sorted(said.objects(said.plan, "dpp:hasObjective"))
    )
    named = [said.plan, *(f"<{line.iri}>" for line in listed), *(f"<{aim.iri}>" for aim in aims)]
    language = _language(said, named, language)
    period = next(iter(sorted(said.objects(said.plan, "dct:temporal"))), "")
    issuers = said.objects(said.plan, "dpp:issuedBy")
    return Plan(
        iri,
        kind,
        language,
        said.texts(said.plan, "dct:title"),
        tuple(listed),
        others=said.texts(said.plan, "dct:alternative"),
        described=said.texts(said.plan, "dct:description"),
        level=said.notation(said.plan, "dpp:policyLevel", "level-"),
        listing=said.notation(said.plan, "dpp:lineListing", "listing-"),
        start=said.plain(period, "dcat:startDate"),
        end=said.plain(period, "dcat:endDate"),
        issued=said.plain(said.plan, "dct:issued"),
        source=said.source(),
        bodies=tuple(_body(said, body) for body in sorted(issuers or said.deciders())),
        issuers=tuple(sorted(map(_bare, issuers))),
        subjects=tuple(sorted(map(_bare, said.objects(said.plan, "dpp:appliesTo")))),
        aims=aims,
        targets=tuple(_targets(said, listed, language)),
    )


class _Said:
    """What lines say, by subject; and who tells of the plan."""

    def __init__(self, lines: Iterable[str], plan: str, base: str) -> None:
        self.plan = plan
        self._unsigned = f"<{graph_iri('interpretation', base)}>"
        self._said: dict[str, list[str]] = defaultdict(list)
        topic, about = (f" {_term(name)} {plan} " for name in ("foaf:topic", "rdf:subject"))
        self._topic_of: set[str] = set()
        self._told_in: set[str] = set()
        for line in lines:
            subject = line[: line.index(" ")]
            self._said[subject].append(line)
            if topic in line:
                self._topic_of.add(subject)
            if about in line:
                self._told_in.add(subject)

    def kind(self) -> str:
        """The local name of the plan's narrowest class."""
        if self.plan not in self._said:
            raise Unknown(f"nothing is said of {self.plan} in this version")
        classes = self.objects(self.plan, "rdf:type")
        found = next((kind for kind in _KINDS if _term(f"dpp:{kind}") in classes), None)
        if found is None:
            raise BadCall(f"{self.plan} is no plan: StratML is for plans and other policy instruments")
        return found

    def quads(self, subject: str, name: str) -> Iterator[Quad]:
        """The statements of a subject with a property, given as ``dct:title``."""
        wanted = f"{subject} {_term(name)} "
        return (parse_line(line) for line in self._said.get(subject, ()) if line.startswith(wanted))

    def objects(self, subject: str, name: str) -> set[str]:
        """The values of a property, as terms."""
        return {quad.object for quad in self.quads(subject, name)}

    def texts(self, subject: str, name: str) -> Texts:
        """The values that are texts in a language."""
        found = ((_language_of(term), term) for term in self.objects(subject, name))
        return tuple(sorted((language, literal_text(term)) for language, term in found if language))

    def plain(self, subject: str, name: str) -> str:
        """The first value that is no IRI, as it is written; empty if there is none."""
        found = sorted(term for term in self.objects(subject, name) if term.startswith('"'))
        return literal_text(found[0]) if found else ""

    def notation(self, subject: str, name: str, prefix: str) -> str:
        """The last part of the IRI of a concept, without the prefix of its list; empty if there is none."""
        found = sorted(_bare(term) for term in self.objects(subject, name))
        return found[0].rpartition("/")[2].removeprefix(prefix) if found else ""

    def deciders(self) -> set[str]:
        """The bodies that approved the plan."""
        approvals = self.objects(self.plan, "dpp:approvedIn")
        return {body for approval in approvals for body in self.objects(approval, "prov:wasAssociatedWith")}

    def source(self) -> str:
        """The address of a page that is about the plan, or else of one that says something of it."""
        told = {document for statement in self._told_in for document in self.objects(statement, "dpp:inDocument")}
        for documents in (self._topic_of, told):
            pages = sorted(page for document in documents for page in self.objects(document, "foaf:page"))
            if pages:
                return _bare(pages[0])
        return ""

    def spoken(self, subject: str) -> Iterator[str]:
        """The languages of what sources call it; what we made of it ourselves is left out."""
        for name in ("dct:title", "skos:prefLabel"):
            for quad in self.quads(subject, name):
                if quad.graph != self._unsigned and (language := _language_of(quad.object)):
                    yield language


def _lines(said: _Said) -> list[Line]:
    """The plan's lines, each right before those below it, in their order."""
    terms = said.objects(said.plan, "dpp:hasLineOfAction")
    below: dict[str, list[str]] = defaultdict(list)
    for term in sorted(terms, key=lambda term: (_place(said, term), term)):
        parents = sorted(said.objects(term, "dpp:partOfLine") & terms)
        below[parents[0] if parents else ""].append(term)
    found: dict[str, int] = {}
    listed: list[Line] = []
    # What is below itself, which the shapes refuse, stands on its own.
    for start in (below[""], sorted(terms)):
        waiting: list[tuple[str, int | None]] = [(term, None) for term in reversed(start) if term not in found]
        while waiting:
            term, above = waiting.pop()
            if term not in found:
                found[term] = len(listed)
                words, described = said.texts(term, "skos:prefLabel"), said.texts(term, "dct:description")
                listed.append(Line(_bare(term), words, described, above))
                waiting += [(lower, found[term]) for lower in reversed(below[term])]
    return listed


def _place(said: _Said, line: str) -> int:
    place = said.plain(line, "dpp:position")
    return int(place) if _PLACE.fullmatch(place) else _NO_PLACE


def _targets(said: _Said, lines: list[Line], language: str) -> Iterator[Target]:
    numbers = {f"<{line.iri}>": number for number, line in enumerate(lines)}
    set_here = said.objects(said.plan, "dpp:setsTarget")
    for target in sorted(set_here | said.objects(said.plan, "dpp:contributesTo")):
        measured = sorted(numbers[line] for line in said.objects(target, "dct:relation") if line in numbers)
        yield Target(
            _bare(target),
            said.texts(target, "skos:prefLabel"),
            said.plain(target, "dpp:targetValue"),
            said.notation(target, "dpp:unit", "unit-"),
            _unit_name(said, target, language),
            said.plain(target, "dpp:deadline"),
            said.texts(target, "dct:description"),
            said.texts(target, "dpp:targetOf"),
            said.texts(target, "dpp:measureBasis"),
            target in set_here,
            measured[0] if measured else None,
        )


def _unit_name(said: _Said, target: str, language: str) -> str:
    """What a target's unit is called in a language, or else in English."""
    units = said.objects(target, "dpp:unit")
    names = {spoken: text for unit in units for spoken, text in said.texts(unit, "skos:prefLabel")}
    return names.get(language) or names.get("en") or said.notation(target, "dpp:unit", "unit-")


def _body(said: _Said, body: str) -> Body:
    return Body(_bare(body), said.texts(body, "foaf:name") or said.texts(body, "skos:prefLabel"))


def _language(said: _Said, things: list[str], wanted: str | None) -> str:
    """The language that is wanted, or else the one that most of the sources' words for some things are in."""
    if wanted:
        named = ((thing, name) for thing in things for name in ("dct:title", "skos:prefLabel"))
        known = {language for thing, name in named for language, _ in said.texts(thing, name)}
        if wanted not in known:
            raise BadCall(f"nothing of {said.plan} is in {wanted}: take {' or '.join(sorted(known))}")
        return wanted
    spoken = Counter(language for thing in things for language in said.spoken(thing))
    return min(spoken, key=lambda language: (-spoken[language], language), default="en")


def _term(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"<{PREFIXES[prefix]}{local}>"


def _bare(term: str) -> str:
    return term[1:-1] if term.startswith("<") else term


def _language_of(term: str) -> str:
    """The language of a text; empty for any other term."""
    after = term[term.rindex('"') + 1 :] if term.startswith('"') else ""
    return after[1:] if after.startswith("@") else ""
