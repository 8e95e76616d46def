"""The query editor: ``/sparql`` for people, a form with its answer, to which a script adds YASGUI's editor."""

from dppgraph.web.editor.editor import Editor, shows_page
from dppgraph.web.editor.terms import add_terms_route

__all__ = ["Editor", "add_terms_route", "shows_page"]
