"""Tables: every data cell knows the heads it stands under.

ISO 32000-1, 14.8.4.3.4 (Table, TR, TH, TD, THead, TBody, TFoot) and 14.8.5.7 (Scope, Headers, RowSpan, ColSpan);
ISO 14289-1, 7.5 (Matterhorn 15-001 to 15-005).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from nkru_brief.tags.grid import Cell, grid
from nkru_brief.tags.lists import mixed
from nkru_brief.tags.nodes import Inside, Kid, Node, Raw, Source
from nkru_brief.tags.words import spoken

_GROUPS = {"thead": "THead", "tbody": "TBody", "tfoot": "TFoot"}
_SCOPES = {"col": "Column", "colgroup": "Column", "row": "Row", "rowgroup": "Row"}


def table(source: Source, raw: Raw, inside: Inside) -> list[Kid]:
    """Return a table, whole: what is broken over pages is one, and heads repeated on each page are heard once.

    ISO 14289-1, 7.5: tables have headers, with their scope where they need it (Matterhorn 15-003); every row is as
    wide as the others (ISO 32000-1, 14.8.4.3.4). Empty cells stay: they keep the others in their columns.
    """
    cells = {cell.element: cell for cell in grid(raw.element)}
    scopes = _scopes_of(cells.values())
    heads = [cells[element] for element in scopes]
    # Counted, and not the numbers of objects: the same table has the same ids on every press.
    ids = {element: f"t{source.tables[raw.element]}-{number}" for number, element in enumerate(scopes, 1)}

    def headers(cell: Cell) -> list[str]:
        return [ids[head] for head in heads_of(cell, heads, scopes)]

    def made(part: Any) -> Iterator[Kid]:
        for child in part:
            if child in cells:
                node = _cell(source, cells[child], inside)
                if child in scopes:
                    node.attributes["Scope"], node.entries["ID"] = f"/{scopes[child]}", ids[child]
                else:
                    node.attributes["Headers"] = headers(cells[child])
                yield from spoken(source, child, [node])
            elif child.tag in _GROUPS or child.tag == "tr":
                if child in source.styles:
                    yield from spoken(source, child, [Node(_GROUPS.get(child.tag, "TR"), made(child), child)])
            elif child.tag == "caption" and child in source.raws:
                yield from spoken(source, child, [Node("Caption", inside(source.raws[child]), child)])

    return [Node("Table", made(raw.element), raw.element)]


def _cell(source: Source, cell: Cell, inside: Inside) -> Node:
    kids = mixed(inside(source.raws[cell.element])) if cell.element in source.raws else []
    node = Node("TH" if cell.is_head else "TD", kids, cell.element)
    node.attributes["O"] = "/Table"
    if cell.columns > 1:
        node.attributes["ColSpan"] = cell.columns
    if cell.rows > 1:
        node.attributes["RowSpan"] = cell.rows
    return node


def _scopes_of(cells: Iterable[Cell]) -> dict[Any, str]:
    """Return what each head is the head of: its column or its row (ISO 32000-1, table 349, Scope).

    As it says; where it says nothing, much as HTML reads it (4.9.12.2): the head of its columns if it stands in the
    table's head, or if its rows hold no data. An empty corner is no data.
    """
    data = {row for cell in cells if not cell.is_head and not _is_corner(cell) for row in cell.row_range}
    scopes = {}
    for head in (cell for cell in cells if cell.is_head):
        guess = "Row" if not head.in_thead and data.intersection(head.row_range) else "Column"
        scopes[head.element] = _SCOPES.get(head.element.get("scope", ""), guess)
    return scopes


def _is_corner(cell: Cell) -> bool:
    return (cell.row, cell.column) == (0, 0) and not "".join(cell.element.itertext()).strip()


def heads_of(cell: Cell, heads: Sequence[Cell], scopes: dict[Any, str]) -> Iterator[Any]:
    """Yield the heads of a data cell: of its rows, from the left, then of its columns, from the top.

    ISO 32000-1, table 349, Headers; HTML, 4.9.12.2. A head that spans several columns or rows heads all of them, one
    with the scope `rowgroup` the rest of its group, too.
    """
    for head in heads:
        last = head.group_end if head.element.get("scope") == "rowgroup" else head.row_range.stop
        beside = _meet(cell.row_range, range(head.row, last)) and head.column <= cell.column
        if beside and scopes[head.element] == "Row":
            yield head.element
    for head in heads:
        above = _meet(cell.column_range, head.column_range) and head.row <= cell.row
        if above and scopes[head.element] == "Column":
            yield head.element


def _meet(one: range, other: range) -> bool:
    return one.start < other.stop and other.start < one.stop
