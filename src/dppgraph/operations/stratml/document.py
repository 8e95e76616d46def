"""What is said of a document itself: where it is from, when it was fetched, and what it is about."""

import re
from dataclasses import dataclass
from typing import Final

from dppgraph.core import formats
from dppgraph.core.quads import literal
from dppgraph.errors import BadParameter, BadRdf
from dppgraph.operations.new.declared import token
from dppgraph.operations.new.values import language as language_named
from dppgraph.operations.stratml.facts import Facts, literals, typed
from dppgraph.operations.stratml.plan import Plan
from dppgraph.store.rdf import parse

EDITORS: Final = "dppgraph-editors"
"""Who publishes a document that was written here: the bodies that it names do not."""

_LANGUAGES: Final = "http://publications.europa.eu/resource/authority/language/"
_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`]+")


@dataclass(frozen=True, slots=True)
class Given:
    """What is known of a document besides what it says.

    Attributes:
        file: its file's name.
        sha256: the checksum of the file.
        retrieved: the day on which it was fetched.
        slug: the last part of the plan's IRI, and of the files' names.
        url: the document's address; empty for the page that it names as its source.
        level: the plan's level; empty if it follows from its bodies or from the document.
    """

    file: str
    sha256: str
    retrieved: str
    slug: str
    url: str = ""
    level: str = ""


def tell_document(facts: Facts, plan: Plan, given: Given, publisher: str, told: tuple[list[str], list[str]]) -> None:
    """Says what is known of a document.

    Args:
        facts: where it is said.
        plan: what the document says.
        given: what else is known of it.
        publisher: who published it, as Turtle writes it; empty if unknown.
        told: what could not be taken over, and what whoever imports it may want to know; both are added to.
    """
    left, notes = told
    say = facts.say
    say(facts.page, "a", "dpp:SourceDocument")
    say(facts.page, "dct:title", *literals(plan.titles))
    say(facts.page, "foaf:topic", token("plan", given.slug))
    address = given.url or plan.source
    if _is_address(address):
        say(facts.page, "foaf:page", f"<{address}>")
    elif address:
        left.append(f"the Source “{address[:60]}” is no address of a page")
    else:
        notes.append("it names no Source: --url says where it is from")
    if publisher:
        say(facts.page, "dct:publisher", publisher)
    try:
        say(facts.page, "dct:language", f"<{_LANGUAGES}{language_named(plan.language.partition('-')[0])[1]}>")
    except BadParameter:
        notes.append(f"the EU's list has no language {plan.language}: the document gets none")
    say(facts.page, "dpp:retrieved", typed(given.retrieved))
    say(facts.page, "dpp:sha256", literal(given.sha256))


def _is_address(text: str) -> bool:
    try:
        return bool(_ADDRESS.fullmatch(text) and parse(f"<a:a> <a:a> <{text}> .".encode(), formats.NTRIPLES))
    except BadRdf:
        return False
