"""Which graph a request is about (SPARQL 1.1 Graph Store HTTP Protocol, section 4)."""

from typing import Final, NamedTuple
from urllib.parse import quote, urlsplit

from starlette.types import Scope

from dppgraph.core.iris import uri_of
from dppgraph.errors import BadCall
from dppgraph.operations.graphs import term_of
from dppgraph.web.parameters import Parameters

PATH: Final = "/graphs"
_BELOW: Final = f"{PATH}/"
_LONGEST: Final = 8_192


class Named(NamedTuple):
    """A graph that a request names.

    Attributes:
        iri: its IRI; None for the default graph.
        term: its term; empty for the default graph.
    """

    iri: str | None
    term: str


def named_in(parameters: Parameters, scope: Scope, url: str) -> Named | None:
    """The graph that a request names: by ``?graph=`` or ``?default``, or as its own address; None where it names none.

    Args:
        parameters: those of its address.
        scope: the request's.
        url: where this server answers.

    Raises:
        BadCall: it names several.
        BadParameter: what it names is no absolute IRI.
    """
    graphs = [value for name, value in parameters if name == "graph"]
    defaults = [value for name, value in parameters if name == "default"]
    direct = _direct(scope, url)
    if len(graphs) + len(defaults) + bool(direct) > 1:
        raise BadCall("a request is about one graph: name it by ?graph=, by ?default or by its address, and once")
    if defaults:
        return Named(None, "")
    if not (graphs or direct):
        return None
    iri = graphs[0] if graphs else f"{url}{_BELOW[1:]}{direct}"
    if len(iri) > _LONGEST:
        raise BadCall(f"the name of a graph has at most {_LONGEST} characters")
    return Named(iri, term_of(iri))


def address_of(iri: str, url: str) -> str:
    """Where a graph is to be had: its own address, if it has one here."""
    own = f"{url}{_BELOW[1:]}"
    if iri.startswith(own) and len(iri) > len(own) and "?" not in iri and "#" not in iri:
        return uri_of(iri)
    return f"{url}{PATH[1:]}?graph={quote(iri, safe='')}"


def _direct(scope: Scope, url: str) -> str:
    """What follows ``/graphs/`` in the address, as it was sent: an address is a name, letter by letter."""
    if not scope["path"].startswith(_BELOW):
        return ""
    sent = (scope.get("raw_path") or b"").decode("latin-1")
    prefix = urlsplit(url).path.rstrip("/")
    if prefix and sent.startswith(f"{prefix}/"):
        # As a proxy may have left it there.
        sent = sent.removeprefix(prefix)
    return sent[len(_BELOW) :] if sent.startswith(_BELOW) else quote(scope["path"][len(_BELOW) :])
