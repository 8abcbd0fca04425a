"""The hard facts in a sentence: its numbers and dates, and its words of probability."""

import re
from functools import lru_cache

from nkru_brief.model import Scale

# A year, a range, a decade, an ordinal, a plain number; claim and passage ids are no facts.
# Thousands are marked with a comma, or with a space that does not break.
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9])(?:\d{1,3}(?:[,\u00a0\u2009\u202f]\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:s\b|st\b|nd\b|rd\b|th\b)?"
)
_NOT_FACTS = re.compile(r"\b(?:c\d{2,}|[A-Z] ?L\d{2,}(?:\.s\d+)?|NKRU \d+/\d+)\b")
_THIN = re.compile(r"[,\u00a0\u2009\u202f](?=\d{3})")


@lru_cache(maxsize=8192)
def numbers(text: str) -> frozenset[str]:
    """Return the numbers of a text as written, thousands marks dropped: `1950`, `1960s`, `38th`, `240000`."""
    return frozenset(_THIN.sub("", match[0]) for match in _NUMBER.finditer(_NOT_FACTS.sub(" ", text)))


def probability_words(text: str, scale: Scale) -> tuple[str, ...]:
    """Return the words of the scale that a text uses, in the scale's order; the longest at a place counts.

    `very likely` is not also `likely`, and `unlikely` is a word of its own.
    """
    return _used(text, tuple(word for term in scale.terms for word in (term.word, *term.synonyms)))


# Rule after rule, and the reading back of every sheet, asks for the same sentences.
@lru_cache(maxsize=8192)
def _used(text: str, words: tuple[str, ...]) -> tuple[str, ...]:
    used = {match[0].lower() for match in _any_of(words).finditer(text)}
    return tuple(word for word in words if word.lower() in used) if used else ()


@lru_cache(maxsize=16)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(map(re.escape, longest_first)) + r")\b", re.IGNORECASE)
