"""Rules on the table of actors: who wants what of whom is said cell by cell, and so each cell rests on claims."""

import re
from collections.abc import Iterator

from nkru_brief.brief import Block
from nkru_brief.check.facts import short
from nkru_brief.diagnostics import Diagnostic, Place
from nkru_brief.project import Project

# The section whose table this is.
SECTION = "actors"
_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<td[^>]*>(.*?)</td>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
# The lines of a table of Markdown over its first row: its head, and the rule under that.
_HEAD = 2


def uncited_cells(project: Project) -> Iterator[Diagnostic]:
    """Every cell of the actors' table cites a claim, but for the first of a row, which names the actor."""
    for fragment in project.fragments.values():
        for block in fragment.blocks if fragment.id == SECTION else ():
            if block.kind == "table":
                yield from _uncited(block)


def _uncited(block: Block) -> Iterator[Diagnostic]:
    rows = [cells for row in _ROW.findall(block.html) if (cells := _CELL.findall(row))]
    for number, (actor, *cells) in enumerate(rows):
        for cell in cells:
            text = " ".join(_TAG.sub("", cell).split())
            if text and "<x-call" not in cell:
                place = Place(file=block.place.file, line=block.place.line + _HEAD + number)
                message = f"no claim is cited in a cell of {_TAG.sub('', actor)!r}: “{short(text)}”"
                yield Diagnostic(code="E325", place=place, message=message, hint="cite it in the cell, [@cNN]")
