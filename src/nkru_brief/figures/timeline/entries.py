"""What a timeline is drawn from: the key dates, and the figure's own words."""

from nkru_brief.edtf import EdtfDate
from nkru_brief.values import Value


class TimelineEntry(Value):
    """One key date: its label says what happened, `when` the date as a reader sees it.

    `agreed` is whether the sources agree on the date: both give it.
    """

    key: str
    date: EdtfDate
    when: str
    label: str
    agreed: bool = False


class TimelineWords(Value):
    """The figure's own words in one language; the defaults are English."""

    undated: str = "Undated"
    agreed: str = "dated by both sources"
    single: str = "dated by one source"
    within: str = "some time in this span"
    vague: str = "ends not exact"
