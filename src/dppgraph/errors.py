"""Every error that dppgraph raises on purpose, as one tree.

::

    DppgraphError
    ├── InvalidInput            the call or what came with it is unusable
    │   ├── BadCall             a command or request that contradicts itself
    │   ├── BadHttp             bytes that are no request in HTTP/1.1 or HTTP/1.0
    │   ├── BadParameter        a parameter's value
    │   ├── BadQuestion         a file of queries/ whose header is not of its query
    │   ├── BadRdf              a file or body that does not parse (file, line, column)
    │   ├── BadSetting          a setting's value
    │   ├── BadXml              XML that does not parse, or is not taken as it is
    │   └── QuerySyntax         a query that does not parse (line, column)
    ├── Refused                 understood, and not done here
    │   ├── GraphForbidden      a graph that is made from others or from files, and not written
    │   ├── LoadForbidden       LOAD, which would have the server fetch something
    │   ├── NeedsToken          a token that does not open what is asked for
    │   │   └── NoToken             none, where one is needed
    │   ├── NoProxy             a request to be connected to another server
    │   ├── ServiceForbidden    SERVICE to an address that is not allowed
    │   ├── UpdatesOff          a SPARQL update, where nothing may be written
    │   └── WrongRole           a token whose role does not include what is asked for
    ├── Unknown                 a name that stands for nothing
    │   └── Gone                a name that stood for something in an earlier version
    ├── NotAcceptable           no format that the caller accepts
    ├── UnsupportedMedia        a body of a type that is not read here
    ├── Conflict                somebody else is at it, or was
    │   ├── EngineInUse         another process publishes to this engine
    │   ├── LaterChanges        changes were written that the files to build from have not
    │   ├── StoreInUse          another process writes to this store
    │   └── VersionMismatch     the current version is not the one that a change was meant for
    ├── ShapeViolation          the data breaks a shape; carries the report
    ├── Limit                   more was asked than one caller may have
    │   ├── AddressTooLong      the request's address passed its byte cap
    │   ├── AnswerTooLarge      the answer passed its byte cap
    │   ├── BodyTooLarge        the request passed its byte cap
    │   ├── ChangeMemory        a change passed its memory limit
    │   ├── ChangeTimeout       a change passed its deadline
    │   ├── Crowded             too much at once, by one client or by all; says when to try again
    │   │   ├── QueueFull           too many wait already
    │   │   ├── ServerFull          all connections are taken
    │   │   ├── TooManyConnections  one client holds as many connections as it may
    │   │   └── TooManyRequests     one client asks more often than it may
    │   ├── HeadTooLarge        the request's header fields passed their cap
    │   ├── QueryMemory         the query passed its memory limit
    │   ├── QueryTimeout        the query passed its deadline
    │   ├── ReaderTooSlow       the reader left its answer lying for too long
    │   ├── SenderTooSlow       the request did not arrive in time
    │   └── TooManyRows         the answer passed its cap of rows or triples
    └── StoreUnavailable        the store cannot be read or written
        ├── Damaged             a version's files are not what its manifest says
        ├── EndpointFailed      the engine that this server asks does not answer as it should
        │   └── EndpointAway        it does not answer at all
        ├── EngineDied          a query process ended on its own
        ├── NotBuilt            nothing has been published yet
        ├── NotWritten          the disk does not take what is to be written
        ├── NotYet              it is being made ready
        │   ├── NotPublished    the engine that this server asks has not this version
        │   └── NotReady        queries are not answered now
        ├── ServerUnreachable   a server that is to be verified does not answer
        └── ServiceFailed       an endpoint that SERVICE asks did not answer

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


class BadHttp(InvalidInput):
    """Bytes that are no request in HTTP/1.1 or HTTP/1.0."""


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


class BadXml(InvalidInput):
    """XML that does not parse, is not of the kind that is read, or is built to do harm."""


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


class GraphForbidden(Refused):
    """A change to a graph that rules or files make, and nobody writes."""


class LoadForbidden(Refused):
    """LOAD in a SPARQL update: the server fetches nothing."""


class NeedsToken(Refused):
    """A token was sent that does not open what is asked for."""


class NoToken(NeedsToken):
    """No token was sent, where one is needed."""


class NoProxy(Refused):
    """A request to be connected to another server."""


class ServiceForbidden(Refused):
    """SERVICE to an address that is not on the allow-list."""


class UpdatesOff(Refused):
    """A SPARQL update where nothing may be written."""


class WrongRole(Refused):
    """A token was sent whose role does not include what is asked for."""


class Unknown(DppgraphError):
    """A name, version or address that stands for nothing."""


class Gone(Unknown):
    """A name that stood for something in an earlier version, and does not any more."""


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


class EngineInUse(Conflict):
    """Another process publishes to this engine."""


class LaterChanges(Conflict):
    """Changes were written since the last build, and the files of the data do not have them."""


class StoreInUse(Conflict):
    """Another process holds the store's write lock.

    Attributes:
        retry_after: seconds after which trying again makes sense, if that is known.
    """

    def __init__(self, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class VersionMismatch(Conflict):
    """The current version is not the one that a change was meant for."""


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


class AddressTooLong(Limit):
    """The request's address passed its byte cap."""


class AnswerTooLarge(Limit):
    """The answer passed its byte cap."""


class BodyTooLarge(Limit):
    """The request's body passed its byte cap."""


class Crowded(Limit):
    """Too much at once, by one client or by all.

    Attributes:
        retry_after: seconds after which trying again makes sense.
    """

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ChangeMemory(Limit):
    """A change passed its memory limit."""


class ChangeTimeout(Limit):
    """A change passed its deadline."""


class HeadTooLarge(Limit):
    """The request's header fields passed their cap of bytes or of lines."""


class QueryMemory(Limit):
    """The query passed its memory limit."""


class QueryTimeout(Limit):
    """The query passed its deadline."""


class QueueFull(Crowded):
    """Too many queries wait already."""


class ReaderTooSlow(Limit):
    """The reader left its answer lying for too long."""


class SenderTooSlow(Limit):
    """The request did not arrive in time."""


class ServerFull(Crowded):
    """All connections, or all room for what is being sent, are taken."""


class TooManyConnections(Crowded):
    """One client holds as many connections as it may."""


class TooManyRequests(Crowded):
    """One client asks more often than it may."""


class TooManyRows(Limit):
    """The answer passed its cap of rows or triples."""


class StoreUnavailable(DppgraphError):
    """The store cannot be read or written."""


class Damaged(StoreUnavailable):
    """A version's files are not what its manifest says."""


class EndpointFailed(StoreUnavailable):
    """The engine that this server asks does not answer as it should.

    Attributes:
        retry_after: seconds after which trying again makes sense.
    """

    def __init__(self, message: str, *, retry_after: int = 2) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class EndpointAway(EndpointFailed):
    """The engine that this server asks does not answer at all."""


class EngineDied(StoreUnavailable):
    """A query process ended on its own."""


class NotWritten(StoreUnavailable):
    """The disk does not take what is to be written: it is full, or read-only, or out of order."""


class NotBuilt(StoreUnavailable):
    """Nothing has been published in this store yet."""


class NotYet(StoreUnavailable):
    """It is being made ready.

    Attributes:
        retry_after: seconds after which trying again makes sense.
    """

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NotPublished(NotYet):
    """The engine that this server asks has not this version."""


class NotReady(NotYet):
    """Queries are not answered now."""


class ServerUnreachable(StoreUnavailable):
    """A server that is to be verified does not answer, or answers nothing that could be verified."""


class ServiceFailed(StoreUnavailable):
    """An endpoint that SERVICE asks, and may ask, did not answer as it should."""


def said_of(error: DppgraphError) -> dict[str, Any]:
    """An error as JSON can say it, to another process."""
    return {"error": type(error).__name__, "message": str(error), **vars(error)}


def error_of(said: dict[str, Any]) -> DppgraphError:
    """The error that another process told of (:func:`said_of`), of the same class here."""
    said = dict(said)
    kind, message = globals().get(said.pop("error")), said.pop("message")
    if not (isinstance(kind, type) and issubclass(kind, DppgraphError)):
        return EngineDied(message)
    # JSON has made lists of tuples.
    return kind(message, **{name: tuple(value) if isinstance(value, list) else value for name, value in said.items()})
