"""RDF out of a version, from its exact quads: all of it, some graphs, or one thing."""

from dppgraph.operations.export.export import export, export_thing, of_graphs

__all__ = ["export", "export_thing", "of_graphs"]
