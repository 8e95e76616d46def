"""Connections: what a client may send, how long it may take to send and to read, and which answers need no task."""

from dppgraph.web.connections.connection import Connection, Served, prepare

__all__ = ["Connection", "Served", "prepare"]
