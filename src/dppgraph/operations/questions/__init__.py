"""The named questions as forms that people fill in."""

from dppgraph.operations.questions.choices import Choice, choices
from dppgraph.operations.questions.form import Field, Form, example, form

__all__ = ["Choice", "Field", "Form", "choices", "example", "form"]
