"""The level of government of a plan: what its document says, what follows from its bodies, or what has to be given."""

from dataclasses import dataclass
from typing import Final

from dppgraph.errors import BadCall
from dppgraph.operations.new.known import Known

_UNNAMED: Final = "other-unspecified"


@dataclass(frozen=True, slots=True)
class Level:
    """A level: its IRI, empty if none has to be said; and whether that is a reading of whoever imports the plan."""

    iri: str = ""
    read: bool = False


def level_of(known: Known, said: str, follows: set[str], asked: str, *, needed: bool) -> Level:
    """What to say of a plan's level.

    It need not be said where the bodies that issued the plan are of one level: the rule policy-level concludes it.

    Args:
        known: what the graph holds already.
        said: what the document says of it; empty for nothing.
        follows: the IRIs of the levels of the bodies that issued the plan.
        asked: what whoever imports it says; empty for nothing.
        needed: whether there has to be one.

    Raises:
        BadCall: it is not known, or is not what is known.
    """
    stated = known.concept("policy-levels", said) if said else None
    wanted = known.concept("policy-levels", asked) if asked else None
    if asked and wanted is None:
        raise BadCall(f"there is no level {asked}: take one of {_listed(known)}")
    certain = {stated.iri} if stated else follows
    if wanted and len(certain) == 1 and wanted.iri not in certain:
        name = next(iter(certain)).rpartition("/")[2].removeprefix("level-")
        raise BadCall(f"the plan is {name}, by its document or by its bodies: leave --level out")
    if stated:
        return Level(stated.iri)
    if len(follows) == 1:
        return Level()
    if wanted:
        return Level(wanted.iri, read=True)
    if needed:
        raise BadCall(
            f"nothing says which level of government the plan is of: add --level with one of {_listed(known)}"
        )
    return Level()


def notations(known: Known, scheme: str) -> list[str]:
    """How the concepts of a list are called in short."""
    return [iri.rpartition("/")[2].partition("-")[2] for iri in known.concepts.get(scheme, ())]


def _listed(known: Known) -> str:
    return ", ".join(name for name in notations(known, "policy-levels") if name != _UNNAMED)
