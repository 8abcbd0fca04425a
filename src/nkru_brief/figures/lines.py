"""Lines of text: how wide they run, and where a label breaks into them."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from nkru_brief.figures.shapes import Text
from nkru_brief.values import replace

Measure: TypeAlias = Callable[[str, float, bool], float]
"""The width in pt of a text at a size in pt, bold or not."""

# In ems of the type.
ASCENT = 0.8
DESCENT = 0.24
CAP = 0.66
_LEADING = 1.2
_SMALL = 0.88


class Pen(NamedTuple):
    """What every part of the drawing needs: the figure's width, its type and how wide that runs."""

    width: float
    size: float
    measure: Measure
    bold: bool = False

    @property
    def small(self) -> "Pen":
        """The pen for the smaller type, of the ruler and the legend."""
        return self._replace(size=self.size * _SMALL)

    def wide(self, text: str) -> float:
        """Return how wide a text runs."""
        return self.measure(text, self.size, self.bold)


class Label(NamedTuple):
    """A text broken into lines, and the room they take."""

    lines: tuple[Text, ...]
    width: float
    height: float

    def at(self, x: float, top: float, *, end: bool = False) -> tuple[Text, ...]:
        """Return its lines put at `x`, where they begin or, with `end`, where they end."""
        return tuple(replace(line, x=round(x, 2), y=round(top + line.y, 2), end=end) for line in self.lines)


def break_label(pen: Pen, width: float, text: str, date: str = "") -> Label:
    """Break a date, in bold, and a text into lines of at most `width` pt."""
    lines = (*_wrap(pen._replace(bold=True), date, width), *_wrap(pen, text, width))
    ys = [pen.size * (ASCENT + _LEADING * number) for number in range(len(lines))]
    placed = tuple(replace(line, y=y) for line, y in zip(lines, ys, strict=True))
    return Label(placed, _widest(lines), ys[-1] + pen.size * DESCENT)


def _widest(lines: Sequence[Text]) -> float:
    return max((line.width for line in lines), default=0.0)


def _wrap(pen: Pen, text: str, width: float) -> list[Text]:
    """Break a text into as few lines as fit in `width` pt, and those about equally long."""
    words = [piece for word in text.split() for piece in _pieces(pen, word, width)]
    lines = narrower = _fill(pen, words, width)
    while lines and len(narrower) == len(lines) and _widest(narrower) <= width:
        lines, width = narrower, _widest(narrower) - 0.01
        narrower = _fill(pen, words, width)
    return lines


def _fill(pen: Pen, words: Sequence[str], width: float) -> list[Text]:
    lines: list[Text] = []
    for word in words:
        longer = f"{lines[-1].text} {word}" if lines else word
        if lines and pen.wide(longer) <= width:
            lines[-1] = Text(text=longer, width=pen.wide(longer), bold=pen.bold)
        else:
            lines.append(Text(text=word, width=pen.wide(word), bold=pen.bold))
    return lines


def _pieces(pen: Pen, word: str, width: float) -> list[str]:
    """Break a word that is wider than a line where it has to be broken."""
    if pen.wide(word) <= width:
        return [word]
    pieces = [""]
    for character in word:
        if pieces[-1] and pen.wide(pieces[-1] + character) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces
