"""A site without a server: its pages and data are what the routes answer, with links that lead to files."""

from dppgraph.web.freeze.publication import FrozenPublication, Publishing

__all__ = ["FrozenPublication", "Publishing"]
