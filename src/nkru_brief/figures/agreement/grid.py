"""The grid: which claims stand side by side in a band, and where each column is.

A band is as wide as the figure. Claims that do not fit into one go on in the next; groups are kept in order, each under
its own name, and the columns stand as far apart as keeps the bands few.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from nkru_brief.figures.agreement.entries import AgreementClaim, AgreementSource
from nkru_brief.figures.lines import Label, Pen, break_label

# In ems of the type.
RADIUS = 0.42  # of a mark
_AIR = 0.36  # between two marks, and between two numbers
_GAP = 0.9  # between two groups
COUNT = 0.5  # between the last mark's run and the count of a row
_LABEL = 0.7  # between the name of a row and its first mark
_STRETCHES = tuple(1 + step / 40 for step in range(1, 33))  # of the columns' distance, tried in turn
_MOST_LABEL = 0.2  # of the figure's width, that names of rows may take


class Run(NamedTuple):
    """Claims of one group side by side: the group's name in lines, the columns' middles, and the run's two ends."""

    claims: tuple[AgreementClaim, ...]
    title: Label
    xs: tuple[float, ...]
    x0: float
    x1: float


class Grid(NamedTuple):
    """The columns of the figure: its bands from the top down, and the width that names of rows and counts have."""

    bands: tuple[tuple[Run, ...], ...]
    names: tuple[str, ...]
    left: float
    right: float


def arrange(pen: Pen, sources: Sequence[AgreementSource], claims: Sequence[AgreementClaim], head: str) -> Grid:
    """Return the columns of the claims in as few bands as they need, spread over the width.

    `head` stands over the counts at the end of the rows.
    """
    names = tuple(source.name for source in sources)
    left = _widest(pen, names)
    if left > _MOST_LABEL * pen.width:
        names = tuple(source.short for source in sources)
        left = min(_widest(pen, names), _MOST_LABEL * pen.width)
    left += pen.size * _LABEL
    right = pen.size * COUNT + max(pen._replace(bold=True).wide(str(len(claims))), pen.small.wide(head))
    pitch = max(2 * RADIUS * pen.size, _widest(pen.small, [claim.number for claim in claims])) + _AIR * pen.size
    room = max(pen.width - left - right, pitch)
    bands = _bands(pen, claims, pitch, room)
    for stretch in _STRETCHES:
        wider = _bands(pen, claims, pitch * stretch, room)
        if len(wider) > len(bands):
            break
        bands = wider
    moved = (tuple(_moved(run, left) for run in band) for band in bands)
    return Grid(tuple(moved), names, left, right)


def _widest(pen: Pen, texts: Sequence[str]) -> float:
    return max((pen.wide(text) for text in texts), default=0.0)


def _bands(pen: Pen, claims: Sequence[AgreementClaim], pitch: float, room: float) -> list[tuple[Run, ...]]:
    """Fill bands of a width with the groups, one after the other; a group that does not fit goes on below."""
    bands: list[list[Run]] = [[]]
    for name, members in groupby(claims, key=lambda claim: claim.group):
        waiting = list(members)
        while waiting:
            x = bands[-1][-1].x1 + _GAP * pen.size if bands[-1] else 0.0
            fits = int((room - x) / pitch + 1e-6)
            # A group is not begun for the sake of one of its columns, nor where its name would not fit.
            if bands[-1] and (fits < min(2, len(waiting)) or x + _least(pen, name, room) > room):
                bands.append([])
                continue
            taken, waiting = waiting[: max(fits, 1)], waiting[max(fits, 1) :]
            bands[-1].append(_run(pen, name, taken, x, pitch, room))
    return [tuple(band) for band in bands if band]


def _least(pen: Pen, name: str, room: float) -> float:
    """Return the width that a group's name needs at least: that of its longest word."""
    return min(_widest(pen.small._replace(bold=True), name.split()), room)


def _run(pen: Pen, name: str, claims: Sequence[AgreementClaim], x: float, pitch: float, room: float) -> Run:
    width = max(len(claims) * pitch, _least(pen, name, room))
    xs = tuple(x + (number + 0.5) * pitch for number in range(len(claims)))
    return Run(tuple(claims), break_label(pen.small._replace(bold=True), width, name), xs, x, x + width)


def _moved(run: Run, by: float) -> Run:
    return run._replace(xs=tuple(x + by for x in run.xs), x0=run.x0 + by, x1=run.x1 + by)
