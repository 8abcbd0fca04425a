"""Marks and links: what a claim's column shows, row by row."""

from collections.abc import Sequence
from itertools import pairwise

from nkru_brief.figures.agreement.entries import AgreementClaim
from nkru_brief.figures.agreement.grid import RADIUS
from nkru_brief.figures.lines import Pen
from nkru_brief.figures.shapes import Rule, Text
from nkru_brief.model import Support
from nkru_brief.values import Value

# In ems of the type.
_BREAK = 0.3  # half the gap in a broken link
_STROKE = 0.34  # half the width of the strokes that end it
_SLANT = 0.14


class Mark(Value):
    """That a claim rests on a source: a disc, half a disc or a ring of radius `r` around a point, by `support`."""

    x: float
    y: float
    r: float
    support: Support
    differs: bool = False


class Link(Value):
    """What two sources do about a claim: a line from mark to mark or, where they differ, one that is broken in two.

    A broken link has a slanted stroke at either side of the gap.
    """

    lines: tuple[Rule, ...]
    strokes: tuple[Rule, ...] = ()


class Column(Value):
    """A claim in the figure: its number, its marks from the top down, and the links between them."""

    key: str
    number: Text
    marks: tuple[Mark, ...]
    links: tuple[Link, ...]
    differs: bool


def draw_marks(pen: Pen, claim: AgreementClaim, x: float, ys: Sequence[float]) -> tuple[Mark, ...]:
    """Return a claim's marks in the rows at `ys`."""
    differs, radius = claim.status == "tension", round(pen.size * RADIUS, 2)
    return tuple(Mark(x=round(x, 2), y=round(y, 2), r=radius, support=claim.support, differs=differs) for y in ys)


def draw_links(pen: Pen, claim: AgreementClaim, marks: Sequence[Mark]) -> tuple[Link, ...]:
    """Return the links between a claim's marks: whole where the sources agree, broken where they differ."""
    if claim.status == "single":
        return ()
    return tuple(
        link(pen, one.x, one.y + one.r, other.y - other.r, broken=claim.status == "tension")
        for one, other in pairwise(marks)
    )


def link(pen: Pen, x: float, y0: float, y1: float, *, broken: bool) -> Link:
    """Return a link from one height to another."""
    if not broken:
        return Link(lines=(Rule.at(x, y0, x, y1),))
    middle, gap = (y0 + y1) / 2, min(pen.size * _BREAK, (y1 - y0) / 4)
    half, slant = pen.size * _STROKE, min(pen.size * _SLANT, gap / 2)
    ends = (middle - gap, middle + gap)
    return Link(
        lines=(Rule.at(x, y0, x, ends[0]), Rule.at(x, ends[1], x, y1)),
        strokes=tuple(Rule.at(x - half, y + slant, x + half, y - slant) for y in ends),
    )
