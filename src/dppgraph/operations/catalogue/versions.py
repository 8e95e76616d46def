"""The versions of the whole, as DCAT 3 tells of them (section 11): the current one with its files, the others by name.

The current version is a data set of its own, whose files have an address that stays theirs. Earlier versions are named
and chained, and are no data sets of this catalogue: their files are kept for a while only, and a portal that lists data
sets would list the same plans many times over.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, literal
from dppgraph.operations.catalogue.distributions import FORMATS, distribution
from dppgraph.operations.catalogue.note import Dump, VersionNote
from dppgraph.operations.catalogue.stated import DATASET, DCAT, DCT, A, Stated, catalogue_lines

_VERSION: Final = {"nl": "versie", "en": "version"}
# What is the whole's alone: its parts, its files, its statistics, and its names.
_OWN: Final = {
    f"<{namespace}{name}>"
    for namespace, names in ((DCT, ("title", "identifier", "hasPart")), (DCAT, ("distribution",)))
    for name in names
}


def versions(dumps: Iterable[Dump], whole: str, stated: Stated, version: VersionNote) -> Iterator[Quad]:
    """The version of the whole that is described, its files, and the chain of those before it."""
    numbers = [*sorted(number for number in version.earlier if number < version.number), version.number]
    yield Quad(whole, f"<{DCAT}version>", literal(str(version.number)))
    for older, newer in pairwise(numbers):
        yield Quad(version_iri(whole, newer), f"<{DCAT}previousVersion>", version_iri(whole, older))
    for number in numbers:
        yield from _one(version_iri(whole, number), number, whole, stated)
        # When, by whom and why is told there, so that the same data give the same catalogue on every server.
        change = f"<{version.base}changes/{number}#change>"
        yield Quad(version_iri(whole, number), f"<{PREFIXES['prov']}wasGeneratedBy>", change)
    yield from _current(dumps, whole, stated, version)


def whole_of(lines: Iterable[str], base: str) -> str:
    """The data set whose versions are told of, as a term; empty where no line tells of it."""
    return Stated(catalogue_lines(lines, base)).whole()


def version_iri(whole: str, number: int) -> str:
    """The term of a version of the whole, which is given as a term."""
    return f"{whole[:-1]}-v{number}>"


def _one(this: str, number: int, whole: str, stated: Stated) -> Iterator[Quad]:
    yield Quad(this, A, f"<{DCAT}Resource>")
    yield Quad(this, f"<{DCAT}version>", literal(str(number)))
    yield Quad(this, f"<{DCAT}isVersionOf>", whole)
    for language, word in _VERSION.items():
        title = f"{stated.text(whole, f'{DCT}title', language)}, {word} {number}"
        yield Quad(this, f"<{DCT}title>", literal(title, language=language))


def _current(dumps: Iterable[Dump], whole: str, stated: Stated, version: VersionNote) -> Iterator[Quad]:
    this = version_iri(whole, version.number)
    yield Quad(whole, f"<{DCAT}hasVersion>", this)
    yield Quad(this, A, DATASET)
    yield Quad(this, f"<{DCT}identifier>", literal(this[1:-1], datatype=f"{PREFIXES['xsd']}anyURI"))
    yield Quad(this, f"<{PREFIXES['owl']}versionInfo>", literal(f"sha256:{version.digest}"))
    for quad in stated.about(whole):
        if quad.predicate not in _OWN | {A} and not quad.predicate.startswith(f"<{PREFIXES['void']}"):
            yield quad._replace(subject=this)
    named = Stated([*(quad.line() for quad in _one(this, version.number, whole, stated)), *_lines(stated, whole, this)])
    for dump in dumps:
        if dump.holds == "all" and dump.format in FORMATS:
            yield from distribution(dump, this, named, version.base, version=version.number)


def _lines(stated: Stated, whole: str, this: str) -> list[str]:
    """What the whole says, as if its version said it: a file of a version is titled after the version."""
    return [quad._replace(subject=this).line() for quad in stated.about(whole) if quad.predicate not in _OWN]
