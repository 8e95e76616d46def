"""What a page says of the plan before: what it brought about, whether its aims were reached, who looked."""

from random import Random

from benchmarks.generate.chain import Plan
from benchmarks.generate.reading import Quoted
from benchmarks.generate.statements import concept, term, text, thing
from benchmarks.generate.words import Phrase, phrases


def write_past(random: Random, source: Quoted, older: Plan) -> None:
    """States what a page says of the plan before the one that it is about."""
    if random.random() < 0.7:
        _results(source, older, phrases(random, "results", random.randint(1, 6)))
    if random.random() < 0.3:
        _evaluation(source, older)
        _finding(source, older)


def _results(source: Quoted, older: Plan, results: list[Phrase]) -> None:
    language = source.plan.language
    for number, one in enumerate(results, 1):
        result = thing("result", f"{older.slug}-{number}")
        name = "first" if number == 1 else "next"
        quote = source.fill("results" if number == 1 else "result", **{name: one.said(language)})[name]
        source.named(result, "ReportedResult", one)
        if language != "en":
            source.said.add("interpretation", result, term("skos:prefLabel"), text(one.said("en"), "en"))
        source.fact(older.term, term("dpp:hasResult"), result, quote)
        source.level(result, one, quote)
        # It is attributed to whoever published it.
        source.said.inferred += 1
    source.page.say(". ")


def _evaluation(source: Quoted, older: Plan) -> None:
    evaluation = thing("evaluation", older.slug)
    core, _ = source.told("evaluated", older=older.title)
    source.labelled(evaluation, "Evaluation", "evaluation", title=older.title)
    source.fact(source.plan.term, term("dct:hasPart"), evaluation, core)
    source.fact(evaluation, term("dpp:evaluates"), older.term, core)
    source.said.inferred += 2


def _finding(source: Quoted, older: Plan) -> None:
    finding = thing("finding", older.slug)
    language = source.plan.language
    core, _ = source.told("found", older=older.title)
    source.labelled(finding, "Finding", "finding", title=older.title)
    source.fact(finding, term("dpp:concludes"), text(core.text, language), core)
    source.fact(finding, term("dpp:outcome"), concept("outcome-achieved"), core)
    source.fact(finding, term("dpp:concerns"), older.term, core)
    source.said.inferred += 1
