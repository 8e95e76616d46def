"""What a version states, brought back into the files of ``data/``, so that only what changed is another text.

``cut`` takes a file's text apart, ``edit`` changes the text of one statement, ``terms`` writes what is new, ``put``
replaces the files, and ``bring`` finds out what goes where.
"""

from dppgraph.operations.export.data.bring import Brought, bring, bring_version

__all__ = ["Brought", "bring", "bring_version"]
