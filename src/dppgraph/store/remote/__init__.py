"""A version that an engine elsewhere holds: any server of SPARQL 1.1 (query, update), asked over HTTP."""
