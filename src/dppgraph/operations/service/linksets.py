"""Linksets (https://www.w3.org/TR/void/, section 5): which property leads where, out of the graph, and how often.

Where it leads is a space of names: all IRIs that are the same up to their last ``/`` or ``#``. Of a host with many of
them, such as one with a folder for each document, the host is taken.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
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


def linksets(dataset: str, quads: Iterable[Quad], base: str) -> Iterator[Quad]:
    """The linksets of a data set and what they lead to.

    Args:
        dataset: whose they are, as a term.
        quads: all that is counted.
        base: what the data set's own IRIs begin with.
    """
    ours = f"<{base}id/"
    links = {
        quad[:3]
        for quad in quads
        if quad.subject.startswith(ours)
        and quad.predicate not in _DESCRIBING
        and quad.object.startswith("<http")
        and not quad.object.startswith((f"<{base}", f"<{NAMESPACE[:-1]}"))
    }
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


def _sizes(links: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str], int]:
    """How many links a property has to each space."""
    spaces: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for _, predicate, object_ in links:
        iri = object_[1:-1]
        parts = urlsplit(iri)
        host = f"{parts.scheme}://{parts.netloc}/"
        ends = max(iri.rfind("/"), iri.rfind("#"))
        spaces[predicate, host][iri[: ends + 1] if ends >= len(host) else host] += 1
    found: Counter[tuple[str, str]] = Counter()
    for (predicate, host), sizes in spaces.items():
        for space, size in sizes.items():
            found[predicate, host if len(sizes) > _SPACES else space] += size
    return found
