"""What is dated: the ruler, and on either side of it the bars, their stems and their labels."""

from collections.abc import Iterator, Sequence

from nkru_brief.figures.lines import ASCENT, CAP, DESCENT, Pen
from nkru_brief.figures.shapes import Box, Rule, Text
from nkru_brief.figures.timeline.bars import Bar, draw_bar
from nkru_brief.figures.timeline.entries import TimelineEntry
from nkru_brief.figures.timeline.placement import FLAG, LANE, ROW, Side, arrange
from nkru_brief.figures.timeline.ruler import Axis, draw_axis
from nkru_brief.values import Value

# In ems of the labels' type.
_BAR = 0.85  # a bar's height
_SEAT = 0.28  # between the band and the first row of bars
_RISE = 0.8  # between the bars and the labels


class Item(Value):
    """A dated entry on the figure: its bar, its stem and its label."""

    key: str
    bar: Bar
    stem: Rule
    lines: tuple[Text, ...]


def draw_dated(pen: Pen, dated: Sequence[TimelineEntry]) -> tuple[Axis, tuple[Item, ...], float]:
    """Return the ruler, the items in the order of time, and where the drawing ends."""
    scale, (above, below) = arrange(pen, dated)
    axis = draw_axis(pen, scale, _reach(pen, above))
    items = {item.key: item for item in (*_items(pen, above, axis.band, -1), *_items(pen, below, axis.band, 1))}
    return axis, tuple(items[entry.key] for entry in dated), axis.band.y1 + _reach(pen, below)


def _reach(pen: Pen, side: Side) -> float:
    """Return how far a side reaches from the ruler's band."""
    return _start(pen, side, len(side.lanes)) - pen.size * LANE if side.places else 0.0


def _start(pen: Pen, side: Side, lane: int) -> float:
    """Return how far from the band a lane of labels begins."""
    bars = _SEAT + (side.rows - 1) * ROW + _BAR
    return pen.size * (bars + _RISE + LANE * lane) + sum(side.lanes[:lane])


def _items(pen: Pen, side: Side, band: Box, away: int) -> Iterator[Item]:
    """Draw one side; `away` is the sign of leaving the band there."""
    edge, flag = band.y1 if away > 0 else band.y0, pen.size * FLAG
    spans = [(place.mark.x0, place.mark.x1) for place in side.places]
    for place, row in zip(side.places, _rows(side), strict=True):
        mark, near = place.mark, pen.size * (_SEAT + row * ROW)
        y0, y1 = sorted((edge + away * near, edge + away * (near + pen.size * _BAR)))
        body = Box.at(mark.x0, y0, mark.x1, y1)
        near = _start(pen, side, place.lane)
        top = edge + near if away > 0 else edge - near - side.lanes[place.lane]
        tip = top + (mark.label.height - pen.size * DESCENT if away > 0 else pen.size * (ASCENT - CAP))
        yield Item(
            key=mark.entry.key,
            bar=draw_bar(pen, mark.entry.date, body, spans, solid=mark.entry.agreed),
            stem=Rule.at(mark.x0, body.y1 if away > 0 else body.y0, mark.x0, tip),
            lines=mark.label.at(mark.x0 - flag if place.left else mark.x0 + flag, top, end=place.left),
        )


def _rows(side: Side) -> list[int]:
    """Return the row of each bar, counted from the ruler.

    Bars that overlap stand in rows of their own, the later start further out: so no stem crosses a bar.
    """
    rows: list[int] = []
    marks = [place.mark for place in reversed(side.places)]
    for mark in marks:
        under = [row for row, other in zip(rows, marks, strict=False) if other.x1 - 0.01 > mark.x0]
        rows.append(1 + max(under, default=-1))
    return rows[::-1]
