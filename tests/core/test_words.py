"""Words as they are compared: folded, with their places, and what a text typed into a search box asks for."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.words import Wanted, folded, has, places, wanted_of, words_of


def test_accents_capitals_and_signs_do_not_count() -> None:
    assert (
        folded("Coördinatie, ÉÉN-op-één; İstanbul Straße 2012‑2014")
        == "coordinatie een op een istanbul strasse 2012 2014"
    )
    assert folded(unicodedata.normalize("NFD", "coördinatie")) == "coordinatie"
    assert folded("«»,.-_' \u202e") == ""


def test_what_is_asked_is_words_and_phrases_and_nothing_else() -> None:
    assert wanted_of('plan "duurzame opdrachten" EU') == [
        Wanted(("plan",), begins=True),
        Wanted(("duurzame", "opdrachten"), begins=False),
        Wanted(("eu",), begins=False),
    ]
    assert [one.words for one in wanted_of('„vaste woorden” a "b')] == [("vaste", "woorden"), ("a",), ("b",)]
    assert [one.words for one in wanted_of("label:x NEAR(a b) AND NOT * ^ - plan plan")] == [
        (word,) for word in ("label", "x", "near", "a", "b", "and", "not", "plan")
    ]
    assert wanted_of("\" ' () * \0") == []


def test_a_word_stands_for_longer_ones_and_a_phrase_for_itself() -> None:
    text = "Het actieplan en de actieplannen voor duurzame overheidsopdrachten"
    assert [text[a:b] for a, b in places(text, wanted_of("actieplan"))] == ["actieplan", "actieplannen"]
    assert [text[a:b] for a, b in places(text, wanted_of('"duurzame overheidsopdrachten"'))] == [
        "duurzame overheidsopdrachten"
    ]
    assert not has(text, wanted_of('"overheidsopdrachten duurzame"')[0])


@given(st.text(max_size=80))
def test_every_word_stands_where_it_is_said_to(text: str) -> None:
    last = 0
    for word in words_of(text):
        assert last <= word.start < word.end <= len(text)
        assert word.folded
        assert all(character.isalnum() for character in word.folded)
        last = word.end
    assert folded(folded(text)) == folded(text) or not text.isascii()


@given(st.text(max_size=60))
def test_a_text_has_each_of_its_own_words(text: str) -> None:
    for one in wanted_of(text.replace('"', " ")):
        if len(one.words) == 1:
            assert has(text.replace('"', " "), one)
