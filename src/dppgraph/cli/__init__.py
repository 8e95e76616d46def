"""The command line: one module for each command, loaded when it is used."""

from dppgraph.cli.main import main

__all__ = ["main"]
