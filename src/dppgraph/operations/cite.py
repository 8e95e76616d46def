"""How to cite a thing: what it is called, who publishes it, in which version, under which licence, and where."""

from dataclasses import dataclass

from dppgraph.operations.facts import Facts, Text
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.said import Name, instances, name_of, prefixed, values


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
        address: the IRI of the thing.
    """

    title: Text
    publishers: list[Name]
    work: Text | None
    version: int
    digest: str
    date: str
    licence: str
    address: str


def citation(harvest: Harvest, facts: Facts, thing: str, title: Text) -> Citation:
    """How to cite what a version says of a thing.

    Args:
        harvest: the version.
        facts: what it says.
        thing: the thing, as a term.
        title: what it is called.
    """
    manifest = harvest.manifest
    catalogues = [term for term in instances(facts, "dcat:Catalog") if term.startswith(f"<{manifest.base}")]
    publishers = {agent for catalogue in catalogues for agent in values(facts, catalogue, "dct:publisher")}
    works = (facts.text(catalogue, prefixed("dct:title")) for catalogue in catalogues)
    return Citation(
        title=title,
        publishers=[name_of(facts, agent) for agent in sorted(publishers)],
        work=next((work for work in works if work), None),
        version=manifest.version,
        digest=manifest.digest,
        date=manifest.created.partition("T")[0],
        licence=harvest.licence(),
        address=thing[1:-1],
    )
