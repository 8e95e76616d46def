"""The version that a server begins with: the newest that an engine holds already, so that no restart makes it mute."""

import asyncio
from collections.abc import Sequence

from dppgraph.errors import DppgraphError
from dppgraph.store.remote.control import read_published
from dppgraph.store.remote.replicas import Key
from dppgraph.store.remote.wire import Wire
from dppgraph.store.versions import Manifest, VersionStore

_PATIENCE = 5.0


async def newest_held(wires: Sequence[Wire], versions: VersionStore, newest: Manifest) -> Manifest:
    """The newest version of a store, up to one of them, that an engine holds; that one itself, if none is held.

    Args:
        wires: the engines; those that do not answer hold nothing.
        versions: the store.
        newest: the version to look from.
    """
    held: set[Key] = set()
    for found in await asyncio.gather(*(_held(wire, newest.base) for wire in wires)):
        held |= found
    if (newest.version, newest.digest) in held:
        return newest
    for number in sorted({number for number, _ in held if number < newest.version}, reverse=True):
        try:
            versions.require_kept(number)
            manifest = versions.manifest(number)
        except DppgraphError:
            continue
        if (manifest.version, manifest.digest) in held:
            return manifest
    return newest


async def _held(wire: Wire, base: str) -> set[Key]:
    try:
        async with asyncio.timeout(_PATIENCE):
            await wire.open()
            await wire.recognise()
            return set((await read_published(wire, base)).whole)
    except (DppgraphError, TimeoutError):
        return set()
    finally:
        await wire.close()
