"""The dumps of a version: files with all of it, with one graph, with one plan, and tables; made once, then served."""

from dppgraph.operations.dumps.alike import link_alike
from dppgraph.operations.dumps.dump import CHECKSUMS, Dump, checksums, read_dumps
from dppgraph.operations.dumps.folders import DUMPS, Dumped, DumpFolders, Found
from dppgraph.operations.dumps.make import LookedUp, make_dumps
from dppgraph.operations.dumps.tables import METADATA
from dppgraph.operations.dumps.whole import of_named, write_whole

__all__ = [
    "CHECKSUMS",
    "DUMPS",
    "METADATA",
    "Dump",
    "DumpFolders",
    "Dumped",
    "Found",
    "LookedUp",
    "checksums",
    "link_alike",
    "make_dumps",
    "of_named",
    "read_dumps",
    "write_whole",
]
