"""Where quads live: RDF in and out, versions on disk, and the processes that answer queries. Only here is Oxigraph."""
