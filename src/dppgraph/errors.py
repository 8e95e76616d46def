"""Every error that dppgraph raises on purpose, as one tree.

::

    DppgraphError
    ├── InvalidInput            the call or what came with it is unusable
    │   ├── BadCall             a command or request that contradicts itself
    │   ├── BadParameter        a parameter's value
    │   ├── BadQuestion         a file of queries/ whose header is not of its query
    │   ├── BadRdf              a file or body that does not parse (file, line, column)
    │   ├── BadSetting          a setting's value
    │   └── QuerySyntax         a query that does not parse (line, column)
    ├── Refused                 understood, and not done here
    │   ├── ServiceForbidden    SERVICE to an address that is not allowed
    │   └── UpdatesOff          a SPARQL update, where nothing may be written
    ├── Unknown                 a name that stands for nothing
    ├── NotAcceptable           no format that the caller accepts
    ├── UnsupportedMedia        a body of a type that is not read here
    ├── Conflict                somebody else is at it
    │   └── StoreInUse          another process writes to this store
    ├── ShapeViolation          the data breaks a shape; carries the report
    ├── Limit                   more was asked than one caller may have
    │   ├── AnswerTooLarge      the answer passed its byte cap
    │   ├── BodyTooLarge        the request passed its byte cap
    │   ├── QueryMemory         the query passed its memory limit
    │   ├── QueryTimeout        the query passed its deadline
    │   └── QueueFull           too many wait already
    └── StoreUnavailable        the store cannot be read or written
        ├── Damaged             a version's files are not what its manifest says
        ├── EngineDied          a query process ended on its own
        └── NotBuilt            nothing has been published yet

A message is one sentence or two: what is wrong, then what to do. HTTP statuses are in ``web/problems.py`` only, exit
statuses in ``cli`` only. What another library raises is translated where it is called, with ``raise ... from``.
"""

from typing import Any


class DppgraphError(Exception):
    """The root: catching it catches everything that dppgraph raises on purpose."""


class InvalidInput(DppgraphError):
    """The call, or what came with it, is unusable as it stands."""


class BadCall(InvalidInput):
    """A command or request that contradicts itself or lacks a part."""


class BadParameter(InvalidInput):
    """A parameter has a value that it cannot have."""


class BadQuestion(InvalidInput):
    """A file of ``queries/`` whose header lacks or misstates something."""


class BadRdf(InvalidInput):
    """RDF that does not parse, or that cannot be taken as it is.

    Attributes:
        line: where it stops making sense, counted from 1, if known.
        column: likewise, in code points.
    """

    def __init__(self, message: str, *, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class BadSetting(InvalidInput):
    """A setting has a value that it cannot have."""


class QuerySyntax(InvalidInput):
    """A SPARQL query that does not parse.

    Attributes:
        line: where it stops making sense, counted from 1, if known.
        column: likewise, in code points.
    """

    def __init__(self, message: str, *, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class Refused(DppgraphError):
    """Understood, and not done here."""


class ServiceForbidden(Refused):
    """SERVICE to an address that is not on the allow-list."""


class UpdatesOff(Refused):
    """A SPARQL update where nothing may be written."""


class Unknown(DppgraphError):
    """A name, version or address that stands for nothing."""


class NotAcceptable(DppgraphError):
    """None of the formats on offer is one that the caller accepts.

    Attributes:
        offered: the media types on offer.
    """

    def __init__(self, message: str, *, offered: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.offered = offered


class UnsupportedMedia(DppgraphError):
    """A body of a media type that is not read here."""


class Conflict(DppgraphError):
    """Somebody else is at it."""


class StoreInUse(Conflict):
    """Another process holds the store's write lock."""


class ShapeViolation(DppgraphError):
    """The data breaks a SHACL shape.

    Attributes:
        report: the whole report (``operations.validate.Report``).
    """

    def __init__(self, message: str, *, report: Any) -> None:
        super().__init__(message)
        self.report = report


class Limit(DppgraphError):
    """More was asked than one caller may have."""


class AnswerTooLarge(Limit):
    """The answer passed its byte cap."""


class BodyTooLarge(Limit):
    """The request's body passed its byte cap."""


class QueryMemory(Limit):
    """The query passed its memory limit."""


class QueryTimeout(Limit):
    """The query passed its deadline."""


class QueueFull(Limit):
    """Too many queries wait already.

    Attributes:
        retry_after: seconds after which trying again makes sense.
    """

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class StoreUnavailable(DppgraphError):
    """The store cannot be read or written."""


class Damaged(StoreUnavailable):
    """A version's files are not what its manifest says."""


class EngineDied(StoreUnavailable):
    """A query process ended on its own."""


class NotBuilt(StoreUnavailable):
    """Nothing has been published in this store yet."""
