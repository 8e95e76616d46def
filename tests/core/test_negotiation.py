from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core import formats
from dppgraph.core.formats import CSV, JSON, JSONLD, NTRIPLES, RDF, RDFXML, RESULTS, TSV, TURTLE, XML, Format
from dppgraph.core.languages import LANGUAGES, language_of
from dppgraph.core.negotiation import negotiated, quality_of
from dppgraph.errors import NotAcceptable

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        # No preference.
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("*/*;q=0.1", JSON),
        ("application/*", JSON),
        # One type, however it is written.
        ("text/csv", CSV),
        ("Text/CSV", CSV),
        ("text/csv;charset=utf-8", CSV),
        ("text/csv; header=present; q=0.5", CSV),
        (" \ttext/csv ", CSV),
        (",, text/csv ,", CSV),
        # Wildcards.
        ("text/*", CSV),
        ("image/*, text/*;q=0.1", CSV),
        ("image/png, */*;q=0.1", JSON),
        # Weights.
        ("text/csv;q=0.8, text/tab-separated-values;q=0.9", TSV),
        ("text/csv;Q=0.8, text/tab-separated-values;q=0.9", TSV),
        ("text/csv;q=0.001, text/tab-separated-values;q=0.002", TSV),
        ("text/csv;q=1.000, text/tab-separated-values;q=0.999", CSV),
        ("text/csv\t;\tq=0.2,text/tab-separated-values ; q=0.3", TSV),
        ("text/csv;q=0.5;extension=1, text/tab-separated-values;q=0.4", CSV),
        ("*/*;q=0.1, text/csv", CSV),
        # Between equals, what is offered first.
        ("text/csv, application/sparql-results+xml", XML),
        ("text/tab-separated-values;q=0.5, text/csv;q=0.5", CSV),
        # The most precise range decides, whatever its weight and place.
        ("text/*, text/csv;q=0.1", TSV),
        ("text/csv;q=0.1, text/*", TSV),
        ("*/*;q=1, application/*;q=0.1, text/*;q=0.2", CSV),
        # Zero excludes.
        ("application/sparql-results+json;q=0, */*", XML),
        ("text/csv;q=0, text/*", TSV),
        ("application/*;q=0.0, */*", CSV),
        ("text/csv;q=0.000, application/sparql-results+xml;q=0.1", XML),
        # Names that clients use for what has a registered name of its own.
        ("application/json", JSON),
        ("application/xml", XML),
        ("text/xml", XML),
        ("text/html, application/json;q=0.9, */*;q=0.1", JSON),
        ("application/json;q=0.3, text/csv;q=0.5", CSV),
        ("application/sparql-results+json;q=0.2, application/json, text/csv;q=0.5", CSV),
        (BROWSER, XML),
    ],
)
def test_a_table_comes_in_the_format_that_is_liked_best(accept: str | None, expected: Format) -> None:
    assert negotiated(accept, RESULTS) is expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, TURTLE),
        ("*/*", TURTLE),
        ("text/*", TURTLE),
        ("application/*", JSONLD),
        ("application/json", JSONLD),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', JSONLD),
        ("text/plain", NTRIPLES),
        ("text/plain;q=0.5, text/*;q=0.4", NTRIPLES),
        ("application/x-turtle", TURTLE),
        ("application/rdf+xml, text/turtle;q=0.9", RDFXML),
        (BROWSER, RDFXML),
    ],
)
def test_rdf_comes_in_the_format_that_is_liked_best(accept: str | None, expected: Format) -> None:
    assert negotiated(accept, RDF) is expected


@pytest.mark.parametrize("format_", [*RESULTS, *RDF], ids=lambda format_: format_.name)
def test_every_format_can_be_asked_for_by_each_of_its_media_types(format_: Format) -> None:
    offered = RESULTS if format_ in RESULTS else RDF
    for media_type in format_.media_types:
        assert negotiated(media_type, offered) is format_


@pytest.mark.parametrize("unreadable", ["csv", "/", "text/", "/csv", ";q=1", "=", "\x00", "turtle; q=0", "☃"])
def test_an_unreadable_header_accepts_anything(unreadable: str) -> None:
    assert negotiated(unreadable, RESULTS) is JSON


def test_what_cannot_be_read_leaves_the_rest_of_the_header_in_force() -> None:
    assert negotiated("rubbish, text/csv", RESULTS) is CSV


def test_a_comma_or_semicolon_in_quotes_is_part_of_its_parameter() -> None:
    # RFC 9110, section 5.6.6: the value of a parameter may be a quoted string.
    assert negotiated('text/csv;header="a,b";q=0.1, text/tab-separated-values;q=0.5', RESULTS) is TSV
    assert negotiated('text/csv;header="a;q=0";q=0.6, text/tab-separated-values;q=0.5', RESULTS) is CSV


@pytest.mark.parametrize(
    "accept",
    ["image/png", "text/html;q=1, image/*", "*/*;q=0", "*/*, application/*;q=0, text/*;q=0", "text/turtle", "csv/*"],
)
def test_where_nothing_is_acceptable_the_offer_is_told(accept: str) -> None:
    with pytest.raises(NotAcceptable) as refusal:
        negotiated(accept, RESULTS)
    assert refusal.value.offered == tuple(format_.media_types[0] for format_ in RESULTS)
    for media_type in refusal.value.offered:
        assert media_type in str(refusal.value)


def test_the_quality_of_a_type_is_that_of_the_most_precise_range() -> None:
    accept = "text/*;q=0.3, text/html;q=0.7, */*;q=0.1"
    assert quality_of(accept, "text/html") == 0.7
    assert quality_of(accept, "text/plain") == 0.3
    assert quality_of(accept, "image/png") == 0.1
    assert quality_of("text/html", "image/png") == 0.0
    assert quality_of(None, "image/png") == 1.0


@pytest.mark.parametrize("piece", [",", ";", '"', '"\\', "/", "a/b,", "a/b;", ' "a', "=", '";"', '",\\"'])
@pytest.mark.timeout(10)
def test_a_hostile_header_is_read_in_linear_time(piece: str) -> None:
    # As long a header as servers let through; were it read in quadratic time, it would take longer than this test may.
    for header in (piece * (64_000 // len(piece)), f'text/csv;a="{piece * (64_000 // len(piece))}'):
        assert _liked(header) in {None, *RESULTS}


RANGES = st.sampled_from(
    ["*/*", "text/*", "application/*", "image/png", *(name for format_ in RESULTS for name in format_.media_types)]
)
WEIGHTED = st.dictionaries(RANGES, st.integers(0, 1000), min_size=1).map(lambda weights: list(weights.items()))


@given(WEIGHTED, st.randoms(use_true_random=False))
def test_the_order_of_the_ranges_does_not_matter(weighted: list[tuple[str, int]], random: Random) -> None:
    header = [f"{name};q={weight / 1000:.3f}" for name, weight in weighted]
    shuffled = random.sample(header, len(header))
    assert _liked(", ".join(header)) is _liked(", ".join(shuffled))


@given(WEIGHTED)
def test_nothing_that_is_offered_is_liked_better_than_what_comes(weighted: list[tuple[str, int]]) -> None:
    header = ",".join(f"{name};q={weight / 1000:.3f}" for name, weight in weighted)
    liked = _liked(header)
    if liked is None:
        assert all(quality_of(header, format_.media_types[0]) == 0 for format_ in RESULTS)
    else:
        best = max(quality_of(header, name) for name in liked.media_types)
        assert best > 0
        assert all(quality_of(header, format_.media_types[0]) <= best for format_ in RESULTS)


@given(st.text() | st.text(alphabet='*/,;q=01. textcsv"'))
def test_no_header_makes_it_fail_otherwise_than_by_refusing(accept: str) -> None:
    assert _liked(accept) in {None, *RESULTS}


def _liked(accept: str) -> Format | None:
    try:
        return formats.named(negotiated(accept, RESULTS).name, RESULTS)
    except NotAcceptable:
        return None


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "nl"),
        ("*", "nl"),
        ("en", "en"),
        ("EN-us,en;q=0.5", "en"),
        ("fr-BE, nl-BE;q=0.8, en;q=0.9", "en"),
        ("nl;q=0, *", "en"),
        ("de, fr", "nl"),
        ("en;q=x", "nl"),
        ("en;q=2", "nl"),
        ("en," * 1000, "nl"),
        (";,;q=,é", "nl"),
    ],
)
def test_the_language_is_the_one_that_is_liked_best(header: str, language: str) -> None:
    assert language_of(header) == language


@given(st.text())
def test_any_header_has_a_language(header: str) -> None:
    assert language_of(header) in LANGUAGES
