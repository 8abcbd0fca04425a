"""How dates are written in the languages that papers are written in."""

from nkru_brief.edtf import DateWords

_RUSSIAN = (
    *("января", "февраля", "марта", "апреля", "мая", "июня"),
    *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
)
_ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")


def _century(number: int) -> str:
    """Return a century's number in Roman numerals, as Russian writes it; those nobody writes of in digits."""
    return "X" * (number // 10) + _ROMAN[number % 10] if number < 40 else f"{number}-й"


LANGUAGES = {
    "en": DateWords(),
    "ko": DateWords(
        months=tuple(f"{number}월" for number in range(1, 13)),
        day="{year}년 {month} {day}일",
        month="{year}년 {month}",
        year="{year}년",
        decade="{decade}년대",
        century="{number}세기",
        undated="날짜 없음",
        about="{date}경",
        perhaps="{date}(?)",
        since="{date}부터",
        until="{date}까지",
        span_of_days="{year}년 {month} {first}–{last}일",
        span_of_months="{year}년 {first}–{last}",
    ),
    "ru": DateWords(
        months=_RUSSIAN,
        months_alone=(
            *("январь", "февраль", "март", "апрель", "май", "июнь"),
            *("июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"),
        ),
        ordinals=tuple(_century(number) for number in range(1, 101)),
        day="{day} {month} {year} г.",
        month="{month} {year} г.",
        decade="{decade}-е годы",
        century="{ordinal} век",
        undated="без даты",
        about="около {date}",
        perhaps="{date} (?)",
        since="с {date}",
        until="до {date}",
        span="{start}–{end}",
        span_of_days="{first}–{last} {month} {year} г.",
        span_of_months="{first}–{last} {year} г.",
    ),
}


def words_for(language: str) -> DateWords:
    """Return the words of dates in a language (BCP 47); English where there are none."""
    return LANGUAGES.get(language.partition("-")[0].lower(), LANGUAGES["en"])
