"""The strip of what is not dated, under the ruler."""

from collections.abc import Sequence

from nkru_brief.figures.columns import BLOCK, set_columns
from nkru_brief.figures.lines import CAP, Pen, break_label
from nkru_brief.figures.shapes import Rule, Text
from nkru_brief.figures.timeline.entries import TimelineEntry
from nkru_brief.values import Value

# In ems of the labels' type.
_DASH = 1.2  # the dash before an entry
_INDENT = 1.7  # from the dash's start to the entry
_HEAD = 0.35  # under the heading


class UndatedItem(Value):
    """An entry without a date."""

    key: str
    dash: Rule
    lines: tuple[Text, ...]


class Undated(Value):
    """The strip: its heading, a line beside that, and its entries."""

    heading: tuple[Text, ...]
    rule: Rule
    items: tuple[UndatedItem, ...]


def draw_undated(pen: Pen, undated: Sequence[TimelineEntry], title: str, top: float) -> tuple[Undated, float]:
    """List what is not dated, and return where that ends."""
    top += pen.size * BLOCK if top else 0.0
    label = break_label(pen, pen.width, "", title)
    heading = label.at(0.0, top)
    middle = heading[-1].y - pen.size * CAP / 2
    rule = Rule.at(min(heading[-1].width + pen.size * 0.7, pen.width), middle, pen.width, middle)
    # How an entry is dated is said where that is more than the heading says.
    said = title.casefold()
    texts = [entry.label if entry.when.casefold() in said else f"{entry.label} ({entry.when})" for entry in undated]
    cells, bottom = set_columns(pen, texts, pen.size * _INDENT, top + label.height + pen.size * _HEAD)
    items = []
    for entry, (x, lines) in zip(undated, cells, strict=True):
        y = lines[0].y - pen.size * 0.24
        items.append(UndatedItem(key=entry.key, dash=Rule.at(x, y, x + pen.size * _DASH, y), lines=lines))
    return Undated(heading=heading, rule=rule, items=tuple(items)), bottom
