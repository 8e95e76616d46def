"""The dumps over HTTP: ``/dumps/{file}`` of the current version, ``/dumps/{number}/{file}`` of one that is kept."""

from dppgraph.web.dumps.endpoint import DumpFiles
from dppgraph.web.dumps.routes import BELOW, add_dump_routes

__all__ = ["BELOW", "DumpFiles", "add_dump_routes"]
