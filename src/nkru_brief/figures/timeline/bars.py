"""Bars: how a date drawn to scale shows who gives it and how exact it is."""

import math
from collections.abc import Sequence

from nkru_brief.edtf import EdtfDate
from nkru_brief.figures.lines import Pen
from nkru_brief.figures.shapes import Box, Rule
from nkru_brief.values import Value

# In ems of the type.
_SLIVERS = (0.26, 0.56, 0.92)
_ARROW = 0.75
_HATCH = 0.42
_AIR = 0.1  # between what fades out from two sides


class Bar(Value):
    """A date drawn to scale: `body` is the span it gives, `solid` whether both sources give it.

    Where an end is not firm, the bar has no closing line and fades out in `slivers`.
    The `hatch` is the strokes across a bar within which something happened at some time.
    The `arrows` are triangles, as SVG points, at the ends that are open.
    """

    body: Box
    solid: bool = False
    fade_start: bool = False
    fade_end: bool = False
    slivers: tuple[Rule, ...] = ()
    hatch: tuple[Rule, ...] = ()
    arrows: tuple[str, ...] = ()


def draw_bar(
    pen: Pen, date: EdtfDate, body: Box, beside: Sequence[tuple[float, float]] = (), *, solid: bool = False
) -> Bar:
    """Draw a date's bar; `beside` is where the bars on its side of the ruler begin and end."""
    return Bar(
        body=body,
        solid=solid,
        fade_start=date.vague_start,
        fade_end=date.vague_end,
        slivers=_slivers(pen, date, body, beside),
        hatch=_hatch(pen, body) if date.precision in ("decade", "century") else (),
        arrows=_arrows(pen, body, date),
    )


def _slivers(pen: Pen, date: EdtfDate, body: Box, beside: Sequence[tuple[float, float]]) -> tuple[Rule, ...]:
    """Fade the ends that are not firm out, no further than half the way to the next bar or stem."""
    before = [x1 if x1 < body.x0 + 0.05 else x0 for x0, x1 in beside if x0 < body.x0 - 0.05]
    behind = [x0 for x0, _ in beside if x0 > body.x1 - 0.05]
    low, high = (body.x0 + max(before, default=-math.inf)) / 2, (body.x1 + min(behind, default=math.inf)) / 2
    drawn = []
    for edge, sign, vague in ((body.x0, -1, date.vague_start), (body.x1, 1, date.vague_end)):
        for number, ems in enumerate(_SLIVERS if vague else ()):
            x, shrink = edge + sign * ems * pen.size, body.height * 0.14 * number
            if low + _AIR * pen.size < x < high - _AIR * pen.size:
                drawn.append(Rule.at(x, body.y0 + shrink, x, body.y1 - shrink))
    return tuple(drawn)


def _hatch(pen: Pen, body: Box) -> tuple[Rule, ...]:
    """Stroke a bar through at 45 degrees, clipped to it here: SVG patterns would need ids."""
    pitch, high = pen.size * _HATCH, body.height
    strokes = []
    for number in range(1, math.ceil((body.width + high) / pitch)):
        foot = body.x0 - high + number * pitch
        x0, x1 = max(foot, body.x0), min(foot + high, body.x1)
        strokes.append(Rule.at(x0, body.y1 - (x0 - foot), x1, body.y1 - (x1 - foot)))
    return tuple(strokes)


def _arrows(pen: Pen, body: Box, date: EdtfDate) -> tuple[str, ...]:
    middle, spread = (body.y0 + body.y1) / 2, body.height / 2 + pen.size * 0.1
    ends = ((body.x0, -1, date.earliest), (body.x1, 1, date.latest))
    return tuple(
        f"{x:.2f},{middle - spread:.2f} {x + sign * pen.size * _ARROW:.2f},{middle:.2f} {x:.2f},{middle + spread:.2f}"
        for x, sign, day in ends
        if day is None
    )
