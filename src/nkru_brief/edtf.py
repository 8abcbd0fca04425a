"""Dates as precise as the sources, and no more: the part of EDTF (ISO 8601-2) a briefing needs.

Read are a day, a month, a year, a decade (`196X`), a century (`19XX`), no date at all (`XXXX`),
the qualifiers `~` (approximate), `?` (uncertain) and `%` (both), and intervals of them, open ones too.

The `edtf` package reads the whole standard, but importing it costs 0.18 s of a command line's 0.4 s.
So it is the oracle of the tests, and no dependency of the program.
"""

import calendar
import re
from typing import Literal, TypeAlias

from nkru_brief.values import Value

__all__ = ["DateWords", "EdtfDate", "Precision", "display", "parse"]

Precision: TypeAlias = Literal["day", "month", "year", "decade", "century", "interval", "undated"]

_FORMS = "1991, 1991-12, 1991-12-26, 196X, 19XX, XXXX, 1945~, 1950/1953 or 2022/.."
_OPEN = ".."
_LAST = "9999-12-31"
_DATE = re.compile(
    r"(?P<year>\d{4}|\d{3}X|\d\dXX|XXXX)(?:-(?P<month>\d\d)(?:-(?P<day>\d\d))?)?(?P<qualifier>[~?%]?)",
    re.ASCII,
)
# What people write instead: the slip, then what EDTF has for it (a template over the match).
_SLIPS = (
    (r"(\d{3})0s", r"a decade is written '\1X'"),
    (r"(?i:c\.|ca\.?|circa|about)\s*(\d{4})", r"an approximate year is written '\1~'"),
    (r"(\d{4})\s*[-\u2013]\s*(\d{4})", r"an interval is written '\1/\2'"),
    (r"(?i:since|from)\s*(\d{4})|(\d{4})-", r"an open interval is written '\1\2/..'"),
    (r"(?i:until|to)\s*(\d{4})", r"an open interval is written '../\1'"),
    (r"(\d{4})-(?:XX|00).*", r"a date known to the year only is written '\1'"),
    (r"[~?%](\d{4}.*)", r"a qualifier stands at the end: '\1~', '\1?' or '\1%'"),
    (r"(\d\d)[xu][xu]", r"the unknown digits are a capital X: '\1XX'"),
    (r"(\d{3})[xu]", r"the unknown digit is a capital X: '\1X'"),
    (r"(?i:undated|unknown|n\.?d\.?|xxxx|uuuu)", "no date at all is written 'XXXX'"),
)


class EdtfDate(Value, frozen=True):
    """A date or an interval, with the precision its source gives.

    Attributes:
        text: The EDTF it was read from.
        earliest: The first day it may mean (ISO), or None when it has no beginning or no date.
        latest: The last day it may mean (ISO), or None when it has no end or no date.
        precision: How much is known; an interval's precision is that of its ends.
        approximate: Whether it, or an end of it, is marked approximate (`~`, `%`).
        uncertain: Whether it, or an end of it, is marked uncertain (`?`, `%`).
        start: An interval's first date; None when it is open there, or no interval.
        end: An interval's last date; None when it is open there, or no interval.
    """

    text: str
    earliest: str | None
    latest: str | None
    precision: Precision
    approximate: bool = False
    uncertain: bool = False
    start: "EdtfDate | None" = None
    end: "EdtfDate | None" = None

    @property
    def sort_key(self) -> tuple[bool, str, str, str]:
        """A key that sorts by first day, then by last, with undated dates at the end."""
        return self.precision == "undated", self.earliest or "", self.latest or f"{_LAST}+", self.text

    @property
    def qualified(self) -> bool:
        """Whether it is approximate or uncertain, wholly or at one end."""
        return self.approximate or self.uncertain

    @property
    def vague_start(self) -> bool:
        """Whether its beginning is approximate or uncertain."""
        first = self.start if self.precision == "interval" else self
        return first is not None and first.qualified

    @property
    def vague_end(self) -> bool:
        """Whether its end is approximate or uncertain."""
        last = self.end if self.precision == "interval" else self
        return last is not None and last.qualified


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


class DateWords(Value, frozen=True):
    """The words and patterns of dates in one language; the defaults are English.

    Attributes:
        months: The names of the twelve months, as they stand beside a day.
        months_alone: Their names without a day, where these are others.
        ordinals: What `{ordinal}` says for the centuries 1 to 100.
        day: A day, from `{day}`, `{month}` and `{year}`.
        month: A month, from `{month}` and `{year}`.
        year: A year, from `{year}`.
        decade: A decade, from its first year as `{decade}`.
        century: A century, from `{ordinal}` or `{number}`.
        undated: No date at all.
        about: An approximate date, from `{date}`.
        perhaps: An uncertain date, from `{date}`.
        since: An interval without an end, from `{date}`.
        until: An interval without a beginning, from `{date}`.
        span: An interval between two short dates, from `{start}` and `{end}`.
        long_span: An interval between dates of several words, from `{start}` and `{end}`.
        span_of_days: An interval within a month, from `{first}`, `{last}`, `{month}` and `{year}`.
        span_of_months: An interval within a year, from `{first}`, `{last}` and `{year}`.
    """

    months: tuple[str, ...] = (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    )
    months_alone: tuple[str, ...] = ()
    ordinals: tuple[str, ...] = tuple(_ordinal(number) for number in range(1, 101))
    day: str = "{day} {month} {year}"
    month: str = "{month} {year}"
    year: str = "{year}"
    decade: str = "{decade}s"
    century: str = "{ordinal} century"
    undated: str = "undated"
    about: str = "about {date}"
    perhaps: str = "{date}?"
    since: str = "since {date}"
    until: str = "until {date}"
    span: str = "{start}\u2013{end}"
    long_span: str = "{start} \u2013 {end}"
    span_of_days: str = "{first}\u2013{last} {month} {year}"
    span_of_months: str = "{first}\u2013{last} {year}"


def parse(text: str) -> EdtfDate:
    """Return what an EDTF date or interval means.

    Raises:
        ValueError: `text` is not EDTF, or outside the part read here; the message says how to write it.
    """
    return _interval(text) if "/" in text else _date(text, text)


def display(date: EdtfDate, words: DateWords | None = None) -> str:
    """Return the form a reader sees: `26 December 1991`, `1960s`, `about 1945`, `since 2022`.

    What a source says in words of its own ("early 1900s") is a label of the content, never derived here.
    """
    words = words or DateWords()
    if date.precision != "interval":
        return _display_date(date, words)
    if date.start is None or date.end is None:
        return _display_open(date, words)
    return _display_span(date.start, date.end, words)


# Reading


def _fault(text: str, why: str) -> ValueError:
    return ValueError(f"'{text}' is not a date this briefing can read: {why}")


def _interval(text: str) -> EdtfDate:
    ends = text.split("/")
    if len(ends) != 2:
        raise _fault(text, "an interval has two ends, as in 1950/1953")
    if not all(ends):
        raise _fault(text, "an interval without an end is written with '..', as in 2022/.. or ../1948")
    start, end = (None if part == _OPEN else _date(part, text) for part in ends)
    known = [part for part in (start, end) if part is not None]
    if not known or any(part.precision == "undated" for part in known):
        raise _fault(text, "an interval needs a date at one end; no date at all is written 'XXXX'")
    if start and end and (end.latest or "") < (start.earliest or ""):
        raise _fault(text, "it ends before it begins")
    return EdtfDate(
        text=text,
        earliest=start.earliest if start else None,
        latest=end.latest if end else None,
        precision="interval",
        approximate=any(part.approximate for part in known),
        uncertain=any(part.uncertain for part in known),
        start=start,
        end=end,
    )


def _date(text: str, whole: str) -> EdtfDate:
    found = _DATE.fullmatch(text)
    if found is None:
        raise _fault(whole, _advice(whole))
    year, month, day, qualifier = found.group("year", "month", "day", "qualifier")
    if "X" in year and month:
        raise _fault(whole, "a month needs a year with four digits")
    earliest, latest = _bounds(year, month, day, whole)
    return EdtfDate(
        text=text,
        earliest=earliest,
        latest=latest,
        precision=_precision(year, month, day),
        approximate=qualifier in ("~", "%"),
        uncertain=qualifier in ("?", "%"),
    )


def _advice(text: str) -> str:
    for slip, remedy in _SLIPS:
        found = re.fullmatch(slip, text.strip())
        if found:
            return found.expand(remedy)
    return f"write it as {_FORMS}"


def _precision(year: str, month: str | None, day: str | None) -> Precision:
    if day:
        return "day"
    if month:
        return "month"
    unknown: dict[int, Precision] = {0: "year", 1: "decade", 2: "century", 4: "undated"}
    return unknown[year.count("X")]


def _bounds(year: str, month: str | None, day: str | None, whole: str) -> tuple[str | None, str | None]:
    if year == "XXXX":
        return None, None
    if month is None:
        return f"{year.replace('X', '0')}-01-01", f"{year.replace('X', '9')}-12-31"
    if not 1 <= int(month) <= 12:
        raise _fault(whole, f"there is no month {month}")
    days = calendar.monthrange(int(year), int(month))[1]
    if day is None:
        return f"{year}-{month}-01", f"{year}-{month}-{days}"
    if not 1 <= int(day) <= days:
        raise _fault(whole, f"{year}-{month} has {days} days")
    return f"{year}-{month}-{day}", f"{year}-{month}-{day}"


# Showing


def _display_date(date: EdtfDate, words: DateWords) -> str:
    if date.earliest is None:
        return words.undated
    alone = date.precision == "month"
    shown = _pattern(date.precision, words).format(**_parts(date.earliest, words, alone=alone))
    if date.uncertain:
        shown = words.perhaps.format(date=shown)
    return words.about.format(date=shown) if date.approximate else shown


def _pattern(precision: Precision, words: DateWords) -> str:
    patterns: dict[Precision, str] = {
        "day": words.day,
        "month": words.month,
        "year": words.year,
        "decade": words.decade,
        "century": words.century,
    }
    return patterns[precision]


def _parts(iso: str, words: DateWords, *, alone: bool = False) -> dict[str, str | int]:
    year, month, day = (int(part) for part in iso.split("-"))
    months = words.months_alone if alone and words.months_alone else words.months
    return {
        "year": year,
        "month": months[month - 1],
        "day": day,
        "decade": year,
        "number": year // 100 + 1,
        "ordinal": words.ordinals[year // 100],
    }


def _display_open(date: EdtfDate, words: DateWords) -> str:
    if date.start:
        return words.since.format(date=_display_date(date.start, words))
    return words.until.format(date=_display_date(date.end, words)) if date.end else words.undated


def _display_span(start: EdtfDate, end: EdtfDate, words: DateWords) -> str:
    short = _display_short_span(start, end, words)
    if short:
        return short
    first, last = _display_date(start, words), _display_date(end, words)
    pattern = words.long_span if " " in first + last else words.span
    return pattern.format(start=first, end=last)


def _display_short_span(start: EdtfDate, end: EdtfDate, words: DateWords) -> str | None:
    """Say a year or month that both ends share once; None when they share none."""
    if start.qualified or end.qualified or not start.earliest or not end.earliest:
        return None
    pair = (start.precision, end.precision)
    alone = pair == ("month", "month")
    first, last = (_parts(each, words, alone=alone) for each in (start.earliest, end.earliest))
    if pair == ("month", "month") and first["year"] == last["year"]:
        return words.span_of_months.format(first=first["month"], last=last["month"], year=first["year"])
    if pair == ("day", "day") and start.earliest[:7] == end.earliest[:7]:
        return words.span_of_days.format(**first | {"first": first["day"], "last": last["day"]})
    return None
