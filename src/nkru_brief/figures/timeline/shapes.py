"""The shapes a template draws, and the entries and words they are drawn from."""

from typing import Self

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


class Rule(Value):
    """A straight line between two points."""

    x0: float
    y0: float
    x1: float
    y1: float

    @classmethod
    def at(cls, x0: float, y0: float, x1: float, y1: float) -> Self:
        """Return one that is rounded to what paper shows."""
        return cls(x0=round(x0, 2), y0=round(y0, 2), x1=round(x1, 2), y1=round(y1, 2))


class Box(Rule):
    """A rectangle between two corners."""

    @property
    def width(self) -> float:
        """Its width."""
        return round(self.x1 - self.x0, 2)

    @property
    def height(self) -> float:
        """Its height."""
        return round(self.y1 - self.y0, 2)


class Text(Value):
    """One line of text: how wide it runs, and where its baseline begins or, with `end`, ends."""

    text: str
    width: float
    bold: bool = False
    x: float = 0.0
    y: float = 0.0
    end: bool = False
