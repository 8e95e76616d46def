"""The catalogue (DCAT-AP 3) of what a version offers, for data portals and their harvesters.

``derived`` goes into the graph ``catalogue`` when a version is built, ``catalogue_statements`` is known only when its
files are made, ``catalogue_document`` is what is served, ``listed_in`` says which data sets its page shows, and
``dataset_json`` what search engines read of them.
"""

from dppgraph.operations.catalogue.derived import CATALOG, Asked, derived, derived_in
from dppgraph.operations.catalogue.document import catalogue_document, told_of_catalogue
from dppgraph.operations.catalogue.listed import listed_in
from dppgraph.operations.catalogue.note import Dump, VersionNote
from dppgraph.operations.catalogue.schema_org import dataset_json
from dppgraph.operations.catalogue.statements import catalogue_statements, stated_besides
from dppgraph.operations.catalogue.versions import version_iri, whole_of

__all__ = [
    "CATALOG",
    "Asked",
    "Dump",
    "VersionNote",
    "catalogue_document",
    "catalogue_statements",
    "dataset_json",
    "derived",
    "derived_in",
    "listed_in",
    "stated_besides",
    "told_of_catalogue",
    "version_iri",
    "whole_of",
]
