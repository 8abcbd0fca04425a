"""The ruler: years to points, and its marks."""

import calendar
import datetime
import math
from collections.abc import Sequence
from itertools import count
from typing import TypeAlias

from nkru_brief.edtf import EdtfDate
from nkru_brief.figures.lines import CAP, Pen
from nkru_brief.figures.shapes import Box, Text
from nkru_brief.values import Value

_BAND = 1.3  # the band's height in ems
_INSET = 1.25  # the ems beyond the scale's ends in which bars fade out or end in an arrow
# How many years a mark stands for, up to which length of the whole.
_UNITS = ((1, 12), (5, 30), (10, 300), (50, 1500), (100, math.inf))


Span: TypeAlias = tuple[float | None, float | None]
"""The years in which a date begins and ends, with their fractions: None where it is open."""


class Scale(Value):
    """Which year stands where: `start` at `x0` and `end` at `x1`, with a mark for every `unit` of years."""

    x0: float
    x1: float
    start: int | float
    end: int | float
    unit: int

    def x(self, year: float) -> float:
        """Return where a year begins."""
        return self.x0 + (year - self.start) / (self.end - self.start) * (self.x1 - self.x0)

    def years(self, step: int) -> range:
        """Return the years on the scale, up to its end, that are a multiple of `step`."""
        return range(math.ceil(self.start / step) * step, math.ceil(self.end), step)


class Tick(Value):
    """A mark of the ruler; a major one carries the year it stands for."""

    x: float
    year: int
    text: Text | None = None


class Axis(Value):
    """The ruler: its band, its scale and its marks."""

    band: Box
    scale: Scale
    ticks: tuple[Tick, ...]


def span_of(date: EdtfDate) -> Span:
    """Return the years that a date spans."""
    start = _moment(date.earliest) if date.earliest else None
    return start, _moment(date.latest, after=True) if date.latest else None


def _moment(iso: str, *, after: bool = False) -> float:
    """Return when a day begins (or ends), as a year and its fraction."""
    year, month, day = (int(part) for part in iso.split("-"))
    # The calendar repeats every 400 years: so the year 0, which `datetime` cannot hold, counts too.
    passed = datetime.date(2000 + year % 400, month, day).timetuple().tm_yday - 1
    return year + (passed + after) / (366 if calendar.isleap(year) else 365)


def scale_of(pen: Pen, spans: Sequence[Span]) -> Scale:
    """Choose the years the ruler spans, rounded to whole decades where it is long enough."""
    known = [year for span in spans for year in span if year is not None]
    low, high = min(known), max(known)
    open_start, open_end = (any(span[end] is None for span in spans) for end in (0, 1))
    beyond = max(1.0, (high - low) * 0.06)
    low, high = low - beyond * open_start, high + beyond * open_end
    unit = next(unit for unit, years in _UNITS if high - low <= years)
    # An open end draws no years to come.
    end = high if open_end else math.ceil(high / unit) * unit
    inset = pen.size * _INSET
    return Scale(x0=inset, x1=pen.width - inset, start=math.floor(low / unit) * unit, end=end, unit=unit)


def draw_axis(pen: Pen, scale: Scale, top: float) -> Axis:
    """Draw the ruler, with as many of its years named as leave air between them."""
    band = Box.at(0.0, top, scale.x1 + pen.size * _INSET, top + pen.size * _BAND)
    pen = pen.small
    gap, baseline = pen.size * 0.35, round((band.y0 + band.y1 + pen.size * CAP) / 2, 2)
    unit = scale.x(scale.start + scale.unit) - scale.x0
    widest = max(pen.wide(str(year)) for year in scale.years(scale.unit))
    numbers = (times * 10**power for power in count() for times in (1, 2, 5))
    every = next(number for number in numbers if number * unit >= widest + gap + pen.size * 0.9)
    ticks = []
    for year in scale.years(scale.unit if unit >= pen.size * 0.45 else scale.unit * every):
        x, wide = scale.x(year), pen.wide(str(year))
        text = Text(x=round(x + gap, 2), y=baseline, text=str(year), width=round(wide, 2))
        named = year % (scale.unit * every) == 0 and x + gap + wide <= band.x1
        ticks.append(Tick(x=round(x, 2), year=year, text=text if named else None))
    return Axis(band=band, scale=scale, ticks=tuple(ticks))
