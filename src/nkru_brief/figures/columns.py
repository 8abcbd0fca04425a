"""Columns: short texts side by side, each with room for a sign before it."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from nkru_brief.figures.lines import Pen, break_label
from nkru_brief.figures.shapes import Text

# In ems of the type.
BLOCK = 1.5  # above a block of columns
_GAP = 1.2  # between two columns
_ROW = 0.45  # between two rows


class Cell(NamedTuple):
    """One text in its column; its sign stands at `x`, before the first line."""

    x: float
    lines: tuple[Text, ...]


def set_columns(pen: Pen, texts: Sequence[str], indent: float, top: float) -> tuple[list[Cell], float]:
    """Set texts in as many columns as the longest leaves room for, all about equally full; and where they end."""
    widest = max(pen.wide(text) for text in texts)
    gap = pen.size * _GAP
    most = max(1, int((pen.width + gap) / (indent + widest + gap)))
    columns = math.ceil(len(texts) / math.ceil(len(texts) / most))
    pitch = (pen.width + gap) / columns
    cells: list[Cell] = []
    bottom = top
    for number, text in enumerate(texts):
        if number and number % columns == 0:
            top = bottom + pen.size * _ROW
        x = pitch * (number % columns)
        label = break_label(pen, pitch - gap - indent, text)
        cells.append(Cell(x, label.at(x + indent, top)))
        bottom = max(bottom, top + label.height)
    return cells, bottom
