"""Names of files, from the IRIs of what they hold, which anybody may have chosen."""

import hashlib
import re
from collections.abc import Iterable
from typing import Final

_PLAIN: Final = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
_LONGEST: Final = 150
"""Characters; file systems take 255 bytes, and an extension follows."""

_KEPT: Final = 60
_DIGITS: Final = 16
_HASHED: Final = re.compile(rf"(?:^|-)x[0-9a-f]{{{_DIGITS}}}$")
"""The end of a name with a hash: a slug that ends so is not left as it is, or it could be another thing's name."""


class Names:
    """Gives each thing a name of small letters, digits, dots and hyphens that no other one has.

    ``{stem}-{slug}``, if the thing's IRI is the beginning that such things have and a slug of these characters; what
    is left of the slug and a hash of the IRI otherwise. A thing's name depends on no other thing.

    Args:
        stem: what all names begin with.
        beginning: what the IRIs of such things begin with.
    """

    def __init__(self, stem: str, beginning: str) -> None:
        self._stem = stem
        self._beginning = beginning

    def of(self, iris: Iterable[str]) -> dict[str, str]:
        """IRI to name."""
        return {iri: f"{self._stem}-{self._slug(iri)}" for iri in iris}

    def _slug(self, iri: str) -> str:
        slug = iri.removeprefix(self._beginning)
        if slug != iri and _PLAIN.fullmatch(slug) and len(slug) <= _LONGEST and not _HASHED.search(slug):
            return slug
        left = re.sub(r"[^a-z0-9]+", "-", iri.rpartition("/")[2].lower()).strip("-")[:_KEPT].strip("-")
        digits = hashlib.sha256(iri.encode()).hexdigest()[:_DIGITS]
        return f"{left}-x{digits}" if left else f"x{digits}"
