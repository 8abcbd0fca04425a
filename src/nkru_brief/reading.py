"""How hard a text is to read: sentence lengths and the Flesch-Kincaid grade."""

import re
import unicodedata

from nkru_brief.passages import sentences

_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*|\d[\d.,–]*")
_VOWELS = re.compile(r"[aeiouy]+")


def letters(text: str) -> str:
    """Return the letters and digits of a text, however they are cased: hyphens and spaces come and go with lines."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFC", text).casefold()))


def words(text: str) -> list[str]:
    """Return the words of a text; a number is a word."""
    return _WORD.findall(text)


def syllables(word: str) -> int:
    """Return the syllables of an English word, counted as groups of vowels.

    A final silent e, and the e of a final -ed that follows neither t nor d, do not count. The count is an estimate:
    over a section it is within a few in a hundred of a dictionary's.
    """
    bare = word.lower()
    count = len(_VOWELS.findall(bare))
    if re.search(r"[^aeiouyl]e$|[^aeiouytd]ed$|[^aeiouysxzcg]es$", bare):
        count -= 1
    return max(count, 1)


def grade(text: str) -> float:
    """Return the Flesch-Kincaid grade of a text: the years of school it asks for.

    0.39 * words per sentence + 11.8 * syllables per word - 15.59 (Kincaid et al., 1975, Research Branch Report 8-75).
    """
    found = words(text)
    if not found:
        return 0.0
    per_sentence = len(found) / max(len(sentences(text)), 1)
    per_word = sum(map(syllables, found)) / len(found)
    return 0.39 * per_sentence + 11.8 * per_word - 15.59
