"""The questions for people: ``/questions`` lists them, ``/questions/NAME`` is the form of one, with its answer."""

from dppgraph.web.questions.asked import QuestionPage
from dppgraph.web.questions.listed import QuestionsPage
from dppgraph.web.questions.routes import add_questions_routes

__all__ = ["QuestionPage", "QuestionsPage", "add_questions_routes"]
