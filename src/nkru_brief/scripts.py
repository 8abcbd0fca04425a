"""Which languages a script is used for: words in another script than their language's are read out wrongly or not.

The scripts are those of Unicode (UAX 24), the languages those of BCP 47. A voice for English spells Hangul letter by
letter, or passes over it; it needs to be told (WCAG 2.2, 3.1.2; ISO 14289-1, 7.2).
"""

import re
from functools import cache

# By script: its letters, and the languages that are written in it.
_SCRIPTS = {
    "Greek": ("\\u0370-\\u03ff\\u1f00-\\u1fff", {"el", "grc"}),
    "Cyrillic": ("\\u0400-\\u052f", {"ab", "be", "bg", "kk", "ky", "mk", "mn", "os", "ru", "sr", "tg", "tt", "uk"}),
    "Armenian": ("\\u0530-\\u058f", {"hy"}),
    "Hebrew": ("\\u0590-\\u05ff", {"he", "yi"}),
    "Arabic": ("\\u0600-\\u06ff\\u0750-\\u077f", {"ar", "fa", "ps", "ug", "ur"}),
    "Devanagari": ("\\u0900-\\u097f", {"hi", "mr", "ne", "sa"}),
    "Thai": ("\\u0e00-\\u0e7f", {"th"}),
    "Georgian": ("\\u10a0-\\u10ff", {"ka"}),
    "Hangul": ("\\u1100-\\u11ff\\u3130-\\u318f\\uac00-\\ud7af", {"ko"}),
    "kana": ("\\u3040-\\u30ff", {"ja"}),
    "Han": ("\\u3400-\\u4dbf\\u4e00-\\u9fff", {"ja", "ko", "zh"}),
}
# One letter may be a sign, as in a formula; of these scripts one is a word.
_SYLLABLES = frozenset({"Hangul", "Han", "kana"})
# Before the first of these letters is Latin, and between two of them are signs.
_FIRST, _SIGNS = "\u0370", ("\u2000", "\u2bff")


def foreign(text: str, language: str) -> tuple[str, str] | None:
    """Return the first word of a text that its language is not written in, and the script it is in; else None.

    Args:
        text: what is said.
        language: its language, as `lang` gives it: `en`, `ko-KP`.
    """
    if text.isascii() or all(each < _FIRST or _SIGNS[0] <= each <= _SIGNS[1] for each in set(text)):
        return None
    spoken = language.lower().partition("-")[0]
    for script, (_, languages) in _SCRIPTS.items():
        if spoken not in languages and (match := _word(script).search(text)):
            return match[0], script
    return None


@cache
def _word(script: str) -> re.Pattern[str]:
    """Return the pattern of a word in a script: most papers need few, and each takes a while to compile."""
    return re.compile(f"[{_SCRIPTS[script][0]}]{'+' if script in _SYLLABLES else '{2,}'}")
