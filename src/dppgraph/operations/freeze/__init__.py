"""A site without a server: all that a server would answer about a version, as files."""

from dppgraph.operations.freeze.address import Address, file_of, href_of
from dppgraph.operations.freeze.folder import Folder, Written
from dppgraph.operations.freeze.freeze import Counted, Publication, freeze
from dppgraph.operations.freeze.record import RECORDS, FrozenFile

__all__ = [
    "RECORDS",
    "Address",
    "Counted",
    "Folder",
    "FrozenFile",
    "Publication",
    "Written",
    "file_of",
    "freeze",
    "href_of",
]
