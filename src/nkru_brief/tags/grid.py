"""The grid of a table: where each cell stands, and how much of it it takes up (HTML, 4.9.12.1, forming a table)."""

from collections.abc import Iterator
from typing import Any, NamedTuple

_GROUPS = ("thead", "tbody", "tfoot")
# No briefing's table is larger; what says that it is counts as one.
_MOST = 9999


class Cell(NamedTuple):
    """A cell on the grid of its table: its first row and column, how many it takes up, and where its group ends."""

    element: Any
    row: int
    column: int
    rows: int
    columns: int
    group_end: int
    in_thead: bool

    @property
    def row_range(self) -> range:
        """The rows it takes up."""
        return range(self.row, self.row + self.rows)

    @property
    def column_range(self) -> range:
        """The columns it takes up."""
        return range(self.column, self.column + self.columns)

    @property
    def is_head(self) -> bool:
        """Whether it heads other cells; an empty one heads nothing."""
        return bool(self.element.tag == "th" and "".join(self.element.itertext()).strip())


def grid(element: Any) -> list[Cell]:
    """Return the cells of a table where the algorithm of HTML puts them."""
    found: list[Cell] = []
    taken: set[tuple[int, int]] = set()
    first = 0
    for kind, rows in _row_groups(element):
        end = first + len(rows)
        for number, row in enumerate(rows, first):
            column = 0
            for cell in row:
                if cell.tag not in ("td", "th"):
                    continue
                while (number, column) in taken:
                    column += 1
                down, across = span(cell, "rowspan"), span(cell, "colspan") or 1
                # A cell does not leave its group; 0 rows are all that are left of it.
                down = min(down or end - number, end - number)
                taken |= {(number + y, column + x) for y in range(down) for x in range(across)}
                found.append(Cell(cell, number, column, down, across, end, kind == "thead"))
                column += across
        first = end
    return found


def span(cell: Any, name: str) -> int:
    """Return how many rows or columns a cell says it spans; 1 where it says nothing that can be read."""
    value = cell.get(name, "1").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 5 else 1


def _row_groups(element: Any) -> Iterator[tuple[str, list[Any]]]:
    loose: list[Any] = []
    for child in element:
        if child.tag == "tr":
            loose.append(child)
        elif child.tag in _GROUPS:
            if loose:
                yield "tbody", loose
            loose = []
            yield child.tag, [row for row in child if row.tag == "tr"]
    if loose:
        yield "tbody", loose
