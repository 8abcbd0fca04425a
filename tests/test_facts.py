"""The hard facts in a sentence: numbers, dates, and words of probability."""

from pathlib import Path

import pytest

from nkru_brief.facts import numbers, probability_words
from nkru_brief.load import load
from nkru_brief.model import Scale, ScaleTerm

BASE = Path(__file__).parent / "cases" / "_base"
SCALES = load(BASE)[0].scales


@pytest.fixture
def scale() -> Scale:
    return SCALES["icd-203"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("In 1950 and 1953, twice.", {"1950", "1953"}),
        ("in 1950–1953", {"1950", "1953"}),
        ("from 1950-1953", {"1950", "1953"}),
        ("1921/1922", {"1921", "1922"}),
        # Thousands, however they are marked.
        ("240,000 people", {"240000"}),
        ("240\u00a0000, 240\u2009000 and 240\u202f000", {"240000"}),
        ("1,234,567.5 tons", {"1234567.5"}),
        ("240000", {"240000"}),
        # A comma or space that marks no thousands.
        ("in 1950, 300 came", {"1950", "300"}),
        ("the years 15 200 apart", {"15", "200"}),
        ("1,2345", {"1", "2345"}),
        # A decade is not its first year, an ordinal not its number.
        ("the 1960s", {"1960s"}),
        ("the 1960’s", {"1960"}),
        ("the 38th parallel, the 1st, 2nd and 3rd", {"38th", "1st", "2nd", "3rd"}),
        ("1960steps", {"1960"}),
        ("3% or 1.5 per cent.", {"3", "1.5"}),
        ("It ended in 1991.", {"1991"}),
        ("flying MiG-15 fighters", {"15"}),
        # Ids are no facts.
        ("see c13, A L10.s1 and B L07.s12–L08", set()),
        ("graded F6, in NKRU 1/2026", set()),
        ("no number, not one", set()),
        ("", set()),
    ],
)
def test_numbers(text: str, found: set[str]) -> None:
    assert numbers(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It is likely to grow.", ("likely",)),
        ("It is very likely to grow.", ("very likely",)),
        ("It is very unlikely.", ("very unlikely",)),
        ("It is unlikely.", ("unlikely",)),
        ("It is very likely and likely.", ("likely", "very likely")),
        ("Likely, LIKELY", ("likely",)),
        ("a roughly even chance", ("roughly even chance",)),
        ("almost no chance", ("almost no chance",)),
        ("highly improbable", ("highly improbable",)),
        ("improbable", ("improbable",)),
        ("the likelihood, unlikelyness and probably", ()),
        ("a remote island", ("remote",)),
        ("", ()),
    ],
)
def test_probability_words(text: str, found: tuple[str, ...], scale: Scale) -> None:
    assert probability_words(text, scale) == found


def test_the_longest_word_at_a_place_counts() -> None:
    terms = (ScaleTerm(word="remote", low=0, high=5), ScaleTerm(word="remote chance", low=5, high=10))
    scale = Scale(id="x", name="X", title="X", reference="X", terms=terms)
    assert probability_words("a remote chance", scale) == ("remote chance",)


def test_each_word_of_each_scale_is_found_alone() -> None:
    assert set(SCALES) == {"icd-203", "phia"}
    for each in SCALES.values():
        words = [word for term in each.terms for word in (term.word, *term.synonyms)]
        assert len(words) > 6
        for word in words:
            assert probability_words(f"It is {word}.", each) == (word,)
