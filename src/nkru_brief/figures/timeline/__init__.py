"""The timeline of key dates: where every bar, stem and line of text stands, for a template to draw.

A ruler runs across the figure.
Each date is a bar to the ruler's scale, above or below it.
From the bar's first day a stem leads to a label: the date in bold, then what happened.
Precision is never invented: a decade is a bar of ten years, an approximate end fades out,
an open end is an arrow, and what has no date is listed apart.

All lengths are points (pt), y grows downwards, and spans of time are in years.
"""

import functools
from collections.abc import Iterable

from nkru_brief.figures.lines import Measure, Pen
from nkru_brief.figures.timeline.dated import Item, draw_dated
from nkru_brief.figures.timeline.entries import TimelineEntry, TimelineWords
from nkru_brief.figures.timeline.legend import Meaning, draw_legend
from nkru_brief.figures.timeline.ruler import Axis
from nkru_brief.figures.timeline.undated import Undated, draw_undated
from nkru_brief.values import Value

__all__ = ["Measure", "Timeline", "TimelineEntry", "TimelineWords", "layout"]


class Timeline(Value):
    """A timeline laid out: everything a template draws, top to bottom.

    The labels' type has `size`, that of the ruler and the legend is `small`.
    Without a dated entry there is no ruler (`axis`), without an undated one no strip.
    """

    width: int | float
    height: float
    size: int | float
    small: float
    axis: Axis | None
    items: tuple[Item, ...]
    undated: Undated | None
    legend: tuple[Meaning, ...]


def layout(
    entries: Iterable[TimelineEntry],
    width: float,
    size: float,
    measure: Measure,
    words: TimelineWords | None = None,
) -> Timeline:
    """Lay a timeline out so that nothing touches anything else, whatever the dates and in whatever order.

    `width` is the figure's width and `size` the size of the labels' type, in pt; `measure` tells a text's width.
    """
    # Labels are broken for several widths: the same runs of words are measured again and again.
    pen, words = Pen(width, size, functools.cache(measure)), words or TimelineWords()
    ordered = sorted(entries, key=lambda entry: entry.date.sort_key)
    dated = [entry for entry in ordered if entry.date.precision != "undated"]
    undated = [entry for entry in ordered if entry.date.precision == "undated"]
    axis, items, bottom = draw_dated(pen, dated) if dated else (None, (), 0.0)
    strip, bottom = draw_undated(pen, undated, words.undated, bottom) if undated else (None, bottom)
    legend, bottom = draw_legend(pen.small, [item.bar for item in items], words, bottom)
    return Timeline(
        width=width,
        height=round(bottom, 2),
        size=size,
        small=round(pen.small.size, 2),
        axis=axis,
        items=items,
        undated=strip,
        legend=legend,
    )
