"""Who keeps the data, and whom to ask about them: as the catalogue says, or, without one, its data set."""

from dataclasses import dataclass
from typing import Final

from dppgraph.core.iris import PREFIXES
from dppgraph.operations.facts import Facts, Text, text_of

_DCAT: Final = PREFIXES["dcat"]
_DCT: Final = PREFIXES["dct"]
_FOAF: Final = PREFIXES["foaf"]
_VCARD: Final = PREFIXES["vcard"]
_TYPE: Final = f"<{PREFIXES['rdf']}type>"
_WAYS: Final = (f"<{_VCARD}hasEmail>", f"<{_VCARD}hasURL>", f"<{_VCARD}hasTelephone>")


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who keeps the data. Things are terms (``<iri>``); what is not said is None or empty.

    Attributes:
        catalogue: the catalogue or data set that says so.
        title: what that is called.
        description: what it is.
        publisher: who publishes it.
        homepage: the publisher's own page.
        contact: whom to ask, in words.
        ways: how to reach them: addresses of mail and of pages.
        licence: under which licence.
        modified: when it last changed, as a date in ISO 8601.
    """

    catalogue: str | None = None
    title: Text | None = None
    description: Text | None = None
    publisher: str | None = None
    homepage: str | None = None
    contact: Text | None = None
    ways: tuple[str, ...] = ()
    licence: str | None = None
    modified: str = ""


def keeper(facts: Facts) -> Keeper:
    """Who keeps the data of a version, for a reader of one language."""
    found = (facts.subjects(_TYPE, f"<{_DCAT}{name}>") for name in ("Catalog", "Dataset"))
    catalogue = next((things[0] for things in found if things), None)
    if catalogue is None:
        return Keeper()
    publisher, modified = (facts.one(catalogue, f"<{_DCT}{name}>") for name in ("publisher", "modified"))
    contacts = facts.all(catalogue, f"<{_DCAT}contactPoint>")
    named = (facts.text(contact, f"<{_VCARD}fn>") for contact in contacts)
    ways = (value for contact in contacts for way in _WAYS for value in facts.all(contact, way))
    return Keeper(
        catalogue,
        facts.text(catalogue, f"<{_DCT}title>"),
        facts.text(catalogue, f"<{_DCT}description>"),
        publisher,
        facts.one(publisher, f"<{_FOAF}homepage>") if publisher else None,
        next((text for text in named if text), None),
        tuple(dict.fromkeys(ways)),
        facts.one(catalogue, f"<{_DCT}license>"),
        text_of(modified).text.partition("T")[0] if modified else "",
    )
