"""dppgraph: public policy plans as a knowledge graph, quoted, validated, versioned and asked with SPARQL."""

__version__ = "0.1.0"
