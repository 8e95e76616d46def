"""The words of the pages: in both languages, all of them, and no others."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from dppgraph.core.languages import LANGUAGES
from dppgraph.web.rendering import environment, translations
from dppgraph.web.rendering.environment import FOLDER as TEMPLATES
from dppgraph.web.rendering.words import FOLDER

FILES = sorted({path.name for path in FOLDER.rglob("*.po")})
SOURCE = FOLDER.parent
KEY = r"[a-z]+(?:-[a-z]+)*\.[a-z0-9-]+"


def messages(language: str, name: str) -> dict[str, Message]:
    with (FOLDER / language / name).open("rb") as file:
        catalog = read_po(file, locale=language, abort_invalid=True)
    return {str(one.id if isinstance(one.id, str) else one.id[0]): one for one in catalog if one.id}


def texts(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def used() -> Iterator[tuple[Path, str, bool]]:
    """The keys that templates and code name: in which file, and whether more follows."""
    for path in (*TEMPLATES.rglob("*.html"), *TEMPLATES.rglob("*.xml"), *SOURCE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for key, more in re.findall(rf'"({KEY}|[a-z]+(?:-[a-z]+)*\.(?:[a-z0-9-]*-)?)"(\s*~)?', text):
            yield path, key, bool(more) or key.endswith((".", "-"))


@pytest.mark.parametrize("name", FILES)
def test_each_message_is_there_in_each_language_with_the_same_places(name: str) -> None:
    first, *others = (messages(language, name) for language in LANGUAGES)
    for other in others:
        assert first.keys() == other.keys()
        for key in first:
            places = [set(re.findall(r"%\((\w+)\)s", " ".join(texts(found[key])))) for found in (first, other)]
            assert places[0] - {"num"} == places[1] - {"num"}, key
    for found in (first, *others):
        for key, message in found.items():
            assert re.fullmatch(KEY, key), key
            assert all(text.strip() for text in texts(message)), key
            assert not message.fuzzy, key
            # `%` alone would end in an error when the message is filled in.
            assert not re.search(r"%(?!\(\w+\)s|%)", " ".join(texts(message))), key


def test_no_key_stands_twice() -> None:
    for language in LANGUAGES:
        keys = [key for name in FILES for key in messages(language, name)]
        assert len(keys) == len(set(keys))


def test_what_templates_name_is_there_and_what_is_there_is_named() -> None:
    known = {key for name in FILES for key in messages(LANGUAGES[0], name)}
    asked = re.compile(r"""(?:_|ngettext)\(\s*"([^"]+)"\s*(~)?""")
    for path in TEMPLATES.rglob("*.html"):
        for key, more in asked.findall(path.read_text(encoding="utf-8")):
            found = any(one.startswith(key) for one in known) if more else key in known
            assert found, f"{path.name} asks for {key!r}"
    whole = {key for _, key, more in used() if not more}
    starts = tuple({key for _, key, more in used() if more})
    assert not {key for key in known if key not in whole and not key.startswith(starts)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_said_in_their_language_and_escape_what_they_are_filled_with(language: str) -> None:
    template = environment(language).from_string('{{ _("site.version", number=said) }}')
    assert "&lt;b&gt;" in template.render(said="<b>")
    assert translations(language).gettext("site.search") == {"nl": "Zoek", "en": "Search"}[language]
