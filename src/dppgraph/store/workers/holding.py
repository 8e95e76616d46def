"""What a pool parent has at hand: a version in memory, or the address of its database on disk."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import pyoxigraph

from dppgraph.core.quads import parse_line
from dppgraph.errors import Damaged
from dppgraph.store.history import History
from dppgraph.store.merge import add_merged, sharing
from dppgraph.store.rdf import engine_quads
from dppgraph.store.versions import VersionStore
from dppgraph.store.versions.index import about_in, apply_delta, build_index
from dppgraph.store.workers.evaluation import Dataset

_FEW: Final = 1000
"""Quads that memory may hold although they are gone."""


@dataclass(frozen=True)
class Holding:
    """A version that workers can be forked over.

    Attributes:
        version: its number.
        base: what relative IRIs in queries are relative to.
        union: whether the default graph of a query is the union of all graphs.
        sharing: the graphs that have a triple in common with another one.
        versions: where it was published.
        memory: its quads, where they are held in memory.
        index: the folder of its database, where they are not.
        gone: how many quads were removed in memory since it was filled. The engine goes on holding them, and whoever
            asks about their subject pays for it.
    """

    version: int
    base: str
    union: bool
    sharing: frozenset[str]
    versions: VersionStore
    memory: pyoxigraph.Store | None = None
    index: Path | None = None
    gone: int = 0

    @property
    def opens_files(self) -> bool:
        """Whether a worker may still have to open files once it runs: a database opens its parts when it needs them."""
        return self.memory is None

    def dataset(self) -> Dataset:
        """What a worker asks; called in the worker, since a database that is open has threads, which no fork copies.

        Raises:
            Damaged: the database cannot be opened.
        """
        # An empty store is false.
        store = _opened(self.index or Path()) if self.memory is None else self.memory
        return Dataset(store, self.base, self.union, self.sharing)


def held(options: dict[str, Any]) -> Holding:
    """The version that a pool parent is told of (``process.PoolOptions``).

    Raises:
        Damaged: it cannot be read whole.
    """
    version, store = options["version"], VersionStore(Path(options["folder"]))
    holding = Holding(version, options["base"], options["union"], frozenset(), store)
    if options["index"] is None:
        return _in_memory(holding, store.lines(version))
    index = Path(options["index"])
    shared = store.sharing(version)
    if not index.is_dir():
        build_index(index, store.stream(version), merge=bool(shared))
    _try(index)
    return replace(holding, sharing=shared, index=index)


def advanced(holding: Holding, options: dict[str, Any]) -> Holding:
    """A version after one that is held in memory: the same quads, and the differences up to it.

    Where many are gone meanwhile, all are read anew. Called in a process that is a copy of the one that holds it; that
    one's memory stays as it is.

    Raises:
        Damaged: the new version cannot be read whole.
    """
    store, version = holding.versions, options["version"]
    following = replace(holding, version=version, base=options["base"])
    between = range(holding.version + 1, version + 1)
    manifests = [store.manifest(number) for number in between]
    gone = holding.gone + sum(manifest.removed for manifest in manifests)
    many = gone > max(_FEW, sum(manifest.quads for manifest in manifests[-1:]) // 4)
    if many or holding.memory is None or holding.sharing or any(map(store.sharing, between)):
        return _in_memory(following, store.lines(version))
    history = History(store.history_path)
    for number in between:
        apply_delta(holding.memory, store.delta(number), partial(_about, history, store, number))
    # Workers are forked from here, and none of them is to hold it.
    history.close()
    return replace(following, gone=gone)


def _about(history: History, store: VersionStore, number: int, subject: str) -> Iterable[str]:
    try:
        return history.at(number).about(subject)
    except Damaged:
        return about_in(partial(store.lines, number))(subject)


def _in_memory(holding: Holding, lines: Iterable[str]) -> Holding:
    lines = list(lines)
    store = pyoxigraph.Store()
    store.extend(engine_quads(map(parse_line, lines)))
    shared = sharing(lines)
    if shared and holding.union:
        add_merged(store)
    # Warm: the first query of a process would otherwise pay for the engine's own start.
    store.query("ASK {}")
    return replace(holding, sharing=shared, memory=store, gone=0)


def _opened(index: Path) -> pyoxigraph.Store:
    try:
        return pyoxigraph.Store.read_only(str(index))
    except (OSError, RuntimeError) as error:
        raise Damaged(f"the database {index} cannot be opened: {error}") from error


def _try(index: Path) -> None:
    """Opens a database in a process of its own: this one must stay without threads."""
    process = os.fork()
    if process == 0:
        status = 1
        try:
            next(iter(_opened(index)), None)
            status = 0
        finally:
            # Whatever was raised must not unwind into the parent's stack.
            os._exit(status)
    if os.waitpid(process, 0)[1]:
        raise Damaged(f"the database {index} cannot be opened: remove it, and it is made anew")
