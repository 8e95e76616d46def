"""Where in the files something is said: the file and the line of a subject, of its property, of a value.

The parser gives no positions, so the files are read once more here: ``scan`` says what a text says on which lines,
``places`` looks it up, and ``files`` names the files as their reader would.
"""

from dppgraph.operations.validate.places.files import files_below, shown
from dppgraph.operations.validate.places.places import Place, Places

__all__ = ["Place", "Places", "files_below", "shown"]
