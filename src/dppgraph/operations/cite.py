"""How to cite a thing, or an answer: what it is called, who publishes it, in which version and where."""

from dataclasses import dataclass
from typing import Final

from dppgraph.operations.facts import Facts, Text, best
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.said import Name, instances, name_of, prefixed
from dppgraph.store.versions import Manifest

_PUBLISHER: Final = prefixed("dct:publisher")
_TITLE: Final = prefixed("dct:title")


@dataclass(frozen=True, slots=True)
class Citation:
    """What a citation is made of.

    Attributes:
        title: what the thing is called.
        publishers: who publishes the data; empty where the data does not say so.
        work: what the data is called; None where it does not say so.
        version: the number of the version.
        digest: its digest, in hexadecimal: the same data has the same digest everywhere.
        date: the day that it was published, ISO 8601.
        licence: the IRI of the licence; empty where the data names none.
        address: the IRI of the thing, or where the query is asked of this version for good; empty where none is.
        query: the query's hash (``core.query_hash``), in hexadecimal; empty for a thing.
        lasts: whether the query is answered so again; one that asks the clock may not be.
    """

    title: Text
    publishers: list[Name]
    work: Text | None
    version: int
    digest: str
    date: str
    licence: str
    address: str
    query: str = ""
    lasts: bool = True


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that is to be cited.

    Attributes:
        manifest: the version that gave it.
        licence: the IRI of that version's licence, or empty.
        address: as in :class:`Citation`.
        query: likewise.
        lasts: likewise.
    """

    manifest: Manifest
    licence: str
    address: str
    query: str
    lasts: bool


def citation(harvest: Harvest, facts: Facts, thing: str, title: Text) -> Citation:
    """How to cite what a version says of a thing.

    Args:
        harvest: the version.
        facts: what it says.
        thing: the thing, as a term.
        title: what it is called.
    """
    said = Answered(harvest.manifest, harvest.licence(), thing[1:-1], query="", lasts=True)
    return citation_of_answer(harvest, facts, said, title)


def citation_of_answer(harvest: Harvest, facts: Facts, answered: Answered, title: Text) -> Citation:
    """How to cite the answer to a query.

    Args:
        harvest: the version that the page is of, which says who publishes the data.
        facts: what it says.
        answered: the answer.
        title: what it is called.
    """
    publishers, work = _published(harvest, facts)
    manifest = answered.manifest
    return Citation(
        title=title,
        publishers=publishers,
        work=work,
        version=manifest.version,
        digest=manifest.digest,
        date=manifest.created.partition("T")[0],
        licence=answered.licence,
        address=answered.address,
        query=answered.query,
        lasts=answered.lasts,
    )


def _published(harvest: Harvest, facts: Facts) -> tuple[list[Name], Text | None]:
    """Who publishes the data, and what they are called."""
    catalogues = [term for term in instances(facts, "dcat:Catalog") if term.startswith(f"<{harvest.manifest.base}")]
    said = [facts.some(catalogue, _PUBLISHER, _TITLE) for catalogue in catalogues]
    publishers = {agent for one in said for agent in one.get(_PUBLISHER, ())}
    works = (best(one.get(_TITLE, ()), facts.language) for one in said)
    return [name_of(facts, agent) for agent in sorted(publishers)], next((work for work in works if work), None)
