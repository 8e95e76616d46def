"""The page at the name of a thing, which leads on to the document about it."""

from collections.abc import Mapping

from dppgraph.core.languages import LANGUAGES
from dppgraph.web.rendering import environment, translations


def name_page(iri: str, canonical: str, pages: Mapping[str, str], data: Mapping[str, str]) -> bytes:
    """The page in HTML.

    Args:
        iri: the name.
        canonical: where the document about it is, with the name of the server.
        pages: where it is, by language, from the server's root on.
        data: where the same is as RDF, by media type.
    """
    words = {language: translations(language).gettext("freeze.document") for language in pages}
    told = {"iri": iri, "canonical": canonical, "pages": pages, "data": data, "words": words}
    return environment(LANGUAGES[0]).get_template("name.html").render(told).encode()
