"""Placement: on which side of the ruler, on which hand of its stem and how far out each label stands.

Labels are placed from the last date to the first, so every stem already there stands to the right.
A label to the right of its stem is put outside every label it would touch, and so is always free.
A label to the left of its stem stands next to the ruler, and takes that side from the stems under it;
it is put there only if the next of them still has the other side.
"""

import heapq
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

from nkru_brief.figures.lines import Label, Pen, break_label
from nkru_brief.figures.timeline.entries import TimelineEntry
from nkru_brief.figures.timeline.ruler import Scale, scale_of, span_of
from nkru_brief.values import replace

# In ems of the labels' type.
FLAG = 0.45  # from a stem to its text
LANE = 0.95  # between two lanes of labels
ROW = 1.2  # from one row of bars to the next
_CLEAR = 0.4  # from a text to a stem that is not its own
_LEAST = 0.3  # a bar's width, however short its time
_TWINS = 0.6  # between two stems that hardly read as two
_WIDTHS = (9.0, 12.0)  # of labels
_LINES = 2.6  # of a text that needs more width: three, not quite full

_KEPT = 12  # arrangements kept at every step: more find hardly better ones


class Mark(NamedTuple):
    """A dated entry on the ruler: its bar from `x0`, where its stem stands, to `x1`."""

    entry: TimelineEntry
    label: Label
    x0: float
    x1: float


class Place(NamedTuple):
    """Where a label stands: left of its stem or right, and how many lanes of labels are nearer to the ruler.

    Its bar has `under` rows between itself and the labels. At `front` it begins to be in the way.
    """

    mark: Mark
    left: bool
    lane: int
    under: int
    front: float


class Side(NamedTuple):
    """What stands on one side of the ruler: its labels from the last to the first, and what they cost.

    `lanes` are the heights of the lanes of labels, from the ruler outwards, `rows` is how many rows of bars
    are under them. `faults` is what makes them harder to read, in pt of height, and `cost` all that and the height.
    """

    places: tuple[Place, ...] = ()
    lanes: tuple[float, ...] = ()
    rows: int = 0
    faults: float = 0.0
    cost: float = 0.0

    def admits(self, mark: Mark) -> bool:
        """Whether no label left of its stem reaches back over a new stem."""
        return all(place.front >= mark.x0 for place in self.places if place.left)

    def put(self, pen: Pen, mark: Mark, *, left: bool) -> "Side":
        """Return this side with one label more."""
        reach = pen.size * FLAG + mark.label.width
        front = mark.x0 - reach - pen.size * FLAG if left else mark.x0
        end = mark.x0 if left else mark.x0 + reach + pen.size * _CLEAR
        lane = 1 + max((other.lane for other in self.places if other.front < end), default=-1)
        under = 1 + max((other.under for other in self.places if other.mark.x0 < mark.x1 - 0.01), default=-1)
        lanes = [*self.lanes, 0.0][: max(len(self.lanes), lane + 1)]
        lanes[lane] = max(lanes[lane], mark.label.height)
        twin = any(other.mark.x0 < mark.x0 + pen.size * _TWINS for other in self.places)
        faults = self.faults + pen.size * (lane + left + twin)
        rows = max(self.rows, under + 1)
        cost = sum(lanes) + pen.size * (LANE * len(lanes) + ROW * rows) + faults
        return Side((*self.places, Place(mark, left, lane, under, front)), tuple(lanes), rows, faults, cost)


_Sides: TypeAlias = tuple[Side, Side]


def arrange(pen: Pen, dated: Sequence[TimelineEntry]) -> tuple[Scale, _Sides]:
    """Return the ruler and what stands above and below it: the best found for several widths of labels.

    On a ruler that is short enough for the last label there is always an arrangement.
    On the whole ruler there may be one, with labels left of their stems.
    """
    whole = scale_of(pen, [span_of(entry.date) for entry in dated])
    found = []
    for ems in _WIDTHS:
        labels = [_break_entry(pen, entry, ems * pen.size) for entry in dated]
        for scale in (whole, _shortened(pen, whole, _marks(pen, whole, dated, labels))):
            sides = _search(pen, _marks(pen, scale, dated, labels))
            if sides:
                # A point of the ruler is worth half a point of height.
                found.append((sides[0].cost + sides[1].cost + 0.5 * (whole.x1 - scale.x1), scale, sides))
    _, scale, (one, other) = min(found, key=lambda each: each[0])
    # The mirror image is as good: the first date stands below, for a heading beside the figure's top left corner.
    return scale, (other, one) if one.places[-1].mark.entry is dated[0] else (one, other)


def _break_entry(pen: Pen, entry: TimelineEntry, width: float) -> Label:
    """Break an entry's date and label; a long label gets more width rather than many lines."""
    width = min(max(width, pen.wide(entry.label) / _LINES), pen.width / 2 - pen.size)
    return break_label(pen, width, entry.label, entry.when)


def _marks(pen: Pen, scale: Scale, dated: Sequence[TimelineEntry], labels: Sequence[Label]) -> list[Mark]:
    marks = []
    for entry, label in zip(dated, labels, strict=True):
        start, end = span_of(entry.date)
        x0 = scale.x0 if start is None else scale.x(start)
        x1 = scale.x1 if end is None else scale.x(end)
        marks.append(Mark(entry, label, x0, max(x1, x0 + pen.size * _LEAST)))
    return marks


def _shortened(pen: Pen, whole: Scale, marks: Sequence[Mark]) -> Scale:
    """Shorten a ruler until every label fits to the right of its stem."""
    most = pen.width - whole.x0 - pen.size * FLAG
    share = min((most - mark.label.width) / (mark.x0 - whole.x0 or 1.0) for mark in marks)
    return replace(whole, x1=whole.x0 + min(share, 1.0) * (whole.x1 - whole.x0))


def _search(pen: Pen, marks: Sequence[Mark]) -> _Sides | None:
    """Place the labels one after the other, keeping the best arrangements at every step."""
    kept: list[_Sides] = [(Side(), Side())]
    for number in reversed(range(len(marks))):
        following = marks[max(number - 1, 0)]
        longer = [
            sides
            for before in kept
            for sides in _ways(pen, before, marks[number])
            if number == 0 or any(side.admits(following) for side in sides)
        ]
        kept = heapq.nsmallest(_KEPT, longer, key=lambda sides: sides[0].cost + sides[1].cost)
    return kept[0] if kept else None


def _ways(pen: Pen, sides: _Sides, mark: Mark) -> Iterator[_Sides]:
    """Yield the places that are free for a label: on either side of the ruler and either hand of its stem."""
    above, below = sides
    reach = pen.size * FLAG + mark.label.width
    # What adding up floats may cost must not cost a label its place.
    fits = {False: mark.x0 + reach <= pen.width + 0.005, True: mark.x0 >= reach}
    for left in (hand for hand in fits if fits[hand]):
        if above.admits(mark):
            yield above.put(pen, mark, left=left), below
        # A mirror image is not worth keeping: the first label is only tried above.
        if below.admits(mark) and above.places:
            yield above, below.put(pen, mark, left=left)
