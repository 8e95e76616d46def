"""What is asked to be written, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from dppgraph.core.formats import Format
from dppgraph.core.quads import Delta
from dppgraph.operations.validate import Report


@dataclass(frozen=True, slots=True)
class Body:
    """RDF that came with a request, not parsed yet.

    Attributes:
        path: the file that holds it.
        format: what it says that it is.
        name: what it is called in messages.
        sha256: what the file holds, in hexadecimal; empty where nobody takes it away before it is read. Of a file that
            is found by a descriptor another one may be in its place, once its request is given up.
    """

    path: Path
    format: Format
    name: str = "the body"
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Update:
    """SPARQL 1.1 Update (https://www.w3.org/TR/sparql11-update/).

    Attributes:
        text: the request.
        default_graphs: ``using-graph-uri`` (SPARQL 1.1 Protocol, section 2.2.3).
        named_graphs: ``using-named-graph-uri``.
    """

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Put:
    """Graph Store Protocol, section 5.3: the graph holds these statements from now on, and no others.

    Attributes:
        graph: its IRI; None for the default graph.
        body: the statements.
    """

    graph: str | None
    body: Body


@dataclass(frozen=True, slots=True)
class Merge:
    """Graph Store Protocol, section 5.5 (POST): the graph holds these statements as well.

    Attributes:
        graph: its IRI; None for the default graph.
        bodies: the statements, of several documents where the request has several parts.
    """

    graph: str | None
    bodies: tuple[Body, ...]


@dataclass(frozen=True, slots=True)
class Delete:
    """Graph Store Protocol, section 5.4: the graph holds nothing any more.

    Attributes:
        graph: its IRI; None for the default graph.
    """

    graph: str | None


@dataclass(frozen=True, slots=True)
class Patch:
    """Graph Store Protocol, section 5.7: an update of one graph, which is its default graph.

    Attributes:
        graph: its IRI; None for the default graph.
        text: the update; it names no other graph.
    """

    graph: str | None
    text: str


Request = Update | Put | Merge | Delete | Patch


@dataclass(frozen=True, slots=True)
class Change:
    """A request to write, and what is said of it.

    Attributes:
        request: what is to be done.
        agent: who asks: the name of a token, or of whoever runs the command.
        message: why; empty where nothing is said.
        expected: the numbers of the versions of which one is to be the current one; empty where it depends on none.
        dry_run: whether only to say what would come of it.
    """

    request: Request
    agent: str
    message: str = ""
    expected: tuple[int, ...] = ()
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a change.

    Attributes:
        version: the number of the version that is current after it.
        digest: that version's digest, in hexadecimal.
        published: whether it is new; otherwise nothing was to be changed, or this was a dry run.
        created: whether the graph that the request names was not there before.
        added: how many statements there are more, or would be.
        removed: how many there are not any more.
        entities: entity to how many statements about it were added and removed.
        delta: the statements, of a dry run, as far as they are not too many; else None.
        report: what the shapes said; None where the gate is off.
    """

    version: int
    digest: str
    published: bool
    created: bool = False
    added: int = 0
    removed: int = 0
    entities: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    delta: Delta | None = None
    report: Report | None = None


class Writing(Protocol):
    """Where changes are made."""

    async def write(self, change: Change) -> Outcome:
        """Publishes a change as one new version, or changes nothing.

        Raises:
            ShapeViolation: a shape would be broken; it carries the report.
            InvalidInput: the request does not parse, or cannot be taken as it is.
            Conflict: the current version is not the expected one.
            Refused: this may not be written.
            Limit: it needs more time or memory than a change may have, or too many wait.
            StoreUnavailable: the disk did not take it, or nothing can be written now.
        """
        ...
