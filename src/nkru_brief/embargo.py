"""An embargo: the day, or the minute, until which a paper may not be published, and how it is written.

ISO 8601-1: a day (`2026-12-01`), or a day, a time and its offset from UTC (`2026-12-01T06:00Z`, `...+01:00`). A time
without an offset would be another moment in each newsroom, so it is none.
"""

import re
from datetime import datetime

from nkru_brief import edtf

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(Z|[+-]\d\d:\d\d)")
HINT = "write a day, 2026-12-01, or a moment with its offset from UTC, 2026-12-01T06:00Z or 2026-12-01T07:00+01:00"


def displayed(text: str, words: edtf.DateWords) -> str:
    """Return an embargo as a reader is told it: `1 December 2026, 06:00 UTC`.

    Raises:
        ValueError: it is no day and no moment.
    """
    match = _MOMENT.fullmatch(text)
    if match is None and not _DAY.fullmatch(text):
        raise ValueError("it is no day, and no moment with its offset from UTC")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("there is no such day or time") from None
    if match is None:
        return edtf.display(edtf.parse(text), words)
    offset = moment.utcoffset()
    zone = "UTC" if not offset else f"UTC{match[3]}"
    return f"{edtf.display(edtf.parse(match[1]), words)}, {match[2]} {zone}"
