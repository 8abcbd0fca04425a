"""How a text is made to fit its paper: the longest selection that fits at the least size, as large as it fits.

Laying pages out is what takes time, so few layouts are asked for. Lines and widths both grow with the size, so that
what a text takes grows with its square: from how full the paper was, the next guess follows. The answer does not rest
on a guess: it was laid out and fits, and the next size was laid out and does not. Only of a longer selection that is
far too long that is not tried.
"""

import math
from collections.abc import Callable, Sequence

from nkru_brief.sheet import Fit
from nkru_brief.values import Value

CODE = "E833"
# Letters that a side takes, times the square of their size in pt: the first guess, of sheets of ordinary print.
_ROOM = 500_000.0
# Titles and gaps, which a longer selection has no more of, take no more than this share of what was laid out. What
# takes so much of the paper even then does not fit. Of a layout that leaves more than half of the paper free that is
# not said: there they may be most of it.
_FIXED = 0.3
_TELLING = 0.5
_SURELY = 1.05


class Fill(Value):
    """How a selection filled the paper at a size: its pages, and the share of the sides it takes (1 is all of them).

    `lines` are those of each part, and those on pages beyond the sides.
    """

    pages: int
    share: float
    lines: tuple[tuple[str, int], ...] = ()
    over: int = 0


class Chosen(Value):
    """The selection and the size, in pt, that fit; `fits` is whether anything did."""

    depth: int
    size: float
    fits: bool
    fill: Fill


Lay = Callable[[int, float], Fill]


def choose(weights: Sequence[int], fit: Fit, lay: Lay) -> Chosen:
    """Return the longest selection that fits at the least size, and the largest size at which it does.

    Args:
        weights: how many letters each selection has, the longest first: only a guide for where to look first.
        fit: the paper's sides, and the sizes between which to choose.
        lay: lays a selection out at a size in pt, and says how it filled the paper.
    """
    search = _Search(weights, fit, lay)
    depth = search.depth()
    step = search.largest(depth)
    fill = search.laid(depth, step)
    return Chosen(depth=depth, size=search.size(step), fits=search.fits(fill), fill=fill)


class _Search:
    """What was laid out so far, and what it says of what was not."""

    def __init__(self, weights: Sequence[int], fit: Fit, lay: Lay) -> None:
        self._weights, self._fit, self._lay = [max(weight, 1) for weight in weights], fit, lay
        self._known: dict[tuple[int, int], Fill] = {}
        self._steps = math.floor((fit.ceiling - fit.floor) / fit.step + 1e-9)
        # The share of the paper that a letter takes, divided by the square of its size; and each selection's own.
        self._rate = 1 / (_ROOM * fit.sides)
        self._own: dict[int, float] = {}

    def size(self, step: int) -> float:
        return round(self._fit.floor + step * self._fit.step, 3)

    def fits(self, fill: Fill) -> bool:
        return fill.pages <= self._fit.sides

    def laid(self, depth: int, step: int) -> Fill:
        if (depth, step) not in self._known:
            fill = self._lay(depth, self.size(step))
            self._known[depth, step] = fill
            self._rate = max(fill.share, 0.01) / (self._weights[depth] * self.size(step) ** 2)
            self._own[depth] = self._rate
        return self._known[depth, step]

    def depth(self) -> int:
        """Return the longest selection that fits at the least size; the shortest, where none does."""
        # What is before `low` does not fit; `high` and what follows it do, once something did.
        low, high = 0, len(self._weights)
        while low < high:
            if high < len(self._weights) and self._least(high - 1, high) > _SURELY:
                break
            depth = next((depth for depth in range(low, high) if self._share(depth) <= 1), high - 1)
            step = self._predicted(depth)
            if self.fits(self.laid(depth, step)):
                high = depth
            elif step == 0:
                low = depth + 1
        return min(high, len(self._weights) - 1)

    def largest(self, depth: int) -> int:
        """Return the largest step at which a selection fits; 0, where there is none."""
        while True:
            low, high = self._bounds(depth)
            if high <= low + 1:
                return max(low, 0)
            self.laid(depth, min(max(self._predicted(depth), low + 1), high - 1))

    def _share(self, depth: int) -> float:
        """Return the share of the paper that a selection ought to take at the least size."""
        return self._own.get(depth, self._rate) * self._weights[depth] * self._fit.floor**2

    def _least(self, depth: int, known: int) -> float:
        """Return the least share of the paper that a selection can take, by one that was laid out."""
        share = self._share(known)
        if share < _TELLING:
            return 0.0
        return share * (_FIXED + (1 - _FIXED) * self._weights[depth] / self._weights[known])

    def _predicted(self, depth: int) -> int:
        """Return the largest step at which a selection ought to fit, below those at which it is known not to."""
        size = 1 / math.sqrt(self._own.get(depth, self._rate) * self._weights[depth])
        step = math.floor((size - self._fit.floor) / self._fit.step + 1e-9)
        return max(min(step, self._bounds(depth)[1] - 1), 0)

    def _bounds(self, depth: int) -> tuple[int, int]:
        """Return the largest step at which a selection is known to fit, and the least at which it is known not to."""
        tried = {step: self.fits(fill) for (own, step), fill in self._known.items() if own == depth}
        fitting = (step for step, fits in tried.items() if fits)
        others = (step for step, fits in tried.items() if not fits)
        return max(fitting, default=-1), min(others, default=self._steps + 1)
