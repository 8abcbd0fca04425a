"""Key dates as a calendar (RFC 5545, iCalendar).

Only a date known to the day is a day of a calendar: it becomes an all-day VEVENT. A year, a decade or a date that is
not firm would fill days that no source names; it becomes a VJOURNAL without a start, with its EDTF beside it.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from nkru_brief.brief import Brief, DateRow
from nkru_brief.edtf import EdtfDate

# RFC 5545, 3.1: lines longer than 75 octets are folded.
_OCTETS = 75


def calendar(brief: Brief, rows: Iterable[DateRow], version: str) -> bytes:
    """Return key dates as an iCalendar file.

    Args:
        brief: an edition; all of them carry the same series, number, dates and language.
        rows: the key dates, in any order.
        version: of the builder.
    """
    # RFC 5545, 3.8.7.2: when it was made; here content says so, not a clock.
    stamp = f"{brief.changed.iso.replace('-', '')}T000000Z"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//nkru-brief//nkru-brief {version}//EN"]
    lines.append(f"X-WR-CALNAME:{_text(f'{brief.title}: {brief.series} {brief.number}')}")
    for row in sorted(rows, key=lambda row: (row.date.sort_key, row.id)):
        lines += _component(brief, row, stamp)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line)).encode("utf-8")


def _component(brief: Brief, row: DateRow, stamp: str) -> Iterator[str]:
    days = days_of(row.date)
    kind = "VEVENT" if days else "VJOURNAL"
    yield f"BEGIN:{kind}"
    yield f"UID:{_uid(brief, row)}"
    yield f"DTSTAMP:{stamp}"
    if days:
        yield f"DTSTART;VALUE=DATE:{days[0]:%Y%m%d}"
        # RFC 5545, 3.6.1: the end is the first day after it.
        yield f"DTEND;VALUE=DATE:{days[1] + timedelta(days=1):%Y%m%d}"
        yield "TRANSP:TRANSPARENT"
    yield f"SUMMARY;LANGUAGE={brief.language}:{_text(row.label if days else f'{row.when}: {row.label}')}"
    if row.note:
        yield f"DESCRIPTION;LANGUAGE={brief.language}:{_text(row.note)}"
    yield f"X-NKRU-BRIEF-EDTF:{_text(row.date.text)}"
    yield f"END:{kind}"


def days_of(when: EdtfDate) -> tuple[date, date] | None:
    """Return the first and last day of a date that is known to the day at both ends, and firm; else None."""
    ends = (when.start, when.end) if when.precision == "interval" else (when, when)
    if any(end is None or end.precision != "day" or end.qualified for end in ends):
        return None
    if not when.earliest or not when.latest:
        return None
    try:
        return date.fromisoformat(when.earliest), date.fromisoformat(when.latest)
    except ValueError:
        # Before the year 1 or after 9999: no calendar has it.
        return None


def _uid(brief: Brief, row: DateRow) -> str:
    """Return a name that stays when words or dates are corrected (RFC 5545, 3.8.4.7)."""
    number = "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in brief.number).split())
    return f"{row.id}@{number.lower() or '0'}.{_ascii(brief.series)}.nkru-brief.invalid"


def _ascii(text: str) -> str:
    return "".join(c for c in text.lower() if c.isascii() and c.isalnum()) or "series"


def _text(text: str) -> str:
    """Return a text as a value of the type TEXT (RFC 5545, 3.3.11); control characters have no place in one."""
    lines = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").splitlines()
    return "\\n".join("".join(c for c in line if c >= " " and c != "\x7f") for line in lines)


def _folded(line: str) -> Iterator[str]:
    """Yield a line in pieces of at most 75 octets, each but the first after a space; no character is cut."""
    piece, room = "", _OCTETS
    for character in line:
        size = len(character.encode("utf-8"))
        if size > room:
            yield piece
            piece, room = " ", _OCTETS - 1
        piece += character
        room -= size
    yield piece
