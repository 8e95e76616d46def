"""What a page says that a plan is for: its objectives, its target, its lines of action."""

from benchmarks.generate.chain import Line, Target
from benchmarks.generate.reading import Quoted
from benchmarks.generate.statements import A, concept, dated, term, text, thing, typed
from benchmarks.generate.words import words


def write_aims(source: Quoted) -> None:
    """States the objectives and the target."""
    plan = source.plan
    for number, one in enumerate(plan.objectives, 1):
        objective = thing("objective", f"{plan.slug}-{number}")
        name = "first" if number == 1 else "next"
        quote = source.fill("objectives" if number == 1 else "objective", **{name: one.said(plan.language)})[name]
        source.named(objective, "Objective", one)
        source.fact(plan.term, term("dpp:hasObjective"), objective, quote)
    source.page.say(". ")
    if plan.target:
        _target(source, plan.target)


def _target(source: Quoted, target: Target) -> None:
    plan = source.plan
    term_ = thing("target", plan.slug)
    amount = f"{target.value} {words(plan.language)['units'][target.unit]}"
    deadline = {"deadline": target.deadline} if target.deadline else {}
    core = "target-fact" if target.deadline else "target-open"
    of = target.phrase.said(plan.language)
    whole, parts = source.told("target", core=core, amount=amount, of=of, **deadline)
    source.fact(plan.term, term("dpp:contributesTo"), term_, whole)
    source.fact(term_, A, term("dpp:Target"), whole)
    source.fact(term_, term("dpp:targetValue"), typed(target.value, "decimal"), parts["amount"])
    source.fact(term_, term("dpp:unit"), concept(f"unit-{target.unit}"), parts["amount"])
    source.fact(term_, term("dpp:targetOf"), text(of, plan.language), parts["of"])
    if target.deadline:
        source.fact(term_, term("dpp:deadline"), dated(target.deadline), parts["deadline"])
    source.said.add("source", term_, term("skos:prefLabel"), text(target.said(plan.language), plan.language))


def write_lines(source: Quoted) -> None:
    """States the lines of action, and whether they are all."""
    plan = source.plan
    core, _ = source.told("lines", core=f"lines-{plan.listing}")
    if plan.listing != "silent":
        listing = concept("listing-non-exhaustive" if plan.listing == "some" else "listing-exhaustive")
        source.fact(plan.term, term("dpp:lineListing"), listing, core)
    for line in plan.lines:
        source.page.say("\n- ")
        _line(source, line)
        source.page.say(",")
    source.page.say("\n\n")


def _line(source: Quoted, line: Line) -> None:
    plan = source.plan
    quote = source.page.say(line.phrase.said(plan.language))
    source.named(line.term, "LineOfAction", line.phrase)
    source.said.add("source", line.term, term("dpp:position"), typed(line.position, "integer"))
    source.fact(plan.term, term("dpp:hasLineOfAction"), line.term, quote)
    if line.parent:
        source.fact(line.parent.term, term("dpp:hasSubLine"), line.term, quote)
    source.said.inferred += 2 if line.parent else 1
    source.level(line.term, line.phrase, quote)
