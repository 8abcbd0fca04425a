"""Where pages stand on the sheets of a print shop: booklets, two or four on a side, and what is cut and folded.

Geometry alone: numbers in, numbers out, in pt from the lower left corner of a sheet. Pages count from 0.
"""

from typing import Literal

from nkru_brief.values import Value

Way = Literal["booklet", "2-up", "4-up"]
MM = 72 / 25.4

# Sheets upright, in mm (ISO 216, ISO 217 for SRA, ANSI Y14.1).
PAPERS = {
    "A5": (148, 210),
    "A4": (210, 297),
    "A3": (297, 420),
    "A2": (420, 594),
    "SRA4": (225, 320),
    "SRA3": (320, 450),
    "Letter": (215.9, 279.4),
    "Tabloid": (279.4, 431.8),
}
# A crop mark: how far from the corner it begins, so that no knife leaves a trace of it, and how long it is, in mm.
MARK_GAP, MARK_LENGTH = 3.0, 5.0
_GRIDS: dict[Way, tuple[int, int]] = {"booklet": (2, 1), "2-up": (2, 1), "4-up": (2, 2)}


class Wish(Value):
    """How pages are to be imposed.

    `paper` is the name of the sheet; without one it is the smallest on which two pages stand unscaled. `creep` is how
    far the pages of a booklet's innermost sheet move towards the fold, in mm; those of others move less. `marks` asks
    for marks where sheets are cut and folded, and `bleed` is how much of a page shows beyond its edge, in mm.
    """

    way: Way
    paper: str | None = None
    creep: float = 0.0
    marks: bool = False
    bleed: float = 0.0


class Placed(Value):
    """A page on a side: where its lower left corner stands, and how large it is set; `clip` is what shows of it."""

    page: int
    x: float
    y: float
    scale: float
    clip: tuple[float, float, float, float]


class Side(Value):
    """One side of a sheet: its pages, and the lines of its marks, each from one point to another; folds are broken."""

    pages: tuple[Placed, ...]
    cuts: tuple[tuple[float, float, float, float], ...] = ()
    folds: tuple[tuple[float, float, float, float], ...] = ()


class Plan(Value):
    """How pages are imposed: on sheets of a size in pt, at a scale; `blanks` are places that stay empty."""

    way: Way
    paper: str
    size: tuple[float, float]
    scale: float
    blanks: int
    sides: tuple[Side, ...]

    @property
    def sheets(self) -> int:
        """How many sheets of paper one copy takes, printed on both sides."""
        return -(-len(self.sides) // 2)


def booklet_order(pages: int) -> tuple[tuple[int | None, ...], ...]:
    """Return what stands left and right on each side of the sheets of a booklet, the outermost sheet first.

    Sheets are folded into one another (saddle stitch), so pages are a multiple of four. What is lacking are empty
    pages before the last: the back of a booklet is never empty where its front is not.
    """
    total = -(-pages // 4) * 4
    order: list[int | None] = list(range(pages))
    order[max(pages - 1, 1) : max(pages - 1, 1)] = [None] * (total - pages)
    sides: list[tuple[int | None, ...]] = []
    for sheet in range(total // 4):
        first, last = 2 * sheet, total - 1 - 2 * sheet
        sides.append((order[last], order[first]))
        sides.append((order[first + 1], order[last - 1]))
    return tuple(sides)


def rows_order(pages: int, cells: int) -> tuple[tuple[int | None, ...], ...]:
    """Return what stands on each side where pages follow one another in rows."""
    padded: list[int | None] = [*range(pages), *[None] * (-pages % cells)]
    return tuple(tuple(padded[at : at + cells]) for at in range(0, len(padded), cells))


def plan(wish: Wish, pages: int, page: tuple[float, float]) -> Plan:
    """Return where pages of one size stand on sheets.

    Args:
        wish: how.
        pages: how many there are, at least 1.
        page: the width and height of each, trimmed, in pt.
    """
    folded = wish.way == "booklet"
    grid = _GRIDS[wish.way]
    room = max(MARK_GAP, wish.bleed) + MARK_LENGTH if wish.marks else wish.bleed
    paper = wish.paper or _smallest(page, room)
    size, scale = _fitted(PAPERS[paper], page, grid, room, 0.0 if folded else wish.bleed)
    order = booklet_order(pages) if folded else rows_order(pages, grid[0] * grid[1])
    most = max(len(order) // 2 - 1, 1)
    sheet = _Sheet(wish, size, scale, page)
    sides = tuple(
        sheet.side(row, wish.creep * MM * (number // 2) / most if folded else 0.0) for number, row in enumerate(order)
    )
    blanks = sum(cell is None for row in order for cell in row)
    return Plan(way=wish.way, paper=paper, size=size, scale=scale, blanks=blanks, sides=sides)


def _smallest(page: tuple[float, float], room: float) -> str:
    """Return the smallest paper that holds two pages side by side, with room around, in mm, or the largest of all."""
    wide, high = 2 * page[0] / MM + 2 * room, page[1] / MM + 2 * room
    fitting = [
        (w * h, name) for name, (w, h) in PAPERS.items() if w >= min(wide, high) - 0.5 and h >= max(wide, high) - 0.5
    ]
    return min(fitting)[1] if fitting else "A2"


def _fitted(
    paper: tuple[float, float], page: tuple[float, float], grid: tuple[int, int], room: float, bleed: float
) -> tuple[tuple[float, float], float]:
    """Return the size of a sheet, upright or on its side, and the scale at which the pages fit, at most 1."""
    found = []
    for wide, high in (paper, paper[::-1]):
        free_x = wide - 2 * room - 2 * bleed * (grid[0] - 1)
        free_y = high - 2 * room - 2 * bleed * (grid[1] - 1)
        scale = min(free_x * MM / (grid[0] * page[0]), free_y * MM / (grid[1] * page[1]))
        # Paper sizes are rounded to the mm, pages to a thousandth of a pt.
        found.append((1.0 if scale > 1 - 0.002 else round(scale, 4), (wide * MM, high * MM)))
    scale, size = max(found)
    return size, scale


class _Sheet:
    """A sheet to put pages on."""

    def __init__(self, wish: Wish, size: tuple[float, float], scale: float, page: tuple[float, float]) -> None:
        self._columns, self._rows = _GRIDS[wish.way]
        self._size, self._scale, self._marks = size, scale, wish.marks
        self._page = (page[0] * scale, page[1] * scale)
        self._bleed = wish.bleed * MM
        self._folded = wish.way == "booklet"
        # Between pages that are cut apart stands the bleed of both.
        gap = 0.0 if self._folded else 2 * self._bleed
        self._step = (self._page[0] + gap, self._page[1] + gap)
        self._left = (size[0] - self._columns * self._step[0] + gap) / 2
        self._top = (size[1] + self._rows * self._step[1] - gap) / 2

    def side(self, cells: tuple[int | None, ...], shift: float) -> Side:
        """Return a side; `shift` is how far its pages move towards the fold, in pt."""
        placed = []
        for number, page in enumerate(cells):
            column, row = number % self._columns, number // self._columns
            x = self._left + column * self._step[0]
            y = self._top - row * self._step[1] - self._page[1]
            if page is not None:
                moved = x + (shift if column == 0 else -shift)
                placed.append(Placed(page=page, x=moved, y=y, scale=self._scale, clip=self._clip(x, y, column)))
        return Side(pages=tuple(placed), cuts=tuple(self._cuts()), folds=tuple(self._folds()))

    def _clip(self, x: float, y: float, column: int) -> tuple[float, float, float, float]:
        """Return what of a page shows: it ends at the fold, and everywhere else with its bleed."""
        inner = 0.0 if self._folded else self._bleed
        left = self._bleed if column == 0 else inner
        right = self._bleed if column == self._columns - 1 else inner
        width, height = self._page
        return (x - left, y - self._bleed, width + left + right, height + 2 * self._bleed)

    def _edges(self) -> tuple[list[float], list[float]]:
        """Return where a knife goes down and across: at the edges of each page, of a booklet at those of the spread."""
        xs = {
            round(self._left + c * self._step[0] + e * self._page[0], 3) for c in range(self._columns) for e in (0, 1)
        }
        if self._folded:
            xs = {min(xs), max(xs)}
        ys = {round(self._top - r * self._step[1] - e * self._page[1], 3) for r in range(self._rows) for e in (0, 1)}
        return sorted(xs), sorted(ys)

    def _cuts(self) -> list[tuple[float, float, float, float]]:
        if not self._marks:
            return []
        xs, ys = self._edges()
        gap = max(MARK_GAP * MM, self._bleed)
        long = gap + MARK_LENGTH * MM
        down = [(x, y + s * gap, x, y + s * long) for x in xs for y, s in ((ys[0], -1), (ys[-1], 1))]
        across = [(x + s * gap, y, x + s * long, y) for y in ys for x, s in ((xs[0], -1), (xs[-1], 1))]
        return [*down, *across]

    def _folds(self) -> list[tuple[float, float, float, float]]:
        if not (self._marks and self._folded):
            return []
        _, ys = self._edges()
        middle, gap = self._size[0] / 2, max(MARK_GAP * MM, self._bleed)
        long = gap + MARK_LENGTH * MM
        return [(middle, ys[-1] + gap, middle, ys[-1] + long), (middle, ys[0] - gap, middle, ys[0] - long)]
