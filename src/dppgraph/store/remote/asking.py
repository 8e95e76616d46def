"""One query to the engines: its turn, its deadline, its attempts, and the truth about whatever ended it."""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from dppgraph.core import formats
from dppgraph.errors import BadParameter, DppgraphError, EndpointFailed, QuerySyntax, QueryTimeout, QueueFull
from dppgraph.store.interface import Answer, QueryRequest
from dppgraph.store.remote.diagnosis import Diagnosis
from dppgraph.store.remote.preparing import Prepared, prepare
from dppgraph.store.remote.replicas import Key, Replica, Replicas
from dppgraph.store.remote.stream import Stream, Wanted
from dppgraph.store.remote.wire import Refusal, Wire
from dppgraph.store.versions import Manifest
from dppgraph.store.workers.client import Limits, WholeAnswer
from dppgraph.store.workers.spool import Spool

if TYPE_CHECKING:
    from aiohttp import ClientResponse

_TRIES: Final = 3
_PAUSE: Final = 0.1
_RETRY_AFTER: Final = 2
_OK: Final = 200
_NOT_OURS: Final = (401, 403)
_BUSY: Final = (408, 429, 502, 503)
_NOT_THERE: Final = (404, 405, 410)
_FAILED: Final = 500


@dataclass(eq=False, slots=True)
class _Turns:
    """How many may be asked at a time, and how many may wait."""

    most: int
    queue: int
    running: int = 0
    _waiters: "deque[asyncio.Future[None]]" = field(default_factory=deque)

    async def take(self) -> None:
        """Waits for a turn.

        Raises:
            QueueFull: too many wait already.
        """
        if self.running < self.most:
            self.running += 1
            return
        if self.waiting >= self.queue:
            raise QueueFull("too many queries wait already: ask again in a moment", retry_after=_RETRY_AFTER)
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                # Its turn came in the moment in which nobody wanted it any more.
                self.give_back()
            elif waiter in self._waiters:
                self._waiters.remove(waiter)
            raise

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(not waiter.done() for waiter in self._waiters)

    def give_back(self) -> None:
        """Passes a turn on to whoever has waited longest."""
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
        self.running -= 1


@dataclass(eq=False, slots=True)
class Asking:
    """Asks the engines.

    Attributes:
        replicas: the engines.
        limits: what one caller may have.
        spool: room for answers that their readers have not taken yet.
        threads: where long answers are read.
        max_rows: rows or triples of one answer.
        union: whether the default graph of a query is the union of all graphs.
    """

    replicas: Replicas
    limits: Limits
    spool: Spool
    threads: Executor
    max_rows: int
    union: bool
    _turns: _Turns = field(init=False)
    _diagnoses: dict[str, Diagnosis] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._turns = _Turns(self.limits.max_workers, self.limits.queue)

    def load(self) -> tuple[int, int]:
        """How many queries the engines are asked now, and how many wait for that."""
        return self._turns.running, self._turns.waiting

    async def asked(self, request: QueryRequest, manifest: Manifest) -> Answer:
        """The answer of a version, once its first bytes are there.

        Raises:
            DppgraphError: as ``GraphStore.query``.
        """
        timeout = min(request.timeout or self.limits.timeout, self.limits.timeout)
        deadline = asyncio.get_running_loop().time() + timeout
        wanted = Wanted(formats.JSON, self.max_rows, self.limits.max_bytes, deadline, timeout)
        try:
            async with asyncio.timeout_at(deadline):
                await self._turns.take()
        except TimeoutError as error:
            raise _none_free() from error
        begun = asyncio.get_running_loop().time()
        turn = _Turn(self._turns.give_back)
        try:
            async with asyncio.timeout_at(deadline):
                return await self._attempts(request, manifest, wanted, turn)
        except TimeoutError as error:
            turn.end()
            # What it was not asked for long enough, it cannot be blamed for.
            raise _none_free() if deadline - begun < timeout / 2 else wanted.late() from error
        except BaseException:
            turn.end()
            raise

    async def _attempts(self, request: QueryRequest, manifest: Manifest, wanted: Wanted, turn: "_Turn") -> Answer:
        key = manifest.version, manifest.digest
        tried: list[Replica] = []
        prepared: Prepared | None = None
        while True:
            replica = self.replicas.pick(manifest.base, key, tried)
            if prepared is None:
                prepared = await self._prepared(request, manifest, key, replica)
            tried.append(replica)
            try:
                return await self._attempt(request, prepared, manifest, replica, wanted, turn)
            except EndpointFailed:
                # Nothing was sent on yet, and a query changes nothing: it may be asked again.
                if len(tried) == _TRIES:
                    raise
                self.replicas.retries += 1
                await asyncio.sleep(_PAUSE * len(tried))

    async def _prepared(self, request: QueryRequest, manifest: Manifest, key: Key, replica: Replica) -> Prepared:
        held = replica.held(manifest.base, key)
        if held is None:
            raise self.replicas.lack(manifest.version)
        try:
            return await asyncio.to_thread(prepare, request, held, replica.wire.dialect, union=self.union)
        except QuerySyntax as error:
            # Our own parser may say it better; if it takes the text, a value has spoilt it.
            own = await self._diagnosed(request, manifest)
            raise own or (_unlike_others(str(error), request) if request.substitutions else error) from error

    async def _attempt(
        self,
        request: QueryRequest,
        prepared: Prepared,
        manifest: Manifest,
        replica: Replica,
        wanted: Wanted,
        turn: "_Turn",
    ) -> Answer:
        wire, use = replica.wire, _Use(replica, turn)
        answer: ClientResponse | None = None
        try:
            left = wanted.deadline - asyncio.get_running_loop().time()
            accept = prepared.accept(wire.dialect)
            answer = await wire.sent(prepared.form(wire.dialect, left), accept)
            await self._require_answer(answer, wire, request, manifest)
            wire.require_type(answer, accept)
            as_wanted = replace(wanted, format=prepared.format)
            stream = Stream(answer, wire.address, wire.dialect, as_wanted, self.threads, use.end)
            content = await stream.begin()
        except BaseException as error:
            use.end(error if isinstance(error, DppgraphError) else None)
            if answer is not None:
                answer.close()
            raise
        use.hand_over()
        if content is None:
            return Answer(prepared.format, manifest.version, None, self.spool.answer(stream), prepared.lasting)
        return Answer(prepared.format, manifest.version, len(content), WholeAnswer(content), prepared.lasting)

    async def _require_answer(
        self, answer: "ClientResponse", wire: Wire, request: QueryRequest, manifest: Manifest
    ) -> None:
        if answer.status != _OK:
            raise await self._refused(await wire.refusal(answer), wire, request, manifest)

    async def _refused(self, said: Refusal, wire: Wire, request: QueryRequest, manifest: Manifest) -> DppgraphError:
        """Why an engine does not answer a query."""
        if wire.dialect.late.search(said.said):
            return QueryTimeout("the query ran for longer than the engine lets it: narrow it, or add a LIMIT")
        if said.status in _NOT_OURS:
            return EndpointFailed(f"{wire} does not let this server in (status {said.status}): ask the operator")
        if said.status in _BUSY:
            return EndpointFailed(f"{wire} does not answer now (status {said.status}): ask again in a moment")
        diagnosed = await self._diagnosed(request, manifest)
        if diagnosed:
            return diagnosed
        unable = wire.dialect.unable.search(said.said)
        if said.status in _NOT_THERE or (said.status >= _FAILED and not unable):
            return EndpointFailed(f"{wire} failed (status {said.status}: {said.shown})")
        return _unlike_others(said.shown, request)

    async def _diagnosed(self, request: QueryRequest, manifest: Manifest) -> DppgraphError | None:
        diagnosis = self._diagnoses.setdefault(manifest.base, Diagnosis(manifest.base))
        return await diagnosis.of(request.text)


def _unlike_others(said: str, request: QueryRequest) -> DppgraphError:
    """Why an engine does not take a query that our own parser takes."""
    if request.substitutions:
        return BadParameter("a value cannot stand where its variable stands: an IRI may be wanted there")
    return BadParameter(f"the query engine does not take this query: {said}")


@dataclass(eq=False, slots=True)
class _Turn:
    """A query's turn, given back once."""

    give_back: Callable[[], object] | None

    def end(self) -> None:
        give_back, self.give_back = self.give_back, None
        if give_back:
            give_back()


@dataclass(eq=False, slots=True)
class _Use:
    """One engine's use for one attempt; with the answer that comes of it, the query's turn ends."""

    replica: Replica
    turn: _Turn
    is_over: bool = False
    is_handed_over: bool = False

    def __post_init__(self) -> None:
        self.replica.running += 1

    def end(self, error: DppgraphError | None) -> None:
        if self.is_over:
            return
        self.is_over = True
        self.replica.running -= 1
        self.replica.note(error)
        if self.is_handed_over:
            self.turn.end()

    def hand_over(self) -> None:
        self.is_handed_over = True
        if self.is_over:
            self.turn.end()


def _none_free() -> QueueFull:
    said = "the query had to wait for its turn for too long, as too many are asked: ask again in a moment"
    return QueueFull(said, retry_after=_RETRY_AFTER)
