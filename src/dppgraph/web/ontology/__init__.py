"""The ontology for people: ``/ontology`` and a page for each term. For programs it is at ``/ns``, as a document.

``endpoint`` answers, ``drawing`` says where the boxes and lines of the diagram are, ``data`` writes JSON and CSV.
"""

from dppgraph.web.ontology.endpoint import OntologyPages, add_ontology_routes

__all__ = ["OntologyPages", "add_ontology_routes"]
