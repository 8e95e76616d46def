"""A plan that was read from StratML, as files for ``data/``: each fact with the statement that its document says so."""

import re
from dataclasses import dataclass
from typing import Final

from dppgraph.core.quads import literal
from dppgraph.errors import BadCall
from dppgraph.operations.new.declared import token
from dppgraph.operations.new.known import Body as KnownBody
from dppgraph.operations.new.known import Known, KnownPlan
from dppgraph.operations.stratml.bodies import Bodies
from dppgraph.operations.stratml.document import EDITORS, Given, tell_document
from dppgraph.operations.stratml.facts import Facts, literals, one_each, typed
from dppgraph.operations.stratml.level import level_of, notations
from dppgraph.operations.stratml.names import Names, term_of
from dppgraph.operations.stratml.plan import Plan, Target, Texts
from dppgraph.operations.stratml.said import is_number

_YEARS = re.compile(r"(?:^|[^0-9])([0-9]{4})-([0-9]{4})(?:[^0-9]|$)")
_WHOLE: Final = 100
"""All of something, in per cent."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What to write.

    Attributes:
        plan: the plan's IRI, relative to the base.
        external: the file for ``data/external/``.
        interpretation: the file for ``data/interpretation/``; empty if nothing has to be read into the document.
        facts: how many facts there are.
        bodies: the bodies that the graph did not know.
        left: what could not be taken over, a line each.
        notes: what whoever imports it may want to know.
    """

    plan: str
    external: str
    interpretation: str
    facts: int
    bodies: list[KnownBody]
    left: list[str]
    notes: list[str]


def take_over(plan: Plan, known: Known, given: Given) -> Taken:
    """The files that say what a document says.

    Args:
        plan: what it says.
        known: what the graph holds already.
        given: what else is known of it.

    Raises:
        BadCall: the plan's IRI is taken, or its level is not known.
    """
    return _Taking(plan, known, given).taken()


def remember(taken: Taken, known: Known) -> None:
    """Adds what a document brought to what the graph knows, for the next one."""
    iri = f"{known.base}{taken.plan}"
    known.plans.setdefault(iri, KnownPlan(iri))
    known.bodies.update((body.iri, body) for body in taken.bodies)


class _Taking:
    """One plan on its way into the data."""

    def __init__(self, plan: Plan, known: Known, given: Given) -> None:
        self._plan = plan
        self._known = known
        self._given = given
        self._facts = Facts(f"stratml-{given.slug}")
        self._names = Names(known.base, given.slug, plan.language, known.bodies)
        self._bodies = Bodies(plan, known, self._facts, self._names)
        self._me = token("plan", given.slug)
        self._iri = f"{known.base}id/plan/{given.slug}"
        self._left: list[str] = []
        self._notes: list[str] = []

    def taken(self) -> Taken:
        plan, given, facts = self._plan, self._given, self._facts
        if self._iri in self._known.plans:
            if plan.iri != self._iri:
                raise BadCall(
                    f"{given.file}: the graph has another plan id/plan/{given.slug}: name this one with --name"
                )
            self._notes.append(f"the graph has id/plan/{given.slug} already: these facts are added to it")
        bodies = [self._bodies.of(body) for body in plan.bodies]
        issuers = [*filter(None, map(self._bodies.named, plan.issuers))] if plan.ours else bodies
        written_here = plan.ours and f"{self._known.base}id/agent/{EDITORS}" in self._known.bodies
        publisher = token("agent", EDITORS) if written_here else next(iter(bodies), "")
        tell_document(facts, plan, given, publisher, (self._left, self._notes))
        self._about(issuers)
        self._period()
        lines = self._lines()
        for aim in plan.aims:
            name = token("objective", self._names.of("objective", aim.iri, aim.words))
            self._facts.state(self._me, "dpp:hasObjective", name)
            self._named(name, "dpp:Objective", aim.words, aim.described)
        for target in plan.targets:
            self._target(target, lines)
        self._level(issuers)
        self._left += [f"the graph has no body {iri}" for iri in self._bodies.unknown]
        return Taken(
            f"id/plan/{given.slug}",
            facts.external(given.file, " ".join(plan.titles[0][1].split())),
            facts.interpretation(given.file),
            facts.count,
            self._bodies.new,
            self._left,
            self._notes,
        )

    def _about(self, issuers: list[str]) -> None:
        facts, plan = self._facts, self._plan
        facts.say(self._me, "a", f"dpp:{plan.kind}")
        facts.state(self._me, "dct:title", *literals(one_each(plan.titles)))
        repeated = tuple(text for text in plan.titles if text not in one_each(plan.titles))
        facts.state(self._me, "dct:alternative", *literals(plan.others), *literals(repeated))
        facts.state(self._me, "dct:description", *literals(plan.described))
        if plan.issued:
            facts.state(self._me, "dct:issued", typed(plan.issued))
        facts.state(self._me, "dpp:issuedBy", *issuers)
        facts.state(self._me, "dpp:appliesTo", *filter(None, map(self._bodies.named, plan.subjects)))

    def _level(self, issuers: list[str]) -> None:
        follows = {iri for body in issuers if (iri := self._bodies.level_of(body))}
        needed = self._iri not in self._known.plans
        try:
            level = level_of(self._known, self._plan.level, follows, self._given.level, needed=needed)
        except BadCall as error:
            raise BadCall(f"{self._given.file}: {error}") from error
        if level.read:
            self._facts.read_into(self._me, "level", self._term(level.iri))
        elif level.iri:
            self._facts.state(self._me, "dpp:policyLevel", self._term(level.iri))

    def _term(self, iri: str) -> str:
        return term_of(iri, self._known.base)

    def _period(self) -> None:
        plan = self._plan
        start, end = plan.start, plan.end
        if not start and not end and (years := self._years()):
            start, end = years
        if start or end:
            period = f"<id/plan/{self._given.slug}#period>"
            self._facts.say(self._me, "dct:temporal", period)
            self._facts.say(period, "a", "dct:PeriodOfTime")
            for key, day in (("dcat:startDate", start), ("dcat:endDate", end)):
                if day:
                    self._facts.state(period, key, typed(day))

    def _years(self) -> tuple[str, str] | None:
        """The years that a title names, of which the shapes ask a period."""
        for _, title in self._plan.titles:
            found = _YEARS.search(title)
            if found and found[1] <= found[2]:
                self._notes.append(f"the period {found[1]}-{found[2]} is that of the title: there are no dates")
                return found[1], found[2]
        return None

    def _lines(self) -> list[str]:
        facts, plan = self._facts, self._plan
        names: list[str] = []
        counts: dict[int | None, int] = {}
        for line in plan.lines:
            name = token("line-of-action", self._names.of("line-of-action", line.iri, line.words))
            names.append(name)
            facts.state(self._me, "dpp:hasLineOfAction", name)
            self._named(name, "dpp:LineOfAction", line.words, line.described)
            counts[line.above] = counts.get(line.above, 0) + 1
            facts.say(name, "dpp:position", str(counts[line.above]))
            if line.above is not None:
                facts.state(name, "dpp:partOfLine", names[line.above])
        listing = self._known.concept("line-listings", plan.listing) if plan.listing else None
        if listing:
            facts.state(self._me, "dpp:lineListing", self._term(listing.iri))
        else:
            facts.read_into(self._me, "listing", token("concept", "listing-unknown"))
        return names

    def _target(self, target: Target, lines: list[str]) -> None:
        unit = self._known.concept("units", target.unit or target.unit_name)
        said = f"the target {target.value} {target.unit_name} “{target.words[0][1][:60] if target.words else ''}”"
        if unit is None:
            units = ", ".join(notations(self._known, "units"))
            self._left.append(f"{said}: the unit is none of the list ({units})")
            return
        value = target.value.removeprefix("+")
        if not is_number(value):
            self._left.append(f"{said}: the value is no number")
            return
        if unit.iri.endswith("unit-percent") and not 0 <= float(value) <= _WHOLE:
            self._left.append(f"{said}: a percentage is from 0 to 100")
            return
        facts = self._facts
        name = token("target", self._names.of("target", target.iri, target.words))
        facts.state(self._me, "dpp:setsTarget" if target.set_here else "dpp:contributesTo", name)
        self._named(name, "dpp:Target", target.words, target.described)
        facts.state(name, "dpp:targetValue", f"{literal(value)}^^xsd:decimal")
        facts.state(name, "dpp:unit", self._term(unit.iri))
        if target.deadline:
            facts.state(name, "dpp:deadline", typed(target.deadline))
        facts.state(name, "dpp:targetOf", *literals(target.measured))
        facts.state(name, "dpp:measureBasis", *literals(target.basis))
        if target.line is not None:
            facts.state(name, "dct:relation", lines[target.line])

    def _named(self, name: str, kind: str, words: Texts, described: Texts) -> None:
        self._facts.say(name, "a", kind)
        self._facts.say(name, "skos:prefLabel", *literals(one_each(words)))
        self._facts.state(name, "dct:description", *literals(described))
