"""The manifest of a version: what it is, where it comes from, and the checksums that its files must have."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from dppgraph.errors import Damaged

FORMAT: Final = 2
"""The number of the store's layout. A later layout gets a later number, and this software refuses it.

1 had the whole tree of its digest with each version; 2 has it with the versions whose quads are there as a whole.
"""

Kind = Literal["build", "write", "rollback"]
"""What made a version: the files of the data, a change that somebody sent, or the wish for an earlier one."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a version says of itself.

    Attributes:
        format: the layout's number (:data:`FORMAT`).
        version: its number, from 1.
        parent: the number of the version that it was made from, or None.
        parent_sha256: the SHA-256 of that version's manifest: a chain that ends in the file ``current``.
        created: when, in UTC, ISO 8601 to the second.
        agent: who made it.
        message: why.
        software: what made it.
        base: the base of the data's IRIs.
        inputs: the SHA-256 over all files that went in: tells whether a new build is due.
        digest: the root of the digest tree over its lines (``core.digest``), in hexadecimal.
        quads: how many statements it holds.
        added: how many it has that its parent has not.
        removed: how many its parent has that it has not.
        graphs: named graph IRI (empty: the default graph) to number of statements.
        findings: SHACL severity to number of results; None where the gate was off.
        files: file name to SHA-256.
        data: the folder that the data came from; None for the one that travels with the software.
        shapes: likewise for the shapes; ``none`` where the gate was off.
        sharing: the graphs that have a triple in common with another one (``store.merge``), and perhaps some that had;
            None: not known.
        kind: what made it.
        of: the number of the version that it holds again; None where it is new.
    """

    format: int
    version: int
    parent: int | None
    parent_sha256: str | None
    created: str
    agent: str
    message: str
    software: str
    base: str
    inputs: str
    digest: str
    quads: int
    added: int
    removed: int
    graphs: dict[str, int]
    findings: dict[str, int] | None
    files: dict[str, str]
    data: str | None = None
    shapes: str | None = None
    sharing: list[str] | None = None
    kind: Kind = "build"
    of: int | None = None

    def to_json(self) -> str:
        """The manifest as it is written."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"


def read_manifest(text: str, where: str) -> Manifest:
    """The manifest that a text holds.

    Raises:
        Damaged: it holds none, or one of a later layout; ``where`` names it in the message.
    """
    try:
        said: Any = json.loads(text)
        found = said["format"]
        if isinstance(found, int) and found > FORMAT:
            raise Damaged(f"{where} has store format {found}, this dppgraph reads up to {FORMAT}: update dppgraph")
        return Manifest(**said)
    except (ValueError, TypeError, KeyError) as error:
        raise Damaged(f"{where} is damaged: it is no manifest of dppgraph") from error
