"""A version into an engine: loaded beside what is there, compared with what it should be, and only then made current.

Whoever asks finds the version before or this one, never half of either: a version that is being loaded is not asked,
and what makes it one to be asked is one update. Whatever ends a publication leaves what was current as it was; the next
one removes what is half there.
"""

import asyncio
import hashlib
import platform
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from dppgraph.errors import EndpointFailed, EngineInUse
from dppgraph.store.remote.batches import Batch, Batches, Content, Graph
from dppgraph.store.remote.comparing import content_of, count_of
from dppgraph.store.remote.control import Entry, Published, filled, read_published, text
from dppgraph.store.remote.names import Naming
from dppgraph.store.remote.wire import Wire
from dppgraph.store.versions import Manifest, VersionStore

_BEAT: Final = 2.0
"""Seconds between two signs of life of whoever loads a version."""

_SILENCE: Final = 3 * _BEAT
"""Seconds without one after which nobody loads it any more."""

_TRIES: Final = 5
_PAUSE: Final = 0.5
_FAILED: Final = 500
_KEPT: Final = "what was current stays so; publish again, and see the engine's log"

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Arrived:
    """A version that an engine holds.

    Attributes:
        version: its number.
        digest: its digest.
        graphs: graphs of the engine that it is in.
        triples: triples in them.
        was_there: whether it was there already, whole.
        removed: the numbers of the versions that were removed.
    """

    version: int
    digest: str
    graphs: int
    triples: int
    was_there: bool = False
    removed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Publishing:
    """Publishes versions of a store to an engine.

    Attributes:
        wire: the engine.
        versions: the store.
        keep: how many versions the engine keeps, the current one included.
        grace: seconds from when nobody begins to ask a version any more until it is removed.
        progress: is told what is being done.
    """

    wire: Wire
    versions: VersionStore
    keep: int
    grace: float
    progress: Progress
    _place: str = field(default_factory=platform.node)

    async def publish(self, manifest: Manifest) -> Arrived:
        """Has the engine hold a version, as its current one.

        Raises:
            EndpointFailed: the engine does not do its part, or holds something else than it was sent.
            EngineInUse: somebody else publishes to it.
            DppgraphError: the version cannot be read.
        """
        await self.wire.recognise()
        naming = Naming.of(manifest)
        published = await read_published(self.wire, manifest.base)
        entry = published.entries.get(naming.iri)
        if entry and entry.state != "loading":
            if published.current == naming.iri and entry.state == "whole":
                return Arrived(
                    manifest.version, manifest.digest, len(entry.held.graphs), manifest.quads, was_there=True
                )
            attempt, was_there = entry.attempt, True
            graphs, triples = len(entry.held.graphs), manifest.quads
        else:
            await self._clear(published)
            attempt, was_there = f"{self._owner()} {secrets.token_hex(8)}", False
            content = await self._load(manifest, naming, attempt)
            await self._compare(content)
            graphs, triples = len(content), sum(one.triples for one in content.values())
        removed = await self._flip(naming, attempt)
        return Arrived(manifest.version, manifest.digest, graphs, triples, was_there, removed)

    # --- Loading -----------------------------------------------------------------------------------------------------

    async def _load(self, manifest: Manifest, naming: Naming, attempt: str) -> dict[str, Content]:
        said = {"control": naming.control, "version": naming.iri, "attempt": text(attempt)}
        number, digest = text(str(naming.version)), text(naming.digest)
        await self._update(filled("begin.ru", number=number, digest=digest, beat=text(_now()), **said))
        sharing = await asyncio.to_thread(self.versions.sharing, manifest.version)
        batches = Batches(naming, sharing, self.wire.dialect)
        updates = batches.of(self.versions.stream(manifest.version))
        sent, beaten = 0, time.monotonic()
        sending: asyncio.Task[None] | None = None
        try:
            # The next one is cut while one is on its way.
            while (batch := await asyncio.to_thread(next, updates, None)) is not None:
                if sending:
                    await sending
                if time.monotonic() > beaten + _BEAT:
                    beaten = time.monotonic()
                    await self._update(filled("beat.ru", beat=text(_now()), **said))
                    self.progress(f"loading version {naming.version}: {sent:,} of {manifest.quads:,} statements")
                sending = asyncio.create_task(self._send(batch, naming))
                sent += batch.triples
            if sending:
                await sending
        finally:
            if sending and not sending.done():
                sending.cancel()
        return batches.content

    async def _send(self, batch: Batch, naming: Naming) -> None:
        for graph in batch.begun:
            said = {"control": naming.control, "version": naming.iri, "graph": graph.name}
            await self._update(filled("named.ru", said=_said_of(graph), **said))
        await self._update(batch.text)

    async def _compare(self, content: dict[str, Content]) -> None:
        """Reads back what the engine holds, graph by graph.

        Raises:
            EndpointFailed: it is something else.
        """
        for place, (name, expected) in enumerate(content.items()):
            self.progress(f"comparing graph {place + 1} of {len(content)}: {expected.triples:,} triples")
            found = await count_of(self.wire, name)
            if found != expected.triples:
                raise EndpointFailed(
                    f"{self.wire} holds {found:,} of {expected.triples:,} triples in <{name}>: {_KEPT}"
                )
            if (await content_of(self.wire, name)).sum != expected.sum:
                raise EndpointFailed(f"{self.wire} holds other triples in <{name}> than it was sent: {_KEPT}")

    # --- From one version to the next --------------------------------------------------------------------------------

    async def _flip(self, naming: Naming, attempt: str) -> tuple[int, ...]:
        said = {"control": naming.control, "version": naming.iri}
        await self._update(filled("flip.ru", attempt=text(attempt), **said))
        published = await read_published(self.wire, naming.base)
        entry = published.entries.get(naming.iri)
        if published.current != naming.iri or entry is None or entry.state != "whole":
            raise EngineInUse(f"another publication to {self.wire} came between: run this one again")
        return await self._let_go(published)

    async def _let_go(self, published: Published) -> tuple[int, ...]:
        """Has old versions leave, and removes those that have left; the numbers of these."""
        current = published.current
        others = [entry for iri, entry in published.entries.items() if entry.state == "whole" and iri != current]
        others.sort(key=lambda entry: entry.held.naming.version, reverse=True)
        for entry in others[self.keep - 1 :]:
            naming = entry.held.naming
            said = {"control": naming.control, "version": naming.iri, "left": text(_now())}
            await self._update(filled("leave.ru", **said))
        gone = [entry for entry in published.entries.values() if entry.state == "leaving" and self._has_left(entry)]
        for entry in gone:
            self.progress(f"removing version {entry.held.naming.version}")
            await self._remove(entry)
        return tuple(entry.held.naming.version for entry in gone)

    def _has_left(self, entry: Entry) -> bool:
        try:
            return datetime.now(UTC) > datetime.fromisoformat(entry.left) + timedelta(seconds=self.grace)
        except ValueError:
            return False

    async def _clear(self, published: Published) -> None:
        """Removes what other publications left half-way.

        Raises:
            EngineInUse: one of them is not over.
        """
        half = [entry for entry in published.entries.values() if entry.state == "loading"]
        strangers = {entry.held.naming.iri: entry.beat for entry in half if not self._is_ours(entry)}
        if strangers:
            self.progress("somebody else may be publishing: waiting for a sign of life")
            await asyncio.sleep(_SILENCE)
            again = await read_published(self.wire, half[0].held.naming.base)
            for iri, beat in strangers.items():
                entry = again.entries.get(iri)
                if entry is None or entry.beat != beat:
                    raise EngineInUse(f"somebody else publishes to {self.wire}: wait until they are done")
        for entry in half:
            await self._remove(entry)

    async def _remove(self, entry: Entry) -> None:
        naming, clear = entry.held.naming, self.wire.dialect.clear
        names = [*entry.held.graphs.values(), *entry.held.parts]
        for name in names:
            await self._update(clear.format(graph=f"<{name}>"))
        for subject in (*names, naming.iri):
            await self._update(filled("forget.ru", control=naming.control, subject=subject))

    def _owner(self) -> str:
        """Whose attempts are over, if this process may publish: those of the same store on the same machine."""
        named = f"{self._place} {self.versions.folder.resolve()}"
        return hashlib.sha256(named.encode()).hexdigest()[:16]

    def _is_ours(self, entry: Entry) -> bool:
        return entry.attempt.startswith(f"{self._owner()} ")

    async def _update(self, said: str) -> None:
        """Has the engine carry out an update, which may be carried out again.

        Raises:
            EndpointFailed: it does not.
        """
        for attempt in range(_TRIES):
            try:
                refusal = await self.wire.update(said)
            except EndpointFailed:
                if attempt == _TRIES - 1:
                    raise
            else:
                if refusal is None:
                    return
                if refusal.status < _FAILED or attempt == _TRIES - 1:
                    raise EndpointFailed(f"{self.wire} refuses an update (status {refusal.status}: {refusal.shown})")
            await asyncio.sleep(_PAUSE * 2**attempt)


def _said_of(graph: Graph) -> str:
    if graph.holds is not None:
        return f"<{graph.name}> p:holds {text(graph.holds)} ."
    return f"<{graph.name}> p:shares {', '.join(map(text, sorted(graph.shares)))} ."


def _now() -> str:
    return datetime.now(UTC).isoformat()
