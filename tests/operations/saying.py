"""A small graph, looked up as a server does it, and asked the named questions."""

from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from dppgraph.core.iris import PREFIXES
from dppgraph.core.prebinding import with_values
from dppgraph.core.quads import parse_line
from dppgraph.operations.facts import Facts
from dppgraph.operations.harvest import Published
from dppgraph.operations.queries import Question, question
from dppgraph.store.memory import MemoryStore
from tests.conftest import BASE, REPOSITORY
from tests.store.history_of import exact_of

Row = dict[str, str]


@cache
def known(name: str) -> Question:
    return question(name, REPOSITORY / "queries")


def iri(name: str) -> str:
    """A term by its prefixed name; one without a prefix is a thing of the data."""
    prefix, colon, local = name.partition(":")
    return f"<{PREFIXES[prefix]}{local}>" if colon else f"<{BASE}id/{name}>"


def said(subject: str, predicate: str, object_: str) -> str:
    """A line: names as in :func:`iri`, literals as they are."""
    value = object_ if object_.startswith('"') else iri(object_)
    return f"{iri(subject)} {iri(predicate)} {value} ."


def day(text: str) -> str:
    return f'"{text}"^^<{PREFIXES["xsd"]}date>'


def facts_of(lines: Collection[str], language: str = "nl") -> Facts:
    """What a version with these lines says."""
    # Open until the facts are gone: an unlinked file is read on.
    with TemporaryDirectory() as folder:
        exact = exact_of(Path(folder) / "exact", lines)
    return Facts(Published(exact, (), BASE, BASE), language)


def answered(name: str, lines: Collection[str], given: Mapping[str, str]) -> list[Row]:
    """What a named question answers over these lines."""
    asked = known(name)
    text = with_values(asked.text, asked.values(given, BASE))
    return list(MemoryStore(map(parse_line, lines)).select(text, base=BASE))
