"""Names of the parts of a VoID description, and its counts."""

import hashlib
from typing import Final

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, literal

_LENGTH: Final = 12


def name(term: str) -> str:
    """A name that is readable where the namespace is one of ours, and unique in any case."""
    iri = term[1:-1]
    for prefix, namespace in PREFIXES.items():
        local = iri.removeprefix(namespace)
        if local != iri and local.replace("-", "").replace("_", "").isalnum():
            return f"{prefix}-{local}"
    return hashlib.sha256(iri.encode()).hexdigest()[:_LENGTH]


def count(subject: str, what: str, number: int) -> Quad:
    """``subject`` has so many of what VoID calls ``what``."""
    return Quad(subject, f"<{PREFIXES['void']}{what}>", literal(str(number), datatype=f"{PREFIXES['xsd']}integer"))
