"""Published versions on disk: immutable, whole or absent, each with its delta, manifest, digest and index.

::

    STORE/
      current            the number of the version that is served, and its manifest's SHA-256
      inputs             which files it was last built from
      retention.json     which versions are pinned, and which were pruned
      lock               held by the one process that may write
      publishing         held by the one process that publishes to an engine elsewhere
      tokens.json        who may write over HTTP (store/token)
      versions/000002/   manifest.json · added.nq.gz · removed.nq.gz · changes.json · digest.json or buckets.json
                         [· findings.json.gz] [· stated.nq.gz] [· quads.nq.gz] [· keyframe.json]
      indexes/000002/    an Oxigraph database: a cache, made anew from the quads when it is missing
      history.sqlite     the exact quads of all versions, to be looked up (store/history): a cache likewise
      harvest/000002/    what harvesters take, made from the quads: a cache likewise
      feed/              the members of the feed, of each version (operations/feed)
      unfinished/        what a writer is at; emptied by the next one
"""

from dppgraph.store.versions.changed import Changed, ChangedThings
from dppgraph.store.versions.manifest import Manifest
from dppgraph.store.versions.overview import Overlooking, Overview, overview
from dppgraph.store.versions.prune import Ahead, made_ahead
from dppgraph.store.versions.publication import Publication, sharing_anew
from dppgraph.store.versions.publish import KEPT, Harvesting, Writer
from dppgraph.store.versions.retention import Retention
from dppgraph.store.versions.streamed import is_many
from dppgraph.store.versions.versions import VersionStore

__all__ = [
    "KEPT",
    "Ahead",
    "Changed",
    "ChangedThings",
    "Harvesting",
    "Manifest",
    "Overlooking",
    "Overview",
    "Publication",
    "Retention",
    "VersionStore",
    "Writer",
    "is_many",
    "made_ahead",
    "overview",
    "sharing_anew",
]
