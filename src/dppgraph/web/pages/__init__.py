"""The pages that people read: in Dutch and English, each with its data at the same address."""

from dppgraph.web.pages.data import csv_of, json_of, plain
from dppgraph.web.pages.links import Links
from dppgraph.web.pages.pages import Page, Pages
from dppgraph.web.pages.reader import Reader, reader_of
from dppgraph.web.pages.routes import METHODS, add_page
from dppgraph.web.pages.shown import shown
from dppgraph.web.pages.static import add_static_routes
from dppgraph.web.pages.templates import Site, rendered

__all__ = [
    "METHODS",
    "Links",
    "Page",
    "Pages",
    "Reader",
    "Site",
    "add_page",
    "add_static_routes",
    "csv_of",
    "json_of",
    "plain",
    "reader_of",
    "rendered",
    "shown",
]
