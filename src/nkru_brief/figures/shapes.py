"""The shapes a template draws: lines, boxes and lines of text, in pt."""

from typing import Self

from nkru_brief.values import Value


class Rule(Value):
    """A straight line between two points."""

    x0: float
    y0: float
    x1: int | float
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
