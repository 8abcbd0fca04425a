"""The timeline of key dates: where every bar, stem and line of text stands, for a template to draw.

A ruler runs across the figure.
Each date is a bar to the ruler's scale, above or below it.
From the bar's first day a stem leads to a label: the date in bold, then what happened.
Precision is never invented: a decade is a bar of ten years, an approximate end fades out,
an open end is an arrow, and what has no date is listed apart.

Labels are placed from the last date to the first.
A label to the right of its stem, put above every stem it would touch, is always free:
so a layout exists for any dates, if need be on a ruler shortened until the last label fits.
The search only looks for better ones: both sides of the ruler, and labels left of their stems.

All lengths are points (pt), y grows downwards, and spans of time are in years.
"""

import calendar
import functools
import heapq
import math
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, combinations, pairwise, permutations
from typing import Literal, NamedTuple, TypeAlias

from nkru_brief.edtf import EdtfDate
from nkru_brief.values import Value

__all__ = [
    "Axis",
    "Bar",
    "Box",
    "Item",
    "KeyItem",
    "Measure",
    "Rule",
    "Text",
    "Tick",
    "Timeline",
    "TimelineEntry",
    "TimelineWords",
    "UndatedItem",
    "collisions",
    "layout",
]

Kind: TypeAlias = Literal["event", "period", "era"]
Style: TypeAlias = Literal["plain", "hatched", "bracket"]
Side: TypeAlias = Literal["above", "below"]
Measure: TypeAlias = Callable[[str, float, bool], float]
"""The width in pt of a text at a size in pt, bold or not."""


class TimelineEntry(Value, frozen=True):
    """One key date to draw.

    Attributes:
        key: What identifies it.
        date: When, as precise as the sources say.
        when: The date as a reader sees it.
        label: What happened, in a few words.
        kind: `event` (at some time within its date), `period` (all through it) or `era` (a phase
            around others); None takes an interval for a period and anything else for an event.
        agreed: Whether the sources agree on the date: both give it.
    """

    key: str
    date: EdtfDate
    when: str
    label: str
    kind: Kind | None = None
    agreed: bool = False


class TimelineWords(Value, frozen=True):
    """The figure's own words in one language; the defaults are English."""

    undated: str = "Undated"
    agreed: str = "dated by both sources"
    single: str = "dated by one source"
    within: str = "some time in this span"
    era: str = "era"
    vague: str = "ends not exact"


class Box(Value, frozen=True):
    """A rectangle, from its left to its right and its top to its bottom."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """Its width."""
        return round(self.x1 - self.x0, 2)

    @property
    def height(self) -> float:
        """Its height."""
        return round(self.y1 - self.y0, 2)


class Rule(Value, frozen=True):
    """A straight line between two points."""

    x0: float
    y0: float
    x1: float
    y1: float


class Text(Value, frozen=True):
    """One line of text: where its baseline begins (or, with `end`, ends), and its width."""

    x: float
    y: float
    text: str
    width: float
    bold: bool = False
    end: bool = False


class Tick(Value, frozen=True):
    """A mark of the ruler; a major one carries the year it stands for."""

    x: float
    year: int
    text: Text | None = None


class Axis(Value, frozen=True):
    """The ruler: its band, the years at the two ends of its scale, and its marks."""

    band: Box
    x0: float
    x1: float
    start: float
    end: float
    ticks: tuple[Tick, ...]


class Bar(Value, frozen=True):
    """A date drawn to scale.

    Attributes:
        body: The span the date gives.
        style: `plain`, `hatched` (at some time within) or `bracket` (an era).
        solid: Whether it is filled: both sources give the date.
        fade_start: Whether its beginning is not firm: no closing line, then slivers.
        fade_end: Whether its end is not firm.
        slivers: The thin strokes in which an end that is not firm fades out.
        hatch: The strokes across a hatched bar.
        arrows: Triangles, as SVG points, at the ends that are open.
    """

    body: Box
    style: Style
    solid: bool
    fade_start: bool = False
    fade_end: bool = False
    open_start: bool = False
    open_end: bool = False
    slivers: tuple[Rule, ...] = ()
    hatch: tuple[Rule, ...] = ()
    arrows: tuple[str, ...] = ()


class Item(Value, frozen=True):
    """A dated entry on the figure: its bar, its stem and its label."""

    key: str
    kind: Kind
    agreed: bool
    side: Side
    bar: Bar
    stem: Rule
    box: Box
    lines: tuple[Text, ...]


class UndatedItem(Value, frozen=True):
    """An entry without a date, in the strip under the ruler."""

    key: str
    dash: Rule
    box: Box
    lines: tuple[Text, ...]


class KeyItem(Value, frozen=True):
    """What one way of drawing means."""

    bar: Bar
    box: Box
    lines: tuple[Text, ...]


class Timeline(Value, frozen=True):
    """A timeline laid out: everything a template draws, top to bottom.

    Attributes:
        width: The figure's width.
        height: The figure's height.
        size: The size of the labels' type.
        small: The size of the ruler's and the key's type.
        axis: The ruler, or None when nothing is dated.
        items: What is dated, in the order of time.
        heading: The undated strip's heading, or None when everything is dated.
        rule: The line beside that heading.
        undated: What is not dated, in the order given.
        legend: What the ways of drawing mean, as far as the figure uses more than one.
    """

    width: float
    height: float
    size: float
    small: float
    axis: Axis | None = None
    items: tuple[Item, ...] = ()
    heading: Text | None = None
    rule: Rule | None = None
    undated: tuple[UndatedItem, ...] = ()
    legend: tuple[KeyItem, ...] = ()


# Measures of the figure, in ems of the labels' type.
_SMALL = 0.88
_LEADING = 1.2
_ASCENT = 0.8
_DESCENT = 0.24
_CAP = 0.66
_FLAG = 0.45  # from a stem to its text
_CLEAR = 0.4  # from a text to a stem that is not its own
_LANE = 0.95  # between two lanes of labels
_RISE = 0.8  # between the bars and the labels
_BAR = 0.85  # a bar's height
_LEAST = 0.3  # a bar's width, however short its time
_ROW = 1.2  # from one row of bars to the next
_SEAT = 0.28  # between the band and the first row of bars
_BAND = 1.3  # the band's height
_BLOCK = 1.5  # between ruler, strip and legend
_SLIVERS = (0.26, 0.56, 0.92)
_ARROW = 0.75
_HATCH = 0.42
_LABEL_WIDTHS = (9.0, 11.5, 14.0)
_DASH = 1.7  # from an undated entry's dash to its text
_MAX_LINES = 3
_SIDES: tuple[Side, ...] = ("above", "below")
_BOTH_HANDS, _RIGHT_HAND = (False, True), (False,)  # whether labels stand left of their stems


def layout(
    entries: Iterable[TimelineEntry],
    width: float,
    size: float,
    measure: Measure,
    words: TimelineWords | None = None,
) -> Timeline:
    """Lay a timeline out so that nothing touches anything else, whatever the dates.

    Args:
        entries: The key dates, in any order.
        width: The figure's width in pt.
        size: The size of the labels' type in pt.
        measure: Tells a text's width.
        words: The figure's own words; English when None.
    """
    pen = _Pen(width, size, functools.cache(measure), words or TimelineWords())
    ordered = sorted(entries, key=lambda entry: entry.date.sort_key)
    dated = [entry for entry in ordered if entry.date.precision != "undated"]
    axis, items, bottom = _draw_dated(pen, dated) if dated else (None, (), 0.0)
    undated = [entry for entry in ordered if entry.date.precision == "undated"]
    heading, rule, strip, bottom = _draw_strip(pen, undated, bottom)
    legend, bottom = _draw_legend(pen, items, bottom)
    return Timeline(
        width=width,
        height=_round(bottom),
        size=size,
        small=_round(pen.small),
        axis=axis,
        items=items,
        heading=heading,
        rule=rule,
        undated=strip,
        legend=legend,
    )


class _Pen(NamedTuple):
    """What every part of the drawing needs."""

    width: float
    size: float
    measure: Measure
    words: TimelineWords

    @property
    def small(self) -> float:
        return self.size * _SMALL


def _round(length: float) -> float:
    return round(length, 2)


def _box(x0: float, y0: float, x1: float, y1: float) -> Box:
    return Box(x0=_round(x0), y0=_round(y0), x1=_round(x1), y1=_round(y1))


def _rule(x0: float, y0: float, x1: float, y1: float) -> Rule:
    return Rule(x0=_round(x0), y0=_round(y0), x1=_round(x1), y1=_round(y1))


# Labels: text broken into lines


class _Line(NamedTuple):
    text: str
    bold: bool
    width: float


class _Label(NamedTuple):
    lines: tuple[_Line, ...]
    width: float
    height: float


def _label(pen: _Pen, texts: Sequence[tuple[str, bool]], width: float) -> _Label:
    """Break texts, each bold or not, into lines of at most `width` pt."""
    lines = tuple(line for text, bold in texts for line in _wrap(pen, text, width, bold=bold))
    return _Label(lines, max((line.width for line in lines), default=0.0), _depth(pen, len(lines)))


def _depth(pen: _Pen, lines: int) -> float:
    return pen.size * ((max(lines, 1) - 1) * _LEADING + _ASCENT + _DESCENT)


def _wrap(pen: _Pen, text: str, width: float, *, bold: bool) -> list[_Line]:
    """Break a text into as few lines as fit in `width` pt, and those about equally long."""
    words = [part for word in text.split() for part in _pieces(pen, word, width, bold=bold)]
    lines = _fill(pen, words, width, bold=bold)
    runs = (" ".join(words[i:j]) for i, j in combinations(range(len(words) + 1), 2))
    widths = sorted({wide for run in runs if (wide := pen.measure(run, pen.size, bold)) <= width})

    def fits(candidate: float) -> bool:
        shorter = _fill(pen, words, candidate, bold=bold)
        return len(shorter) <= len(lines) and all(line.width <= candidate for line in shorter)

    narrowest = bisect_left(widths, True, key=fits)  # noqa: FBT003
    return _fill(pen, words, widths[narrowest], bold=bold) if narrowest < len(widths) else lines


def _fill(pen: _Pen, words: Sequence[str], width: float, *, bold: bool) -> list[_Line]:
    lines: list[_Line] = []
    for word in words:
        longer = f"{lines[-1].text} {word}" if lines else word
        wide = pen.measure(longer, pen.size, bold)
        if lines and wide <= width:
            lines[-1] = _Line(longer, bold, wide)
        else:
            lines.append(_Line(word, bold, pen.measure(word, pen.size, bold)))
    return lines


def _pieces(pen: _Pen, word: str, width: float, *, bold: bool) -> list[str]:
    """Break a word that is wider than a line where it has to be broken."""
    pieces = [""]
    for character in word:
        if pieces[-1] and pen.measure(pieces[-1] + character, pen.size, bold) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces


def _event_label(pen: _Pen, entry: TimelineEntry, width: float) -> _Label:
    """Break an entry's date and label; more width rather than too many lines."""
    texts = ((entry.when, True), (entry.label, False))
    widest = max(width, pen.width / 2 - pen.size)
    while True:
        label = _label(pen, texts, width)
        if len(label.lines) <= _MAX_LINES + 1 or width >= widest:
            return label
        width = min(widest, width + pen.size)


def _set_lines(pen: _Pen, label: _Label, x: float, top: float, *, end: bool = False) -> tuple[Text, ...]:
    return tuple(
        Text(
            x=_round(x),
            y=_round(top + pen.size * (_ASCENT + _LEADING * number)),
            text=line.text,
            width=_round(line.width),
            bold=line.bold,
            end=end,
        )
        for number, line in enumerate(label.lines)
    )


# The ruler: years to points


class _Span(NamedTuple):
    """An entry's years: None where it is open."""

    start: float | None
    end: float | None


class _Scale(NamedTuple):
    x0: float
    x1: float
    start: float
    end: float
    unit: int
    open_end: bool

    def x(self, year: float) -> float:
        return self.x0 + (year - self.start) / (self.end - self.start) * (self.x1 - self.x0)


def _moment(iso: str, *, after: bool = False) -> float:
    """Return when a day begins (or ends), as a year and its fraction."""
    year, month, day = (int(part) for part in iso.split("-"))
    lengths = [_days(year, number) for number in range(1, 13)]
    return year + (sum(lengths[: month - 1]) + day - 1 + after) / sum(lengths)


def _days(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def _span(date: EdtfDate) -> _Span:
    start = _moment(date.earliest) if date.earliest else None
    return _Span(start, _moment(date.latest, after=True) if date.latest else None)


def _scale(pen: _Pen, dated: Sequence[TimelineEntry]) -> _Scale:
    """Choose the years the ruler spans, rounded to whole decades where it is long enough."""
    spans = [_span(entry.date) for entry in dated]
    known = [year for span in spans for year in span if year is not None]
    low, high = min(known), max(known)
    beyond = max(1.0, (high - low) * 0.06)
    open_start, open_end = (any(span[end] is None for span in spans) for end in (0, 1))
    low, high = low - beyond * open_start, high + beyond * open_end
    unit = next((unit for unit, years in ((1, 12), (5, 30), (10, 300), (50, 1500)) if high - low <= years), 100)
    start = math.floor(low / unit) * unit
    end = high if open_end else math.ceil(high / unit) * unit
    inset = pen.size * (_SLIVERS[-1] + 0.1)
    near = (end - start) * inset / pen.width
    left = open_start or any(e.date.vague_start and (_span(e.date).start or 0) - start < near for e in dated)
    right = open_end or any(e.date.vague_end and end - (_span(e.date).end or end) < near for e in dated)
    x0 = inset if left else pen.size * 0.08
    x1 = pen.width - (inset if right else pen.size * _LEAST)
    return _Scale(x0, x1, start, end, unit, open_end)


def _axis(pen: _Pen, scale: _Scale, top: float) -> Axis:
    """Draw the ruler: across the figure, or as far as a shortened scale and its last year need."""
    bottom = top + pen.size * _BAND
    ticks = _ticks(pen, scale, (top + bottom + pen.small * _CAP) / 2)
    years = [tick.text.x + tick.text.width + pen.small * 0.35 for tick in ticks if tick.text]
    shortened = scale.x1 < pen.width - pen.size
    right = min(max(scale.x1, *years, 0.0), pen.width) if shortened else pen.width
    return Axis(
        band=_box(0.0, top, right, bottom),
        x0=_round(scale.x0),
        x1=_round(scale.x1),
        start=scale.start,
        end=scale.end,
        ticks=ticks,
    )


def _ticks(pen: _Pen, scale: _Scale, baseline: float) -> tuple[Tick, ...]:
    """Mark the ruler's units, and name as many as leave air between their years."""
    per_year = (scale.x1 - scale.x0) / (scale.end - scale.start)
    air, gap = pen.small * 0.9, pen.small * 0.35
    widths = {year: _year_width(pen, year) for year in _marks(scale, scale.unit)}
    step = next(step for step in _steps(scale.unit) if step * per_year >= max(widths.values()) + gap + air)
    ticks = []
    for year in _marks(scale, scale.unit if scale.unit * per_year >= pen.size * 0.4 else step):
        x, wide = scale.x(year), widths[year]
        named = year % step == 0 and x + gap + wide <= pen.width
        text = Text(x=_round(x + gap), y=_round(baseline), text=str(year), width=_round(wide))
        ticks.append(Tick(x=_round(x), year=year, text=text if named else None))
    closing = ticks[-1].year == scale.end
    return tuple(ticks[:-1] if closing else ticks)


def _year_width(pen: _Pen, year: int) -> float:
    return pen.measure(str(year), pen.small, False)  # noqa: FBT003 - the measure's own signature


def _marks(scale: _Scale, step: int) -> range:
    return range(math.ceil(scale.start / step) * step, math.floor(scale.end) + 1, step)


def _steps(unit: int) -> Iterator[int]:
    factor = 1
    while True:
        yield from (unit * factor * times for times in (1, 2, 5))
        factor *= 10


# The search: on which side, to which hand and how far out each label stands


class _Mark(NamedTuple):
    """A dated entry on the ruler: its bar from `x0`, where its stem stands, to `x1`."""

    entry: TimelineEntry
    label: _Label
    x0: float
    x1: float


class _Flag(NamedTuple):
    """A label put somewhere: its text from `x0` to `x1`, its stem at `x`, `lane` lanes out."""

    number: int
    side: Side
    left: bool
    lane: int
    x: float
    x0: float
    x1: float


_Flags: TypeAlias = tuple[_Flag, ...]


def _arrange(pen: _Pen, dated: Sequence[TimelineEntry]) -> tuple[_Scale, list[_Mark], _Flags]:
    """Return the cheapest arrangement found over label widths and both lengths of the ruler."""
    whole = _scale(pen, dated)
    best: tuple[float, _Scale, list[_Mark], _Flags] | None = None
    for ems in _LABEL_WIDTHS:
        limit = min(ems * pen.size, pen.width / 2 - pen.size)
        labels = [_event_label(pen, entry, limit) for entry in dated]
        short = _shortened(pen, whole, dated, labels)
        for scale, hands in ((whole, _BOTH_HANDS), (short, _BOTH_HANDS), (short, _RIGHT_HAND)):
            marks = _marked(pen, scale, dated, labels)
            flags = _search(pen, marks, hands)
            if flags is None:
                continue
            cost = _cost(pen, marks, flags) + 0.5 * (whole.x1 - scale.x1)
            if best is None or cost < best[0]:
                best = cost, scale, marks, flags
    if best is None:
        raise AssertionError("labels to the right of their stems always fit a shortened ruler")
    return best[1:]


def _shortened(pen: _Pen, whole: _Scale, dated: Sequence[TimelineEntry], labels: Sequence[_Label]) -> _Scale:
    """Shorten a ruler until every label fits to the right of its stem."""
    length = whole.x1 - whole.x0
    for mark in _marked(pen, whole, dated, labels):
        along = (mark.x0 - whole.x0) / (whole.x1 - whole.x0)
        room = pen.width - whole.x0 - pen.size * _FLAG - mark.label.width
        if along * length > room:
            length = room / along
    return whole._replace(x1=whole.x0 + length)


def _marked(pen: _Pen, scale: _Scale, dated: Sequence[TimelineEntry], labels: Sequence[_Label]) -> list[_Mark]:
    marks = []
    for entry, label in zip(dated, labels, strict=True):
        start, end = _span(entry.date)
        x0 = scale.x0 if start is None else scale.x(start)
        x1 = scale.x1 if end is None else scale.x(end)
        marks.append(_Mark(entry, label, x0, max(x1, x0 + pen.size * _LEAST)))
    return marks


def _search(pen: _Pen, marks: Sequence[_Mark], hands: Sequence[bool]) -> _Flags | None:
    """Place the labels from the last to the first, keeping the most promising arrangements at every step."""
    beam: list[_Flags] = [()]
    keep = 48 if len(marks) <= 10 else 8
    for number in sorted(range(len(marks)), key=lambda n: (marks[n].x0, n), reverse=True):
        longer = [
            (*flags, flag)
            for flags in beam
            for side in _SIDES
            for left in hands
            if (flag := _free_place(pen, marks, flags, number, side, left=left))
        ]
        beam = heapq.nsmallest(keep, longer, key=lambda flags: _cost(pen, marks, flags))
    return beam[0] if beam else None


def _free_place(
    pen: _Pen, marks: Sequence[_Mark], flags: _Flags, number: int, side: Side, *, left: bool
) -> _Flag | None:
    """Return a label's nearest free lane on one side and hand, or None when there is none."""
    x, wide, gap = marks[number].x0, marks[number].label.width, pen.size * _FLAG
    x0 = x - gap - wide if left else x + gap
    if x0 < 0 or x0 + wide > pen.width + 0.005:  # what adding up floats may cost
        return None
    others = [flag for flag in flags if flag.side == side]
    for lane in range(len(others) + 1):
        flag = _Flag(number, side, left, lane, x, x0, x0 + wide)
        if not any(_clash(pen, flag, other) for other in others):
            return flag
    return None


def _clash(pen: _Pen, one: _Flag, other: _Flag) -> bool:
    """Whether two labels of a side overlap, or the stem of the outer one cuts the text of the inner one."""
    if one.lane == other.lane:
        air = pen.size * (_FLAG + _CLEAR)
        return one.x0 < other.x1 + air and other.x0 < one.x1 + air
    inner, outer = (one, other) if one.lane < other.lane else (other, one)
    before = pen.size * (_FLAG * 0.8 if not inner.left else _CLEAR)
    after = pen.size * (_FLAG * 0.8 if inner.left else _CLEAR)
    return inner.x0 - before < outer.x < inner.x1 + after


def _cost(pen: _Pen, marks: Sequence[_Mark], flags: _Flags) -> float:
    """Return what an arrangement costs in pt of height: its own, and what its faults are worth."""
    total = 0.0
    for side in _SIDES:
        here = [flag for flag in flags if flag.side == side]
        lanes = _lanes(pen, marks, here)
        total += sum(lanes) + pen.size * _ROW * _row_count(marks, here)
        total += sum(0.2 * sum(lanes[: flag.lane]) for flag in here)
        total += sum(pen.size for flag in here if flag.left)
        total += sum(pen.size for a, b in combinations(here, 2) if abs(a.x - b.x) < pen.size * 0.6)
    return total


def _lanes(pen: _Pen, marks: Sequence[_Mark], flags: Sequence[_Flag]) -> list[float]:
    """Return the heights of a side's lanes, from the ruler outwards, each with the air behind it."""
    heights = [0.0] * (1 + max((flag.lane for flag in flags), default=-1))
    for flag in flags:
        heights[flag.lane] = max(heights[flag.lane], marks[flag.number].label.height + pen.size * _LANE)
    return heights


def _rows(marks: Sequence[_Mark], flags: Sequence[_Flag]) -> dict[int, int]:
    """Return each bar's row, counted from the ruler.

    Bars that overlap stand in rows of their own, the later start further out: so no stem crosses a bar.
    """
    rows: dict[int, int] = {}
    for number in sorted((flag.number for flag in flags), key=lambda n: (marks[n].x0, n)):
        under = [row for n, row in rows.items() if marks[n].x1 > marks[number].x0 + 0.05]
        rows[number] = 1 + max(under, default=-1)
    return rows


def _row_count(marks: Sequence[_Mark], flags: Sequence[_Flag]) -> int:
    return 1 + max(_rows(marks, flags).values(), default=-1)


# The drawing of what is dated


def _draw_dated(pen: _Pen, dated: Sequence[TimelineEntry]) -> tuple[Axis, tuple[Item, ...], float]:
    """Return the ruler, the items in the order of time, and where the drawing ends."""
    scale, marks, flags = _arrange(pen, dated)
    above, below = ([flag for flag in flags if flag.side == side] for side in _SIDES)
    axis = _axis(pen, scale, _reach(pen, marks, above))
    items = {
        flag.number: item
        for side in (above, below)
        for flag, item in zip(side, _draw_side(pen, axis, marks, side), strict=True)
    }
    bottom = axis.band.y1 + _reach(pen, marks, below)
    return axis, tuple(items[number] for number in range(len(marks))), bottom


def _reach(pen: _Pen, marks: Sequence[_Mark], flags: Sequence[_Flag]) -> float:
    """Return how far a side reaches from the ruler's band."""
    if not flags:
        return 0.0
    return _root(pen, marks, flags) + sum(_lanes(pen, marks, flags)) - pen.size * _LANE


def _root(pen: _Pen, marks: Sequence[_Mark], flags: Sequence[_Flag]) -> float:
    """Return how far from the ruler's band a side's first lane of labels begins."""
    rows = _row_count(marks, flags)
    return pen.size * (_SEAT + (rows - 1) * _ROW + _BAR + _RISE)


def _draw_side(pen: _Pen, axis: Axis, marks: Sequence[_Mark], flags: Sequence[_Flag]) -> list[Item]:
    rows, lanes = _rows(marks, flags), _lanes(pen, marks, flags)
    root = _root(pen, marks, flags)
    items = []
    for flag in flags:
        mark = marks[flag.number]
        near = root + sum(lanes[: flag.lane])
        height = lanes[flag.lane] - pen.size * _LANE
        top = axis.band.y0 - near - height if flag.side == "above" else axis.band.y1 + near
        body = _body(pen, axis, mark, rows[flag.number], flag.side)
        items.append(_item(pen, mark, flag, _bar(pen, mark, body, _room(pen, marks, rows, flag.number)), top))
    return items


def _item(pen: _Pen, mark: _Mark, flag: _Flag, bar: Bar, top: float) -> Item:
    lines = _set_lines(pen, mark.label, flag.x1 if flag.left else flag.x0, top, end=flag.left)
    if flag.side == "above":
        stem = _rule(flag.x, bar.body.y0, flag.x, top + pen.size * (_ASCENT - _CAP))
    else:
        stem = _rule(flag.x, bar.body.y1, flag.x, top + mark.label.height - pen.size * _DESCENT)
    return Item(
        key=mark.entry.key,
        kind=_kind(mark.entry),
        agreed=mark.entry.agreed,
        side=flag.side,
        bar=bar,
        stem=stem,
        box=_box(flag.x0, top, flag.x1, top + mark.label.height),
        lines=lines,
    )


def _kind(entry: TimelineEntry) -> Kind:
    return entry.kind or ("period" if entry.date.precision == "interval" else "event")


def _style(entry: TimelineEntry) -> Style:
    kind = _kind(entry)
    if kind == "era":
        return "bracket"
    exact = entry.date.precision in ("day", "month", "year")
    return "plain" if kind == "period" or exact else "hatched"


def _body(pen: _Pen, axis: Axis, mark: _Mark, row: int, side: Side) -> Box:
    near = pen.size * (_SEAT + row * _ROW)
    far = near + pen.size * _BAR
    if side == "above":
        return _box(mark.x0, axis.band.y0 - far, mark.x1, axis.band.y0 - near)
    return _box(mark.x0, axis.band.y1 + near, mark.x1, axis.band.y1 + far)


def _room(pen: _Pen, marks: Sequence[_Mark], rows: dict[int, int], number: int) -> tuple[float, float]:
    """Return how much room is free before and behind a bar, beside the bars and stems in its row."""
    mark = marks[number]
    before, behind = mark.x0, pen.width - mark.x1
    for other, row in rows.items():
        x0, x1 = marks[other].x0, marks[other].x1 if row == rows[number] else marks[other].x0
        if other == number or row > rows[number] or x0 == x1 == mark.x0:
            continue
        if x0 > mark.x0:
            behind = min(behind, x0 - mark.x1)
        else:
            before = min(before, mark.x0 - x1)
    return before, behind


def _bar(pen: _Pen, mark: _Mark, body: Box, room: tuple[float, float]) -> Bar:
    date, style = mark.entry.date, _style(mark.entry)
    span = _span(date)
    slivers = _slivers(pen, body, room, start=date.vague_start, end=date.vague_end)
    return Bar(
        body=body,
        style=style,
        solid=mark.entry.agreed,
        fade_start=date.vague_start,
        fade_end=date.vague_end,
        open_start=span.start is None,
        open_end=span.end is None,
        slivers=slivers,
        hatch=_hatch(pen, body) if style == "hatched" else (),
        arrows=_arrows(pen, body, span),
    )


def _slivers(pen: _Pen, body: Box, room: tuple[float, float], *, start: bool, end: bool) -> tuple[Rule, ...]:
    """Fade a bar's vague ends out in thinning strokes, as far as there is room beside it."""
    drawn = []
    for edge, sign, free, vague in ((body.x0, -1, room[0], start), (body.x1, 1, room[1], end)):
        if not vague:
            continue
        for number, ems in enumerate(_SLIVERS):
            x, shrink = edge + sign * ems * pen.size, body.height * 0.14 * number
            if ems * pen.size + pen.size * 0.15 <= free:
                drawn.append(_rule(x, body.y0 + shrink, x, body.y1 - shrink))
    return tuple(drawn)


def _hatch(pen: _Pen, body: Box) -> tuple[Rule, ...]:
    """Stroke a bar through at 45 degrees, clipped to it here: SVG patterns would need ids."""
    pitch, high = pen.size * _HATCH, body.height
    strokes = []
    for number in range(1, math.ceil((body.width + high) / pitch)):
        foot = body.x0 - high + number * pitch
        x0, x1 = max(foot, body.x0), min(foot + high, body.x1)
        strokes.append(_rule(x0, body.y1 - (x0 - foot), x1, body.y1 - (x1 - foot)))
    return tuple(strokes)


def _arrows(pen: _Pen, body: Box, span: _Span) -> tuple[str, ...]:
    middle, spread = (body.y0 + body.y1) / 2, body.height / 2 + pen.size * 0.1
    ends = ((body.x0, -1, span.start), (body.x1, 1, span.end))
    return tuple(
        f"{x:g},{_round(middle - spread):g} {_round(x + sign * pen.size * _ARROW):g},{_round(middle):g} "
        f"{x:g},{_round(middle + spread):g}"
        for x, sign, year in ends
        if year is None
    )


# The strip of what is not dated, and the legend


def _draw_strip(
    pen: _Pen, undated: Sequence[TimelineEntry], top: float
) -> tuple[Text | None, Rule | None, tuple[UndatedItem, ...], float]:
    """Return the strip's heading, its line and its entries in columns, and where it ends."""
    if not undated:
        return None, None, (), top
    top += pen.size * _BLOCK if top else 0.0
    title = _Line(pen.words.undated, True, pen.measure(pen.words.undated, pen.size, True))  # noqa: FBT003
    label = _Label((title,), title.width, _depth(pen, 1))
    heading = _set_lines(pen, label, 0.0, top)[0]
    middle = heading.y - pen.size * _CAP / 2
    rule = _rule(heading.width + pen.size * 0.7, middle, pen.width, middle)
    labels, columns = _columns(pen, undated)
    bottom = top + label.height + pen.size * 0.35
    items: list[UndatedItem] = []
    for first in range(0, len(undated), columns):
        row = list(zip(undated, labels, strict=True))[first : first + columns]
        items.extend(_strip_item(pen, entry, label, n, columns, bottom) for n, (entry, label) in enumerate(row))
        bottom += max(label.height for _, label in row) + pen.size * 0.45
    return heading, rule, tuple(items), bottom - pen.size * 0.45


def _columns(pen: _Pen, undated: Sequence[TimelineEntry]) -> tuple[list[_Label], int]:
    """Break the strip's labels for the number of columns that needs the least height, then the fewest."""
    choices = []
    for columns in range(1, min(4, len(undated)) + 1):
        width = _column(pen, columns) - pen.size * (_DASH + 1.2)
        if columns > 1 and width < pen.size * 7:
            break
        labels = [_undated_label(pen, entry, width) for entry in undated]
        rows = [labels[n : n + columns] for n in range(0, len(labels), columns)]
        choices.append((sum(max(label.height for label in row) for row in rows), columns, labels))
    _, columns, labels = min(choices, key=lambda choice: choice[:2])
    return labels, columns


def _column(pen: _Pen, columns: int) -> float:
    return (pen.width + pen.size * 1.2) / columns


def _undated_label(pen: _Pen, entry: TimelineEntry, width: float) -> _Label:
    """Break an entry's label, with how it is dated where that says more than the strip's heading."""
    said = entry.when.casefold() == pen.words.undated.casefold()
    return _label(pen, ((entry.label if said else f"{entry.label} ({entry.when})", False),), width)


def _strip_item(pen: _Pen, entry: TimelineEntry, label: _Label, number: int, columns: int, top: float) -> UndatedItem:
    x = _column(pen, columns) * number
    text = x + pen.size * _DASH
    middle = top + pen.size * (_ASCENT - 0.24)
    return UndatedItem(
        key=entry.key,
        dash=_rule(x, middle, x + pen.size * (_DASH - 0.5), middle),
        box=_box(text, top, text + label.width, top + label.height),
        lines=_set_lines(pen, label, text, top),
    )


def _draw_legend(pen: _Pen, items: Sequence[Item], top: float) -> tuple[tuple[KeyItem, ...], float]:
    """Explain what the figure's bars tell apart, in one run if it fits, else in columns; and where that ends."""
    meanings = _meanings(pen, [item.bar for item in items])
    if not meanings:
        return (), top
    pen = pen._replace(size=pen.small)
    labels = [_label(pen, ((meaning.text, False),), pen.width - _sample(pen, meaning)) for meaning in meanings]
    xs = _stops(pen, [_sample(pen, meaning) + label.width for meaning, label in zip(meanings, labels, strict=True)])
    columns, top = len(set(xs)), top + pen.size * _BLOCK
    legend: list[KeyItem] = []
    for first in range(0, len(meanings), columns):
        row = slice(first, first + columns)
        legend.extend(
            _key_item(pen, meaning, label, x, top)
            for meaning, label, x in zip(meanings[row], labels[row], xs[row], strict=True)
        )
        top += max(label.height for label in labels[row]) + pen.size * 0.45
    return tuple(legend), top - pen.size * 0.45


def _sample(pen: _Pen, meaning: "_Meaning") -> float:
    """Return what a sample bar takes, up to its text."""
    return pen.size * (2.2 + 1.1 * meaning.fade_end)


def _stops(pen: _Pen, widths: Sequence[float]) -> list[float]:
    """Return where the legend's entries begin: one after the other, or in the fewest rows of even columns."""
    gap = pen.size * 1.6
    starts = [0.0, *accumulate(width + gap for width in widths)]
    if starts[-1] - gap <= pen.width:
        return starts[:-1]
    most = max(1, int((pen.width + gap) / (max(widths) + gap)))
    columns = math.ceil(len(widths) / math.ceil(len(widths) / most))
    return [(pen.width + gap) / columns * (number % columns) for number in range(len(widths))]


class _Meaning(NamedTuple):
    text: str
    style: Style = "plain"
    solid: bool = False
    fade_end: bool = False


def _meanings(pen: _Pen, bars: Sequence[Bar]) -> list[_Meaning]:
    words, styles = pen.words, {bar.style for bar in bars}
    both = {bar.solid for bar in bars} == {True, False}
    chosen = (
        (both, _Meaning(words.agreed, solid=True)),
        (both, _Meaning(words.single)),
        ("hatched" in styles, _Meaning(words.within, style="hatched")),
        ("bracket" in styles, _Meaning(words.era, style="bracket")),
        (any(bar.fade_start or bar.fade_end for bar in bars), _Meaning(words.vague, fade_end=True)),
    )
    return [meaning for used, meaning in chosen if used]


def _key_item(pen: _Pen, meaning: _Meaning, label: _Label, x: float, top: float) -> KeyItem:
    text = x + _sample(pen, meaning)
    baseline = top + pen.size * _ASCENT
    body = _box(x, baseline - pen.size * _CAP, x + pen.size * 1.6, baseline)
    far = (pen.size * 2, pen.size * 2)
    bar = Bar(
        body=body,
        style=meaning.style,
        solid=meaning.solid,
        fade_end=meaning.fade_end,
        slivers=_slivers(pen, body, far, start=False, end=meaning.fade_end),
        hatch=_hatch(pen, body) if meaning.style == "hatched" else (),
    )
    box = _box(x, top, text + label.width, top + label.height)
    return KeyItem(bar=bar, box=box, lines=_set_lines(pen, label, text, top))


# The self-check


def collisions(timeline: Timeline) -> list[str]:
    """Return what touches what it must not, or leaves the figure: empty for every layout made here."""
    return [*_overlaps(timeline), *_crossings(timeline), *_outside(timeline)]


def _text_box(text: Text, size: float) -> Box:
    x0 = text.x - text.width if text.end else text.x
    return _box(x0, text.y - size * _ASCENT, x0 + text.width, text.y + size * _DESCENT)


def _boxes(timeline: Timeline) -> Iterator[tuple[str, Box]]:
    for item in timeline.items:
        yield f"label {item.key}", item.box
        yield f"bar {item.key}", item.bar.body
    for entry in timeline.undated:
        yield f"undated {entry.key}", entry.box
    for number, key in enumerate(timeline.legend):
        yield f"legend {number}", key.box
    if timeline.heading:
        yield "heading", _text_box(timeline.heading, timeline.size)
    if timeline.axis:
        yield "ruler", timeline.axis.band


def _overlaps(timeline: Timeline) -> Iterator[str]:
    for (name, one), (other, two) in combinations(_boxes(timeline), 2):
        if _meet(one, two):
            yield f"{name} overlaps {other}"
    ticks = timeline.axis.ticks if timeline.axis else ()
    years = [_text_box(tick.text, timeline.small) for tick in ticks if tick.text]
    for one, two in pairwise(years):
        if one.x1 >= two.x0:
            yield f"the years at {one.x0} and {two.x0} overlap"


def _meet(one: Box, two: Box) -> bool:
    slack = 0.06  # what rounding may cost
    wide = min(one.x1, two.x1) - max(one.x0, two.x0)
    high = min(one.y1, two.y1) - max(one.y0, two.y0)
    return wide > slack and high > slack


def _crossings(timeline: Timeline) -> Iterator[str]:
    for item, other in permutations(timeline.items, 2):
        if _cuts(item.stem, other.box):
            yield f"the stem of {item.key} cuts the label {other.key}"
        if _cuts(item.stem, other.bar.body):
            yield f"the stem of {item.key} cuts the bar {other.key}"
        for sliver in other.bar.slivers:
            if _meet(_box(sliver.x0 - 0.1, sliver.y0, sliver.x1 + 0.1, sliver.y1), item.bar.body):
                yield f"the end of {other.key} fades into the bar {item.key}"
            if abs(sliver.x0 - item.stem.x0) < 0.1 and _shared(item.stem, sliver.y0, sliver.y1) > 0:
                yield f"the end of {other.key} fades into the stem of {item.key}"


def _cuts(stem: Rule, box: Box) -> bool:
    return box.x0 + 0.06 < stem.x0 < box.x1 - 0.06 and _shared(stem, box.y0, box.y1) > 0


def _shared(stem: Rule, y0: float, y1: float) -> float:
    return min(max(stem.y0, stem.y1), y1) - max(min(stem.y0, stem.y1), y0)


def _outside(timeline: Timeline) -> Iterator[str]:
    for name, box in _boxes(timeline):
        if box.x0 < -0.01 or box.y0 < -0.01 or box.x1 > timeline.width + 0.01 or box.y1 > timeline.height + 0.01:
            yield f"{name} leaves the figure"
