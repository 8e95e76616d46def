"""What the pages of plans, lines of action, concepts and agents share.

``things`` finds the thing that an address names, and gives its page and its data, with how to cite it and what to ask
of it; ``kinds`` makes the two pages of a kind of thing that needs no more than these; ``lists`` writes the data of
lists, ``parameters`` reads the rest of the address, and ``words`` is what the templates ask for words.
"""

from dppgraph.web.reading.kinds import Kind, add_kind_routes
from dppgraph.web.reading.lists import LIST, list_data
from dppgraph.web.reading.parameters import ON, PAGE, asked_for, day_of, page_of, today
from dppgraph.web.reading.things import DATA, Place, Things, View
from dppgraph.web.reading.words import Told, contents, speaking

__all__ = [
    "DATA",
    "LIST",
    "ON",
    "PAGE",
    "Kind",
    "Place",
    "Things",
    "Told",
    "View",
    "add_kind_routes",
    "asked_for",
    "contents",
    "day_of",
    "list_data",
    "page_of",
    "speaking",
    "today",
]
