"""Linksets (https://www.w3.org/TR/void/, section 5): which property leads where, out of the graph, and how often.

Where it leads is a space of names: all IRIs that are the same up to their last ``/`` or ``#``. Of a host with many of
them, such as one with a folder for each document, the host is taken.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

from dppgraph.core.iris import NAMESPACE, PREFIXES
from dppgraph.core.quads import Quad, literal
from dppgraph.operations.service.naming import count, name

_A: Final = f"<{PREFIXES['rdf']}type>"
_VOID: Final = PREFIXES["void"]
_DESCRIBING: Final = {_A, *(f"<{PREFIXES['rdf']}{part}>" for part in ("subject", "predicate", "object"))}
_SPACES: Final = 10
"""Of one host, by one property: beyond it the host is taken."""
_LINKSETS: Final = 200
"""The largest are described; where links lead to ever other hosts, all of them would be as long as the data."""


Link = tuple[str, str, str]
"""A property that leads out of the graph, the host, and the space of names on it."""


def link_of(triple: tuple[str, str, str], base: str) -> Link | None:
    """Where a triple leads; None where it is no link that leads out of the graph.

    Args:
        triple: its terms.
        base: what the data set's own IRIs begin with.
    """
    subject, predicate, object_ = triple
    if (
        not object_.startswith("<http")
        or not subject.startswith(f"<{base}id/")
        or predicate in _DESCRIBING
        or object_.startswith((f"<{base}", f"<{NAMESPACE[:-1]}"))
    ):
        return None
    iri = object_[1:-1]
    parts = urlsplit(iri)
    host = f"{parts.scheme}://{parts.netloc}/"
    ends = max(iri.rfind("/"), iri.rfind("#"))
    return predicate, host, iri[: ends + 1] if ends >= len(host) else host


def linksets(dataset: str, links: Mapping[Link, int], base: str) -> Iterator[Quad]:
    """The linksets of a data set and what they lead to.

    Args:
        dataset: whose they are, as a term.
        links: how many triples lead where.
        base: what the data set's own IRIs begin with.
    """
    sizes = _sizes(links)
    largest = sorted(sizes, key=lambda key: (-sizes[key], key))[:_LINKSETS]
    for predicate, space in sorted(largest):
        target = f"<{base}.well-known/void#space-{name(f'<{space}>')}>"
        this = f"<{base}.well-known/void#links-{name(predicate)}-{name(f'<{space}>')}>"
        yield Quad(this, _A, f"<{_VOID}Linkset>")
        yield Quad(this, f"<{_VOID}subjectsTarget>", dataset)
        yield Quad(this, f"<{_VOID}objectsTarget>", target)
        yield Quad(this, f"<{_VOID}target>", dataset)
        yield Quad(this, f"<{_VOID}target>", target)
        yield Quad(this, f"<{_VOID}linkPredicate>", predicate)
        yield count(this, "triples", sizes[predicate, space])
        yield Quad(target, _A, f"<{_VOID}Dataset>")
        yield Quad(target, f"<{_VOID}uriSpace>", literal(space))
        yield Quad(dataset, f"<{_VOID}subset>", this)


def _sizes(links: Mapping[Link, int]) -> dict[tuple[str, str], int]:
    """How many links a property has to each space."""
    spaces = Counter((predicate, host) for predicate, host, _ in links)
    found: Counter[tuple[str, str]] = Counter()
    for (predicate, host, space), size in links.items():
        found[predicate, host if spaces[predicate, host] > _SPACES else space] += size
    return found
