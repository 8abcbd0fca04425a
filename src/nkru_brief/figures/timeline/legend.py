"""The legend: what the ways of drawing a bar mean, as far as the figure uses them."""

from collections.abc import Sequence

from nkru_brief.edtf import parse
from nkru_brief.figures.columns import BLOCK, set_columns
from nkru_brief.figures.lines import CAP, Pen
from nkru_brief.figures.shapes import Box, Text
from nkru_brief.figures.timeline.bars import Bar, draw_bar
from nkru_brief.figures.timeline.entries import TimelineWords
from nkru_brief.values import Value

# In ems of the legend's type.
_SAMPLE = 1.6  # a sample bar
_FADED = 0.7  # one that fades out
_INDENT = 2.3  # from a sample's start to its text


class Meaning(Value):
    """What one way of drawing means: a sample bar and a text."""

    bar: Bar
    lines: tuple[Text, ...]


def draw_legend(pen: Pen, bars: Sequence[Bar], words: TimelineWords, top: float) -> tuple[tuple[Meaning, ...], float]:
    """Explain what bars tell apart, each by a date that is drawn that way, and return where that ends."""
    both = len({bar.solid for bar in bars}) > 1
    chosen = [
        (text, date, solid)
        for used, text, date, solid in (
            (both, words.agreed, "1991", True),
            (both, words.single, "1991", False),
            (any(bar.hatch for bar in bars), words.within, "199X", False),
            (any(bar.fade_start or bar.fade_end for bar in bars), words.vague, "1990/1991~", False),
        )
        if used
    ]
    if not chosen:
        return (), top
    cells, bottom = set_columns(pen, [text for text, _, _ in chosen], pen.size * _INDENT, top + pen.size * BLOCK)
    legend = []
    for (_, example, solid), (x, lines) in zip(chosen, cells, strict=True):
        date, baseline = parse(example), lines[0].y
        wide = pen.size * (_FADED if date.vague_end else _SAMPLE)
        body = Box.at(x, baseline - pen.size * CAP, x + wide, baseline)
        legend.append(Meaning(bar=draw_bar(pen, date, body, solid=solid), lines=lines))
    return tuple(legend), bottom
