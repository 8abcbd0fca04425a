"""Words in another script than their language's."""

import pytest

from nkru_brief.scripts import foreign


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Juche", "en", None),
        ("Juche (주체)", "en", ("주체", "Hangul")),
        ("주체", "ko", None),
        ("주체", "ko-KP", None),
        ("주체", "KO", None),
        ("주체", "ru", ("주체", "Hangul")),
        ("the раскол of", "en", ("раскол", "Cyrillic")),
        ("раскол", "uk", None),
        ("an angle ф", "en", None),
        ("Ω and π", "en", None),
        ("λόγος", "en", ("λόγος", "Greek")),
        ("漢", "en", ("漢", "Han")),
        ("漢", "ja", None),
        ("かな", "zh", ("かな", "kana")),
        ("naïve café – “quotes”", "en", None),
        ("", "", None),
    ],
)
def test_foreign(text: str, language: str, found: tuple[str, str] | None) -> None:
    assert foreign(text, language) == found
