"""What a request says in its query string: parameters, formats, a deadline."""

from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, unquote_to_bytes

from starlette.types import Scope

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.negotiation import negotiated
from dppgraph.errors import BadParameter, NotAcceptable
from dppgraph.web.problems import accept_of

Parameters = list[tuple[str, str]]

_USUAL: Final = tuple((b"%%%02X" % ord(character), character.encode()) for character in ' \n?{}:/<>()"#,|\\')
"""The escapes that queries are full of, of nothing that a query string or another escape is made of."""

_MAX_PARAMETERS: Final = 1000
_LONGEST_NUMBER: Final = 9
_SHORT: Final = 500


def decoded(data: bytes) -> Parameters:
    """The parameters of a query string or of a form's body.

    Raises:
        BadParameter: it cannot be read.
    """
    # Far faster than what comes after it, which goes from escape to escape.
    for escape, character in _USUAL:
        data = data.replace(escape, character)
    try:
        if b"&" not in data and data.isascii():
            # Most queries are asked with nothing beside them.
            name, equals, value = data.partition(b"=")
            return [(_unquoted(name), _unquoted(value))] if name or equals else []
        return parse_qsl(
            data.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MAX_PARAMETERS, strict_parsing=False
        )
    except (UnicodeDecodeError, ValueError) as error:
        raise BadParameter(f"the parameters cannot be read: {error}") from error


def formats_of(parameters: Parameters, scope: Scope) -> tuple[Format | None, Format | None]:
    """The formats for a table and for RDF, by ``?format=``, else by a request's Accept; None where there is none.

    Which of them counts is known only when the query is read; if neither is acceptable, that is known now.

    Raises:
        BadParameter: ``?format=`` names none.
    """
    names = [value for name, value in parameters if name == "format"]
    if names:
        return formats_named(names[-1])
    accept = accept_of(scope)
    return _acceptable(accept, formats.RESULTS), _acceptable(accept, formats.RDF)


def format_of(parameters: Parameters, scope: Scope, offered: tuple[Format, ...]) -> Format:
    """The one format of those offered, by ``?format=``, else by a request's Accept.

    Raises:
        BadParameter: ``?format=`` names none of them.
        NotAcceptable: the request takes none of them.
    """
    names = [value for name, value in parameters if name == "format"]
    return formats.named(names[-1], offered) if names else negotiated(accept_of(scope), offered)


def formats_named(name: str) -> tuple[Format | None, Format | None]:
    """The formats for a table and for RDF that go by a name: ``json`` is SPARQL's for a table, JSON-LD for RDF.

    Raises:
        BadParameter: there is none.
    """
    wanted = name.strip().lower()
    results = next((known for known in formats.RESULTS if wanted in _called(known)), None)
    rdf = next((known for known in formats.RDF if wanted in _called(known)), None)
    if results is None and rdf is None:
        formats.named(name, formats.RESULTS + formats.RDF)
    return results, rdf


def timeout_of(parameters: Parameters) -> float | None:
    """Seconds, as ``?timeout=`` says.

    Raises:
        BadParameter: it says no number above 0.
    """
    given = [value for name, value in parameters if name == "timeout"]
    if not given:
        return None
    try:
        seconds = float(given[-1])
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise BadParameter(f"timeout is {given[-1]!r}: it must be a number of seconds above 0, such as 10")
    return seconds


def version_of(parameters: Parameters) -> int | None:
    """The number of a version, as ``?version=`` says; None for the current one.

    Raises:
        BadParameter: it says no number above 0.
    """
    return number_of(parameters, "version")


def number_of(parameters: Parameters, called: str) -> int | None:
    """A whole number from 1, such as that of a version or a page; None where it is not given.

    Raises:
        BadParameter: it is something else.
    """
    given = [value.strip() for name, value in parameters if name == called]
    if not given:
        return None
    number = whole(given[-1].lstrip("0"))
    if not number:
        raise BadParameter(f"{called} is {given[-1][:50]!r}: it must be the number of a {called}, such as 1")
    return number


def whole(text: str) -> int:
    """A whole number from 1, as it is usually written; 0 for anything else."""
    is_number = text.isascii() and text.isdigit() and not text.startswith("0") and len(text) <= _LONGEST_NUMBER
    return int(text) if is_number else 0


def described(name: str, type_: str, description: str, *, required: bool = False) -> dict[str, object]:
    """A parameter of the query string, for ``/openapi.json``."""
    said: dict[str, object] = {"name": name, "in": "query", "required": required, "description": description}
    return said | {"schema": {"type": type_}}


def _unquoted(data: bytes) -> str:
    return unquote_to_bytes(data.replace(b"+", b" ")).decode()


def _called(known: Format) -> tuple[str, ...]:
    # "application/json" is JSON-LD to who asks for RDF, and so is "json".
    short = (media_type.removeprefix("application/") for media_type in known.media_types)
    return (known.name, known.extension, *known.media_types, *short)


def _acceptable(accept: str | None, offered: tuple[Format, ...]) -> Format | None:
    # Few clients say anything new; what is long is read each time, so that what is remembered stays small.
    return _known_acceptable(accept, offered) if len(accept or "") < _SHORT else _read_acceptable(accept, offered)


def _read_acceptable(accept: str | None, offered: tuple[Format, ...]) -> Format | None:
    try:
        return negotiated(accept, offered)
    except NotAcceptable:
        return None


_known_acceptable = lru_cache(maxsize=512)(_read_acceptable)
