"""How hard a text is to read."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nkru_brief.reading import grade, syllables, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Source A’s so-called line.", ["Source", "A’s", "so-called", "line"]),
        ("In 1950–1953, 1,500.5 tons", ["In", "1950–1953,", "1,500.5", "tons"]),
        ("Juche (주체) – self-reliance", ["Juche", "주체", "self-reliance"]),
        ("… – , !", []),
        ("", []),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert words(text) == found


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("war", 1),
        ("source", 1),
        ("sources", 2),
        ("ties", 1),
        ("cooled", 1),
        ("wanted", 2),
        ("needed", 2),
        ("support", 2),
        ("sanctions", 2),
        ("Korea", 2),
        ("nuclear", 2),
        ("relationship", 4),
        ("the", 1),
        ("by", 1),
        ("pst", 1),
        ("1991", 1),
    ],
)
def test_syllables(word: str, count: int) -> None:
    assert syllables(word) == count


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_word_is_without_a_syllable(text: str) -> None:
    assert syllables(text) >= 1
    assert all(syllables(word) >= 1 for word in words(text))


def test_the_grade_is_the_formula_of_1975() -> None:
    # Three sentences, nine words, one syllable each.
    assert grade("The war ends here. Ties grow cold. We wait.") == pytest.approx(0.39 * 9 / 3 + 11.8 - 15.59)
    assert grade("") == grade("… !") == 0


def test_shorter_sentences_and_words_are_easier() -> None:
    long = "The relationship between the administrations deteriorated considerably, and cooperation consequently ended."
    short = "The two states fell out. Then they did not work as one. So it came to an end."
    assert grade(long) > 12 > 4 > grade(short)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_has_a_grade(text: str) -> None:
    assert grade(text) > -16


@settings(deadline=None)
@given(st.lists(st.sampled_from(["Ties cooled.", "Trade grew slowly.", "Nobody counted."]), min_size=1, max_size=6))
def test_a_text_said_twice_is_as_hard(sentences: list[str]) -> None:
    text = " ".join(sentences)
    assert grade(f"{text} {text}") == pytest.approx(grade(text))
