"""Tables as CSV, for spreadsheets and for programs.

RFC 4180: a header, commas, CRLF, quotes doubled; in UTF-8, without a mark at the start. A cell that a spreadsheet would
take for a formula begins with an apostrophe, which it shows as nothing and never runs (OWASP, CSV injection).
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

# What begins a formula, in halfwidth and in the full width that East Asian input writes.
_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def table(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> bytes:
    """Return rows as CSV, each column in its place; what a row lacks is empty."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([cell(row.get(column, "")) for column in columns] for row in rows)
    return buffer.getvalue().encode("utf-8")


def cell(value: object) -> str:
    """Return a value as a cell that no spreadsheet runs: numbers as they are, texts defused."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    # RFC 4180 knows no NUL; readers stop there.
    text = str(value).replace("\0", "\ufffd")
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
