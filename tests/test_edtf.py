"""Dates: what each form means, what a reader sees, and agreement with the `edtf` package as the oracle."""

import calendar
import subprocess
import sys

import pytest
from edtf import parse_edtf
from hypothesis import given, settings
from hypothesis import strategies as st

from nkru_brief.edtf import DateWords, display, parse


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "precision"),
    [
        ("1991", "1991-01-01", "1991-12-31", "year"),
        ("1991-12", "1991-12-01", "1991-12-31", "month"),
        ("1900-02", "1900-02-01", "1900-02-28", "month"),
        ("2000-02", "2000-02-01", "2000-02-29", "month"),
        ("1991-12-26", "1991-12-26", "1991-12-26", "day"),
        ("196X", "1960-01-01", "1969-12-31", "decade"),
        ("19XX", "1900-01-01", "1999-12-31", "century"),
        ("XXXX", None, None, "undated"),
        ("1945~", "1945-01-01", "1945-12-31", "year"),
        ("1950/1953", "1950-01-01", "1953-12-31", "interval"),
        ("1900/1910~", "1900-01-01", "1910-12-31", "interval"),
        ("196X/199X", "1960-01-01", "1999-12-31", "interval"),
        ("2022/..", "2022-01-01", None, "interval"),
        ("../1948", None, "1948-12-31", "interval"),
    ],
)
def test_the_days_a_date_may_mean(text: str, earliest: str | None, latest: str | None, precision: str) -> None:
    date = parse(text)
    assert (date.text, date.earliest, date.latest, date.precision) == (text, earliest, latest, precision)


@pytest.mark.parametrize(
    ("text", "approximate", "uncertain"),
    [("1945", False, False), ("1945~", True, False), ("1945?", False, True), ("196X%", True, True)],
)
def test_qualifiers(text: str, approximate: bool, uncertain: bool) -> None:  # noqa: FBT001
    date = parse(text)
    assert (date.approximate, date.uncertain) == (approximate, uncertain)
    assert date.vague_start == date.vague_end == (approximate or uncertain)


def test_a_qualified_end_makes_only_that_end_vague() -> None:
    date = parse("1900/1910~")
    assert (date.approximate, date.uncertain) == (True, False)
    assert (date.vague_start, date.vague_end) == (False, True)
    assert not parse("2022?/..").vague_end


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1991", "1991"),
        ("1991-12", "December 1991"),
        ("1991-12-06", "6 December 1991"),
        ("196X", "1960s"),
        ("19XX", "20th century"),
        ("18XX", "19th century"),
        ("10XX", "11th century"),
        ("20XX", "21st century"),
        ("XXXX", "undated"),
        ("1945~", "about 1945"),
        ("1945?", "1945?"),
        ("1945%", "about 1945?"),
        ("1950/1953", "1950\u20131953"),
        ("196X/197X", "1960s\u20131970s"),
        ("1900/1910~", "1900 \u2013 about 1910"),
        ("2022/..", "since 2022"),
        ("../1948-09", "until September 1948"),
        ("1991-12-21/1991-12-26", "21\u201326 December 1991"),
        ("2004-06/2004-08", "June\u2013August 2004"),
        ("1991-12-26/1992-01-03", "26 December 1991 \u2013 3 January 1992"),
    ],
)
def test_what_a_reader_sees(text: str, shown: str) -> None:
    assert display(parse(text)) == shown


def test_another_language_is_another_set_of_words() -> None:
    korean = DateWords(
        months=tuple(f"{number}월" for number in range(1, 13)),
        day="{year}년 {month} {day}일",
        decade="{decade}년대",
        century="{number}세기",
        since="{date} 이후",
        year="{year}년",
        span_of_days="{year}년 {month} {first}일\u2013{last}일",
    )
    forms = [parse(text) for text in ("1991-12-26", "199X", "19XX", "2022/..", "1991-12-21/1991-12-26")]
    assert [display(date, korean) for date in forms] == [
        "1991년 12월 26일",
        "1990년대",
        "20세기",
        "2022년 이후",
        "1991년 12월 21일\u201326일",
    ]


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("1990s", "a decade is written '199X'"),
        ("c. 1945", "an approximate year is written '1945~'"),
        ("about 1945", "an approximate year is written '1945~'"),
        ("1950-1953", "an interval is written '1950/1953'"),
        ("1950\u20131953", "an interval is written '1950/1953'"),
        ("since 2022", "an open interval is written '2022/..'"),
        ("until 1948", "an open interval is written '../1948'"),
        ("199x", "the unknown digit is a capital X: '199X'"),
        ("1991-XX", "a date known to the year only is written '1991'"),
        ("~1945", "a qualifier stands at the end: '1945~'"),
        ("undated", "no date at all is written 'XXXX'"),
        ("1950/", "written with '..'"),
        ("/1950", "written with '..'"),
        ("../..", "needs a date at one end"),
        ("1950/XXXX", "needs a date at one end"),
        ("1950/1960/1970", "two ends"),
        ("1960/1950", "ends before it begins"),
        ("1991-13", "no month 13"),
        ("1991-02-29", "1991-02 has 28 days"),
        ("1991-02-00", "1991-02 has 28 days"),
        ("196X-03", "a month needs a year with four digits"),
        ("", "write it as"),
        (" 1991", "write it as"),
        ("1991\n", "write it as"),
        ("..", "write it as"),
        ("１９９１", "write it as"),  # noqa: RUF001 - digits, but not those of EDTF
    ],
)
def test_bad_input_is_told_how_to_write_it(text: str, advice: str) -> None:
    with pytest.raises(ValueError, match="is not a date this briefing can read") as caught:
        parse(text)
    assert advice in str(caught.value)
    assert repr(text)[1:-1] in str(caught.value).replace("\n", "\\n")


@given(st.text(alphabet="0129X-/~?%. s", max_size=24))
def test_any_text_is_a_date_or_a_value_error(text: str) -> None:
    try:
        date = parse(text)
    except ValueError:
        return
    assert date.text == text
    assert display(date)


years = st.integers(1, 9999).map("{:04d}".format)
months = st.builds("{}-{:02d}".format, years, st.integers(1, 12))
days = st.integers(1, 31).flatmap(
    lambda day: months.filter(lambda m: day <= _length(m)).map(lambda m: f"{m}-{day:02d}")
)
decades = st.integers(0, 999).map("{:03d}X".format)
centuries = st.integers(0, 99).map("{:02d}XX".format)
qualified = st.builds("{}{}".format, st.one_of(years, months, days, decades, centuries), st.sampled_from(("", *"~?%")))
ends = st.builds("{}{}".format, st.one_of(years, months, days), st.sampled_from(("", *"~?%")))


def _length(month: str) -> int:
    return calendar.monthrange(int(month[:4]), int(month[5:]))[1]


def _oracle(text: str) -> tuple[str, str]:
    date = parse_edtf(text)
    first, last = date.lower_strict(), date.upper_strict()
    return tuple("{:04d}-{:02d}-{:02d}".format(*day[:3]) for day in (first, last))  # type: ignore[return-value]


@given(qualified)
@settings(deadline=None)
def test_dates_mean_what_the_standard_library_of_edtf_says(text: str) -> None:
    date = parse(text)
    assert (date.earliest, date.latest) == _oracle(text)


@given(ends, ends)
@settings(deadline=None)
def test_intervals_mean_what_the_standard_library_of_edtf_says(one: str, other: str) -> None:
    first, last = sorted((one, other), key=lambda end: parse(end).sort_key)
    date = parse(f"{first}/{last}")
    assert (date.earliest, date.latest) == _oracle(f"{first}/{last}")


@given(ends)
def test_open_intervals_have_one_bound(text: str) -> None:
    date, since, until = parse(text), parse(f"{text}/.."), parse(f"../{text}")
    assert (since.earliest, since.latest) == (date.earliest, None)
    assert (until.earliest, until.latest) == (None, date.latest)


def test_dates_sort_by_first_day_then_last_and_undated_at_the_end() -> None:
    texts = ["../1948", "1950", "1950/1953", "195X", "1950/..", "1991-12-26", "XXXX"]
    backwards = [parse(text) for text in reversed(texts)]
    assert [date.text for date in sorted(backwards, key=lambda date: date.sort_key)] == texts


def test_the_program_never_imports_the_edtf_package() -> None:
    code = "import sys, nkru_brief.edtf; sys.exit('edtf' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
