"""The notes at the foot of a page, measured line by line as they come; `repairs` puts it into the engine.

WeasyPrint lays all notes of a page out anew for each one that comes or goes, only to learn how high they are: a third
of the time of a press. Notes that run on in one paragraph are broken into lines from the first to the last, and what
comes after a line changes no line before it but the last. So with each note the last line is laid out again, and the
others are as high as they were. The finished page lays its notes out whole, as ever.

And it asks of every box of every line whether its note is still to come, by looking through all that are.
"""

from collections import Counter
from collections.abc import Iterable
from math import inf
from typing import Any, NamedTuple

# Lines that may become others when a note comes after them.
_OPEN = 1
# Pixels below the notes without which the engine takes them to be too high, for numbers are not exact.
_HAIR = 0.01


class Waiting(list[Any]):
    """Notes still to come, in a list that knows what is in it."""

    def __init__(self, notes: Iterable[Any]) -> None:
        super().__init__(notes)
        self._times = Counter(self)

    def __contains__(self, note: Any) -> bool:  # noqa: ANN401
        return self._times.get(note, 0) > 0

    def append(self, note: Any) -> None:  # noqa: ANN401
        """Put a note last."""
        super().append(note)
        self._times[note] += 1

    def remove(self, note: Any) -> None:  # noqa: ANN401
        """Take a note out."""
        super().remove(note)
        self._times[note] -= 1

    def copy(self) -> "Waiting":
        """Return the same notes in another list."""
        return Waiting(self)


class _Line(NamedTuple):
    """Where a line begins: how far below the first one, in px, in which note, and where in it."""

    top: float
    note: int
    inside: Any


class _Measured(NamedTuple):
    """Notes laid out: their lines, and their height in px."""

    lines: tuple[_Line, ...]
    height: float


def update(context: Any) -> bool:  # noqa: ANN401 - the engine's own
    """Measure the notes of the page anew, move its bottom, and return whether they are too high for their area.

    It does what `LayoutContext._update_footnote_area` does, which is still asked where notes are no one paragraph.
    """
    area = context.current_footnote_area
    notes = tuple(context.current_page_footnotes)
    measured = _measured(context, area, notes) if notes and _measurable(area) else None
    if measured is None:
        return bool(context.nkru_brief_update_footnote_area())
    if area.height != "auto" and not context.in_column:
        context.page_bottom += area.margin_height()
    area.children = context.current_page_footnotes
    area.height = measured.height
    if not context.in_column:
        context.page_bottom -= area.margin_height()
    return False


def box_in_line(context: Any, box: Any, x: float, skip: Any, around: Any, absolute: list[Any], fixed: list[Any]) -> Any:  # noqa: ANN401
    """Lay out a box that stands in a line, as `inline.inline_block_box_layout` does; while notes are measured, once.

    A note is measured with each that comes after it in its line, and is as wide and high as it was: that is all that is
    asked of it there. What is drawn is laid out for itself.
    """
    from weasyprint.layout import inline

    lay = inline.nkru_brief_inline_block
    if skip is not None or box.is_table_wrapper or not vars(context).get("nkru_brief_measuring"):
        return lay(context, box, x, skip, around, absolute, fixed)
    known = vars(context).setdefault("nkru_brief_boxes", {})
    words = tuple((each.element, getattr(each, "text", "")) for each in box.descendants())
    key = (box.element, id(box.style), around.width, around.height, words)
    if key not in known:
        outside = len(absolute), len(fixed)
        laid = lay(context, box, x, skip, around, absolute, fixed)
        if (len(absolute), len(fixed)) != outside:
            return laid
        # It holds its style, so that no other comes to have its address.
        known[key] = laid
    copy = known[key].copy()
    copy.position_x, copy.position_y = x, 0
    return copy


def _measurable(area: Any) -> bool:  # noqa: ANN401
    """Return whether an area is as high as its lines."""
    style = area.style
    bounded = style["height"] != "auto" or area.max_height != inf or area.min_height not in (0, "auto")
    stepped = any(token.type == "dimension" for token in style["__step"] or ())
    special = stepped or style["max_lines"] != "none" or area.first_line_style or area.first_letter_style
    return not bounded and not special and area.padding_bottom + area.border_bottom_width > _HAIR


def _measured(context: Any, area: Any, notes: tuple[Any, ...]) -> _Measured | None:  # noqa: ANN401
    """Return notes measured, from those before them that were; None where they are not one paragraph."""
    from weasyprint.formatting_structure import boxes, build
    from weasyprint.layout.block import block_level_layout

    known: dict[tuple[Any, ...], _Measured | None] = vars(area).setdefault("nkru_brief_notes", {})
    if notes in known:
        return known[notes]
    before = next((found for end in range(len(notes) - 1, 0, -1) if (found := known.get(notes[:end]))), None)
    kept = before.lines[:-_OPEN] if before else ()
    start = before.lines[len(kept)] if before else _Line(0.0, 0, None)
    part = area.copy_with_children([note.deepcopy() for note in notes[start.note :]])
    part = build.create_anonymous_boxes(part)
    if [type(child) for child in part.children] != [boxes.LineBox]:
        known[notes] = None
        return None
    skip = {0: {0: start.inside}} if kept else None
    context.nkru_brief_measuring = True
    try:
        laid = block_level_layout(context, part, -inf, skip, area.page)[0]
    finally:
        context.nkru_brief_measuring = False
    starts = [start]
    for line, following in zip(laid.children, laid.children[1:], strict=False):
        ((note, inside),) = line.resume_at.items()
        top = start.top + following.position_y - laid.content_box_y()
        starts.append(_Line(top, start.note + note, inside))
    known[notes] = _Measured((*kept, *starts), start.top + laid.height)
    return known[notes]
