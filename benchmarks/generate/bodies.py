"""The bodies that plans are of: those that are shipped, and councils of invented municipalities and provinces.

The names are invented, so that nothing is said of a real municipality that it never did.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from benchmarks.generate.statements import A, Statements, concept, dated, text, thing
from benchmarks.generate.statements import term as iri
from benchmarks.generate.words import LANGUAGES, words

TERMS: Final = ((2001, 2006), (2007, 2012), (2013, 2018), (2019, 2024))
"""First and last year of what each council sat."""

_FIRST: Final = (
    "Ou",
    "Nieuwe",
    "Ra",
    "Wes",
    "Zui",
    "Ber",
    "Lin",
    "Hof",
    "Mol",
    "Ste",
    "Kor",
    "Vel",
    "Ach",
    "Ter",
    "Bos",
)
_MIDDLE: Final = ("de", "ver", "ter", "sel", "ken", "mer", "len", "ding", "hoe", "rin", "vel", "zen", "wij")
_LAST: Final = ("beke", "gem", "hove", "kerke", "donk", "zele", "schoot", "berge", "rode", "veld", "brugge", "laar")


@dataclass(frozen=True, slots=True)
class Body:
    """Who makes plans.

    Attributes:
        slug: the end of its name.
        names: language to what it is called.
        level: the local name of its policy level.
        languages: those that it writes in, the first before all.
        publisher: the slug of the body that publishes for it.
        terms: first and last years of what is known of its composition.
    """

    slug: str
    names: dict[str, str]
    level: str
    languages: tuple[str, ...]
    publisher: str
    terms: tuple[tuple[int, int], ...] = ()

    @property
    def term(self) -> str:
        """Its term."""
        return thing("agent", self.slug)


FLEMISH: Final = Body(
    "vlaamse-regering",
    {"nl": "Vlaamse Regering", "fr": "Gouvernement flamand", "de": "Flämische Regierung", "en": "Flemish Government"},
    "level-regional",
    ("nl",),
    "vlaanderen",
)
FEDERAL: Final = Body(
    "belgische-federale-regering",
    {"nl": "federale regering", "fr": "gouvernement fédéral", "de": "föderale Regierung", "en": "federal government"},
    "level-national",
    ("nl", "fr"),
    "belgische-federale-regering",
)
EUROPEAN: Final = Body(
    "europese-commissie",
    {"nl": "Europese Commissie", "fr": "Commission", "de": "Kommission", "en": "Commission"},
    "level-european",
    ("en", "fr", "de"),
    "europese-commissie",
)


def councils(random: Random) -> Iterator[tuple[Body, str]]:
    """Municipal councils and, one in twenty, provincial ones, without end; and the name of the place of each."""
    taken: dict[str, int] = {}
    number = 0
    while True:
        name = random.choice(_FIRST) + random.choice(_MIDDLE) + random.choice(_LAST)
        taken[name] = taken.get(name, 0) + 1
        if taken[name] > 1:
            name += f"-{taken[name]}"
        province = number % 20 == 0
        number += 1
        place, council = ("province", "deputation") if province else ("municipality", "council")
        # Most write Dutch, some French, a few German.
        first = random.choices(("nl", "fr", "de"), (75, 20, 5))[0]
        names = {language: words(language)[council].format(name=name) for language in LANGUAGES}
        level = "level-provincial" if province else "level-local"
        yield Body(f"{council}-{name.lower()}", names, level, (first,), f"{place}-{name.lower()}", TERMS), name


def describe(body: Body, name: str, said: Statements) -> None:
    """States what a council is, who carries out what it decides, and when each of its compositions sat."""
    place = body.publisher.partition("-")[0]
    authority = {language: words(language)[place].format(name=name) for language in LANGUAGES}
    _described(said, body.term, authority | body.names, body.level, "council-meant")
    _described(said, thing("agent", body.publisher), authority, body.level, "authority-meant")
    document = thing("source", f"{body.publisher}-bestuursorganen")
    said.add("external", document, A, iri("dpp:SourceDocument"))
    language = body.languages[0]
    said.add("external", document, iri("dct:title"), text(words(language)["site"].format(name=name), language))
    said.add("external", document, iri("foaf:page"), f"<https://www.{body.publisher}.example/bestuur>")
    for first, last in body.terms:
        slug = f"{body.slug}-{first}"
        names = {
            language: words(language)["term"].format(council=body.names[language], first=first, last=last)
            for language in LANGUAGES
        }
        term, period = thing("agent", slug), thing("agent", f"{slug}#period")
        _described(said, term, names, body.level, "council-meant")
        said.add("external", term, iri("dct:temporal"), period)
        said.add("external", period, A, iri("dct:PeriodOfTime"))
        facts = (
            (term, f"<{_GENERIC}isTijdspecialisatieVan>", body.term),
            (period, iri("dcat:startDate"), dated(f"{first}-01-01")),
            (period, iri("dcat:endDate"), dated(f"{last}-12-31")),
        )
        said.inferred += 2
        for number, fact in enumerate(facts, 1):
            said.add("external", *fact)
            said.told(thing("statement", f"{slug}-{number:02d}"), fact, document)


_GENERIC: Final = "https://data.vlaanderen.be/ns/generiek#"


def _described(said: Statements, term: str, names: dict[str, str], level: str, meaning: str) -> None:
    said.add("concepts", term, A, *map(iri, ("foaf:Agent", "org:Organization", "besluit:Bestuursorgaan")))
    labels = [text(name, language) for language, name in names.items()]
    said.add("concepts", term, iri("skos:prefLabel"), *labels)
    said.add("concepts", term, iri("foaf:name"), *labels)
    meant = [text(words(language)[meaning], language) for language in ("nl", "en")]
    said.add("concepts", term, iri("skos:definition"), *meant)
    said.add("concepts", term, iri("dpp:policyLevel"), concept(level))
