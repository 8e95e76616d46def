"""The catalogue (DCAT-AP 3) of what a version offers, for data portals and their harvesters.

``derived`` goes into the graph ``catalogue`` when a version is built, ``catalogue_statements`` is known only when its
files are made, ``catalogue_document`` is what is served, and ``dataset_json`` what search engines read.
"""

from dppgraph.operations.catalogue.derived import CATALOG, derived, derived_in
from dppgraph.operations.catalogue.document import catalogue_document, told_of_catalogue
from dppgraph.operations.catalogue.note import Dump, VersionNote
from dppgraph.operations.catalogue.schema_org import catalogue_in, dataset_json
from dppgraph.operations.catalogue.statements import catalogue_statements, stated_besides
from dppgraph.operations.catalogue.versions import version_iri, whole_of

__all__ = [
    "CATALOG",
    "Dump",
    "VersionNote",
    "catalogue_document",
    "catalogue_in",
    "catalogue_statements",
    "dataset_json",
    "derived",
    "derived_in",
    "stated_besides",
    "told_of_catalogue",
    "version_iri",
    "whole_of",
]
