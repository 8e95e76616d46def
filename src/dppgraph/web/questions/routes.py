"""The routes of the questions."""

from collections.abc import Mapping

from fastapi import FastAPI

from dppgraph.core import formats
from dppgraph.operations.queries import Question
from dppgraph.web.pages import Pages, add_page
from dppgraph.web.questions.asked import QuestionPage
from dppgraph.web.questions.listed import QuestionsPage


def add_questions_routes(app: FastAPI, questions: Mapping[str, Question], pages: Pages) -> None:
    """Adds ``/questions`` and ``/questions/NAME`` to an application."""
    data = (formats.DATA,)
    add_page(
        app, "/questions", QuestionsPage(questions, pages), "The questions that can be asked, with their forms", data
    )
    add_page(app, "/questions/{name:path}", QuestionPage(questions, pages), "A question, and the answer to it", data)
