"""The control graph of an engine: which versions are there, in which state, made of which graphs; which is current.

::

    <{base}.well-known/published>
        current  the version that was published last
    <{base}.well-known/published?version=2&digest=...>
        number · digest · state: loading, whole or leaving
        attempt  who loads it     beat  when they last said so     left  when it began to leave
        graph    each of its graphs and parts
    a graph:  holds   the IRI that it has outside the engine (empty: the unnamed graph)
    a part:   shares  the IRI of each graph that has its triples
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template
from typing import Final, Literal, cast

import pyoxigraph

from dppgraph.core.prebinding import with_values
from dppgraph.core.quads import literal
from dppgraph.errors import EndpointFailed
from dppgraph.store.remote.names import VOCABULARY, Held, Naming, control_of
from dppgraph.store.remote.wire import JSON, Form, Wire, translated

State = Literal["loading", "whole", "leaving"]

_MOST: Final = 64 << 20
_OK: Final = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """A version as the control graph has it.

    Attributes:
        held: what it is made of, as far as it is known.
        state: loading; whole, to be asked; or leaving, to be asked no more.
        attempt: who loads it, or loaded it.
        beat: when they last said so, as they wrote it.
        left: when it began to leave.
    """

    held: Held
    state: State
    attempt: str = ""
    beat: str = ""
    left: str = ""

    @property
    def key(self) -> tuple[int, str]:
        """Number and digest."""
        return self.held.naming.version, self.held.naming.digest


@dataclass(frozen=True, slots=True)
class Published:
    """What the control graph says.

    Attributes:
        current: the IRI of the version that was published last; None where none was.
        entries: the versions, by their IRI.
    """

    current: str | None
    entries: Mapping[str, Entry]

    @property
    def whole(self) -> dict[tuple[int, str], Held]:
        """The versions that may be asked, by number and digest."""
        return {entry.key: entry.held for entry in self.entries.values() if entry.state == "whole"}


def query_of(base: str) -> Form:
    """What asks for the control graph of the data with a base."""
    control = control_of(base)
    text = with_values(template("published.rq"), {"control": f"<{control}>"})
    return [("query", text), ("default-graph-uri", f"{control}/nothing"), ("named-graph-uri", control)]


async def read_published(wire: Wire, base: str) -> Published:
    """What an engine holds of the data with a base.

    Raises:
        EndpointFailed: it does not say.
    """
    async with wire.asked(query_of(base), JSON) as answer:
        if answer.status != _OK:
            said = await wire.refusal(answer)
            raise EndpointFailed(f"{wire} does not say what it holds (status {said.status}: {said.shown})")
        wire.require_type(answer, JSON)
        with translated(wire.address):
            data = await answer.content.read(_MOST)
            while more := await answer.content.read(_MOST):
                data += more
    return published_of(data, base, str(wire))


def published_of(data: bytes, base: str, who: str) -> Published:
    """What an answer to :func:`query_of` says.

    Raises:
        EndpointFailed: it is none.
    """
    rows: dict[str, dict[str, set[str]]] = {}
    try:
        solutions = pyoxigraph.parse_query_results(data, pyoxigraph.QueryResultsFormat.JSON)
        for solution in cast("pyoxigraph.QuerySolutions", solutions):
            subject, name, value = (getattr(solution[at], "value", "") for at in ("subject", "property", "value"))
            rows.setdefault(subject, {}).setdefault(name.removeprefix(VOCABULARY), set()).add(value)
    except (SyntaxError, ValueError, OSError) as error:
        raise EndpointFailed(f"{who} does not say what it holds: its answer does not end as it should") from error
    entries = {iri: _entry(iri, said, rows, base) for iri, said in rows.items() if "state" in said}
    current = rows.get(control_of(base), {}).get("current", set())
    return Published(_one(current) or None, {iri: entry for iri, entry in entries.items() if entry})


def _entry(
    iri: str, said: Mapping[str, set[str]], rows: Mapping[str, Mapping[str, set[str]]], base: str
) -> Entry | None:
    number, digest, state = (_one(said.get(name, set())) for name in ("number", "digest", "state"))
    if not number.isdecimal() or state not in ("loading", "whole", "leaving"):
        # Between two states, where the engine shows one half of an update before the other.
        return None
    naming = Naming(base, int(number), digest)
    if naming.iri != iri:
        return None
    graphs, parts = {}, {}
    for name in said.get("graph", set()):
        row = rows.get(name, {})
        if "holds" in row:
            graphs[_one(row["holds"])] = name
        elif "shares" in row:
            parts[name] = frozenset(row["shares"])
    attempt, beat, left = (_one(said.get(name, set())) for name in ("attempt", "beat", "left"))
    return Entry(Held(naming, graphs, parts), cast("State", state), attempt, beat, left)


def _one(values: Iterable[str]) -> str:
    found = list(values)
    return found[0] if len(found) == 1 else ""


@cache
def template(name: str) -> str:
    """A query or an update of this folder."""
    return (files(__package__) / name).read_text(encoding="utf-8")


def filled(name: str, **said: str) -> str:
    """An update of this folder, with the values that it has ``$names`` for: IRIs as they are, texts as literals."""
    return Template(template(name)).substitute(vocabulary=VOCABULARY, **said)


def text(value: str) -> str:
    """A text as an update has it."""
    return literal(value)
