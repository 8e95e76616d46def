"""Earlier versions by date: Memento (RFC 7089). An address without a version is an original, and its own TimeGate.

``dates`` reads and writes moments, ``links`` says how an address and its versions hang together, ``front`` answers
whoever asks for a moment and marks what is of one version, ``timemap`` lists the versions of an address. Which
addresses these are, ``web.originals`` knows.
"""

from dppgraph.web.memento.front import MementoFront
from dppgraph.web.memento.links import Mementos, joined, joined_lines
from dppgraph.web.memento.timemap import TimeMaps, add_timemap_routes

__all__ = ["MementoFront", "Mementos", "TimeMaps", "add_timemap_routes", "joined", "joined_lines"]
